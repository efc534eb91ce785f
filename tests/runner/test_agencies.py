"""Connections of an agency's locations: new tokens by its consent, fetched once, and what an uninstall takes away."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django_scopes import scope

from builder.actions import agencies as actions
from builder.models import Agency, Connection, Event, Fate, Health, Run, RunStatus
from builder.runner import accounts, agencies, reading, upkeep
from builder.runner.clock import now
from connectors import catalogue
from tests import make
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, deliver, make_hooked, make_watching, overdue, send

pytestmark = pytest.mark.django_db(transaction=True)


def consent(ghl: Sandbox) -> tuple[dict[str, str], list[str]]:
    """The fields of an agency that lets the app in, and its locations."""
    facts = ghl.get("/_sandbox/state")["connect"]
    keys = {name: facts[name] for name in ("client_id", "client_secret")}
    query = f"response_type=code&client_id={keys['client_id']}&redirect_uri=http://us.test/back"
    code = ghl.redirect(f"/v2/oauth/chooselocation?{query}", company="x").rpartition("code=")[2]
    got = ghl.post("/oauth/token", {**keys, "code": code, "grant_type": "authorization_code"})
    tokens = {name: got[name] for name in ("access_token", "refresh_token")}
    return {"base_url": ghl.url, "company_id": got["companyId"], **keys, **tokens}, got["approvedLocations"]


@pytest.fixture
def agency(ghl: Sandbox) -> Agency:
    """Its token has just run out, as have those of the two locations, which cannot renew themselves."""
    ghl.set(rate_max=0)
    given, places = consent(ghl)
    made = make.make_agency(**given, expires_at="2026-01-01T00:00:00+00:00")
    keys = {name: given[name] for name in ("base_url", "client_id", "company_id")}
    for place in places[:2]:
        make.make_connection(
            workspace=made.workspace,
            connector="ghl",
            method="app",
            settings={"location_id": place, **keys},
            secrets={"client_secret": given["client_secret"], "access_token": "old", "refresh_token": "spent"},
            identity={"name": place, "record_id": place},
            agency=made,
        )
    ghl.post("/_sandbox/expire", {})
    return made


def answers(ghl: Sandbox, path: str) -> list[int]:
    return sorted(call["status"] for call in ghl.calls("POST", path))


def make_runs(number: int) -> None:
    """Of all the agency's locations, each reads itself."""
    for row in Connection.objects.all():
        place = row.settings["location_id"]
        recipe = make_hooked(action("sreads", "ghl.locations.get", row, locationId=place), workspace=row.workspace)
        for n in range(number):
            send(recipe, {"n": n})


def test_fifty_runs_of_two_locations_renew_the_agency_once(ghl: Sandbox, agency: Agency) -> None:
    make_runs(25)

    workers = [threading.Thread(target=work, kwargs={"at_once": 25}) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for run in Run.objects.all():
        until_over(run)

    assert Run.objects.filter(status=RunStatus.DONE).count() == 50
    assert answers(ghl, "/oauth/token") == [200, 200, 400, 400]  # the install, the agency, and both locations' own
    assert answers(ghl, "/oauth/locationToken") == [200, 200]
    agency.refresh_from_db()
    assert agency.refreshing_until is None
    assert {accounts.open(row).fields["refresh_token"] for row in Connection.objects.all()}.isdisjoint({"spent"})


@pytest.mark.parametrize("answer", [{}, {"status": 400, "body": {"error": "invalid_grant"}}])
def test_who_signs_in_during_a_renewal_is_signed_in(ghl: Sandbox, agency: Agency, answer: dict[str, Any]) -> None:
    newer, _places = consent(ghl)
    by, home = make.make_actor(workspace=agency.workspace), catalogue.CONNECTORS["ghl"]
    ghl.fail({"path": "/oauth/token", "delay": 1, **answer})

    with ThreadPoolExecutor(1) as thread:
        look = thread.submit(upkeep.look_after_agency, agency.pk)
        while not Agency.objects.filter(refreshing_until__gt=now()).exists():
            time.sleep(0.05)
        with scope(workspace=agency.workspace):
            actions.arrived(by, home, newer)
        answered = look.result()
        thread.submit(lambda: database.close()).result()

    agency.refresh_from_db()
    assert agencies.fields_of(agency)["access_token"] == newer["access_token"]
    assert (answered, agency.trouble, agency.refreshing_until) == (True, "", None)


def test_agency_is_asked_once_a_day_whether_its_consent_is_good(ghl: Sandbox, agency: Agency) -> None:
    young = upkeep.due_agencies()
    Agency.objects.update(tested_at=now() - upkeep.EVERY)
    due, answered, later = upkeep.due_agencies(), upkeep.look_after_agency(agency.pk), upkeep.due_agencies()
    ghl.post("/_sandbox/uninstall", {})
    Agency.objects.update(check_at=overdue())

    gone = upkeep.look_after_agency(agency.pk)

    agency.refresh_from_db()
    assert (young, due, answered, later) == ([], [agency.pk], True, [])
    assert len(ghl.calls("GET", "/oauth/installedLocations")) == 2
    assert (gone, agency.sealed, agency.trouble) == (False, "", agencies.OVER)
    assert upkeep.due_agencies() == []


def test_service_that_is_away_says_nothing_of_the_consent(ghl: Sandbox, agency: Agency) -> None:
    Agency.objects.update(check_at=overdue())
    ghl.fail({"path": "*", "status": 503, "times": None})

    answered = upkeep.look_after_agency(agency.pk)

    agency.refresh_from_db()
    assert (answered, bool(agency.sealed), agency.trouble, agency.tested_at) == (False, True, "", None)
    assert agency.check_at and agency.check_at > now()


def test_token_that_the_service_echoes_is_told_nobody(ghl: Sandbox, agency: Agency) -> None:
    Agency.objects.update(check_at=overdue())
    upkeep.look_after_agency(agency.pk)
    token = agencies.fields_of(Agency.objects.get())["access_token"]
    ghl.fail({"path": "/oauth/installedLocations", "status": 422, "body": {"message": f"What is {token}?"}})
    Agency.objects.update(check_at=overdue())

    upkeep.look_after_agency(agency.pk)

    agency.refresh_from_db()
    assert "What is ••••?" in agency.trouble


def test_location_without_a_refresh_token_lives_by_its_agency(ghl: Sandbox, agency: Agency) -> None:
    ghl.set(location_refresh=False)
    for _ in range(2):
        make_runs(1)
        work()
        ghl.post("/_sandbox/expire", {})

    assert {run.status for run in Run.objects.all()} == {RunStatus.DONE}
    assert answers(ghl, "/oauth/locationToken").count(200) == 4


def test_agency_that_took_the_app_out_holds_the_runs(ghl: Sandbox, agency: Agency) -> None:
    ghl.post("/_sandbox/uninstall", {})
    make_runs(1)

    work()

    agency.refresh_from_db()
    assert {run.status for run in Run.objects.all()} == {RunStatus.HELD}
    assert {row.health for row in Connection.objects.all()} == {Health.SIGNED_OUT}
    assert {run.because for run in Run.objects.all()} == {row.trouble for row in Connection.objects.all()}
    assert agency.sealed == ""


@pytest.mark.parametrize("renewed", [True, False])
def test_uninstall_that_comes_late_counts_from_when_a_person_consented(
    ghl: Sandbox, agency: Agency, renewed: bool
) -> None:
    heard = Connection.objects.order_by("pk").first()
    assert heard
    told_at = now() - timedelta(minutes=2)
    consented = told_at + timedelta(minutes=-1 if renewed else 1)
    Agency.objects.update(consented_at=consented, changed_at=now())
    body = {"type": "UNINSTALL", "appId": agency.app.split("-")[0], "companyId": agency.record_id}

    reading.read([deliver(heard, {**body, "timestamp": told_at.isoformat()})])

    agency.refresh_from_db()
    assert bool(agency.sealed) is not renewed


@pytest.mark.parametrize("whole", [False, True])
def test_uninstalled_app_signs_its_connections_out(ghl: Sandbox, agency: Agency, whole: bool) -> None:
    heard, other = Connection.objects.order_by("pk")
    place = {} if whole else {"locationId": other.settings["location_id"]}
    app = agency.app.split("-")[0]

    event = deliver(heard, {"type": "UNINSTALL", "appId": app, "companyId": agency.record_id, **place})
    reading.read([event])

    found = [row.health for row in Connection.objects.order_by("pk")]
    agency.refresh_from_db()
    assert found == [Health.SIGNED_OUT if whole else Health.WELL, Health.SIGNED_OUT]
    assert bool(agency.sealed) is not whole
    other.refresh_from_db()
    assert other.trouble.startswith("The app was taken out of this account in HighLevel")


def test_one_address_takes_the_events_of_all_locations(ghl: Sandbox, agency: Agency) -> None:
    heard, other = Connection.objects.order_by("pk")
    recipes = [make_watching(row, "ghl.contact.created") for row in (heard, other)]
    contact = {"type": "ContactCreate", "id": "p1", "firstName": "Ada", "dateAdded": "2126-01-01T10:00:00.000Z"}

    events = [
        deliver(heard, {**contact, "id": place, "locationId": place})
        for place in (other.settings["location_id"], heard.settings["location_id"], "elsewhere")
    ]
    reading.read(events)

    kept = [Event.objects.get(pk=event.pk) for event in events]
    assert [event.connection_id for event in kept] == [other.pk, heard.pk, heard.pk]
    assert [event.fate for event in kept] == [Fate.RAN, Fate.RAN, Fate.NO_RECIPE]
    assert [run.recipe_id for run in Run.objects.order_by("event_id")] == [recipes[1].pk, recipes[0].pk]


def test_two_addresses_of_one_app_in_one_batch_each_take_the_other_one_s_events(ghl: Sandbox, agency: Agency) -> None:
    first, last = Connection.objects.order_by("pk")
    for row in (first, last):
        make_watching(row, "ghl.contact.created")
    contact = {"type": "ContactCreate", "firstName": "Ada", "dateAdded": "2126-01-01T10:00:00.000Z"}

    events = [
        deliver(heard, {**contact, "id": f"p{heard.pk}", "locationId": meant.settings["location_id"]})
        for heard, meant in ((first, last), (last, first))
    ]
    reading.read(events)

    kept = [Event.objects.get(pk=event.pk) for event in events]
    assert [event.connection_id for event in kept] == [last.pk, first.pk]
    assert [event.fate for event in kept] == [Fate.RAN, Fate.RAN]
