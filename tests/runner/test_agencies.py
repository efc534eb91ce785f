"""Connections of an agency's locations: new tokens by its consent, fetched once, and what an uninstall takes away."""

import threading

import pytest

from builder.models import Agency, Connection, Event, Fate, Health, Run, RunStatus
from builder.runner import accounts, reading
from tests import make
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, deliver, make_hooked, make_watching, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agency(ghl: Sandbox) -> Agency:
    """Its token has just run out, as have those of the two locations, which cannot renew themselves."""
    ghl.set(rate_max=0)
    facts = ghl.get("/_sandbox/state")["connect"]
    keys = {name: facts[name] for name in ("client_id", "client_secret")}
    query = f"response_type=code&client_id={keys['client_id']}&redirect_uri=http://us.test/back"
    back = ghl.redirect(f"/v2/oauth/chooselocation?{query}", company="x")
    code = back.rpartition("code=")[2]
    got = ghl.post("/oauth/token", {**keys, "code": code, "grant_type": "authorization_code"})
    tokens = {name: got[name] for name in ("access_token", "refresh_token")}
    made = make.make_agency(base_url=ghl.url, company_id=got["companyId"], **keys, **tokens)
    for place in got["approvedLocations"][:2]:
        make.make_connection(
            workspace=made.workspace,
            connector="ghl",
            method="app",
            settings={"base_url": ghl.url, "location_id": place, "company_id": got["companyId"], **keys},
            secrets={"client_secret": keys["client_secret"], "access_token": "old", "refresh_token": "spent"},
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
    assert answers(ghl, "/oauth/locationToken")[:2] == [200, 200]
    agency.refresh_from_db()
    assert agency.refreshing_until is None
    assert {accounts.open(row).fields["refresh_token"] for row in Connection.objects.all()}.isdisjoint({"spent"})


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
