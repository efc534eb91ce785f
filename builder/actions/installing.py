"""An app that was installed at the service itself: its code came without a state of ours, so a person says whether they
know of it, into which workspace it goes, and which app it is for. Until then it waits in their session, sealed."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as lazy

from builder import seal
from builder.actions import agencies, connections, oauth
from builder.actions.actor import Actor, action
from builder.actions.errors import Gone, Invalid
from builder.models import Agency, Capability, Connection, Membership, Role, User, Workspace
from builder.runner import trying
from connectors import catalogue
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Connector

SLOT = "recette_install"
PLACE = "install"
LONGEST = 512
TOO_LONG = lazy("This is not what HighLevel sends after an installation. Begin it again in HighLevel's marketplace.")
OVER = lazy("No installation waits here: it was finished already, or ten minutes went by. Sign in again.")

ANOTHER = lazy(
    "Another installation has arrived meanwhile and stands here now. Look again: go on only if that is the one you "
    "have just made yourself."
)


@dataclass(frozen=True, slots=True)
class Keys:
    """An app's keys that the workspace knows, by a connection that has them."""

    connection: Connection
    client_id: str


def arrived(session: oauth.Session, code: str) -> None:
    """Keeps the code for the person whose browser it is, signed in or not. A later one takes its place. Raises Invalid
    for what is longer than any code."""
    if len(code) > LONGEST:
        raise Invalid(TOO_LONG)
    held = {"until": time.time() + oauth.VALID, "sealed": seal.seal({"code": code}, PLACE)}
    session[SLOT] = {**held, "arrival": secrets.token_urlsafe(16)}


def waits(session: oauth.Session) -> str:
    """What the one that waits is known by, so that a person confirms what they looked at; empty when none does."""
    return str(session[SLOT].get("arrival", "")) if _code(session) else ""


def home() -> Connector:
    """The service whose installs come to this server: there is one so far."""
    return next(home for home in catalogue.CONNECTORS.values() if home.door)


def workspaces(user: User) -> list[Workspace]:
    """Those the person may connect accounts in, by name."""
    rows = Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name", "pk")
    return [row.workspace for row in rows if Capability.CONNECT in Role(row.role).capabilities]


def keys(by: Actor) -> list[Keys]:
    """The newest connection of each app that was connected here before."""
    by.require(Capability.CONNECT)
    rows = Connection.objects.filter(connector=home().key, method="app", deleted_at=None).order_by("pk")
    known = {(row.settings.get("client_id"), row.settings.get("base_url")): row for row in rows if row.sealed}
    return [Keys(row, str(client)) for (client, _base), row in known.items() if client]


@action(Capability.CONNECT, atomic=False)
def confirm(
    by: Actor, session: oauth.Session, arrival: str, fields: Mapping[str, str], known: Connection | None = None
) -> Connection | Agency:
    """What was installed, tested and kept. `arrival`: the one the person looked at. `known`: the connection whose app
    keys are taken; else client_id, client_secret and, where it isn't the usual one, base_url. Raises Gone when the code
    is no longer good, Invalid with what else is wrong."""
    code = _code(session)
    if not code:
        raise Gone(OVER)
    if not secrets.compare_digest(waits(session).encode(), arrival.encode()):
        raise Invalid(ANOTHER)
    service, way = connections.way_in(home().key, "app")
    given = oauth.app_keys(way, connections.opened(known) if known else fields)
    try:
        given |= oauth.exchanged(service, given, code, "")
    except SignedOut as spent:
        session.pop(SLOT, None)
        raise Gone(spent.message) from spent
    except ConnectorError as problem:
        raise Invalid(problem.message, "keys" if known else problem.field) from problem
    session.pop(SLOT, None)
    if agency := agencies.arrived(by, service, given):
        return agency
    try:
        identity = trying.identify(service.key, way.key, given)
    except ConnectorError as problem:
        raise Gone(problem.message) from problem
    return connections.installed(by, service, way, given, identity)


def _code(session: oauth.Session) -> str:
    held = session.get(SLOT) or {}
    if time.time() >= held.get("until", 0):
        return ""
    try:
        return seal.unseal(held.get("sealed", ""), PLACE)["code"]
    except (seal.Unreadable, KeyError):
        return ""
