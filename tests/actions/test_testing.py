"""Trying a draft out, against the sandboxes."""

import json

import pytest

from builder.actions import connections, testing
from builder.actions.errors import Invalid, NotFound
from builder.models import AuditEvent, StepTest
from builder.runner.intake import pack
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def crm(owner, ghl):
    told = ghl.get("/_sandbox/state")["connect"]
    fields = {"token": told["token"], "location_id": told["location_id"], "base_url": ghl.url}
    return connections.create(owner, "ghl", "token", "", fields)


@pytest.fixture
def books(owner, ninja):
    fields = {"token": ninja.get("/_sandbox/state")["connect"]["token"], "base_url": ninja.url}
    return connections.create(owner, "invoice_ninja", "token", "", fields)


def make_recipe(workspace, crm="", books="", steps=None):
    return make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=crm, ninja=books, steps=steps))


def test_newest_real_record_becomes_the_sample(owner, workspace, crm, ghl):
    deal = next(d for d in ghl.get("/_sandbox/records/opportunities")["records"] if d["status"] == "open")
    ghl.post("/_sandbox/do", {"do": "win_deal", "id": deal["id"]})
    ghl.post("/_sandbox/settings", {"search_lag": 0})
    recipe = make_recipe(workspace, crm)

    found = testing.latest(owner, recipe)
    test = testing.sample_trigger(owner, recipe, 0)

    assert found
    assert (test.step_id, test.passed, test.output["status"]) == ("trigger", True, "won")
    assert testing.samples(recipe)["trigger"]["name"] == test.output["name"]
    with pytest.raises(NotFound):
        testing.sample_trigger(owner, recipe, 99)


def told(app, event="NoteCreate", **body):
    body = {"type": event, "locationId": app.identity["record_id"], **body}
    return make.make_event(connection=app, name=event, raw=pack(json.dumps(body).encode()))


@pytest.fixture
def app(workspace):
    return make.make_connection(
        workspace=workspace, connector="ghl", method="app", identity={**make.IDENTITY, "record_id": "loc1"}
    )


def waiting(app, trigger="ghl.note.created", **inputs):
    tree = make.make_tree(ghl=app, steps=[])
    started = {**tree["trigger"], "operation": trigger, "inputs": inputs}
    return make.make_recipe(workspace=app.workspace, tree={**tree, "trigger": started})


def test_what_webhooks_alone_tell_is_sampled_from_what_came_last(owner, app):
    for number in range(7):
        told(app, id=f"n{number}", body=f"Note {number}")
    told(app, "NoteUpdate", id="n9", body="Another event")
    told(app, id="n8", body="Of another account", locationId="loc2")
    make.make_event(connection=app, name="NoteCreate", raw=pack(b"no JSON"))
    recipe = waiting(app)

    found = testing.latest(owner, recipe)
    test = testing.sample_trigger(owner, recipe, 1)

    assert [one.data["body"] for one in found] == [f"Note {number}" for number in (6, 5, 4, 3, 2)]
    assert test.output == {"id": "n5", "body": "Note 5"}


def test_delivery_that_the_recipe_would_not_take_is_no_sample(owner, app):
    for number, event in enumerate(("opened", "clicked")):
        told(app, "LCEmailStats", webhookPayload={"id": f"m{number}", "event": event})

    found = testing.latest(owner, waiting(app, "ghl.email_event.happened", event="clicked"))

    assert [one.data["webhookPayload"]["event"] for one in found] == ["clicked"]


def test_trigger_without_a_connection_says_so(owner, workspace):
    with pytest.raises(Invalid) as refused:
        testing.latest(owner, make_recipe(workspace))

    assert refused.value.field == "connection"


def test_real_test_makes_the_client_and_feeds_later_steps(owner, workspace, books, ninja):
    recipe = make_recipe(workspace, books=books)
    testing.keep_sample(owner, recipe, make.WON)

    test = testing.test_step(owner, recipe, "sclien")

    assert test.passed, test.error
    assert test.output["client"]["name"] == "Ada Nowak"
    assert len(ninja.effects("client")) == 1
    assert testing.samples(recipe)["sclien"]["client"]["id"] == test.output["client"]["id"]
    assert test.exchanges
    assert opened_token(ninja) not in str(StepTest.objects.values())
    assert AuditEvent.objects.filter(verb="recipe.step_tested").get().details["passed"] is True


def opened_token(ninja):
    return ninja.get("/_sandbox/state")["connect"]["token"]


def test_nothing_is_written_with_values_that_no_test_gave(owner, workspace, books, ninja):
    """The catalogue's sample of the client could be the id of a real one."""
    recipe = make_recipe(workspace, books=books)
    testing.keep_sample(owner, recipe, make.WON)

    with pytest.raises(Invalid) as refused:
        testing.test_step(owner, recipe, "sinvoi")
    testing.test_step(owner, recipe, "sclien")
    invoice = testing.test_step(owner, recipe, "sinvoi")

    assert refused.value.message == ("Test “Find or create a client” first: until then its values are invented ones.")
    assert invoice.passed, invoice.error
    assert len(ninja.effects("invoice.created")) == 1


def test_nothing_is_written_with_values_of_two_records(owner, workspace, books, ninja):
    recipe = make_recipe(workspace, books=books)
    testing.keep_sample(owner, recipe, make.WON)
    testing.test_step(owner, recipe, "sclien")
    testing.keep_sample(
        owner, recipe, {**make.WON, "contact": {"id": "con_2", "name": "Bo Lind", "email": "bo@lind.example"}}
    )

    with pytest.raises(Invalid) as refused:
        testing.test_step(owner, recipe, "sinvoi")
    again = testing.test_step(owner, recipe, "sclien")

    assert refused.value.message == (
        "Test “Find or create a client” again first: its values belong to another record than the one chosen since."
    )
    assert testing.test_step(owner, recipe, "sinvoi").output["invoice"]["client_id"] == again.output["client"]["id"]
    assert len(ninja.effects("invoice.created")) == 1


def make_client_step(books):
    operation, inputs = "invoice_ninja.clients.find_or_create", {"name": "{{ trigger.name }}"}
    return {"id": "sclien", "kind": "action", "connection": books.public_id, "operation": operation, "inputs": inputs}


def test_nothing_is_written_with_values_from_before_a_step_was_changed(owner, workspace, books, ninja):
    recipe = make_recipe(workspace, books=books)
    testing.keep_sample(owner, recipe, make.WON)
    testing.test_step(owner, recipe, "sclien")
    recipe.draft["steps"][1]["inputs"]["name"] = "Somebody else"
    recipe.save()

    with pytest.raises(Invalid, match="Test “Find or create a client” again first: it was changed since"):
        testing.test_step(owner, recipe, "sinvoi")

    testing.test_step(owner, recipe, "sclien")
    assert testing.test_step(owner, recipe, "sinvoi").passed


def test_steps_that_name_each_other_or_remember_in_a_circle_come_to_an_end(owner, workspace, books):
    steps = [
        {"id": "srema1", "kind": "remember", "values": {"a": "{{ remembered.b }}x"}},
        {"id": "sremb1", "kind": "remember", "values": {"b": "{{ remembered.a }}y"}},
        *({**make_client_step(books), "id": f"sclie{n}", "inputs": {"name": CIRCLE}} for n in range(10)),
    ]
    recipe = make_recipe(workspace, steps=steps)
    testing.keep_sample(owner, recipe, make.WON)

    with pytest.raises(Invalid, match="Test “Find or create a client” first"):
        testing.test_step(owner, recipe, "sclie9")


CIRCLE = "{{ remembered.a }}" + "".join(f"{{{{ sclie{n}.client.id }}}}" for n in range(10))


def test_values_that_went_through_a_loop_or_were_remembered_need_their_test_too(owner, workspace, books, ninja):
    client = make_client_step(books)
    archive = {**client, "operation": "invoice_ninja.clients.archive"}
    steps = [
        client,
        {"id": "sremem", "kind": "remember", "values": {"who": "{{ sclien.client.id }}"}},
        {**archive, "id": "sarch1", "inputs": {"client_id": "{{ remembered.who }}"}},
        {"id": "seach1", "kind": "each", "list": "{{ sclien.client.contacts }}", "steps": [
            {**archive, "id": "sarch2", "inputs": {"client_id": "{{ seach1.item.id }}"}},
        ]},
    ]  # fmt: skip
    recipe = make_recipe(workspace, steps=steps)
    testing.keep_sample(owner, recipe, make.WON)

    for step in ("sarch1", "sarch2"):
        with pytest.raises(Invalid, match="Test “Find or create a client” first"):
            testing.test_step(owner, recipe, step)

    testing.test_step(owner, recipe, "sclien")
    assert testing.test_step(owner, recipe, "sarch1").passed


def test_look_ups_may_be_tried_with_samples(owner, workspace, books, ninja):
    client = make_client_step(books)
    look = {**client, "id": "slook1", "operation": "invoice_ninja.clients.get",
            "inputs": {"client_id": "{{ sclien.client.id }}"}}  # fmt: skip
    recipe = make_recipe(workspace, steps=[client, look])

    assert testing.test_step(owner, recipe, "slook1").exchanges


def test_chosen_record_is_as_whole_as_a_run_would_see_it(owner, workspace, crm, ghl):
    deal = next(d for d in ghl.get("/_sandbox/records/opportunities")["records"] if d["status"] == "open")
    ghl.post("/_sandbox/do", {"do": "win_deal", "id": deal["id"]})
    ghl.post("/_sandbox/settings", {"search_lag": 0})

    chosen = testing.sample_trigger(owner, make_recipe(workspace, crm), 0).output

    person = next(c for c in ghl.records("contacts") if c["id"] == chosen["contact"]["id"])
    assert chosen["contact"]["first_name"] == person["firstName"]
    assert chosen["pipeline"]["name"]
    assert chosen["stage"]["name"]


def test_reading_only_sends_and_stores_nothing(owner, workspace, books, ninja):
    recipe = make_recipe(workspace, books=books)
    testing.keep_sample(owner, recipe, make.WON)

    test = testing.test_step(owner, recipe, "sinvoi", real=False)

    assert test.passed, test.error
    assert str(test.input["line_items"][0]["cost"]) == "1210.00"
    assert ninja.effects("client") == []
    assert StepTest.objects.count() == 1


def test_conditions_are_judged_with_the_sample(owner, workspace):
    recipe = make_recipe(workspace)
    testing.keep_sample(owner, recipe, {**make.WON, "value": "0"})

    test = testing.test_step(owner, recipe, "sonlyi")

    assert test.output["passed"] is False
    assert test.output["because"]


def test_paths_loops_and_memory_give_samples(owner, workspace):
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "1"}
    path = {"id": "pbig", "name": "Big", "conditions": {"match": "all", "rules": [rule]}, "steps": []}
    steps = [
        {"id": "spaths", "kind": "paths", "paths": [path]},
        {"id": "sremem", "kind": "remember", "values": {"who": "{{ trigger.contact.name }}"}},
        {"id": "seach1", "kind": "each", "list": "{{ trigger.contact.tags }}", "steps": [
            {"id": "sstop1", "kind": "stop", "message": "{{ seach1.item }}"},
        ]},
    ]  # fmt: skip
    recipe = make_recipe(workspace, steps=steps)
    testing.keep_sample(owner, recipe, {**make.WON, "contact": {"name": "Ada", "tags": ["vip", "b"]}})

    scope = testing.samples(recipe, before="sstop1")

    assert testing.test_step(owner, recipe, "spaths").output == {"path": "pbig"}
    assert (scope["seach1"]["item"], scope["seach1"]["count"]) == ("vip", 2)
    assert scope["remembered"] == {"who": "Ada"}


def test_untested_steps_give_their_sample(owner, workspace):
    scope = testing.samples(make_recipe(workspace))

    assert scope["trigger"]["name"]
    assert scope["sclien"]["client"]["id"]


def test_test_of_another_operation_is_no_sample(owner, workspace):
    recipe = make_recipe(workspace)
    make.make_step_test(recipe=recipe, step_id="sclien", operation="ghl.contacts.get", output={"stale": True})

    assert "stale" not in testing.samples(recipe)["sclien"]


def test_step_that_is_gone_is_not_found(owner, workspace):
    with pytest.raises(NotFound):
        testing.test_step(owner, make_recipe(workspace), "snowhe")
