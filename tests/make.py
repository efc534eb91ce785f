"""Rows for tests. Every argument is by keyword, every default is an ordinary row of a healthy workspace.

What is left out is made: `make_run()` has a recipe, a version, an event and a workspace of its own.
"""

import itertools
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_scopes import scope

from builder import seal
from builder.actions import template_file, template_values
from builder.actions.actor import Actor
from builder.actions.template_file import Template
from builder.models import (
    Agency,
    AlertKind,
    AlertRoute,
    ApiToken,
    AuditEvent,
    Brought,
    Connection,
    Event,
    Exchange,
    Fate,
    Folder,
    Health,
    Hook,
    HourCount,
    Invitation,
    Membership,
    Recipe,
    RecipeState,
    Role,
    Run,
    RunStatus,
    Source,
    StepRun,
    StepStatus,
    StepTest,
    Subscription,
    TeamTemplate,
    TemplateLink,
    User,
    Version,
    Workspace,
)
from builder.recipe import tree as trees
from builder.runner import agencies, book, messengers

PASSWORD = "a long way to Tipperary"
_numbers = itertools.count(1)

SECRETS = {
    ("ghl", "token"): {"token": "pit-5f0e8a52-made-for-tests"},
    ("ghl", "app"): {
        "client_secret": "app-secret-made-for-tests",
        "access_token": "access-made-for-tests",
        "refresh_token": "refresh-made-for-tests",
    },
    ("invoice_ninja", "token"): {"token": "ninja-token-made-for-tests"},
}
SETTINGS = {
    "ghl": {"base_url": "http://127.0.0.1:9", "location_id": "loc_made_for_tests", "currency": "USD"},
    "invoice_ninja": {"base_url": "http://127.0.0.1:9", "currency": "USD"},
}
IDENTITY = {"name": "Lumen Studio", "detail": "3 records", "version": "5.12.0", "record_id": "lumen"}
WON = {
    "id": "opp_1",
    "name": "Autumn campaign",
    "status": "won",
    "value": "1210.00",
    "pipeline": {"id": "pipe_1", "name": "Sales"},
    "stage": {"id": "stage_3", "name": "Closed"},
    "contact": {"id": "con_1", "name": "Ada Nowak", "email": "ada@example.com", "phone": "+4930123456", "tags": []},
    "custom": {},
}


def make_user(*, email: str = "", name: str = "Robin Weber", password: str = PASSWORD, **more: Any) -> User:
    return User.objects.create_user(email or f"person{next(_numbers)}@example.com", password, name=name, **more)


def make_workspace(*, name: str = "Lumen Studio", slug: str = "", **more: Any) -> Workspace:
    return Workspace.objects.create(name=name, slug=slug or f"lumen-{next(_numbers)}", **more)


def make_member(
    *, workspace: Workspace | None = None, user: User | None = None, role: str = Role.OWNER, **more: Any
) -> Membership:
    return Membership.objects.create(workspace=workspace or make_workspace(), user=user or make_user(**more), role=role)


def make_actor(*, workspace: Workspace | None = None, role: str = Role.OWNER, **more: Any) -> Actor:
    member = make_member(workspace=workspace, role=role, **more)
    return Actor(member.workspace, member.user, member, address="192.0.2.7", origin="http://testserver")


def make_token(
    *, by: Actor | None = None, name: str = "Nightly job", scopes: list[str] | None = None, plain: str = "", **more: Any
) -> ApiToken:
    """A row only; for a token that signs in, call `actions.tokens.create`."""
    by = by or make_actor()
    with scope(workspace=by.workspace):
        return ApiToken.objects.create(
            workspace=by.workspace,
            name=name,
            key_hash=seal.key_hash(plain or f"token {next(_numbers)}"),
            ending="abcd",
            scopes=["view"] if scopes is None else scopes,
            created_by=by.user,
            **more,
        )


def make_invitation(
    *, workspace: Workspace | None = None, email: str = "", role: str = Role.EDITOR, key: str = "", **more: Any
) -> Invitation:
    workspace = workspace or make_workspace()
    more = {"expires_at": timezone.now() + timedelta(days=7), **more}
    with scope(workspace=workspace):
        return Invitation.objects.create(
            workspace=workspace,
            email=email or f"guest{next(_numbers)}@example.com",
            role=role,
            key_hash=seal.key_hash(key or f"invitation {next(_numbers)}"),
            **more,
        )


def make_alert_route(*, workspace: Workspace | None = None, way: str = "email", **more: Any) -> AlertRoute:
    """By e-mail to owners and admins, or to an address on loopback."""
    more = {"kinds": list(AlertKind.values), **more}
    made = AlertRoute(workspace=workspace or make_workspace(), way=way, **more)
    if way != "email":
        made.host = "127.0.0.1"
        secret = {"url": "http://127.0.0.1:9/in", "secret": messengers.new_secret()}
        made.sealed = seal.seal(secret, messengers.place(made))
    made.save()
    return made


def make_team_template(
    *, workspace: Workspace | None = None, title: str = "Bill what was won", recipe: Recipe | None = None
) -> TeamTemplate:
    """Made of a recipe of its own, every proposed value asked; or of that one."""
    workspace = workspace or make_workspace()
    tree = recipe.draft if recipe else make_tree(ghl=make_connection(workspace=workspace, connector="ghl"))
    if recipe is None:
        tree["trigger"]["inputs"] = {"pipeline": "pipe1"}
        recipe = make_recipe(workspace=workspace, tree=tree)
    with scope(workspace=workspace):
        asked = [template_values.Asked(one, one.label) for one in template_values.literals(tree) if one.proposed]
        opened, questions = template_values.opened(tree, asked)
        apps, slug = ("ghl", "invoice_ninja"), f"made-{next(_numbers)}"
        made = Template(slug, title, "A won deal becomes a draft invoice.", (), apps, tuple(questions), opened)
        data = template_file.content(made)
        return TeamTemplate.objects.create(workspace=workspace, slug=slug, data=data, recipe=recipe)


def make_template_link(*, workspace: Workspace | None = None, key: str = "") -> TemplateLink:
    row = make_team_template(workspace=workspace)
    key = key or f"link-{next(_numbers)}"
    plain = {"workspace": row.workspace, "template": row, "key_hash": seal.key_hash(key), "ending": key[-4:]}
    with scope(workspace=row.workspace):
        return TemplateLink.objects.create(**plain, expires_at=timezone.now() + timedelta(days=7))


def make_brought(*, workspace: Workspace | None = None, **files: str) -> Brought:
    workspace = workspace or make_workspace()
    files = files or {"recette.yaml": "format: 1\nkind: recette.workspace\nfolders: []\n"}
    with scope(workspace=workspace):
        return Brought.objects.create(workspace=workspace, by=make_user(), name="files.zip", files=files)


def make_audit(*, workspace: Workspace | None = None, verb: str = "recipe.published", **more: Any) -> AuditEvent:
    workspace = workspace or make_workspace()
    with scope(workspace=workspace):
        more = {"author": str(more.get("user") or ""), **more}
        return book.enter(AuditEvent(workspace=workspace, verb=verb, object_kind=verb.split(".")[0], **more))


def make_connection(
    *,
    workspace: Workspace | None = None,
    connector: str = "invoice_ninja",
    method: str = "token",
    name: str = "",
    settings: dict[str, str] | None = None,
    secrets: dict[str, str] | None = None,
    health: str = Health.WELL,
    **more: Any,
) -> Connection:
    workspace = workspace or make_workspace()
    secret = SECRETS[connector, method] if secrets is None else secrets
    with scope(workspace=workspace):
        made = Connection(
            workspace=workspace,
            connector=connector,
            method=method,
            name=name or {"ghl": "HighLevel", "invoice_ninja": "Invoice Ninja"}.get(connector, connector),
            settings={**SETTINGS.get(connector, {}), **(settings or {})},
            endings={key: value[-4:] for key, value in secret.items()},
            health=health,
            **{"identity": IDENTITY, "tested_at": timezone.now(), **more},
        )
        made.sealed = seal.seal(secret, f"{workspace.pk}|connection|{made.public_id}")
        made.save()
        return made


def make_agency(*, workspace: Workspace | None = None, base_url: str = "http://127.0.0.1:9", **more: str) -> Agency:
    """Of HighLevel. `more`: its other fields, secret ones too."""
    given = {"company_id": "agency1", "client_id": "app1-key", "client_secret": "made-up", "access_token": "made-up"}
    fields = {**given, "base_url": base_url, **more}
    row = Agency(workspace=workspace or make_workspace(), connector="ghl", record_id=fields["company_id"])
    row.app = fields["client_id"]
    with scope(workspace=row.workspace):
        agencies.sealed(row, fields).save()
    return row


def make_folder(*, workspace: Workspace | None = None, name: str = "Billing") -> Folder:
    workspace = workspace or make_workspace()
    with scope(workspace=workspace):
        return Folder.objects.create(workspace=workspace, name=name)


def make_tree(
    *, ghl: Connection | str = "", ninja: Connection | str = "", steps: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A won deal, only if its value is more than 0, becomes a client and a draft invoice."""
    trigger = {"operation": "ghl.opportunity.won", "connection": _public(ghl), "inputs": {}}
    return trees.parse({"format": 1, "trigger": trigger, "steps": won_steps(ninja) if steps is None else steps})


def won_steps(ninja: Connection | str = "") -> list[dict[str, Any]]:
    at = {"kind": "action", "connection": _public(ninja)}
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "0"}
    person = {"name": "{{ trigger.contact.name }}", "email": "{{ trigger.contact.email }}"}
    client = {**person, "source_id": "{{ trigger.contact.id }}"}
    line = {"product_key": "Deal", "notes": "{{ trigger.name }}", "cost": "{{ trigger.value }}", "quantity": "1"}
    return [
        {"id": "sonlyi", "kind": "only_if", "conditions": {"match": "all", "rules": [rule]}},
        {"id": "sclien", **at, "operation": "invoice_ninja.clients.find_or_create", "inputs": client},
        {
            "id": "sinvoi",
            **at,
            "operation": "invoice_ninja.invoices.create",
            "inputs": {"client_id": "{{ sclien.client.id }}", "line_items": [line]},
        },
    ]


def make_recipe(
    *,
    workspace: Workspace | None = None,
    name: str = "Won deal to draft invoice",
    tree: dict[str, Any] | None = None,
    live: bool = False,
    connection: Connection | None = None,
    **more: Any,
) -> Recipe:
    """A draft; with `live` also version 1 of it, which runs. `connection` is the trigger's."""
    workspace = workspace or (connection.workspace if connection else make_workspace())
    draft = trees.parse(tree) if tree else make_tree(ghl=connection or "")
    with scope(workspace=workspace):
        recipe = Recipe.objects.create(workspace=workspace, name=name, draft=draft, **more)
        if live:
            recipe.live = make_version(recipe=recipe)
            recipe.live_trigger = draft["trigger"]["operation"]
            recipe.live_connection = connection
            recipe.state = more.get("state", RecipeState.LIVE)
            recipe.save()
    return recipe


def make_version(
    *, recipe: Recipe | None = None, number: int = 1, tree: dict[str, Any] | None = None, **more: Any
) -> Version:
    recipe = recipe or make_recipe()
    with scope(workspace=recipe.workspace):
        return Version.objects.create(
            workspace=recipe.workspace, recipe=recipe, number=number, tree=tree or recipe.draft, **more
        )


def make_step_test(*, recipe: Recipe | None = None, step_id: str = "trigger", **more: Any) -> StepTest:
    recipe = recipe or make_recipe()
    more = {"operation": "ghl.opportunity.won", "passed": True, "output": WON, **more}
    with scope(workspace=recipe.workspace):
        return StepTest.objects.create(workspace=recipe.workspace, recipe=recipe, step_id=step_id, **more)


def make_subscription(
    *, connection: Connection | None = None, object: str = "opportunity", **more: Any
) -> Subscription:
    connection = connection or make_connection(connector="ghl")
    with scope(workspace=connection.workspace):
        return Subscription.objects.create(
            workspace=connection.workspace,
            connection=connection,
            object=object,
            **{"began_at": timezone.now() - timedelta(days=1), **more},
        )


def make_hook(*, connection: Connection | None = None, key: str = "", **more: Any) -> Hook:
    connection = connection or make_connection(connector="ghl", method="app")
    key = key or f"hook-{next(_numbers)}"
    with scope(workspace=connection.workspace):
        return Hook.objects.create(
            workspace=connection.workspace,
            connection=connection,
            key_hash=seal.key_hash(key),
            sealed=seal.seal({"key": key}, f"{connection.workspace_id}|hook|{seal.key_hash(key)}"),
            **more,
        )


def make_event(
    *,
    workspace: Workspace | None = None,
    connection: Connection | None = None,
    data: dict[str, Any] | None = None,
    fate: str = Fate.RAN,
    **more: Any,
) -> Event:
    """A won deal that was read and ran."""
    workspace = workspace or (connection.workspace if connection else make_workspace())
    data, now = WON if data is None else data, timezone.now()
    plain: dict[str, Any] = {
        "source": Source.HOOK,
        "name": "OpportunityStatusUpdate",
        "raw": json.dumps(data, default=str).encode(),
        "object": "opportunity",
        "record_id": data.get("id", ""),
        "received_at": now,
        "read_at": now,
    }
    with scope(workspace=workspace):
        return Event.objects.create(
            workspace=workspace, connection=connection, data=data, fate=fate, **{**plain, **more}
        )


def make_run(
    *,
    recipe: Recipe | None = None,
    version: Version | None = None,
    event: Event | None = None,
    status: str = RunStatus.DONE,
    **more: Any,
) -> Run:
    """A run that is done; for another status give what belongs to it (`because`, `stopped_at`, `wake_at`)."""
    recipe = recipe or make_recipe(live=True)
    now = timezone.now()
    ended = now if status in RunStatus.ended() else None
    plain = {"title": "Autumn campaign", "created_at": now, "started_at": now, "finished_at": ended}
    with scope(workspace=recipe.workspace):
        return Run.objects.create(
            workspace=recipe.workspace,
            recipe=recipe,
            version=version or recipe.live or make_version(recipe=recipe),
            event=event or make_event(workspace=recipe.workspace, connection=recipe.live_connection),
            status=status,
            **{**plain, **more},
        )


def make_step_run(
    *, run: Run | None = None, step_id: str = "sclien", status: str = StepStatus.DONE, **more: Any
) -> StepRun:
    run = run or make_run()
    step = trees.find(run.version.tree, step_id) or {}
    now = timezone.now()
    plain = {
        "kind": step.get("kind", "action"),
        "operation": step.get("operation", ""),
        "input": {"name": "Ada Nowak"},
        "output": {"client": {"id": "Vol1"}} if status == StepStatus.DONE else None,
        "started_at": now,
        "finished_at": now,
    }
    with scope(workspace=run.workspace):
        return StepRun.objects.create(
            workspace=run.workspace, run=run, step_id=step_id, status=status, **{**plain, **more}
        )


def make_exchange(*, step_run: StepRun | None = None, position: int = 1, **more: Any) -> Exchange:
    step_run = step_run or make_step_run()
    plain = {
        "method": "POST",
        "url": "https://invoices.example.com/api/v1/clients",
        "request_headers": {"x-api-token": "••••"},
        "request_body": '{"name":"Ada Nowak"}',
        "status": 200,
        "response_body": '{"data":{"id":"Vol1"}}',
        "at": timezone.now(),
        "took_ms": 84,
    }
    with scope(workspace=step_run.workspace):
        return Exchange.objects.create(
            workspace=step_run.workspace, step_run=step_run, position=position, **{**plain, **more}
        )


def make_hour(*, recipe: Recipe | None = None, **more: Any) -> HourCount:
    recipe = recipe or make_recipe()
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with scope(workspace=recipe.workspace):
        return HourCount.objects.create(workspace=recipe.workspace, recipe=recipe, **{"hour": hour, **more})


def _public(connection: Connection | str) -> str:
    return connection if isinstance(connection, str) else connection.public_id
