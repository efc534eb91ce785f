"""What recipes need, what is granted, what is missing, and what nobody knows."""

import pytest

from builder.actions import permissions, publishing
from builder.models import RecipeState
from connectors import catalogue
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

NOTE = {"id": "snotes", "kind": "action", "operation": "ghl.contacts.add_note"}
FULL = "contacts.readonly contacts.write opportunities.readonly locations.readonly"


@pytest.fixture
def app(workspace):
    return make.make_connection(workspace=workspace, connector="ghl", method="app", settings={"granted": FULL})


def recipe(app, name="Won deal", **step):
    tree = make.make_tree(ghl=app, steps=[{**NOTE, "connection": app.public_id, "inputs": {}, **step}])
    return make.make_recipe(workspace=app.workspace, name=name, tree=tree, live=True, connection=app)


def told(connection, *recipes):
    found = permissions.standing(connection, recipes)
    return [(n.permission, n.granted, [(u.recipe.name, u.step) for u in n.uses]) for n in found.needs]


def test_needs_name_the_recipes_and_steps(app):
    won, other = recipe(app), recipe(app, name="Other")

    assert told(app, won, other) == [
        ("contacts.write", True, [("Won deal", "2 Add a note to a contact"), ("Other", "2 Add a note to a contact")]),
        (
            "opportunities.readonly",
            True,
            [("Won deal", "1 An opportunity is won"), ("Other", "1 An opportunity is won")],
        ),
    ]


def test_granted_and_used_by_nobody(app):
    assert permissions.standing(app, [recipe(app)]).unused == ["contacts.readonly", "locations.readonly"]


@pytest.mark.parametrize("change", [{"state": RecipeState.PAUSED}, {"state": RecipeState.DRAFT}])
def test_only_live_recipes_need_anything(app, change):
    paused = recipe(app)
    paused.state = change["state"]

    assert told(app, paused) == []


def test_skipped_steps_and_other_accounts_need_nothing(app, workspace):
    other = make.make_connection(workspace=workspace, connector="ghl")

    assert [name for name, *_ in told(app, recipe(app, skip=True))] == ["opportunities.readonly"]
    assert [name for name, *_ in told(other, recipe(app))] == []


def test_what_is_not_among_the_granted_is_missing_and_comes_first(app):
    app.settings = {**app.settings, "granted": "opportunities.readonly"}

    assert [(name, granted) for name, granted, _ in told(app, recipe(app))] == [
        ("contacts.write", False),
        ("opportunities.readonly", True),
    ]


def test_of_a_token_nobody_knows_but_what_was_refused(workspace):
    token = make.make_connection(
        workspace=workspace, connector="ghl", identity={**make.IDENTITY, "lacking": ["contacts.write"]}
    )
    live = recipe(token)

    assert [(name, granted) for name, granted, _ in told(token, live)] == [
        ("contacts.write", False),
        ("opportunities.readonly", None),
    ]
    assert permissions.standing(token, [live]).told is False


def test_service_without_permissions_says_so(workspace):
    books = make.make_connection(workspace=workspace)
    live = make.make_recipe(workspace=workspace, tree=make.make_tree(ninja=books), live=True)

    found = permissions.standing(books, [live])

    assert (found.needs, found.any) == ([], False)


def test_checks_name_the_step_whose_permission_is_missing(app, workspace):
    app.settings = {**app.settings, "granted": "opportunities.readonly"}
    app.save()
    draft = recipe(app, inputs={"contactId": "{{ trigger.contact.id }}", "body": "Hello"})

    [problem] = publishing.problems(draft)

    assert (problem.step_id, problem.field, problem.code) == ("snotes", "connection", "no_permission")
    assert problem.text == (
        "2 Add a note to a contact: its account lacks the permission contacts.write, so the service will refuse it. "
        "Grant it there, then test the connection; or choose another account."
    )


def test_triggers_need_what_the_watching_needs(app):
    app.settings = {**app.settings, "granted": "calendars.readonly"}

    booked = next(t for t in catalogue.CONNECTORS["ghl"].triggers.values() if t.object == "appointment")

    assert permissions.lacking(app, booked) == ["calendars/events.readonly"]


def watching(app, lookup="ghl.products.list_invoices"):
    inputs = {"lookup": lookup, "asked": [{"name": "limit", "value": "100"}]}
    trigger = {"operation": "ghl.lookup.changed", "connection": app.public_id, "inputs": inputs}
    tree = {**make.make_tree(ghl=app, steps=[]), "trigger": {**make.make_tree(ghl=app)["trigger"], **trigger}}
    return make.make_recipe(workspace=app.workspace, name="Price list", tree=tree, live=True, connection=app)


def test_watched_lookup_needs_what_the_lookup_itself_needs(app):
    app.settings = {**app.settings, "granted": FULL.replace("contacts.write", "products.readonly")}

    found = permissions.standing(app, [watching(app)])

    assert [(n.permission, n.granted, [u.step for u in n.uses]) for n in found.needs] == [
        ("products.readonly", True, ["1 A look-up's answer changes"]),
    ]
    assert "products.readonly" not in found.unused


def test_checks_name_a_watched_lookup_whose_permission_is_missing(app):
    app.save()

    problems = [one for one in publishing.problems(watching(app)) if one.code == "no_permission"]

    assert [(one.step_id, one.field) for one in problems] == [("trigger", "connection")]
    assert "lacks the permission products.readonly" in problems[0].text


def test_watched_lookup_that_is_not_chosen_yet_needs_nothing(app):
    assert told(app, watching(app, lookup="")) == []
