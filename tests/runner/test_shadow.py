"""A draft tried on what came lately, beside the live version: what it would have done otherwise."""

from typing import Any

import pytest

from builder.models import Recipe, Run, RunStatus
from builder.recipe import tree as trees
from builder.runner import shadow
from builder.runner.shadow import CHANGED, ENDS, GONE, NEW
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, make_hooked, make_ninja, send

pytestmark = pytest.mark.django_db(transaction=True)


def text(step_id: str, template: str) -> dict[str, Any]:
    return action(step_id, "tools.text.format", text=template)


def rule(field: str, op: str, value: str) -> dict[str, Any]:
    return {"match": "all", "rules": [{"field": field, "op": op, "value": value}]}


def ran(*steps: dict[str, Any], bodies: list[Any], workspace: Any = None) -> Recipe:
    recipe = make_hooked(*steps, workspace=workspace)
    for body in bodies:
        send(recipe, body)
    work()
    return recipe


def edited(recipe: Recipe, *steps: dict[str, Any]) -> shadow.Shadowed:
    recipe.draft = trees.parse({**recipe.draft, "steps": list(steps)})
    return shadow.of(Recipe(**{f.attname: getattr(recipe, f.attname) for f in Recipe._meta.fields}))


def told(found: shadow.Shadowed) -> list[list[tuple[str, str, str]]]:
    """The oldest event first."""
    return [[(d.kind, d.step, d.field) for d in event.differences] for event in found.events[::-1]]


BODIES = [{"name": "Ada", "value": 5}, {"name": "Bob", "value": 50}]


def test_same_draft_comes_to_the_same() -> None:
    step = text("stext1", "{{ trigger.name }}")

    found = edited(ran(step, bodies=BODIES), step)

    assert told(found) == [[], []]
    assert found.differing == []


def test_changed_value_is_told_with_what_it_is_and_would_be() -> None:
    recipe = ran(text("stext1", "Dear {{ trigger.name }}"), bodies=BODIES)

    found = edited(recipe, text("stext1", "Hello {{ trigger.name }}"))

    assert told(found) == [[(CHANGED, "stext1", "text")]] * 2
    newest = found.events[0].differences[0]
    assert (newest.before, newest.after) == ("Dear Bob", "Hello Bob")


def test_condition_that_lets_fewer_through_tells_what_is_no_longer_done() -> None:
    step = text("stext1", "{{ trigger.name }}")
    recipe = ran(step, bodies=BODIES)
    only = {"id": "sonlyi", "kind": "only_if", "conditions": rule("{{ trigger.value }}", "gt", "10")}

    found = edited(recipe, only, step)

    assert told(found) == [[(GONE, "stext1", ""), (ENDS, "sonlyi", "")], []]
    end = found.events[1].differences[1]
    assert (end.before, end.after) == ((RunStatus.DONE, ""), (RunStatus.FILTERED, "sonlyi"))


def test_new_step_is_told_once_an_event() -> None:
    step = text("stext1", "{{ trigger.name }}")

    found = edited(ran(step, bodies=BODIES), step, text("snew01", "{{ stext1.text }}!"))

    assert told(found) == [[(NEW, "snew01", "")]] * 2


def test_what_a_service_gave_then_is_used_and_it_is_asked_nothing(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.name }}")
    recipe = ran(client, text("stext1", "{{ sclien.client.id }}"), bodies=BODIES[:1], workspace=at.workspace)
    asked, effects = len(ninja.calls()), ninja.effects()

    found = edited(recipe, client, text("stext1", "ID {{ sclien.client.id }}"))

    (change,) = found.events[0].differences
    assert change.after == f"ID {change.before}"
    assert change.before == Run.objects.get().steps.get(step_id="sclien").output["client"]["id"]
    assert (len(ninja.calls()), ninja.effects()) == (asked, effects)


def test_field_that_would_be_empty_puts_it_on_hold() -> None:
    recipe = ran(text("stext1", "{{ trigger.name }}"), bodies=BODIES[:1])

    found = edited(recipe, text("stext1", "{{ trigger.nobody }}"))

    assert (ENDS, "stext1", "") in told(found)[0]


def test_event_that_ran_twice_counts_once_and_runs_under_way_not_at_all() -> None:
    step = text("stext1", "{{ trigger.name }}")
    recipe = ran(step, bodies=BODIES)
    first = Run.objects.order_by("pk").first()
    Run.objects.create(
        workspace=first.workspace, recipe=recipe, version=first.version, event=first.event, replay=1,
        status=RunStatus.DONE, created_at=first.created_at,
    )  # fmt: skip
    send(recipe, {"name": "Cy"})  # nobody works

    assert len(edited(recipe, step).events) == 2


def test_recipe_that_was_never_published_has_nothing_to_be_compared_with() -> None:
    assert shadow.of(Recipe(draft={"steps": []})).events == []


def test_time_is_that_of_the_run_for_both() -> None:
    step = text("stext1", "{{ now }} {{ trigger.name }}")
    recipe = ran(step, bodies=BODIES)

    assert edited(recipe, step).differing == []


def test_other_trigger_is_told_of() -> None:
    step = text("stext1", "{{ trigger.name }}")
    recipe = ran(step, bodies=BODIES)
    recipe.draft = {**recipe.draft, "trigger": {**recipe.draft["trigger"], "inputs": {"check": "secret"}}}

    assert edited(recipe, step).starts_otherwise


def test_run_of_very_many_steps_is_left_out_and_counted() -> None:
    loop = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.rows }}",
        "steps": [text("stext1", "{{ seach1.item }}")],
    }
    recipe = ran(loop, bodies=[{"rows": ["a"] * shadow.MOST}, {"rows": ["a"]}])

    found = edited(recipe, loop)

    assert (len(found.events), found.too_long) == (1, 1)
