"""An app has one address for all its accounts: what came for another one than the connection's goes to that one's."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from builder.models import Connection, Event, Hook, Source
from builder.runner import bodies, rows
from builder.runner.intake import unpack
from connectors import catalogue
from connectors.spec import Connector


def readdress(events: list[Event]) -> None:
    """Before anything is locked for them. Inside a transaction."""
    heard = [e for e in events if e.source == Source.HOOK and e.connection_id and not e.fate]
    ours = rows.by_id(Connection, {e.connection_id for e in heard if e.connection_id}) if heard else {}
    apps = {pk: row for pk, row in ours.items() if row.settings.get("client_id")}
    others = _of_the_same_apps(apps.values()) if apps else []
    for event in heard if others else ():
        row = apps.get(event.connection_id or 0)
        meant = _meant(event, row, others) if row else None
        if meant:
            event.connection = meant
            Event.objects.filter(pk=event.pk).update(connection=meant)


def unheard(workspace_id: int) -> set[int]:
    """Connections of apps whose address a person enters at the service, and for which nothing has come yet."""
    heard = Hook.objects.filter(connection=OuterRef("pk"), last_at__isnull=False)
    rows = Connection.objects.filter(workspace=workspace_id, deleted_at=None).annotate(heard=Exists(heard))
    by_hand = [row for row in rows if _by_hand(row)]
    known = {_app(row) for row in by_hand if row.heard}
    return {row.pk for row in by_hand if _app(row) not in known}


def _by_hand(row: Connection) -> bool:
    home, way = catalogue.connector(row.connector), catalogue.method(row.connector, row.method)
    return bool(home and way and home.called_by_hand(way))


def hand_on(leaving: Connection) -> None:
    """Another account of the app takes the address over, and with it what comes for all of them. One that has its own
    changes it for this one where this was called later: the app calls one only. Inside a transaction."""
    hook = Hook.objects.filter(connection=leaving).first() if leaving.settings.get("client_id") else None
    others = [row for row in _of_the_same_apps([leaving]) if row.pk != leaving.pk] if hook else []
    if hook is None or not others:
        return
    own = {each.connection_id: each for each in Hook.objects.filter(connection__in=others)}
    heir = next((row for row in others if row.pk not in own), None)
    if heir is None and hook.last_at:
        heir = next((row for row in others if _called_before(own[row.pk], hook)), None)
    if heir:
        Hook.objects.filter(connection=heir).delete()
        Hook.objects.filter(pk=hook.pk).update(connection=heir)


def _called_before(hook: Hook, other: Hook) -> bool:
    return hook.last_at is None or bool(other.last_at and hook.last_at < other.last_at)


def _of_the_same_apps(rows: Iterable[Connection]) -> list[Connection]:
    """These too: one of them may be meant by what another one's address heard."""
    known = {_app(row) for row in rows}
    found = Connection.objects.filter(workspace__in={key[0] for key in known}, deleted_at=None)
    return [row for row in found if _app(row) in known]


def _app(row: Connection) -> tuple[int, str, str]:
    return row.workspace_id, row.connector, str(row.settings.get("client_id") or "")


def _meant(event: Event, row: Connection, others: list[Connection]) -> Connection | None:
    home = catalogue.connector(row.connector)
    owner = _owner(event, home) if home else ""
    if not owner or owner == row.identity.get("record_id"):
        return None
    same = (other for other in others if _app(other) == _app(row))
    return next((other for other in same if other.identity.get("record_id") == owner), None)


def _owner(event: Event, home: Connector) -> str:
    try:
        body = bodies.parse(unpack(event.raw))
    except bodies.Unreadable:
        return ""
    if not isinstance(body, dict):
        return ""
    name = home.event_of(body, event.name) or event.name
    fitting = (each for each in home.watched.values() if name in each.events)
    sighting = next((found for each in fitting if (found := each.read(body, name))), None)
    return sighting.owner if sighting else ""
