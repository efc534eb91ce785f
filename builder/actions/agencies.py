"""An agency lets an app into many of its locations at once: here one picks those that become connections."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import audit, connections
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Agency, Capability, Connection, Workspace
from builder.runner import agencies, trying
from connectors import catalogue, doors
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Connector, Context, Conversation

SHOWN = 100
PATIENCE = 20.0
"""Seconds after which those that are left wait for another press of the button."""


@dataclass(frozen=True, slots=True)
class Row:
    """A location of the agency, and the connection that Recette has of it."""

    place: doors.Place
    connection: Connection | None


@dataclass(frozen=True, slots=True)
class Listed:
    rows: list[Row]
    more: bool


@dataclass(slots=True)
class Taken:
    """What became of the picked locations."""

    made: list[Connection] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    """Why not, by location."""
    left: list[str] = field(default_factory=list)
    """There was no time for these."""


def arrived(by: Actor, home: Connector, given: Mapping[str, str]) -> Agency | None:
    """The agency whose tokens these are, kept; None when they are a single location's. Inside the actor's scope."""
    assert home.door
    record_id = given.get(home.door.agency.field)
    if not record_id:
        return None
    which = {"connector": home.key, "record_id": record_id, "app": given["client_id"]}
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=by.workspace.pk)  # one that another click makes is seen
        row = Agency.objects.select_for_update().filter(**which).first()
        row = row or Agency(workspace=by.workspace, created_by=by.user, **which)
        agencies.sealed(row, dict(given)).refreshing_until = None
        row.trouble, row.check_at = "", None
        row.consented_at = row.tested_at = timezone.now()
        row.save()
        audit.write(by, "agency.signed_in", row, connector=home.key)
    return row


@action(Capability.CONNECT, atomic=False)
def locations(by: Actor, agency: Agency, words: str = "", skip: int = 0) -> Listed:
    """Those that the app is in. Raises Invalid with what the service says against it."""

    def make(desk: doors.Agency, context: Context) -> Conversation[doors.Places]:
        return desk.places(words.strip()[:100], skip, SHOWN, context)

    try:
        found = trying.ask_agency(agency, make)
    except ConnectorError as problem:
        raise Invalid(problem.message) from problem
    if agency.trouble:
        Agency.objects.filter(pk=agency.pk, sealed=agency.sealed).update(trouble="", tested_at=timezone.now())
    ours = _ours(agency)
    return Listed([Row(place, ours.get(place.id)) for place in found.rows], found.more)


@action(Capability.CONNECT, atomic=False)
def take_in(by: Actor, agency: Agency, places: Sequence[str]) -> Taken:
    """A connection of each location; one that is there gets new tokens. Raises Invalid when none was picked, or the
    agency's own token is refused."""
    if not places:
        raise Invalid(_("Tick at least one location."), "location")
    if len(places) > SHOWN:
        raise Invalid(_("Tick at most %(most)d at a time.") % {"most": SHOWN}, "location")
    taken, until = Taken(), time.monotonic() + PATIENCE
    for at, place in enumerate(dict.fromkeys(places)):
        if at and time.monotonic() > until:
            taken.left.append(place)
            continue
        try:
            taken.made.append(_one(by, agency, place))
        except SignedOut as problem:
            raise Invalid(problem.message) from problem
        except ConnectorError as problem:
            taken.wrong[place] = problem.message
    return taken


@action(Capability.CONNECT)
def forget(by: Actor, agency: Agency) -> None:
    """Its tokens are gone at once. Connections of its locations go on for as long as their own can be renewed."""
    audit.write(by, "agency.forgotten", agency)
    agency.delete()


def _one(by: Actor, agency: Agency, place: str) -> Connection:
    home, way = connections.way_in(agency.connector, "app")

    def make(desk: doors.Agency, context: Context) -> Conversation[dict[str, str]]:
        return desk.enter(place, context)

    tokens = trying.ask_agency(agency, make)
    own = agencies.fields_of(agency)
    given = {**{name: own[name] for name in ("client_id", "client_secret", "base_url")}, **tokens}
    identity = trying.identify(home.key, way.key, given)
    return connections.installed(by, home, way, given, identity, agency)


def _ours(agency: Agency) -> dict[str, Connection]:
    """By location, the connections that were made with the same app."""
    home = catalogue.connector(agency.connector)
    assert home and home.door
    place = home.door.agency.place
    rows = Connection.objects.filter(connector=agency.connector, method="app", deleted_at=None).order_by("-pk")
    return {str(row.settings.get(place)): row for row in rows if row.settings.get("client_id") == agency.app}
