"""Takes alerts to people: by e-mail, to a webhook, to Slack. What is due over one route goes in one message.

Webhooks are signed as the Standard Webhooks specification has it (https://www.standardwebhooks.com): the headers
`webhook-id`, `webhook-timestamp` (seconds since the epoch) and `webhook-signature`, `v1,` and the base64 of the
HMAC-SHA256 over id, timestamp and body with dots between them.
"""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection as database
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django_scopes import scopes_disabled

from builder import seal
from builder.models import Alert, AlertKind, AlertLetter, AlertRoute, AlertWay, Membership, Role, Workspace
from builder.runner import calls, letters, turn
from builder.runner.clock import clock, now
from connectors import wire
from connectors.errors import ConnectorError
from connectors.spec import Account, Request

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)
"""Of what goes on somebody hears as often as that at most."""
LEASE = timedelta(minutes=5)
TRIES = (60, 300, 1800, 7200, 21_600, 43_200)
"""Seconds after which a message that did not arrive is sent again; then it is given up."""
AT_ONCE = 20
"""Alerts in one message."""
NOBODY = Account("", {})
"""Messages go to addresses that hold all there is to know."""


@dataclass(frozen=True, slots=True)
class Line:
    """An alert in words."""

    id: str
    kind: str
    title: str
    because: str
    number: int
    url: str
    began_at: datetime


# What is due


def post() -> int:
    """New alerts are put on their way over each route that takes them; how many. Inside no transaction."""
    with scopes_disabled():
        if not Alert.objects.filter(due=True).exists():
            return 0
        with turn.writing():
            rows = Alert.objects.filter(due=True).order_by("pk")
            if database.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            found = list(rows[:200])
            Alert.objects.filter(pk__in=[row.pk for row in found]).update(due=False)
            for row in found:
                _address(row)
        return len(found)


def _address(row: Alert) -> None:
    for route in AlertRoute.objects.filter(workspace=row.workspace_id, active=True):
        if row.kind in route.kinds:
            letter, made = AlertLetter.objects.get_or_create(alert=row, route=route, defaults={"due_at": now()})
            if not made and letter.due_at is None:
                since = letter.told_at
                letter.due_at = max(now(), since + AGAIN / settings.TIME_SCALE) if since else now()
                letter.save(update_fields=["due_at"])


def due() -> list[int]:
    """Routes over which something is to go now."""
    found = AlertLetter.objects.filter(due_at__lte=now()).order_by().values_list("route", flat=True).distinct()
    return list(found[:50])


def carry(route_id: int) -> bool:
    """Whether a message arrived. By one process at a time; one that does not arrive is due again later."""
    clock.ask()
    with scopes_disabled():
        taken = _take(route_id)
        if taken is None:
            return False
        route, mine = taken
        problem = _send(route, [letter.alert for letter in mine])
        with turn.writing():
            _note(route, mine, problem)
        return not problem


def _take(route_id: int) -> tuple[AlertRoute, list[AlertLetter]] | None:
    with turn.writing():
        routes = AlertRoute.objects.filter(pk=route_id).select_related("workspace")
        if database.features.has_select_for_update:
            routes = routes.select_for_update(of=("self",))
        route = routes.first()
        if route is None:
            return None
        mine = AlertLetter.objects.filter(route=route, due_at__lte=now())
        mine.filter(alert__over_at__isnull=False, told=0).update(due_at=None)  # nobody need know any more
        until = _quiet_until(route, now())
        if until or not route.active:
            mine.update(due_at=until)
            return None
        about = ("alert__recipe", "alert__connection", "alert__run", "alert__workspace")
        found = list(mine.select_related(*about).order_by("alert")[:AT_ONCE])
        AlertLetter.objects.filter(pk__in=[letter.pk for letter in found]).update(due_at=now() + LEASE)
        return (route, found) if found else None


def _note(route: AlertRoute, mine: Sequence[AlertLetter], problem: str) -> None:
    for letter in mine:
        letter.tries = letter.tries + 1 if problem else 0
        if problem:
            left = TRIES[letter.tries - 1] if letter.tries <= len(TRIES) else None
            letter.due_at = now() + timedelta(seconds=left / settings.TIME_SCALE) if left else None
        else:
            letter.told, letter.told_at, letter.due_at = letter.alert.number, now(), None
        letter.save(update_fields=["tries", "due_at", "told", "told_at"])
    told = {"trouble": problem} if problem else {"trouble": "", "told_at": now()}
    AlertRoute.objects.filter(pk=route.pk).update(**told)


def _quiet_until(route: AlertRoute, moment: datetime) -> datetime | None:
    """The end of the quiet hours, where it is within them."""
    start, end = route.quiet_from, route.quiet_to
    if start is None or end is None or start == end:
        return None
    here = moment.astimezone(ZoneInfo(route.workspace.zone))
    inside = start <= here.time() < end if start < end else here.time() >= start or here.time() < end
    if not inside:
        return None
    day = here.date() + timedelta(days=here.time() >= end)
    return datetime.combine(day, time(end.hour, end.minute), here.tzinfo)


# Words


def line(alert: Alert) -> Line:
    return Line(
        id=alert.public_id,
        kind=alert.kind,
        title=title(alert),
        because=alert.sentence,
        number=alert.number,
        url=link(alert),
        began_at=alert.began_at,
    )


def title(alert: Alert) -> str:
    """ "Won deal to draft invoice: 3 runs are on hold" """
    name = str(alert.recipe.name if alert.recipe else alert.connection.name if alert.connection else alert.workspace)
    many = {
        AlertKind.FAILED: ngettext("%(n)s run failed", "%(n)s runs failed", alert.number),
        AlertKind.HELD: ngettext("%(n)s run was put on hold", "%(n)s runs were put on hold", alert.number),
        AlertKind.UNKNOWN: ngettext(
            "of %(n)s run nobody knows whether a step was done",
            "of %(n)s runs nobody knows whether a step was done",
            alert.number,
        ),
        AlertKind.CONNECTION: _("the connection is in trouble"),
        AlertKind.PAUSED: _("Recette has paused it"),
        AlertKind.QUIET: _("nothing came in yet today"),
        AlertKind.BUDGET: _("four fifths of today’s calls are used"),
        AlertKind.AUDIT: _("the audit log was changed past Recette"),
    }
    return f"{name}: {many[AlertKind(alert.kind)] % {'n': f'{alert.number:,}'}}"


def link(alert: Alert) -> str:
    """To the place that mends it."""
    slug = alert.workspace.slug
    if alert.connection and alert.kind == AlertKind.CONNECTION:
        return letters.link("web:connection", slug, alert.connection.public_id)
    if alert.kind == AlertKind.BUDGET:
        return letters.link("web:team", slug)
    if alert.kind == AlertKind.AUDIT:
        return letters.link("web:audit", slug)
    if alert.recipe and alert.kind in (AlertKind.PAUSED, AlertKind.QUIET):
        return letters.link("web:recipe", slug, alert.recipe.public_id)
    if alert.run and alert.number == 1:
        return letters.link("web:run", slug, alert.run.public_id)
    state = "failed" if alert.kind == AlertKind.FAILED else "held"
    query = {"state": state, **({"recipe": alert.recipe.public_id} if alert.recipe else {})}
    return f"{letters.link('web:runs', slug)}?{urlencode(query)}"


# Ways


def _send(route: AlertRoute, alerts: Sequence[Alert]) -> str:
    """Why it did not arrive; empty when it did."""
    with override(route.workspace.language):
        if route.way == AlertWay.EMAIL:
            return _mail(route, alerts)
        lines = [line(alert) for alert in alerts]
        return _post(route, _for_slack(route, lines) if route.way == AlertWay.SLACK else _for_webhook(route, lines))


def try_out(route: AlertRoute) -> str:
    """A message that says it is a trial. Why it did not arrive; empty when it did."""
    with override(route.workspace.language):
        said = _("This is a trial. Alerts of “%(name)s” arrive here.") % {"name": route.workspace.name}
        url = letters.link("web:alerts", route.workspace.slug)
        if route.way == AlertWay.EMAIL:
            return _mailed(EmailMessage(said, f"{said}\n\n{url}\n", settings.DEFAULT_FROM_EMAIL, people(route)))
        trial = Line("trial", "trial", said, "", 1, url, now())
        return _post(route, _for_slack(route, [trial]) if route.way == AlertWay.SLACK else _for_webhook(route, [trial]))


def people(route: AlertRoute) -> list[str]:
    """Those chosen, as far as they are still members; nobody chosen: owners and admins."""
    return sorted({member.user.email for member in _members(route)})


def _members(route: AlertRoute) -> list[Membership]:
    members = Membership.objects.filter(workspace=route.workspace_id, user__is_active=True).select_related("user")
    chosen = [m for m in members if m.user.email.lower() in route.people]
    found = chosen or [m for m in members if m.role in (Role.OWNER, Role.ADMIN)]
    return sorted(found, key=lambda member: str(member.user.email))


def _mail(route: AlertRoute, alerts: Sequence[Alert]) -> str:
    """A recipe that was paused by itself has a mail of its own, to its maker and the owners: they get no second one."""
    for member in _members(route):
        to = member.user.email
        mine = [a for a in alerts if letters.sees(member, a.recipe) and not _told_anyway(a, to)]
        if mine and (problem := _mailed(_letter(route.workspace, mine, to))):
            return problem
    return ""


def _told_anyway(alert: Alert, to: str) -> bool:
    return alert.kind == AlertKind.PAUSED and alert.recipe is not None and to in letters.readers(alert.recipe)


def _letter(workspace: Workspace, alerts: Sequence[Alert], to: str) -> EmailMessage:
    lines = [line(alert) for alert in alerts]
    more = ngettext("%(n)d alert", "%(n)d alerts", len(lines)) % {"n": len(lines)}
    subject = lines[0].title if len(lines) == 1 else f"{workspace.name}: {more}"
    zone = ZoneInfo(workspace.zone)
    parts = [_in_words(one, zone) for one in lines]
    where = _("Whom alerts of “%(name)s” go to is chosen here:") % {"name": workspace.name}
    parts.append(f"{where}\n{letters.link('web:alerts', workspace.slug)}")
    return EmailMessage(" ".join(subject.split()), "\n\n".join(parts) + "\n", settings.DEFAULT_FROM_EMAIL, [to])


def _in_words(one: Line, zone: ZoneInfo) -> str:
    since = formats.date_format(one.began_at.astimezone(zone), "j M Y, H:i")
    said = [one.title, one.because, _("Since %(when)s.") % {"when": since}, one.url]
    return "\n".join(filter(None, said))


def _mailed(message: EmailMessage) -> str:
    try:
        message.send()
    except OSError as problem:
        log.warning("an alert did not leave: %s", problem, extra={"action": "mail_failed"})
        return _("The mail server did not take the message: %(problem)s.") % {"problem": problem}
    return ""


def _for_webhook(route: AlertRoute, lines: Sequence[Line]) -> Any:
    return {
        "type": "alert.raised" if lines[0].kind != "trial" else "alert.trial",
        "timestamp": now().isoformat(),
        "data": {
            "workspace": {"id": route.workspace.slug, "name": route.workspace.name},
            "alerts": [
                {
                    "id": one.id,
                    "kind": one.kind,
                    "title": one.title,
                    "because": one.because,
                    "number": one.number,
                    "since": one.began_at.isoformat(),
                    "url": one.url,
                }
                for one in lines
            ],
        },
    }


def _for_slack(route: AlertRoute, lines: Sequence[Line]) -> Any:
    """As incoming webhooks of Slack take it, and of what understands the same: Mattermost, Rocket.Chat."""
    said = [f"*<{one.url}|{_plain(one.title)}>*" + (f"\n{_plain(one.because)}" if one.because else "") for one in lines]
    return {"text": f"{_plain(route.workspace.name)}\n" + "\n\n".join(said)}


def _plain(text: str) -> str:
    """Slack reads these three as mark-up, anywhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(route: AlertRoute, payload: Any) -> str:
    fields = seal.unseal(route.sealed, place(route))
    headers = signed(fields["secret"], wire.encode(payload).encode()) if route.way == AlertWay.WEBHOOK else {}
    return async_to_sync(_posted)(Request("POST", "", url=fields["url"], json=payload, headers=headers))


async def _posted(request: Request) -> str:
    http = calls.make_client()
    try:
        response = await http.send(NOBODY, request)
    except ConnectorError as problem:
        return str(problem.message)
    finally:
        await http.close()
    if response.status < 300:
        return ""
    said = _("%(host)s answered %(status)s instead of taking the message.")
    return said % {"host": urlsplit(request.url).hostname, "status": response.status}


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The three headers of a message with this body. `secret` begins with `whsec_`."""
    message, stamp = f"msg_{secrets.token_urlsafe(16)}", str(int(now().timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{message}.{stamp}.".encode() + body
    mark = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": f"v1,{mark}"}


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def place(route: AlertRoute) -> str:
    """Where its secrets are sealed for."""
    return f"{route.workspace_id}|alert route|{route.public_id}"
