"""Trying a draft out, against the sandboxes."""

import pytest

from builder.actions import connections, testing
from builder.actions.errors import Invalid, NotFound
from builder.models import AuditEvent, StepTest
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
