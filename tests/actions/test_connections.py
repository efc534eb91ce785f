"""Connections: tested, sealed, never shown, never sent elsewhere."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import serializers
from django.utils import timezone

from builder import seal
from builder.actions import connections, demo, oauth, publishing
from builder.actions.errors import Gone, Invalid, NotFound
from builder.models import AuditEvent, Connection, Health, Hook, Recipe, RecordLink
from connectors import catalogue
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def app(ghl):
    told = ghl.get("/_sandbox/state")["connect"]
    return {"client_id": told["client_id"], "client_secret": told["client_secret"], "base_url": ghl.url}


def opened(connection):
    return seal.unseal(connection.sealed, f"{connection.workspace_id}|connection|{connection.public_id}")


def test_connection_says_who_it_is_and_hides_its_secret(owner, known, connection):
    assert connection.health == Health.WELL
    assert connection.name.startswith("HighLevel: ")
    assert connection.identity["record_id"] == known["location_id"]
    assert connection.settings["base_url"] == known["base_url"]
    assert connection.endings == {"token": known["token"][-4:]}
    assert opened(connection) == {"token": known["token"]}
    rows = serializers.serialize("json", [*Connection.objects.all(), *AuditEvent.objects.all()])
    assert known["token"] not in rows


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"token": "pit-wrong"}, "token"),
        ({"token": ""}, "token"),
        ({"location_id": "???"}, "location_id"),
        ({"base_url": "http://127.0.0.1:9"}, "base_url"),
        ({"base_url": "https://app.gohighlevel.com"}, "base_url"),
        ({"base_url": "not an address"}, "base_url"),
        ({"surprise": "x"}, "surprise"),
        ({"token": "x" * 9000}, "token"),
    ],
)
def test_what_does_not_work_is_not_kept_and_says_where(owner, known, given, field):
    with pytest.raises(Invalid) as refused:
        connections.create(owner, "ghl", "token", "", {**known, **given})

    assert set(refused.value.errors) == {field}
    assert not Connection.objects.exists()


def test_unknown_ways_to_connect_are_refused(owner):
    for connector, method in (("ghl", "carrier pigeon"), ("tools", "token"), ("nothing", "token")):
        with pytest.raises(Invalid):
            connections.create(owner, connector, method, "", {})


def test_empty_secret_stays_when_something_else_changes(owner, known, connection):
    connections.update(owner, connection, "Sales", {"token": "", "location_id": known["location_id"]})

    assert connection.name == "Sales"
    assert opened(connection) == {"token": known["token"]}


def test_another_address_wants_the_secret_again(owner, connection, ninja):
    with pytest.raises(Invalid) as refused:
        connections.update(owner, connection, fields={"base_url": ninja.url})

    assert set(refused.value.errors) == {"token"}
    assert ninja.effects() == []
    assert Connection.objects.get().settings["base_url"] == connection.settings["base_url"]


def test_same_address_written_otherwise_is_no_other_address(owner, known, connection):
    connections.update(owner, connection, fields={"base_url": known["base_url"] + "/"})

    assert opened(connection) == {"token": known["token"]}


def test_password_beside_the_token_is_sealed_and_told_nobody(owner, ninja):
    told = {"base_url": ninja.url, "token": ninja.get("/_sandbox/state")["connect"]["token"]}
    made = connections.create(owner, "invoice_ninja", "token", "", {**told, "user_password": "correct horse staple"})
    without = connections.create(owner, "invoice_ninja", "token", "", told)

    renamed = connections.update(owner, made, fields={"marker_field": "custom_value2"})

    assert opened(renamed) == {"token": told["token"], "user_password": "correct horse staple"}
    assert renamed.endings == {"token": told["token"][-4:]}
    assert "user_password" not in renamed.settings
    assert opened(without) == {"token": told["token"]}


def test_another_address_wants_the_password_again_where_there_was_one(owner, ninja):
    token = ninja.get("/_sandbox/state")["connect"]["token"]
    told = {"base_url": ninja.url, "token": token}
    made = connections.create(owner, "invoice_ninja", "token", "", {**told, "user_password": "correct horse"})
    moved = {"base_url": f"{ninja.url}/billing", "token": token}

    with pytest.raises(Invalid) as problem:
        connections.update(owner, made, fields=moved)

    assert set(problem.value.errors) == {"user_password"}


def test_another_account_has_to_be_confirmed(owner, known, connection, ghl):
    connection.identity = {**connection.identity, "record_id": "another", "name": "Old Studio"}
    connection.save()
    token = ghl.post("/_sandbox/tokens", {})["token"]

    with pytest.raises(Invalid) as asked:
        connections.update(owner, connection, fields={"token": token})
    assert set(asked.value.errors) == {"other"}
    assert "Old Studio" in asked.value.message

    connections.update(owner, connection, fields={"token": token}, other=True)
    assert connection.identity["record_id"] == known["location_id"]
    assert opened(connection) == {"token": token}


def test_other_server_is_another_account_also_where_its_company_has_the_same_id(owner, ninja):
    """Ids of Invoice Ninja begin alike on each server; the company's key is its own."""
    told = {"base_url": ninja.url, "token": ninja.get("/_sandbox/state")["connect"]["token"]}
    books = connections.create(owner, "invoice_ninja", "token", "", told)
    key = books.identity["record_id"]
    company = next(row["id"] for row in ninja.records("companies"))

    for known, another in ((key, False), (company, False), ("the key of another company", True)):
        books.identity = {**books.identity, "record_id": known}
        books.save()
        if another:
            with pytest.raises(Invalid, match="This is another account"):
                connections.test(owner, books)
        else:
            connections.test(owner, books)
            assert books.identity["record_id"] == key
    assert key not in ("", company)


def test_account_that_is_another_one_by_now_begins_anew(owner, known, connection, ghl):
    RecordLink.objects.create(workspace=owner.workspace, connection=connection, kind="client", local_key="1")

    connections.update(owner, connection, fields={"token": ghl.post("/_sandbox/tokens", {})["token"]}, other=True)
    same = RecordLink.objects.count()
    connection.identity = {**connection.identity, "record_id": "another", "name": "Old Studio"}
    connection.save()
    connections.update(owner, connection, fields={"token": ghl.post("/_sandbox/tokens", {})["token"]}, other=True)

    assert (same, RecordLink.objects.count()) == (1, 0)


def test_renaming_asks_no_service(owner):
    connection = make.make_connection(workspace=owner.workspace)

    assert connections.update(owner, connection, "Books").name == "Books"


def test_testing_keeps_how_it_went(owner, ninja):
    token = ninja.get("/_sandbox/state")["connect"]["token"]
    books = connections.create(owner, "invoice_ninja", "token", "", {"token": token, "base_url": ninja.url})

    ninja.fail({"path": "*", "status": 403, "body": {"message": "Invalid token"}, "times": 9})
    with pytest.raises(Invalid) as wrong:
        connections.test(owner, books)
    assert set(wrong.value.errors) == {"token"}
    assert (books.health, books.trouble) == (Health.SIGNED_OUT, wrong.value.message)

    ninja.reset()
    identity = connections.test(owner, books)
    assert identity.name
    assert (books.health, books.trouble) == (Health.WELL, "")


def test_secret_that_cannot_be_opened_is_said(owner, connection):
    Connection.objects.update(sealed="gone.x.y")
    connection.refresh_from_db()

    with pytest.raises(Invalid):
        connections.test(owner, connection)

    assert connection.health == Health.SIGNED_OUT


def test_live_lists_come_from_the_service(owner, connection):
    pipelines = connections.choices(owner, connection, "pipelines")
    stages = connections.choices(owner, connection, "stages", {"pipeline": pipelines[0].value}, fresh=True)

    assert pipelines
    assert stages
    with pytest.raises(NotFound):
        connections.choices(owner, connection, "moons")


def test_connection_in_use_is_deleted_only_with_its_recipes_paused(owner, workspace, connection, ninja):
    books = make.make_connection(workspace=workspace)
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=connection, ninja=books))
    publishing.publish(owner, recipe, 0)

    with pytest.raises(Invalid) as named:
        connections.delete(owner, connection)
    assert "“Won deal to draft invoice”" in named.value.message

    paused = connections.delete(owner, connection, pause=True)
    now = Recipe.objects.get()
    assert paused == [recipe]
    assert (now.state, connection.sealed, connection.endings) == ("paused", "", {})
    assert "was deleted" in now.paused_because
    assert AuditEvent.objects.filter(verb="connection.deleted").get().details == {"paused": [recipe.name]}
    with pytest.raises(NotFound):
        connections.delete(owner, connection)


def app_account(owner, app="app1-key"):
    return make.make_connection(workspace=owner.workspace, connector="ghl", method="app", settings={"client_id": app})


def test_address_that_takes_the_events_of_the_whole_app_outlives_its_connection(owner):
    heard, _stranger, other = app_account(owner), app_account(owner, "app2-key"), app_account(owner)
    address = connections.hook(owner, heard)

    connections.delete(owner, heard)
    kept = connections.hook(owner, other)
    connections.delete(owner, other)

    assert kept == address
    assert [hook.connection_id for hook in Hook.objects.all()] == [other.pk]


@pytest.mark.parametrize(("later", "kept"), [(True, "heard"), (False, "other")])
def test_of_two_addresses_of_an_app_the_one_that_was_called_last_stays(owner, later, kept):
    heard, other = app_account(owner), app_account(owner)
    addresses = {"heard": connections.hook(owner, heard), "other": connections.hook(owner, other)}
    Hook.objects.update(last_at=timezone.now())
    Hook.objects.filter(connection=heard if later else other).update(last_at=timezone.now())

    connections.delete(owner, heard)

    assert connections.hook(owner, other) == addresses[kept]


def test_ways_and_address(owner, connection, app):
    pushed = make.make_connection(workspace=owner.workspace, connector="ghl", method="app", settings=app)

    assert connections.ways(owner, connection) == ["poll"]
    assert connections.ways(owner, pushed) == ["webhook", "poll"]
    assert "/hooks/" in connections.hook(owner, pushed)
    assert connections.hook(owner, pushed) == connections.hook(owner, pushed)


def begun(owner, session, app, **more):
    page = oauth.begin(owner, session, "ghl", "Our app", app, **more)
    back = parse_qs(urlsplit(demo._confirmed(page)).query)
    return back["state"][0], back["code"][0]


def test_app_is_connected_by_the_service_s_own_page(owner, app):
    session = {}
    page = oauth.begin(owner, session, "ghl", "Our app", app)
    assert parse_qs(urlsplit(page).query)["redirect_uri"] == ["http://testserver/oauth/callback/"]
    assert app["client_secret"] not in page + str(session)
    assert oauth.workspace_of(session) == owner.workspace.slug

    made = oauth.finish(owner, session, *begun(owner, session, app))

    assert (made.name, made.method, made.health) == ("Our app", "app", Health.WELL)
    assert {"client_secret", "access_token", "refresh_token"} == opened(made).keys()
    assert made.settings["location_id"]
    assert session == {}


def test_state_is_good_once_for_its_browser_and_person(owner, other, app, settings):
    session = {}
    state, code = begun(owner, session, app)
    stolen = dict(session)

    for by, held, given in ((owner, {}, state), (owner, dict(session), "guess"), (other, stolen, state)):
        with pytest.raises(Gone):
            oauth.finish(by, held, given, code)

    late = {oauth.SLOT: {**session[oauth.SLOT], "until": 0}}
    with pytest.raises(Gone):
        oauth.finish(owner, late, state, code)
    oauth.finish(owner, session, state, code)
    with pytest.raises(Gone):
        oauth.finish(owner, session, state, code)


def test_refused_access_and_spent_codes_are_explained(owner, app):
    session = {}
    state, _code = begun(owner, session, app)
    with pytest.raises(Invalid):
        oauth.finish(owner, dict(session), state, "", error="access_denied")
    with pytest.raises(Invalid) as spent:
        oauth.finish(owner, dict(session), state, "spent")

    assert spent.value.message
    assert not Connection.objects.exists()


def test_app_can_be_signed_in_again(owner, app):
    session = {}
    made = oauth.finish(owner, session, *begun(owner, session, app))
    Connection.objects.update(health=Health.SIGNED_OUT, sealed="")

    again = oauth.finish(owner, session, *begun(owner, session, app, connection=made))

    assert (again.pk, again.health) == (made.pk, Health.WELL)
    assert Connection.objects.count() == 1


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_app_needs_its_keys(owner, app, missing):
    with pytest.raises(Invalid) as refused:
        oauth.begin(owner, {}, "ghl", "", {**app, missing: ""})

    assert set(refused.value.errors) == {missing}


def test_token_connections_have_no_such_page(owner):
    with pytest.raises(Invalid):
        oauth.begin(owner, {}, "invoice_ninja", "", {})


def test_page_of_the_usual_address_is_the_service_s(owner, app):
    page = oauth.begin(owner, {}, "ghl", "", {**app, "base_url": ""})

    assert page.startswith("https://marketplace.gohighlevel.com/v2/oauth/chooselocation?")
    assert "contacts.write" in page


LINK = "https://marketplace.leadconnectorhq.com/v2/oauth/chooselocation?response_type=code"


def test_install_link_says_which_version_and_what_is_asked_for(owner, app):
    link = f"{LINK}&client_id={app['client_id']}&scope=contacts.readonly+users.readonly&version_id=68a1b2"

    page = oauth.begin(owner, {}, "ghl", "", {**app, "base_url": "", "install_link": link})

    asked = parse_qs(urlsplit(page).query)
    assert page.startswith("https://marketplace.gohighlevel.com/v2/oauth/chooselocation?")
    assert (asked["version_id"], asked["scope"]) == (["68a1b2"], ["contacts.readonly users.readonly"])
    assert asked["redirect_uri"] == ["http://testserver/oauth/callback/"]
    for proxied, version in ((app["base_url"], app["client_id"].split("-")[0]), (link, "68a1b2")):
        page = oauth.begin(owner, {}, "ghl", "", {**app, "install_link": proxied})
        assert page.startswith(app["base_url"])
        assert parse_qs(urlsplit(page).query)["version_id"] == [version]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        (LINK.replace("https", "http"), "leads somewhere else"),
        (LINK.replace("leadconnectorhq.com", "leadconnectorhq.com.evil.test"), "leads somewhere else"),
        (LINK.replace("//", "//marketplace.gohighlevel.com@evil.test/"), "leads somewhere else"),
        ("https://[broken", "leads somewhere else"),
        ("not a link", "leads somewhere else"),
        (f"{LINK}&client_id=other-key", "belongs to another app"),
    ],
)
def test_install_link_that_leads_elsewhere_is_refused(owner, app, link, sentence):
    with pytest.raises(Invalid) as refused:
        oauth.begin(owner, {}, "ghl", "", {**app, "base_url": "", "install_link": link})

    assert (refused.value.field, sentence in refused.value.message) == ("install_link", True)


def test_permissions_that_only_an_agency_or_the_service_has_are_not_asked_for():
    asked = set(oauth.scopes_of(catalogue.CONNECTORS["ghl"]).split())

    assert {"contacts.write", "locations.readonly"} <= asked
    assert asked.isdisjoint(("locations.internal-access-only", "oauth.write", "locations.write", "companies.readonly"))
