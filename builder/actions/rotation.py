"""A new secret beside the old one: tested, then switched to in one transaction, so that no run is lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder import seal
from builder.actions import audit, connections
from builder.actions.actor import Actor, action
from builder.actions.errors import Gone, Invalid
from builder.models import Capability, Connection, Health
from builder.runner import accounts, replay, trying
from connectors.errors import ConnectorError
from connectors.spec import Connector, Identity, Method

SURE_AFTER = timedelta(hours=1)
"""So long the secret before is kept: a new one that fails by then is given up for it."""
LATELY = timedelta(days=14)
"""So long before its day a new secret is spoken of."""
NONE = lazy("No new token waits here any more: it was switched over to already, or forgotten.")


@action(Capability.CONNECT, atomic=False)
def offer(by: Actor, connection: Connection, fields: Mapping[str, str]) -> Connection:
    """The new secret, tested, waits sealed beside the one in use; nothing else changes. Raises Invalid with the
    sentence beside the field."""
    home, way = _renewable(connection)
    given, known = _given(way, fields), connections.opened(connection)
    name = way.secret[0]
    if all(known.get(field) == value for field, value in given.items()):
        raise Invalid(_("This is the one in use. Make a new one first, and paste that."), name)
    identity = _tested(home, way, connection, {**known, **given})
    beside = {field: known[field] for field in way.beside if known.get(field)}
    with transaction.atomic():
        row = connections.locked(connection)
        row.waiting = {
            "sealed": seal.seal({**beside, **given}, accounts.place(row)),
            "endings": connections.endings(given),
            "name": identity.name,
            "missing": list(identity.missing),
            "at": timezone.now().isoformat(),
        }
        row.save(update_fields=["waiting", "changed_at"])
        audit.write(by, "connection.offered", row, account=identity.name)
    return row


@action(Capability.CONNECT, atomic=False)
def switch(by: Actor, connection: Connection) -> Connection:
    """From the next call on the new secret is used. What is under way ends with the one it began with, and runs that
    were held because the old one failed go on. Raises Gone when none waits."""
    with transaction.atomic():
        row = connections.locked(connection)
        if not row.waiting:
            raise Gone(NONE)
        new, moment = row.waiting, timezone.now()
        row.former = None
        if row.health != Health.SIGNED_OUT:
            old = {"sealed": row.sealed, "endings": row.endings, "until": (moment + SURE_AFTER).isoformat()}
            row.former = {**old, "secret_at": row.secret_at and row.secret_at.isoformat()}
        row.sealed, row.endings, row.secret_at, row.waiting = new["sealed"], new["endings"], moment, None
        row.health, row.trouble, row.tested_at = Health.WELL, "", datetime.fromisoformat(new["at"])
        row.identity = {**row.identity, "missing": new["missing"], "lacking": []}
        row.save()
        audit.write(by, "connection.rotated", row)
    replay.resume_after(row.public_id, row.workspace_id)
    return row


@action(Capability.CONNECT)
def withdraw(by: Actor, connection: Connection) -> bool:
    """The secret that waits is forgotten; the one in use stays. Whether one waited."""
    row = connections.locked(connection)
    if not row.waiting:
        return False
    row.waiting = None
    row.save(update_fields=["waiting", "changed_at"])
    audit.write(by, "connection.withdrawn", row)
    return True


def renewable(way: Method) -> bool:
    """Whether a person renews its secret; others renew themselves."""
    return bool(way.renewal)


def age(connection: Connection) -> int:
    """Days since the secret in use came."""
    return (timezone.now() - (connection.secret_at or connection.created_at)).days


def days_left(connection: Connection, way: Method) -> int | None:
    """Until its service advises a new secret; less than 0 after that, None where it advises nothing."""
    return way.renew_days - age(connection) if way.renew_days else None


def is_due(connection: Connection, way: Method) -> bool:
    left = days_left(connection, way)
    return left is not None and left <= LATELY.days


def _renewable(connection: Connection) -> tuple[Connector, Method]:
    home, way = connections.way_in(connection.connector, connection.method)
    if not renewable(way):
        raise Invalid(_("Its tokens renew themselves. To change the app’s secret, sign in again."))
    return home, way


def _given(way: Method, fields: Mapping[str, str]) -> dict[str, str]:
    """All of the secrets, and nothing else."""
    labels = {field.name: field.label for field in way.fields}
    given = {name: str(fields.get(name) or "").strip() for name in way.secret}
    wrong: dict[str, list[Any]] = {}
    for name, value in given.items():
        if not value:
            wrong[name] = [_("“%(field)s” is empty. Paste the new one.") % {"field": labels[name]}]
        elif len(value) > connections.LONGEST:
            wrong[name] = [_("“%(field)s” is too long. Copy it again.") % {"field": labels[name]}]
    if wrong:
        raise Invalid(errors=wrong)
    return given


def _tested(home: Connector, way: Method, connection: Connection, given: Mapping[str, str]) -> Identity:
    """Who the new secret speaks for. Raises Invalid when that is somebody else, or nobody."""
    try:
        identity = trying.identify(home.key, way.key, given)
    except ConnectorError as problem:
        if problem.field in {field.name for field in way.fields} - set(way.secret) - {"base_url"}:
            raise _foreign(connection, way) from problem
        raise connections.explained(way, problem) from problem
    if connections.is_another(connection, identity):
        raise _foreign(connection, way, identity.name)
    return identity


def _foreign(connection: Connection, way: Method, name: str = "") -> Invalid:
    told = {"now": name, "before": (connection.identity or {}).get("name") or connection.name}
    message = (
        _("This one belongs to %(now)s, not to %(before)s. Make the new one there, where the old one is from.")
        if name
        else _("This one belongs to another account, not to %(before)s. Make the new one there, where the old one is.")
    )
    return Invalid(message % told, way.secret[0])
