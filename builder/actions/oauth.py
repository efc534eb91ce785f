"""Connecting by the service's own page: away with a state that is good once, back with a code that becomes tokens.

Between the two everything waits in the person's session, sealed: nobody else's browser can end what this one began.
"""

import secrets
import time
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext as _

from builder import seal
from builder.actions import agencies, connections
from builder.actions.actor import Actor, action
from builder.actions.errors import Gone, Invalid, not_found
from builder.models import Agency, Capability, Connection
from builder.runner import accounts, offline, trying
from connectors import auth
from connectors.doors import Door
from connectors.errors import ConnectorError
from connectors.spec import Account, Connector, Method

PATH = "/oauth/callback/"
"""Where the service sends people back to. Its address goes into the app's settings as redirect URL."""
VALID = 600
SLOT = "recette_oauth"
Session = MutableMapping[str, Any]


@action(Capability.CONNECT, atomic=False)
def begin(
    by: Actor,
    session: Session,
    connector: str,
    name: str,
    fields: Mapping[str, str],
    connection: Connection | None = None,
) -> str:
    """The address to send the person to. `fields`: client_id, client_secret, base_url when it isn't the usual one,
    install_link (the service's own: which version of the app, and what it asks for), agency where the app is one for
    agencies and the person may choose all their locations there. With `connection` that one is signed in again."""
    home, way, door = door_of(connector)
    given = app_keys(way, fields)
    linked = _linked(home, door, given, str(fields.get("install_link") or "").strip())
    state = secrets.token_urlsafe(32)
    kept = {
        "state": state,
        "workspace": by.workspace.slug,
        "connector": connector,
        "name": name.strip(),
        "connection": connection.public_id if connection else "",
        "redirect_uri": by.base + PATH,
        **{f"field.{key}": value for key, value in given.items()},
    }
    place = _place(by.workspace.slug, by.user.pk if by.user else 0)
    session[SLOT] = {
        "until": time.time() + VALID,
        "workspace": by.workspace.slug,
        "sealed": seal.seal(kept, place),
    }
    return _page(home, door, given, linked, kept, agency=bool(fields.get("agency")))


def workspace_of(session: Session) -> str:
    """Slug of the workspace whose connection is under way in this browser, or empty."""
    return str((session.get(SLOT) or {}).get("workspace", ""))


@action(Capability.CONNECT, atomic=False)
def finish(by: Actor, session: Session, state: str, code: str, error: str = "") -> Connection | Agency:
    """The connection, tested; or the agency whose locations are to be chosen now. Raises Gone when this browser didn't
    begin it, or too long ago; Invalid when the service refuses."""
    kept = _taken(by, session, state)
    if error or not code:
        raise Invalid(_("The service did not grant access. Begin again, and confirm on its page."))
    home, way = door_of(kept["connector"])[:2]
    given = {key.removeprefix("field."): value for key, value in kept.items() if key.startswith("field.")}
    try:
        given |= exchanged(home, given, code, kept["redirect_uri"])
        if agency := agencies.arrived(by, home, given):
            return agency
        identity = trying.identify(home.key, way.key, given)
    except ConnectorError as problem:
        raise connections.explained(way, problem) from problem
    if not kept["connection"]:
        return connections.keep(by, home, way, kept["name"], given, identity)
    row = Connection.objects.filter(public_id=kept["connection"], deleted_at=None).first()
    if row is None:
        raise not_found()
    connections.same_account(row, identity)
    return connections.sign_in(by, row, given, identity)


def redirect_uri(by: Actor) -> str:
    """To be entered in the app's settings at the service."""
    return by.base + PATH


def scopes_of(home: Connector, agency: bool = False) -> str:
    """Every permission that our operations and triggers need, but for what is given to few; and what an agency's
    locations are found with."""
    asked = {p for operation in home.operations.values() for p in operation.permission.split()}
    asked |= {p for watched in home.watched.values() for p in watched.permission.split()}
    more = home.door.agency.permissions if home.door and agency else ()
    return " ".join(sorted((asked - home.unasked) | set(more)))


def door_of(connector: str) -> tuple[Connector, Method, Door]:
    home, way = connections.way_in(connector, "app")
    if home.door is None:
        raise Invalid(_("%(name)s has no such page. Connect with a token.") % {"name": home.label}, "method")
    return home, way, home.door


def app_keys(way: Method, fields: Mapping[str, str]) -> dict[str, str]:
    given = {name: str(fields.get(name) or "").strip() for name in ("client_id", "client_secret")}
    if wrong := {name: [_("Copy this from the app's settings.")] for name, value in given.items() if not value}:
        raise Invalid(errors=wrong)
    usual = next((str(f.default) for f in way.fields if f.name == "base_url"), "")
    try:
        return {**given, "base_url": auth.base_url(str(fields.get("base_url") or ""), usual)}
    except ConnectorError as problem:
        raise connections.explained(way, problem) from problem


def _page(
    home: Connector,
    door: Door,
    given: Mapping[str, str],
    linked: Mapping[str, str],
    kept: Mapping[str, str],
    agency: bool,
) -> str:
    page = door.page if _usual(home, given) else given["base_url"] + door.path
    query = {
        "response_type": "code",
        "client_id": given["client_id"],
        "redirect_uri": kept["redirect_uri"],
        "scope": linked.get("scope") or scopes_of(home, agency),
        "state": kept["state"],
        "version_id": linked.get("version_id") or given["client_id"].split("-")[0],
    }
    return f"{page}?{urlencode(query)}"


def _usual(home: Connector, given: Mapping[str, str]) -> bool:
    return given["base_url"] == next(str(f.default) for m in home.methods for f in m.fields if f.name == "base_url")


def _linked(home: Connector, door: Door, given: Mapping[str, str], link: str) -> dict[str, str]:
    """What the service's install link says of the app. Raises Invalid for one that leads elsewhere."""
    if not link:
        return {}
    try:
        parts = urlsplit(link)
        where = f"{parts.scheme}://{parts.netloc.lower()}"
        query = dict(parse_qsl(parts.query))
    except ValueError:
        where, query = "", {}
    own, hosts = urlsplit(given["base_url"]), [f"https://{host}" for host in door.hosts]
    hosts = hosts if _usual(home, given) else [f"{own.scheme}://{own.netloc.lower()}", *hosts]
    if where not in hosts:
        message = _("This link leads somewhere else. Copy it from the developer portal: it begins with %(host)s/.")
        raise Invalid(message % {"host": hosts[0]}, "install_link")
    if query.get("client_id", given["client_id"]) != given["client_id"]:
        message = _("This link belongs to another app than the client ID. Copy both from the same app.")
        raise Invalid(message, "install_link")
    return {name: query[name] for name in ("version_id", "scope") if query.get(name)}


def _taken(by: Actor, session: Session, state: str) -> dict[str, str]:
    """What was kept, once: whatever comes of it, it is gone from the session."""
    held = session.pop(SLOT, None) or {}
    try:
        kept = seal.unseal(held.get("sealed", ""), _place(by.workspace.slug, by.user.pk if by.user else 0))
    except seal.Unreadable:
        kept = {}
    fresh = time.time() < held.get("until", 0)
    if not kept or not fresh or not secrets.compare_digest(kept["state"].encode(), state.encode()):
        raise Gone(_("This sign-in was not begun in this browser, or more than ten minutes ago. Begin again."))
    return kept


def exchanged(home: Connector, given: Mapping[str, str], code: str, redirect: str) -> dict[str, str]:
    """What a code is worth: the tokens, and whose they are. Raises connectors.errors."""
    assert home.door
    request = home.door.exchange(given, code, redirect)
    account = Account(given["base_url"], {}, secrets=(given["client_secret"], code))

    def ask(context: Any) -> Any:
        return (yield request)

    return home.door.entered(offline.hold(accounts.Opened(0, "", home.label, home, account, {}), ask))


def _place(slug: str, user: int) -> str:
    return f"{slug}|oauth|{user}"
