"""Where secrets are opened: a connection becomes what a request is built with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from builder import seal
from builder.models import AuditEvent, Connection, Health, Way
from builder.runner import book, rows
from builder.runner.clock import now
from connectors import catalogue
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Account, Connector

WENT_BACK = (
    "The new token of {name} was refused within the hour, so Recette uses the one before again. Make another, and "
    "rotate once more."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection ready for use."""

    id: int
    public_id: str
    name: str
    connector: Connector
    account: Account
    fields: dict[str, str]
    resting_until: float = 0.0
    """Seconds since the epoch; 0 while the service answers."""
    agency: int = 0
    """Whose consent gives new tokens when its own can't be renewed; 0: nobody's."""
    mark: tuple[object, ...] = ()
    """What a person may change or take away about it, as it was then."""

    @property
    def renewable(self) -> bool:
        return bool(self.connector.refresh and (self.fields.get("refresh_token") or self.agency))


def place(connection: Connection) -> str:
    return f"{connection.workspace_id}|connection|{connection.public_id}"


def open(connection: Connection) -> Opened:
    """Raises SignedOut when the secret can't be opened or the connection is gone, Misconfigured for its settings."""
    home = catalogue.connector(connection.connector)
    if home is None or connection.deleted_at:
        raise SignedOut(f"The connection {connection.name} is gone: choose another one in the recipe.")
    try:
        fields = {**connection.settings, **seal.unseal(connection.sealed, place(connection))}
    except seal.Unreadable:
        raise SignedOut(
            f"The secret of {connection.name} can't be opened with this server's keys: enter the token again."
        ) from None
    account = home.account(connection.method, fields)
    resting = connection.resting_until.timestamp() if connection.resting_until else 0.0
    agency = connection.agency_id or 0
    return Opened(
        connection.pk, connection.public_id, connection.name, home, account, fields, resting, agency, mark(connection)
    )


def mark(connection: Connection) -> tuple[object, ...]:
    """Another secret, way in or address, or that it is gone: tokens that were refreshed are the same secret."""
    told = connection.settings.get("base_url"), connection.identity.get("record_id")
    return connection.method, connection.secret_at, *told, connection.deleted_at


@dataclass(slots=True)
class Use:
    """That a step goes out over a connection as it was opened; answered when its start is written down."""

    opened: Opened
    outdated: bool = False
    """Somebody has changed it since, or deleted it."""


def check(uses: Collection[Use]) -> None:
    """Inside the transaction that writes the steps' starts."""
    found = rows.by_id(Connection, {use.opened.id for use in uses if use.opened.id})
    for use in uses:
        row = found.get(use.opened.id)
        use.outdated = bool(use.opened.id) and (row is None or mark(row) != use.opened.mark)


Key = tuple[int, str]
"""Of a connection: by workspace and public id together, so that no tree can name another team's."""


class Cache:
    """Opened connections of this process. Each claim reads their rows; a secret is opened anew where its row has
    changed. Used on the journal's thread."""

    MOST = 500

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[list[object], Opened | ConnectorError]] = {}

    def get(self, wanted: set[Key]) -> dict[Key, Opened | ConnectorError]:
        public_ids = {public_id for _, public_id in wanted}
        found = rows.fetch(Connection, rows.one_of("public_id", public_ids), [*public_ids]) if wanted else []
        present = {(row.workspace_id, row.public_id): row for row in found}
        if len(self._kept) > self.MOST:
            self._kept = {}
        return {key: self._opened(key, present.get(key)) for key in wanted}

    def _opened(self, key: Key, row: Connection | None) -> Opened | ConnectorError:
        if row is None:
            return SignedOut("This step has no connection: choose one in the recipe and publish it again.")
        told = [row.name, row.connector, row.sealed, row.settings, row.resting_until, row.agency_id, mark(row)]
        before, opened = self._kept.get(key, (None, None))
        if opened is None or before != told:
            opened = _tried(row)
            self._kept[key] = told, opened
        return opened


def _tried(row: Connection) -> Opened | ConnectorError:
    try:
        return open(row)
    except ConnectorError as problem:
        return problem


def refused(opened: Opened, sentence: str) -> bool:
    """Marks a connection as signed out, unless somebody has mended it since it was opened, or the secret before this
    one may do: False then."""
    row = Connection.objects.filter(pk=opened.id).first()
    if row is None:
        return True
    fresh = _opened(row)
    if fresh and fresh.fields != opened.fields:
        return False
    return given_up(row, sentence)


def given_up(row: Connection, sentence: str) -> bool:
    """Marks the row's connection as signed out, unless it has another secret by now than the row, whose was refused, or
    can go back to the one before: False then."""
    if go_back(row.pk, row.sealed):
        return False
    same = Connection.objects.filter(pk=row.pk, sealed=row.sealed)
    return bool(same.update(health=Health.SIGNED_OUT, trouble=sentence))


def go_back(connection_id: int, refused: str) -> bool:
    """Whether the secret before the last switch is used again, because the new one (sealed: `refused`) failed so soon
    after. By whoever comes first."""
    row = Connection.objects.filter(pk=connection_id, sealed=refused).first()
    old = row.former if row else None
    if row is None or not old or now() > datetime.fromisoformat(old["until"]):
        return False
    since = datetime.fromisoformat(old["secret_at"]) if old["secret_at"] else None
    back = {"sealed": old["sealed"], "endings": old["endings"], "secret_at": since, "former": None}
    same = Connection.objects.filter(pk=connection_id, sealed=refused)
    if same.update(**back, health=Health.WELL, trouble=WENT_BACK.format(name=row.name)):
        line = AuditEvent(
            workspace_id=row.workspace_id,
            verb="connection.went_back",
            object_kind="connection",
            object_id=row.public_id,
            label=row.name,
            way=Way.RECETTE,
        )
        book.enter(line)
    return True


def lacks(opened: Opened, permission: str) -> None:
    """A call was refused for want of it: people see it, until somebody tests the connection again, or gives it another
    secret."""
    row = Connection.objects.filter(pk=opened.id).first()
    if row is None or mark(row) != opened.mark:
        return
    known = set((row.identity or {}).get("lacking", ()))
    if permission not in known:
        identity = {**row.identity, "lacking": sorted({*known, permission})}
        Connection.objects.filter(pk=row.pk, sealed=row.sealed).update(identity=identity)


def heard(connection_id: int, budget: dict[str, int]) -> None:
    """What the service's rate headers said last, for people to see."""
    Connection.objects.filter(pk=connection_id).update(budget=budget, used_at=now())


def claim_refresh(connection_id: int, stale: str) -> Opened | None:
    """The connection to refresh, for one caller at a time; None when somebody else is at it or has done it.

    `stale` is the access token that was refused."""
    free = Q(refreshing_until=None) | Q(refreshing_until__lt=now())
    until = now() + timedelta(seconds=settings.REFRESH_LEASE)
    mine = Connection.objects.filter(free, pk=connection_id).update(refreshing_until=until)
    if not mine:
        return None
    opened = open(Connection.objects.get(pk=connection_id))
    if opened.fields.get("access_token") == stale:
        return opened
    Connection.objects.filter(pk=connection_id).update(refreshing_until=None)
    return None


def store_tokens(opened: Opened, tokens: Mapping[str, str]) -> None:
    """New tokens are stored before they are used. Who signed in anew meanwhile keeps theirs."""
    row = _as_claimed(opened)
    if row is None:
        return
    fields = {**open(row).fields, **tokens}
    method = next(m for m in opened.connector.methods if m.key == row.method)
    secret = {name: value for name, value in fields.items() if name in method.sealed}
    shown = {name: value for name, value in fields.items() if name not in method.sealed}
    told = {"settings": shown, "sealed": seal.seal(secret, place(row)), "changed_at": now()}
    Connection.objects.filter(pk=row.pk, sealed=row.sealed).update(**told, refreshing_until=None)


def give_up_refresh(opened: Opened, problem: ConnectorError) -> None:
    """Nobody is at it any more; what happened says whether a later try can succeed."""
    row = _as_claimed(opened)
    if row is None:
        return
    told = {"health": Health.SIGNED_OUT, "trouble": problem.message} if isinstance(problem, SignedOut) else {}
    Connection.objects.filter(pk=row.pk, sealed=row.sealed).update(**told, refreshing_until=None)


def _as_claimed(opened: Opened) -> Connection | None:
    """The row, unless somebody signed in anew or deleted it since."""
    row = Connection.objects.filter(pk=opened.id).first()
    fresh = _opened(row) if row else None
    same = fresh is not None and fresh.fields.get("access_token") == opened.fields.get("access_token")
    return row if same else None


def is_refreshing(connection_id: int) -> bool:
    return Connection.objects.filter(pk=connection_id, refreshing_until__gt=now()).exists()


def is_signed_out(connection_id: int) -> bool:
    return Connection.objects.filter(pk=connection_id, health=Health.SIGNED_OUT).exists()


def reopen(connection_id: int) -> Opened | None:
    return _opened(Connection.objects.get(pk=connection_id))


def _opened(row: Connection) -> Opened | None:
    try:
        return open(row)
    except ConnectorError:
        return None
