"""Each connection is asked once a day who it is, and each agency for a location: a token that died over night is found
before a run needs it."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection as database
from django.db.models import Q
from django_scopes import scopes_disabled

from builder.models import Agency, Connection, Health
from builder.runner import accounts, offline, replay, trying, turn
from builder.runner.clock import now
from builder.runner.ledger import Rank
from connectors import doors
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Context, Conversation, Identity

log = logging.getLogger(__name__)

EVERY = timedelta(days=1) / settings.TIME_SCALE
AGAIN = timedelta(hours=1) / settings.TIME_SCALE
"""After a service did not answer, which says nothing of the connection."""
AT_ONCE = 20
KEEPS = timedelta(days=1)
"""A new secret that nobody switches to is forgotten after that."""


def due() -> list[int]:
    """Those whose day is over, the longest first."""
    rows = Connection.objects.filter(_over(), deleted_at=None).order_by("check_at", "tested_at")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def due_agencies() -> list[int]:
    """The same of those whose consent was good last."""
    rows = Agency.objects.filter(_over()).exclude(sealed="").order_by("check_at", "tested_at")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def _over() -> Q:
    asked = Q(check_at__lte=now()) | Q(check_at=None, tested_at__lte=now() - EVERY)
    return asked | Q(check_at=None, tested_at=None, created_at__lte=now() - EVERY)


def look_after(connection_id: int) -> bool:
    """Whether it answered; what is wrong is noted on it, and runs that were held for it go on when it is well again. By
    whoever comes first."""
    with scopes_disabled():
        mine = Connection.objects.filter(pk=connection_id, deleted_at=None).exclude(check_at__gt=now())
        if not mine.update(check_at=now() + AGAIN):
            return False
        row = Connection.objects.get(pk=connection_id)
        _tidy(row)
        try:
            opened = accounts.open(row)
            identity = offline.hold(opened, opened.connector.test, rank=Rank.POLL)
        except ConnectorError as problem:
            _trouble(row, problem)
            return False
        _well(row, identity)
        return True


def look_after_agency(agency_id: int) -> bool:
    """Whether its consent is good; what is wrong is noted on it, unless a person consented anew meanwhile."""

    def one(desk: doors.Agency, context: Context) -> Conversation[doors.Places]:
        return desk.places("", 0, 1, context)

    with scopes_disabled():
        mine = Agency.objects.filter(pk=agency_id).exclude(sealed="").exclude(check_at__gt=now())
        if not mine.update(check_at=now() + AGAIN):
            return False
        row, trouble = Agency.objects.get(pk=agency_id), ""
        try:
            trying.ask_agency(row, one)
        except ConnectorError as problem:
            log.warning("an agency is in trouble: %s", problem.message, extra={"action": "agency_trouble"})
            if problem.again:
                return False
            trouble = problem.message
        told = {"trouble": trouble, "tested_at": now(), "check_at": now() + EVERY}
        Agency.objects.filter(pk=agency_id, consented_at=row.consented_at).update(**told)
        return not trouble


def _well(row: Connection, identity: Identity) -> None:
    """What calls were refused for stays: the test asks for little."""
    known = {"detail": identity.detail, "version": identity.version, "missing": list(identity.missing)}
    with turn.writing():
        fresh = _still(row)
        if fresh is None:
            return
        was = fresh.health
        if identity.is_of(str(fresh.identity.get("record_id") or "")):  # it may be known by a better one now
            known["record_id"] = identity.record_id or fresh.identity.get("record_id", "")
        Connection.objects.filter(pk=row.pk).update(
            identity={**fresh.identity, **known},
            settings={**fresh.settings, **identity.settings},
            tested_at=now(),
            check_at=now() + EVERY,
            health=Health.WELL,
            trouble="",
        )
    if was != Health.WELL:
        replay.resume_after(row.public_id, row.workspace_id)


def _trouble(row: Connection, problem: ConnectorError) -> None:
    log.warning("a connection is in trouble: %s", problem.message, extra={"action": "connection_trouble"})
    if problem.again:
        return
    with turn.writing():
        fresh = _still(row)
        if fresh is None:
            return
        if isinstance(problem, SignedOut):
            accounts.given_up(fresh, problem.message)
        else:
            Connection.objects.filter(pk=row.pk).update(health=Health.TROUBLE, trouble=problem.message)
        Connection.objects.filter(pk=row.pk).update(tested_at=now(), check_at=now() + EVERY)


def _still(tested: Connection) -> Connection | None:
    """The row as it is by now, held until the transaction ends; None when what was tested is no longer in use. Tokens
    that the test itself refreshed are the same secret."""
    rows = Connection.objects.filter(pk=tested.pk, deleted_at=None)
    fresh = (rows.select_for_update() if database.features.has_select_for_update else rows).first()
    same = fresh is not None and accounts.mark(fresh) == accounts.mark(tested)
    return fresh if same else None


def _tidy(row: Connection) -> None:
    """Secrets that nobody will ask for go."""
    if row.waiting and datetime.fromisoformat(row.waiting["at"]) < now() - KEEPS:
        Connection.objects.filter(pk=row.pk, waiting=row.waiting).update(waiting=None)
    if row.former and datetime.fromisoformat(row.former["until"]) < now():
        Connection.objects.filter(pk=row.pk, former=row.former).update(former=None)
