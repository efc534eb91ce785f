"""Where a workspace's alerts go: routes, each with its kinds and quiet hours."""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from builder import seal
from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid, not_found
from builder.models import Alert, AlertKind, AlertRoute, AlertWay, Capability, Membership, Workspace
from builder.runner import messengers
from connectors.errors import ConnectorError
from connectors.guard import allowed, check_url

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
MOST = 20
"""Routes of one workspace."""
Line = messengers.Line


def begin(workspace: Workspace) -> AlertRoute:
    """What a new workspace has: mail to owners and admins about everything."""
    return AlertRoute.objects.create(workspace=workspace, way=AlertWay.EMAIL, kinds=list(AlertKind.values))


def lines(by: Actor, over: bool = False, most: int = 50) -> list[tuple[Alert, Line]]:
    """Those that last, the newest first; or those that are over."""
    by.require(Capability.VIEW)
    rows = Alert.objects.filter(over_at__isnull=not over).select_related("recipe", "connection", "run", "workspace")
    return [(row, messengers.line(row)) for row in rows.order_by("-over_at" if over else "-newest_at", "-pk")[:most]]


def line(alert: Alert) -> Line:
    """An alert in words."""
    return messengers.line(alert)


def readers(route: AlertRoute) -> list[str]:
    """The addresses a route of mails goes to by now."""
    return messengers.people(route)


@action(Capability.MEMBERS)
def add(by: Actor, way: str, given: Mapping[str, Any]) -> tuple[AlertRoute, str]:
    """`given`: kinds, quiet_from and quiet_to (`22:00`), people (addresses) for e-mail, url for the others. The route,
    and the secret that messages to a webhook are signed with: nobody sees it again."""
    if way not in AlertWay.values:
        raise Invalid(_("Choose e-mail, a webhook or Slack."), "way")
    if AlertRoute.objects.count() >= MOST:
        raise Invalid(_("There are %(n)d routes already. Remove one first.") % {"n": MOST}, "way")
    route = AlertRoute(workspace=by.workspace, way=way, created_by=by.user)
    secret = messengers.new_secret() if way == AlertWay.WEBHOOK else ""
    _fill(by, route, given, needs_url=True, secret=secret)
    route.save()
    audit.write(by, "alert_route.added", route, str(route), kinds=route.kinds, people=route.people)
    return route, secret


@action(Capability.MEMBERS)
def change(by: Actor, route: AlertRoute, given: Mapping[str, Any]) -> AlertRoute:
    """The same parts; an empty url leaves the address as it is."""
    route = _locked(route)
    before = {"kinds": route.kinds, "people": route.people, "host": route.host}
    _fill(by, route, given, needs_url=False)
    route.save()
    after = {"kinds": route.kinds, "people": route.people, "host": route.host}
    audit.write(by, "alert_route.changed", route, str(route), before=before, after=after)
    return route


@action(Capability.MEMBERS)
def switch(by: Actor, route: AlertRoute, on: bool) -> AlertRoute:
    route = _locked(route)
    if route.active != on:
        route.active, route.trouble = on, ""
        route.save(update_fields=["active", "trouble"])
        audit.write(by, "alert_route.switched_on" if on else "alert_route.switched_off", route, str(route))
    return route


@action(Capability.MEMBERS)
def remove(by: Actor, route: AlertRoute) -> None:
    route = _locked(route)
    audit.write(by, "alert_route.removed", route, str(route))
    route.delete()


@action(Capability.MEMBERS, atomic=False)
def try_out(by: Actor, route: AlertRoute) -> AlertRoute:
    """Sends a message that says it is a trial. Raises Invalid with the reason when it does not arrive."""
    problem = messengers.try_out(route)
    AlertRoute.objects.filter(pk=route.pk).update(trouble=problem)
    audit.write(by, "alert_route.tried", route, str(route), arrived=not problem)
    if problem:
        raise Invalid(problem, "url")
    route.refresh_from_db()
    return route


def _locked(route: AlertRoute) -> AlertRoute:
    found = AlertRoute.objects.select_for_update(of=("self",)).filter(pk=route.pk).first()
    if found is None:
        raise not_found()
    return found


def _fill(by: Actor, route: AlertRoute, given: Mapping[str, Any], needs_url: bool, secret: str = "") -> None:
    wrong: dict[str, list[str]] = {}
    route.kinds = [kind for kind in AlertKind.values if kind in set(given.get("kinds") or ())]
    if not route.kinds:
        wrong["kinds"] = [_("Choose at least one kind.")]
    for name in ("quiet_from", "quiet_to"):
        text = str(given.get(name) or "").strip()
        if text and not CLOCK.fullmatch(text):
            wrong[name] = [_("Give a time of the day, like 22:00, or nothing.")]
        setattr(route, name, _clock(text))
    if (route.quiet_from is None) != (route.quiet_to is None) and not wrong.keys() & {"quiet_from", "quiet_to"}:
        empty = "quiet_to" if route.quiet_to is None else "quiet_from"
        wrong[empty] = [_("Quiet hours need both times, or none.")]
    if route.way == AlertWay.EMAIL:
        route.people, strangers = _people(by, given.get("people") or ())
        if strangers:
            said = _("%(people)s can't come into this workspace. Invite them first, or choose somebody else.")
            wrong["people"] = [said % {"people": ", ".join(strangers)}]
    elif trouble := _address(route, str(given.get("url") or "").strip(), needs_url, secret):
        wrong["url"] = [trouble]
    if wrong:
        raise Invalid(errors=wrong)


def fits(by: Actor, given: Mapping[str, Any]) -> bool:
    """Whether a route by e-mail could be added so."""
    try:
        _fill(by, AlertRoute(workspace=by.workspace, way=AlertWay.EMAIL), given, needs_url=False)
    except Invalid:
        return False
    return True


def _clock(text: str) -> time | None:
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def _people(by: Actor, given: Iterable[str]) -> tuple[list[str], list[str]]:
    members = Membership.objects.filter(workspace=by.workspace, user__is_active=True)
    known = {email.lower() for email in members.values_list("user__email", flat=True)}
    asked = list(dict.fromkeys(str(one).strip().lower() for one in given if str(one).strip()))
    return [one for one in asked if one in known], [one for one in asked if one not in known]


def _may_be_called(host: str) -> bool:
    """As far as the spelling shows; a name is looked up, and judged again, when something is sent there."""
    try:
        return allowed("127.0.0.1" if host == "localhost" else host, settings.ALLOW_PRIVATE_ADDRESSES)
    except ValueError:  # a name
        return True


def _address(route: AlertRoute, url: str, needed: bool, secret: str) -> str:
    """What is wrong with it; else it is sealed into the route. Whoever knows a Slack address can write there."""
    if not url:
        return _("Paste the address that messages are sent to.") if needed else ""
    if len(url) > 2000:
        return _("This address is too long.")
    try:
        check_url(url, settings.ALLOW_PRIVATE_ADDRESSES)
    except ConnectorError as problem:
        return str(problem.message)
    if not _may_be_called(urlsplit(url).hostname or ""):
        return _("This address lies in a private network, where this server sends nothing.")
    kept = secret or (seal.unseal(route.sealed, messengers.place(route))["secret"] if route.sealed else "")
    route.host = (urlsplit(url).hostname or "")[:200]
    route.sealed = seal.seal({"url": url, "secret": kept}, messengers.place(route))
    return ""
