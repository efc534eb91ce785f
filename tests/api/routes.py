"""Every endpoint: what it needs, what to send, and how it answers who may. In an address `{recipe}` is the scene's."""

from dataclasses import dataclass

WON = '{"id": "opp_9", "name": "Winter", "status": "won", "value": 1210.50}'
EDIT = '{"op": "set_note", "args": {"step": "sclien", "note": "Mind the tax."}, "rev": 0, "key": "k1"}'
NINJA = (
    '{"connector": "invoice_ninja", "method": "token", "fields": {"base_url": "http://127.0.0.1:9", "token": "t-1"}}'
)
PERIOD = '{"since": "2026-11-12T09:30:00Z", "until": "2026-11-13T09:30:00Z", "preview": true}'
FILE = '{"format": 1, "kind": "recette.recipe", "name": "Copy", "recipe": {"format": 1, "trigger": {}, "steps": []}}'
YAML = (
    '{"yaml": "format: 1\\nkey: from-api\\ntitle: Ours\\nsummary: Does it.\\nquestions: []\\n'
    'tree: {format: 1, trigger: {}, steps: []}\\n"}'
)
FILES = '{"files": {"recette.yaml": "format: 1\\nkind: recette.workspace\\nfolders: [From files]\\n"}}'


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    needs: str
    status: int = 200
    body: str | None = None
    open: bool = False
    """Not about a thing of the workspace: a stranger is answered too, about their own."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


ROUTES = (
    Route("GET", "/me", "", open=True),
    Route("GET", "/workspace", "view", open=True),
    Route("PATCH", "/workspace", "members", body='{"name": "Lumen"}', open=True),
    Route("GET", "/connectors", "view", open=True),
    Route("GET", "/connectors/ghl", "view", open=True),
    Route("GET", "/operations", "view", open=True),
    Route("GET", "/operations/invoice_ninja.clients.find_or_create", "view", open=True),
    Route("GET", "/templates", "view", open=True),
    Route("GET", "/templates/{own}", "view"),
    Route(
        "POST", "/templates/contact-tag-to-client/start", "edit", 201,
        '{"answers": {"tag": "client", "connection_invoice_ninja": "<ninja>"}}',
    ),
    Route("POST", "/templates", "edit", 201, YAML, open=True),
    Route("GET", "/templates/{own}/file", "view"),
    Route("DELETE", "/templates/{own}", "publish", 204),
    Route("GET", "/recipes/{recipe}/template", "edit"),
    Route("POST", "/recipes/{recipe}/template", "edit", 201, '{"title": "Ours", "summary": "Does it."}'),
    Route("GET", "/recipes/{recipe}/template-update", "view"),
    Route(
        "POST", "/recipes/{recipe}/template-update", "edit", 410, '{"draft_rev": 0, "version": "x"}',
    ),
    Route("GET", "/files", "edit", open=True),
    Route("POST", "/files", "publish", body=FILES, open=True),
    Route("GET", "/connections", "view", open=True),
    Route("POST", "/connections", "connect", 422, NINJA, open=True),
    Route("GET", "/connections/{ninja}", "view"),
    Route("PATCH", "/connections/{ninja}", "connect", body='{"name": "Books"}'),
    Route("DELETE", "/connections/{spare}", "connect"),
    Route("POST", "/connections/{ninja}/test", "connect", 422),
    Route("GET", "/connections/{ninja}/choices/clients", "edit", 422),
    Route("POST", "/connections/{ghl}/events", "run", 422, f'{{"payload": {WON}, "name": "Nonsense"}}'),
    Route("GET", "/agencies", "view", open=True),
    Route("GET", "/agencies/{agency}/locations", "connect", 422),
    Route("POST", "/agencies/{agency}/connections", "connect", 422, '{"locations": []}'),
    Route("DELETE", "/agencies/{agency}", "connect", 204),
    Route("GET", "/recipes", "view", open=True),
    Route("POST", "/recipes", "edit", 201, '{"name": "New"}', open=True),
    Route("POST", "/recipes/import", "edit", 201, FILE, open=True),
    Route("GET", "/recipes/{recipe}", "view"),
    Route("PATCH", "/recipes/{recipe}", "edit", body='{"name": "Other", "folder": null}'),
    Route("DELETE", "/recipes/{recipe}", "publish"),
    Route("POST", "/recipes/{gone}/restore", "publish"),
    Route("POST", "/recipes/{recipe}/duplicate", "edit", 201),
    Route("GET", "/recipes/{recipe}/export", "view"),
    Route("GET", "/recipes/{recipe}/problems", "view"),
    Route("POST", "/recipes/{recipe}/pause", "publish"),
    Route("POST", "/recipes/{recipe}/resume", "publish", body='{"kept": "leave"}'),
    Route("POST", "/recipes/{recipe}/pausing", "publish", body='{"never": true}'),
    Route("PUT", "/recipes/{recipe}/owner", "publish", body='{"to": "<heir>"}'),
    Route("PUT", "/recipes/{recipe}/guards", "publish", body='{"first": 5, "money_day": "5000.50"}'),
    Route("POST", "/recipes/{recipe}/replay", "run", body=PERIOD),
    Route("GET", "/recipes/{recipe}/draft", "view"),
    Route("POST", "/recipes/{recipe}/draft/edits", "edit", body=EDIT),
    Route("POST", "/recipes/{recipe}/draft/undo", "edit", 410),
    Route("POST", "/recipes/{recipe}/draft/redo", "edit", 410),
    Route("GET", "/recipes/{recipe}/versions", "view"),
    Route("POST", "/recipes/{recipe}/versions", "publish", 201, '{"rev": 0}'),
    Route("GET", "/recipes/{recipe}/versions/1", "view"),
    Route("POST", "/recipes/{recipe}/versions/1/roll-back", "publish", 201),
    Route("GET", "/recipes/{recipe}/records", "edit", 422),
    Route("PUT", "/recipes/{recipe}/sample", "edit", body=f'{{"data": {WON}}}'),
    Route("POST", "/recipes/{recipe}/preview", "edit"),
    Route("POST", "/recipes/{recipe}/steps/sclien/test", "edit", body="{}"),
    Route("POST", "/recipes/{recipe}/events", "run", 202, f'{{"payload": {WON}}}'),
    Route("GET", "/folders", "view", open=True),
    Route("POST", "/folders", "edit", 201, '{"name": "Sales"}', open=True),
    Route("PATCH", "/folders/{folder}", "edit", body='{"name": "Sales"}'),
    Route("DELETE", "/folders/{folder}", "edit", 204),
    Route("GET", "/folders/{folder}/access", "members"),
    Route("PUT", "/folders/{folder}/access", "members", body='{"closed": true, "roles": [], "members": []}'),
    Route("GET", "/events", "view", open=True),
    Route("GET", "/events/{event}", "view"),
    Route("GET", "/runs", "view", open=True),
    Route("GET", "/runs/{run}", "view"),
    Route("POST", "/runs/{run}/fix", "run", 422, '{"values": {"nothing": "x"}}'),
    Route("POST", "/runs/{run}/retry", "run", body='{"answer": "skip"}'),
    Route("POST", "/runs/{done}/again", "run", 201),
    Route("POST", "/runs/{run}/cancel", "run"),
    Route("POST", "/runs/retry", "run", body='{"runs": ["<run>", "<done>"]}', open=True),
    Route("POST", "/runs/retry-all", "run", body='{"status": "held", "preview": true}', open=True),
    Route("POST", "/runs/cancel", "run", body='{"runs": ["<run>"]}', open=True),
    Route("GET", "/members", "members", open=True),
    Route("PATCH", "/members/{member}", "members", body='{"role": "editor"}'),
    Route("GET", "/members/{member}/holdings", "members"),
    Route("DELETE", "/members/{member}", "members", 204),
    Route("GET", "/invitations", "members", open=True),
    Route("POST", "/invitations", "members", 201, '{"email": "new@example.com", "role": "viewer"}', open=True),
    Route("DELETE", "/invitations/{invitation}", "members"),
    Route("GET", "/tokens", "members", open=True),
    Route("POST", "/tokens", "members", 201, '{"name": "Job", "scopes": ["view"]}', open=True),
    Route("DELETE", "/tokens/{token}", "members"),
    Route("GET", "/audit", "members", open=True),
    Route("GET", "/alerts", "view", open=True),
    Route("GET", "/alert-routes", "members", open=True),
    Route("POST", "/alert-routes", "members", 201, '{"way": "email", "kinds": ["held"]}', open=True),
    Route("PUT", "/alert-routes/{route}", "members", body='{"kinds": ["held"]}'),
    Route("DELETE", "/alert-routes/{route}", "members", 204),
    Route("GET", "/usage", "members", open=True),
)  # fmt: skip
