"""A recipe that watches a look-up's answer: each asks for itself, and other inputs begin anew."""

import pytest

from builder.actions import starting
from builder.models import Run, RunStatus, Snapshot, Subscription
from builder.recipe import tree as trees
from builder.runner import listening
from connectors.catalogue import CONNECTORS
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, make_ghl, make_watching, poll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

GHL = CONNECTORS["ghl"]
LOOKUP = next(
    key for key, one in GHL.operations.items() if one.kind == "lookup" and one.object == "tag" and "list" in key
)
STEP = action("stextt", "tools.text.format", text="{{ trigger.what }} {{ trigger.record.name }}")


def watch(account, **inputs):
    recipe = make_watching(account, "ghl.lookup.changed", STEP, lookup=LOOKUP, **inputs)
    return recipe, Subscription.objects.get(recipe=recipe)


def add_tag(ghl: Sandbox, account, name: str) -> str:
    facts = ghl.get("/_sandbox/state")["connect"]
    headers = {"Authorization": f"Bearer {facts['token']}", "Version": "2021-07-28"}
    made = ghl.post(f"/locations/{facts['location_id']}/tags", {"name": name}, **headers)
    return made["tag"]["id"]


def texts() -> list[str]:
    return [run.steps.get(step_id="stextt").output["text"] for run in Run.objects.order_by("pk")]


def test_what_is_new_in_the_answer_starts_the_recipe(ghl: Sandbox) -> None:
    account = make_ghl(ghl)
    _recipe, asking = watch(account)
    first = poll(asking)
    add_tag(ghl, account, "gold")

    second, third = poll(asking), poll(asking)
    work()

    assert (first, second, third) == (0, 1, 0)
    assert texts() == ["new gold"]
    assert Run.objects.get().status == RunStatus.DONE


def test_recipes_ask_each_for_itself(ghl: Sandbox) -> None:
    account = make_ghl(ghl)
    _, every = watch(account)
    _, gone = watch(account, on=["gone"])
    for asking in (every, gone):
        poll(asking)
    add_tag(ghl, account, "gold")

    found = [poll(asking) for asking in (every, gone)]
    work()

    assert found == [1, 1]
    assert Run.objects.count() == 1


def test_other_inputs_begin_anew_and_the_same_go_on(ghl: Sandbox) -> None:
    account = make_ghl(ghl)
    recipe, asking = watch(account)
    poll(asking)
    add_tag(ghl, account, "gold")
    listening.listen(recipe)
    same = poll(asking)

    recipe.live.tree = trees.parse(
        {
            **recipe.live.tree,
            "trigger": {**recipe.live.tree["trigger"], "inputs": {"lookup": LOOKUP, "compare": ["name"]}},
        }
    )
    recipe.live.save()
    listening.listen(recipe)
    asking.refresh_from_db()
    begun = (asking.cursor, Snapshot.objects.filter(subscription=asking).count())

    assert same == 1
    assert begun == ({}, 0)
    assert poll(asking) == 0


def test_recipe_that_stops_asks_no_more(ghl: Sandbox) -> None:
    recipe, asking = watch(make_ghl(ghl))

    listening.unlisten(recipe)

    asking.refresh_from_db()
    assert (asking.active, asking.poll_at) == (False, None)


def test_look_up_that_can_not_be_asked_is_told_on_the_connection(ghl: Sandbox) -> None:
    account = make_ghl(ghl)
    recipe = make_watching(account, "ghl.lookup.changed", STEP, lookup="ghl.contacts.vanish")
    asking = Subscription.objects.get(recipe=recipe)

    poll(asking)

    assert asking.trouble == "There is no such look-up any more: choose another one in the recipe's trigger."


def test_person_starts_it_with_a_record(ghl: Sandbox) -> None:
    account = make_ghl(ghl)
    recipe, _asking = watch(account)
    by = make.make_actor(workspace=account.workspace)
    tag = add_tag(ghl, account, "gold")

    starting.with_records(by, recipe, [tag])
    work()

    assert texts() == ["new gold"]
