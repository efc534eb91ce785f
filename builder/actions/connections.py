"""Connections: tested before they are kept, their secrets sealed and never shown again."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder import seal
from builder.actions import audit, inputs
from builder.actions.actor import Actor, action, sight_of
from builder.actions.errors import Forbidden, Invalid, NotFound, not_found
from builder.models import Agency, Capability, Connection, Health, Recipe, RecipeState, Workspace
from builder.recipe import tree as trees
from builder.runner import accounts, budgets, limits, listening, replay, siblings, trying
from connectors import catalogue
from connectors.errors import ConnectorError, SignedOut
from connectors.errors import Forbidden as NotPermitted
from connectors.spec import Budget, Choice, Connector, Identity, Method

Fields = Mapping[str, str]
Spending = budgets.Spending
LONGEST = 8192
RESTING = ("resting_until", "rests")


@action(Capability.CONNECT, atomic=False)
def create(by: Actor, connector: str, method: str, name: str, fields: Fields) -> Connection:
    """Tested first: what doesn't work is not kept. Raises Invalid with the sentence beside the field it is about."""
    home, way = way_in(connector, method)
    given = _filled(way, fields)
    identity = _identify(home, way, given)
    return keep(by, home, way, name, given, identity)


@action(Capability.CONNECT, atomic=False)
def update(
    by: Actor, connection: Connection, name: str | None = None, fields: Fields | None = None, other: bool = False
) -> Connection:
    """A secret left empty stays, unless the address changes: a token is only ever sent where it was given for.
    `other`: it may turn out to be another account than before."""
    if fields is None:
        return _renamed(by, connection, name or connection.name)
    home, way = way_in(connection.connector, connection.method)
    _freshen(connection, way, fields)
    given = _overlaid(home, way, connection, fields)
    identity = _identify(home, way, given)
    if not other:
        same_account(connection, identity)
    with transaction.atomic():
        row = locked(connection)
        if moved := is_another(row, identity):
            transaction.on_commit(_hanging_up(row))
        given |= {field: value for field, value in _secrets(row).items() if not fields.get(field)}
        row.name = _name(name or row.name, identity, home)
        fill(row, home, way, given, identity)
        row.save()
        if moved:
            listening.begin_anew(row)
        replaced = sorted(field for field in way.sealed if fields.get(field))
        audit.write(by, "connection.changed", row, replaced=replaced, account=identity.name)
    if not moved:
        replay.resume_after(row.public_id, row.workspace_id)
    return row


@action(Capability.CONNECT, atomic=False)
def test(by: Actor, connection: Connection) -> Identity:
    """Who it is now; the outcome is kept as the connection's health. Raises Invalid with what is wrong."""
    _home, way = way_in(connection.connector, connection.method)
    try:
        identity = trying.identify_connection(connection)
        same_account(connection, identity)
    except ConnectorError as problem:
        if isinstance(problem, SignedOut) and accounts.go_back(connection.pk, connection.sealed):
            connection.refresh_from_db()
            raise Invalid(connection.trouble) from problem
        health = Health.SIGNED_OUT if isinstance(problem, SignedOut) else Health.TROUBLE
        _report(by, connection, health, problem.message)
        raise explained(way, problem) from problem
    except Invalid as problem:
        _report(by, connection, Health.TROUBLE, problem.message)
        raise
    if _report(by, connection, Health.WELL, "", identity):
        replay.resume_after(connection.public_id, connection.workspace_id)
    return identity


@action(Capability.CONNECT, atomic=False)
def delete(by: Actor, connection: Connection, pause: bool = False) -> list[Recipe]:
    """The recipes it paused. Raises Invalid, naming the live ones that use it, unless `pause`. The secret is gone
    at once, and so are our webhooks at the service where it lets us. An address that takes the
    events of its app's other accounts too goes to one of them."""
    _unused(by, connection, pause)
    _hanging_up(connection)()
    with transaction.atomic():
        row = locked(connection)
        live = _unused(by, row, pause)
        because = _("Its connection “%(name)s” was deleted. Choose another and publish again.") % {"name": row.name}
        Recipe.objects.filter(pk__in=[r.pk for r in live]).update(state=RecipeState.PAUSED, paused_because=because)
        row.subscriptions.update(active=False, poll_at=None, remote_hooks=[])
        siblings.hand_on(row)
        row.deleted_at, row.sealed, row.endings = timezone.now(), "", {}
        row.waiting = row.former = row.agency = None
        row.save(update_fields=["deleted_at", "sealed", "endings", "waiting", "former", "agency", "changed_at"])
        audit.write(by, "connection.deleted", row, paused=[recipe.name for recipe in live])
    return live


def ways(by: Actor, connection: Connection, trigger: str = "") -> list[str]:
    """How changes (or what a trigger waits for) reach us over it, the fastest first: `webhook`, `poll`. Asks the
    database nothing."""
    by.require(Capability.VIEW)
    return listening.ways(connection, catalogue.trigger(trigger) if trigger else None)


def unheard(by: Actor) -> set[int]:
    """Connections for whose app a person has to enter our address at the service, where nothing has come yet."""
    by.require(Capability.VIEW)
    return siblings.unheard(by.workspace.pk)


def spending(by: Actor, connection: Connection) -> Spending:
    """What of its budget is used, by all connections that the service counts together with it."""
    return spendings(by, [connection])[0]


def spendings(by: Actor, rows: Sequence[Connection]) -> list[Spending]:
    """Of each, in one query."""
    by.require(Capability.VIEW)
    return budgets.spendings([_budget(row) for row in rows])


def budget_key(connection: Connection) -> str:
    """The same for connections that the service counts together; empty where it counts nothing."""
    return _budget(connection)[0]


def _budget(connection: Connection) -> tuple[str, Budget]:
    found = limits.counted(connection)
    assert found
    return found


@action(Capability.CONNECT)
def hook(by: Actor, connection: Connection) -> str:
    """The address the service is to call, for pasting into its settings."""
    return listening.address(listening.hook_for(by.workspace.pk, connection=locked(connection)))


def address(by: Actor, connection: Connection) -> str:
    """The hook's, where there is one to paste; it is made when it is first looked at. Else, and for who may not
    connect, empty."""
    home, way = catalogue.connector(connection.connector), catalogue.method(connection.connector, connection.method)
    pasted = home is not None and way is not None and home.called_by_hand(way)
    return hook(by, connection) if pasted and by.may(Capability.CONNECT) else ""


@action(Capability.EDIT, atomic=False)
def choices(
    by: Actor, connection: Connection, key: str, given: Mapping[str, Any] | None = None, fresh: bool = False
) -> list[Choice]:
    """The live list for a form field. `fresh` asks the service again."""
    home = catalogue.connector(connection.connector)
    if home is None or key not in home.choices:
        raise NotFound(_("There is no list “%(key)s” at this service.") % {"key": key[:40]})
    try:
        return trying.choices(connection, key, dict(given or {}), fresh=fresh)
    except ConnectorError as problem:
        raise Invalid(problem.message) from problem


def keep(
    by: Actor, home: Connector, way: Method, name: str, given: Fields, identity: Identity, **more: Any
) -> Connection:
    """A connection that was tested becomes a row. Inside the actor's scope."""
    with transaction.atomic():
        row = Connection(workspace=by.workspace, connector=home.key, method=way.key, created_by=by.user, **more)
        row.name = _name(name, identity, home)
        fill(row, home, way, given, identity)
        row.save()
        audit.write(by, "connection.created", row, connector=home.key, method=way.key, account=identity.name)
    return row


def sign_in(by: Actor, row: Connection, given: Fields, identity: Identity, agency: Agency | None = None) -> Connection:
    """The connection with other tokens of the same account; runs that wait for it go on. Inside the actor's scope."""
    home, way = way_in(row.connector, row.method)
    with transaction.atomic():
        row = locked(row)
        fill(row, home, way, given, identity)
        row.agency = agency or row.agency
        row.save()
        audit.write(by, "connection.signed_in", row, account=identity.name)
    replay.resume_after(row.public_id, row.workspace_id)
    return row


def installed(
    by: Actor, home: Connector, way: Method, given: Fields, identity: Identity, agency: Agency | None = None
) -> Connection:
    """One app has one connection of an account: that one signed in again, else a new one. Inside the actor's scope."""
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=by.workspace.pk)  # one that another click makes is seen
        rows = Connection.objects.filter(connector=home.key, method=way.key, deleted_at=None).order_by("pk")
        same = (row for row in rows if row.settings.get("client_id") == given["client_id"])
        there = next((row for row in same if row.identity.get("record_id") == identity.record_id), None)
        if there is None:
            return keep(by, home, way, "", given, identity, agency=agency)
    return sign_in(by, there, given, identity, agency)


def used_by(connection: Connection) -> list[Recipe]:
    """Recipes whose draft or live version names the connection."""
    recipes = Recipe.objects.filter(workspace=connection.workspace_id, deleted_at=None).select_related("live")
    return [r for r in recipes.order_by("name") if connection.public_id in _named(r)]


def way_in(connector: str, method: str) -> tuple[Connector, Method]:
    home, way = catalogue.connector(connector), catalogue.method(connector, method)
    if home is None or way is None:
        raise Invalid(_("Choose a service and how to sign in to it."), "connector")
    return home, way


def locked(connection: Connection) -> Connection:
    """The same object with what the row holds now, held until the transaction ends. Raises NotFound when deleted."""
    rows = Connection.objects.select_for_update(of=("self",), no_key=True).filter(deleted_at=None)
    try:
        connection.refresh_from_db(from_queryset=rows)
    except Connection.DoesNotExist:
        raise not_found() from None
    return connection


def explained(way: Method, problem: ConnectorError) -> Invalid:
    """A service's refusal, beside the field that has to be changed."""
    return Invalid(problem.message, problem.field or _to_blame(way, problem))


def _identify(home: Connector, way: Method, given: Fields) -> Identity:
    try:
        return trying.identify(home.key, way.key, dict(given))
    except ConnectorError as problem:
        raise explained(way, problem) from problem


def _to_blame(way: Method, problem: ConnectorError) -> str:
    names = [field.name for field in way.fields]
    if isinstance(problem, SignedOut | NotPermitted) and way.secret:
        return "access_token" if "access_token" in way.secret else way.secret[0]
    return "base_url" if problem.code in ("misconfigured", "blocked", "unavailable") and "base_url" in names else ""


def _filled(way: Method, fields: Fields) -> dict[str, str]:
    """All of the method's fields, with defaults. Raises Invalid for each that is missing or unknown."""
    given = {name: str(value).strip() for name, value in fields.items() if value not in (None, "")}
    wrong = {name: [_("This way to connect has no such field.")] for name in given.keys() - _names(way)}
    for field in way.fields:
        value = given.setdefault(field.name, str(field.default or ""))
        if field.required and not value:
            wrong[field.name] = [_("“%(field)s” is empty. Fill it in.") % {"field": field.label}]
        elif len(value) > LONGEST:
            wrong[field.name] = [_("“%(field)s” is too long. Copy it again.") % {"field": field.label}]
    if wrong:
        raise Invalid(errors=wrong)
    return given


def _overlaid(home: Connector, way: Method, connection: Connection, fields: Fields) -> dict[str, str]:
    kept = opened(connection)
    shown = {name: kept.get(name, "") for name in _names(way) - set(way.sealed)}
    new = {name: value for name, value in fields.items() if value or name not in way.sealed}
    moved = _host(home, way, {**kept, **new}) != _host(home, way, kept)
    if moved and (missing := [n for n in way.sealed if not new.get(n) and (n in way.secret or kept.get(n))]):
        message = _("The address changes, so enter this again: a secret is only sent where it was given for.")
        raise Invalid(errors={name: [message] for name in missing})
    secret = {name: kept[name] for name in way.sealed if kept.get(name)}
    replaced = any(new.get(name) for name in way.secret)  # what the old ones may do says nothing of the new ones
    gone = {way.grants} if replaced else set()
    facts = {name: value for name, value in kept.items() if name not in _names(way) | gone}
    return {**facts, **_filled(way, {**shown, **secret, **new})}


def _host(home: Connector, way: Method, given: Fields) -> str:
    try:
        return home.account(way.key, given).base_url
    except ConnectorError as problem:
        raise explained(way, problem) from problem


def opened(connection: Connection) -> dict[str, str]:
    """All of its fields, the secret ones too."""
    return {**connection.settings, **_secrets(connection)}


def _secrets(connection: Connection) -> dict[str, str]:
    """None that can be opened: they have to be given again."""
    try:
        return seal.unseal(connection.sealed, accounts.place(connection))
    except seal.Unreadable:
        return {}


def fill(row: Connection, home: Connector, way: Method, given: Fields, identity: Identity) -> None:
    secret = {name: given[name] for name in way.sealed if given.get(name)}
    former = _secrets(row)
    same = all(secret.get(name) == former.get(name) for name in way.secret)
    row.secret_at = row.secret_at if same else timezone.now()
    public = {name: value for name, value in given.items() if name not in way.sealed and value}
    row.settings = {**public, "base_url": home.account(way.key, given).base_url, **identity.settings}
    row.sealed = seal.seal(secret, accounts.place(row))
    row.endings = endings({name: value for name, value in secret.items() if name in way.secret})
    row.refreshing_until, row.waiting, row.former = None, None, None
    _well(row, identity)


def endings(secret: Fields) -> dict[str, str]:
    """What each is recognised by."""
    return {name: value[-4:] for name, value in secret.items() if len(value) >= 12}


def _well(row: Connection, identity: Identity) -> None:
    row.health, row.trouble, row.tested_at = Health.WELL, "", timezone.now()
    row.resting_until, row.rests = None, 0
    row.identity = {
        "name": identity.name,
        "detail": identity.detail,
        "version": identity.version,
        "record_id": identity.record_id,
        "missing": list(identity.missing),
    }


def _report(by: Actor, connection: Connection, health: str, trouble: str, identity: Identity | None = None) -> bool:
    """Whether what was tested is still in use; what is no longer says nothing."""
    tested = accounts.mark(connection)
    with transaction.atomic():
        row = locked(connection)
        if accounts.mark(row) != tested:
            return False
        if identity:
            _well(row, identity)
            row.settings = {**row.settings, **identity.settings}
        else:
            row.health, row.trouble, row.tested_at = health, trouble, timezone.now()
        row.save(update_fields=["health", "trouble", "tested_at", "identity", "settings", "changed_at", *RESTING])
        audit.write(by, "connection.tested", row, passed=identity is not None)
    return True


def _unused(by: Actor, connection: Connection, pause: bool) -> list[Recipe]:
    """The live recipes that use it. Raises Forbidden when one lies in a folder where they may not pause it."""
    live, sight = [recipe for recipe in used_by(connection) if recipe.state == RecipeState.LIVE], sight_of(by)
    if any(Capability.PUBLISH not in sight.may(recipe.folder_id) for recipe in live):
        message = _("Live recipes of a folder where you may not pause them use “%(name)s” too. Ask an owner or admin.")
        raise Forbidden(message % {"name": connection.name})
    if live and not pause:
        names = ", ".join(f"“{recipe.name}”" for recipe in live)
        message = ngettext(
            "The live recipe %(names)s uses %(connection)s. Delete it anyway and the recipe is paused.",
            "The live recipes %(names)s use %(connection)s. Delete it anyway and they are paused.",
            len(live),
        )
        raise Invalid(message % {"names": names, "connection": connection.name}, "pause")
    return live


def _hanging_up(connection: Connection) -> Callable[[], object]:
    """What calls off our webhooks at the account that the connection is now."""
    ids = [hook_id for row in connection.subscriptions.all() for hook_id in row.remote_hooks]
    try:
        return functools.partial(listening.call_off, accounts.open(connection), ids)
    except ConnectorError:
        return lambda: None


def _freshen(connection: Connection, way: Method, fields: Fields) -> None:
    """An expired access token is changed for a new one before what it stands beside is changed."""
    if "refresh_token" in way.secret and not any(fields.get(name) for name in way.secret):
        with contextlib.suppress(ConnectorError):
            trying.identify_connection(connection)
        connection.refresh_from_db()


def is_another(connection: Connection, identity: Identity) -> bool:
    return not identity.is_of(str(connection.identity.get("record_id") or ""))


def same_account(connection: Connection, identity: Identity) -> None:
    if is_another(connection, identity):
        message = _(
            "This is another account: %(now)s instead of %(before)s. Recipes would write there, and what is known of "
            "the old one's records is forgotten. Confirm it, or add a connection of its own."
        )
        raise Invalid(message % {"now": identity.name, "before": connection.identity.get("name")}, "other")


def _renamed(by: Actor, connection: Connection, name: str) -> Connection:
    with transaction.atomic():
        row = locked(connection)
        before, row.name = row.name, inputs.short(name.strip(), "name")
        row.save(update_fields=["name", "changed_at"])
        audit.write(by, "connection.renamed", row, before=before)
    return row


def _name(name: str, identity: Identity, home: Connector) -> str:
    return inputs.short(name.strip(), "name") or f"{home.label}: {identity.name}"[:120]


def _names(way: Method) -> set[str]:
    return {field.name for field in way.fields}


def _named(recipe: Recipe) -> set[str]:
    return {public_id for tree in _trees(recipe) for public_id in _connections(tree)}


def _trees(recipe: Recipe) -> Iterator[dict[str, Any]]:
    yield recipe.draft
    if recipe.live:
        yield recipe.live.tree


def _connections(tree: dict[str, Any]) -> Sequence[str]:
    return [tree["trigger"]["connection"], *(row.step.get("connection", "") for row in trees.steps(tree))]
