"""The first workspace, and the settings of any."""

import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from builder.actions import alerts, audit, identities, people
from builder.actions.actor import Actor, action
from builder.actions.errors import Gone, Invalid
from builder.actions.identities import Identity
from builder.models import Capability, Membership, Role, User, Workspace
from builder.runner import listening

SIGN_UP = 7_310_551
"""Names the lock under which two first workspaces can't be made at once."""
_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class Started:
    workspace: Workspace
    user: User


def sign_up_open() -> bool:
    """Only until somebody has a workspace of their own; after that people are invited."""
    return not Workspace.objects.filter(demo=False).exists()


def create_first(
    name: str,
    email: str,
    password: str,
    workspace_name: str,
    zone: str = "UTC",
    currency: str = "USD",
    identity: Identity | None = None,
) -> Started:
    """Raises Gone when sign-up is closed. A demo gets the founder as an owner too: its guest can't sign in again.
    `identity`: who a provider says they are, instead of address and password."""
    wrong = settings_errors(workspace_name, zone, currency)
    wrong = {"workspace_name" if field == "name" else field: found for field, found in wrong.items()}
    with transaction.atomic():
        one_at_a_time()
        if not sign_up_open():
            raise Gone(_("This Recette has its workspace already. Ask its owner for an invitation."))
        known = people.errors_in(name, identity.email if identity else email, None if identity else password)
        if wrong := {**known, **wrong}:
            raise Invalid(errors=wrong)
        user = identities.new_person(identity, name) if identity else people.new_user(name, email, password)
        for demo in Workspace.objects.filter(demo=True):
            join_demo(demo, user)
        workspace = new_workspace(workspace_name, user, zone=zone, currency=currency)
    return Started(workspace, user)


def new_workspace(name: str, owner: User, **more: str | bool) -> Workspace:
    workspace = Workspace.objects.create(slug=_free_slug(name), name=name.strip(), **more)
    member = Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    if not workspace.demo:
        alerts.begin(workspace)
    audit.write(Actor(workspace, owner, member), "workspace.created", workspace)
    return workspace


def join_demo(demo: Workspace, user: User) -> Membership:
    member, made = Membership.objects.get_or_create(workspace=demo, user=user, defaults={"role": Role.OWNER})
    if made:
        audit.write(Actor(demo, user, member), "member.joined", user, user.email, role=member.role)
    return member


@action(Capability.MEMBERS)
def change_settings(by: Actor, name: str, zone: str, currency: str, minutes: str | None = None) -> Workspace:
    """`minutes` that one change takes by hand; empty: the usual three. None: as it is."""
    wrong = settings_errors(name, zone, currency)
    by_hand = by.workspace.minutes_by_hand if minutes is None else _number(minutes or str(MINUTES))
    if by_hand not in BY_HAND or by_hand is None:
        message = _("Give a whole number from %(least)d to %(most)d.")
        wrong["minutes"] = [message % {"least": BY_HAND.least, "most": BY_HAND.most}]
    if wrong:
        raise Invalid(errors=wrong)
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    after = {"name": name.strip(), "zone": zone, "currency": currency, "minutes_by_hand": by_hand}
    before = {name: getattr(workspace, name) for name in after}
    changed: dict[str, Any] = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if changed:
        Workspace.objects.filter(pk=workspace.pk).update(**after)
        if "zone" in changed:
            listening.set_clocks(workspace.pk)
        audit.write(by, "workspace.changed", workspace, **changed)
    workspace.refresh_from_db()
    return workspace


@action(Capability.MEMBERS)
def keep(by: Actor, days: str = "", exchanges_days: str = "", most: str = "") -> Workspace:
    """How long what has come to its end is kept; empty: as the installation says."""
    given = {"keep_days": days, "keep_exchanges_days": exchanges_days, "keep_runs": most}
    after = {name: _number(text) for name, text in given.items()}
    if wrong := {name: [_whole(name)] for name, number in after.items() if number not in KEPT[name]}:
        raise Invalid(errors=wrong)
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    before = {name: getattr(workspace, name) for name in after}
    changed: dict[str, Any] = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        Workspace.objects.filter(pk=workspace.pk).update(**after)
        audit.write(by, "workspace.changed", workspace, **changed)
    workspace.refresh_from_db()
    return workspace


class _Between:
    """Whole numbers, or none given."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __contains__(self, number: int | None) -> bool:
        return number is None or self.least <= number <= self.most


MINUTES, BY_HAND = 3, _Between(1, 480)
KEPT = {"keep_days": _Between(1, 3650), "keep_exchanges_days": _Between(1, 3650), "keep_runs": _Between(100, 10**8)}


def _number(text: str) -> int | None:
    """None for nothing, -1 for what is no number."""
    plain = text.strip().replace(",", "")
    return None if not plain else int(plain) if plain.isdecimal() and len(plain) < 12 else -1


def _whole(name: str) -> str:
    bounds = KEPT[name]
    said = {"least": f"{bounds.least:,}", "most": f"{bounds.most:,}"}
    return _("Give a whole number from %(least)s to %(most)s, or nothing.") % said


def rename(by: Actor, name: str) -> Workspace:
    return change_settings(by, name, by.workspace.zone, by.workspace.currency)


def settings_errors(name: str, zone: str, currency: str) -> people.Errors:
    found: people.Errors = {}
    if not name.strip():
        found["name"] = [_("Give the workspace a name: the company's or the team's.")]
    elif len(name.strip()) > 80:
        found["name"] = [_("The name is longer than 80 characters. Shorten it.")]
    if zone not in zoneinfo.available_timezones():
        found["zone"] = [_("There is no time zone “%(zone)s”. Choose one from the list.") % {"zone": zone[:40]}]
    if currency not in CURRENCIES:
        message = _("“%(currency)s” is not a currency. Choose one from the list, such as EUR.")
        found["currency"] = [message % {"currency": currency[:10]}]
    return found


def _free_slug(name: str) -> str:
    slug = slugify(name)[:32].strip("-") or "workspace"
    while Workspace.objects.filter(slug=slug).exists():
        slug = f"{slug[:32]}-{get_random_string(4, 'abcdefghjkmnpqrstuvwxyz23456789')}"
    return slug


def one_at_a_time() -> None:
    """SQLite's transactions are IMMEDIATE: they queue by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SIGN_UP])
