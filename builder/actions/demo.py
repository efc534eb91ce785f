"""A workspace to look around in: connected to the sandboxes, with recipes from the gallery, one of them live."""

import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from builder.actions import connections, gallery, oauth, publishing, sandboxes, workspaces
from builder.actions.actor import Actor
from builder.actions.errors import ActionError, Gone
from builder.actions.workspaces import Started
from builder.models import Connection, Membership, Recipe, User, Workspace
from builder.runner import accounts, listening, offline
from connectors import catalogue
from connectors.errors import ConnectorError
from connectors.spec import Account, Request

DOMAIN = "demo.invalid"
LIVE = "won-deal-to-draft-invoice"
WON = 3
"""Deals that are won right away, so that there are runs to look at."""


def allowed() -> bool:
    return settings.RECETTE_ENV != "production" and {"ghl", "invoice_ninja"} <= sandboxes.services().keys()


def create(user: User | None = None) -> Started:
    """The demo and who to sign in: the person who asks, else its own guest. There is one; it is made when first
    wanted. Raises Gone where there can be none."""
    if not allowed():
        raise Gone(_("There is no demo on this server. Create your workspace instead."))
    started, fresh = _entered(user)
    if fresh:
        try:
            _furnish(started)
        except (ActionError, ConnectorError):
            _taken_back(started.workspace)
            raise
    return started


@transaction.atomic
def _entered(user: User | None) -> tuple[Started, bool]:
    workspaces.one_at_a_time()
    workspace = Workspace.objects.filter(demo=True).first()
    if workspace is None:
        owner = user or _guest()
        return Started(
            workspaces.new_workspace(_("Lumen Studio (demo)"), owner, demo=True, currency="USD"), owner
        ), True
    member = Membership.objects.filter(workspace=workspace, user__email__endswith=f"@{DOMAIN}").first()
    person = user or (member.user if member else _guest())
    workspaces.join_demo(workspace, person)
    return Started(workspace, person), False


def _taken_back(workspace: Workspace) -> None:
    """Half a demo helps nobody: the next try begins anew."""
    with scope(workspace=workspace), transaction.atomic():
        Recipe.objects.update(live=None, live_connection=None)
        workspace.delete()


def _guest() -> User:
    """Nobody can sign in as it: it has no password."""
    return User.objects.create_user(f"guest-{secrets.token_hex(4)}@{DOMAIN}", None, name=_("Demo guest"))


def _furnish(started: Started) -> None:
    workspace = started.workspace
    member = Membership.objects.get(workspace=workspace, user=started.user)
    by = Actor(workspace, started.user, member, origin=settings.LOCAL_URL)
    with scope(workspace=workspace):
        polled, pushed = _highlevel_by_token(by), _highlevel_by_app(by)
        ninja = _invoice_ninja(by)
        _hook_up(pushed)
        for template, ghl in ((LIVE, pushed), ("contact-tag-to-client", polled), ("client-onboarding", pushed)):
            _recipe(by, template, ghl, ninja)
    transaction.on_commit(lambda: _win_some(by))


def _highlevel_by_token(by: Actor) -> Connection:
    known = sandboxes.ask("ghl", "GET", "/state")["connect"]
    url = sandboxes.services()["ghl"]
    fields = {"token": known["token"], "location_id": known["location_id"], "base_url": url}
    return connections.create(by, "ghl", "token", _("HighLevel (token, polling)"), fields)


def _highlevel_by_app(by: Actor) -> Connection:
    """Goes the way a person goes, with the sandbox's own page confirmed for them."""
    known = sandboxes.ask("ghl", "GET", "/state")["connect"]
    fields = {**{name: known[name] for name in ("client_id", "client_secret")}, "base_url": sandboxes.services()["ghl"]}
    session: dict[str, object] = {}
    page = oauth.begin(by, session, "ghl", _("HighLevel (app, webhooks)"), fields)
    back = parse_qs(urlsplit(_confirmed(page)).query)
    made = oauth.finish(by, session, back["state"][0], back["code"][0])
    assert isinstance(made, Connection)
    return made


def _confirmed(page: str) -> str:
    """Where the sandbox's page sends the person who confirms."""
    parts = urlsplit(page)
    home = catalogue.connector("ghl")
    assert home
    account = Account(f"{parts.scheme}://{parts.netloc}", {})
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}

    def confirm(context: Any) -> Any:
        return (yield Request("POST", f"{parts.path}?{urlencode(query)}", form={}))

    try:
        offline.hold(accounts.Opened(0, "", home.label, home, account, {}), confirm)
    except ConnectorError as redirected:
        if redirected.response is not None and "location" in redirected.response.headers:
            return str(redirected.response.headers["location"])
        raise
    raise Gone(_("The sandbox of HighLevel did not grant access. Reset it and try again."))


def _invoice_ninja(by: Actor) -> Connection:
    known = sandboxes.ask("invoice_ninja", "GET", "/state")["connect"]
    fields = {"token": known["token"], "base_url": sandboxes.services()["invoice_ninja"] + known.get("path", "")}
    return connections.create(by, "invoice_ninja", "token", _("Invoice Ninja"), fields)


def _hook_up(connection: Connection) -> None:
    """Enters our address in the app's settings, as a person does in the developer portal."""
    known = sandboxes.ask("ghl", "GET", "/state")["connect"]
    hook = listening.hook_for(
        connection.workspace_id, connection=connection, with_secrets={"public_key": known["public_key"]}
    )
    sandboxes.ask("ghl", "POST", "/app", {"webhook_url": listening.address(hook)})


def _recipe(by: Actor, template: str, ghl: Connection, ninja: Connection) -> None:
    chosen = gallery.template(template)
    answers = {q.key: q.default or ("" if q.source == "ghl.pipelines" else q.example) for q in chosen.questions}
    at = {"connection_ghl": ghl.public_id, "connection_invoice_ninja": ninja.public_id}
    recipe = gallery.start(by, template, {**answers, **at})
    if template == LIVE:
        publishing.publish(by, recipe, recipe.draft_rev, _("First version"))


def _win_some(by: Actor) -> None:
    """Real events for the live recipe; the last deal is worth nothing and is filtered out."""
    deals = {d["do"]: d for d in sandboxes.doings(by, "ghl")}["win_deal"]["inputs"][0]["choices"]
    open_ones = [deal["value"] for deal in deals if " · open · " in deal["label"]][:WON]
    for number, deal in enumerate(open_ones, 1):
        if number == WON:
            sandboxes.do(by, "ghl", "change_value", {"id": deal, "value": "0"})
        sandboxes.do(by, "ghl", "win_deal", {"id": deal})
