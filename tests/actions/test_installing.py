"""Apps installed in HighLevel's marketplace: of one location, and of an agency with many."""

from urllib.parse import parse_qs, urlsplit

import pytest

from builder.actions import agencies, connections, installing, oauth
from builder.actions.errors import Gone, Invalid
from builder.models import Agency, AuditEvent, Connection, Health
from tests.actions.test_connections import app, begun, opened

__all__ = ["app"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]
NAMES = ["Brightwater Studio", "Brightwater Portraits", "Brightwater Weddings"]


def installed(ghl, choose="location"):
    """The code of an install that was begun there; `choose`: an id of a location, or `company` for the agency."""
    facts = ghl.get("/_sandbox/state")["connect"]
    query = f"response_type=code&client_id={facts['client_id']}&redirect_uri=http://testserver/oauth/callback/"
    back = ghl.redirect(f"/v2/oauth/chooselocation?{query}", **({"company": "x"} if choose == "company" else {}))
    given = parse_qs(urlsplit(back).query)
    assert list(given) == ["code"]
    return given["code"][0]


def arrived(ghl, choose="location"):
    session = {}
    installing.arrived(session, installed(ghl, choose))
    return session


def confirmed(owner, session, fields, **more):
    """By who has looked at what waits."""
    return installing.confirm(owner, session, installing.waits(session), fields, **more)


@pytest.fixture
def agency(owner, ghl, app):
    return confirmed(owner, arrived(ghl, "company"), app)


def test_installation_waits_sealed_until_a_person_enters_the_app_s_keys(owner, ghl, app):
    session = arrived(ghl)
    assert installing.waits(session)
    with pytest.raises(Invalid) as missing:
        confirmed(owner, session, {**app, "client_id": ""})
    with pytest.raises(Invalid) as wrong:
        confirmed(owner, session, {**app, "client_secret": "wrong"})
    assert not Connection.objects.exists()

    made = confirmed(owner, session, app)

    assert (missing.value.field, wrong.value.field) == ("client_id", "client_secret")
    assert (made.method, made.health, made.identity["name"]) == ("app", Health.WELL, NAMES[0])
    assert session == {}
    with pytest.raises(Gone):
        confirmed(owner, session, app)


def test_app_s_keys_are_taken_from_a_connection_which_is_signed_in_again(owner, ghl, app):
    made = confirmed(owner, arrived(ghl), app)
    Connection.objects.update(health=Health.SIGNED_OUT, trouble="Sign in again.")

    [known] = installing.keys(owner)
    again = confirmed(owner, arrived(ghl), {}, known=known.connection)

    assert (known.client_id, again.pk, again.health, again.trouble) == (app["client_id"], made.pk, Health.WELL, "")
    assert AuditEvent.objects.filter(verb="connection.signed_in").count() == 1


def test_installation_that_arrived_meanwhile_is_not_confirmed_by_the_form_of_the_first(owner, ghl, app):
    session = arrived(ghl)
    looked_at = installing.waits(session)
    installing.arrived(session, installed(ghl))

    with pytest.raises(Invalid) as another:
        installing.confirm(owner, session, looked_at, app)
    calls = [call["status"] for call in ghl.calls("POST", "/oauth/token")]
    confirmed(owner, session, app)

    assert "Another installation has arrived meanwhile" in another.value.message
    assert calls == []
    assert Connection.objects.count() == 1


def test_code_that_was_used_or_waited_too_long_is_over(owner, ghl, app):
    session = arrived(ghl)
    late = {installing.SLOT: {**session[installing.SLOT], "until": 0}}
    forged = {installing.SLOT: {**session[installing.SLOT], "sealed": "x.y.z"}}
    used = dict(session)
    confirmed(owner, session, app)

    for held in (late, forged, used):
        with pytest.raises(Gone) as over:
            confirmed(owner, held, app)

    assert over.value.message.startswith("HighLevel doesn't accept this sign-in any more")
    assert used == {}


def test_agency_s_locations_are_found_and_picked(owner, ghl, agency):
    listed = agencies.locations(owner, agency)
    [wed] = agencies.locations(owner, agency, "wedd").rows
    ids = [row.place.id for row in listed.rows]
    assert [row.place.name for row in listed.rows] == NAMES
    assert (listed.more, wed.place.id, agencies.locations(owner, agency, skip=3).rows) == (False, ids[2], [])

    first = agencies.take_in(owner, agency, ids[:2])
    again = agencies.take_in(owner, agency, ids[1:])

    rows = list(Connection.objects.order_by("pk"))
    assert [row.identity["name"] for row in rows] == NAMES
    assert [row.settings["location_id"] for row in rows] == ids
    assert {row.agency_id for row in rows} == {agency.pk}
    assert [opened(row)["refresh_token"] == opened(again.made[0])["refresh_token"] for row in rows] == [
        False,
        True,
        False,
    ]
    assert (len(first.made), [row.pk for row in again.made]) == (2, [rows[1].pk, rows[2].pk])
    assert connections.test(owner, rows[2]).name == NAMES[2]
    assert [row.connection for row in agencies.locations(owner, agency).rows] == rows


def test_location_without_the_app_is_told_and_the_others_go_on(owner, ghl, agency):
    ids = [row.place.id for row in agencies.locations(owner, agency).rows]
    ghl.post("/_sandbox/uninstall", {"location_id": ids[1]})

    taken = agencies.take_in(owner, agency, ids)

    assert [row.identity["name"] for row in taken.made] == [NAMES[0], NAMES[2]]
    assert list(taken.wrong) == [ids[1]]
    assert "not in this location" in taken.wrong[ids[1]]
    with pytest.raises(Invalid):
        agencies.take_in(owner, agency, [])


def test_agency_s_token_is_renewed_on_the_way_and_over_once_it_is_taken_out(owner, ghl, agency):
    ghl.post("/_sandbox/expire", {})
    found = agencies.locations(owner, agency).rows
    ghl.post("/_sandbox/uninstall", {})

    with pytest.raises(Invalid) as over:
        agencies.locations(owner, agency)
    with pytest.raises(Invalid):
        agencies.take_in(owner, agency, [found[0].place.id])

    agency.refresh_from_db()
    assert (len(found), agency.sealed) == (3, "")
    assert over.value.message.startswith("Recette has no access to the agency any more")


def test_agency_in_trouble_is_well_as_soon_as_it_answers(owner, ghl, agency):
    Agency.objects.update(trouble="It may not.", tested_at=None)
    agency.refresh_from_db()

    agencies.locations(owner, agency)

    agency.refresh_from_db()
    assert (agency.trouble, agency.tested_at is not None) == ("", True)


def test_agency_may_be_chosen_where_signing_in_began_here(owner, ghl, app):
    session = {}
    page = oauth.begin(owner, session, "ghl", "", {**app, "agency": "on"})
    state = parse_qs(urlsplit(page).query)["state"][0]
    back = ghl.redirect(page.removeprefix(ghl.url), company="x")
    code = parse_qs(urlsplit(back).query)["code"][0]

    made = oauth.finish(owner, session, state, code)

    assert isinstance(made, Agency)
    assert "oauth.write" in page
    assert len(agencies.locations(owner, made).rows) == 3
    assert not Connection.objects.exists()


def test_forgotten_agency_leaves_its_connections(owner, ghl, agency):
    [row, *_] = agencies.locations(owner, agency).rows
    agencies.take_in(owner, agency, [row.place.id])

    agencies.forget(owner, agency)

    kept = Connection.objects.get()
    assert (kept.agency, connections.test(owner, kept).name, Agency.objects.count()) == (None, NAMES[0], 0)


def test_location_that_signs_in_by_itself_keeps_its_agency(owner, ghl, app, agency):
    [row, *_] = agencies.locations(owner, agency).rows
    [made] = agencies.take_in(owner, agency, [row.place.id]).made

    session = {}
    again = oauth.finish(owner, session, *begun(owner, session, app, connection=made))

    assert (again.pk, again.agency_id) == (made.pk, agency.pk)
