"""Recorded histories of runs: what had been done, and what came next.

    python -m tests.acceptance.chaos.histories

writes histories.json anew, from the recipes below and what today's code makes of them. That is for new kinds of steps
only: a difference in an old history means that runs under way would go another way after an upgrade.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import django

HISTORIES = Path(__file__).with_name("histories.json")


def text(step_id: str, template: str, **more: Any) -> dict[str, Any]:
    operation = {"operation": "tools.text.format", "connection": "", "inputs": {"text": template}}
    return {"id": step_id, "kind": "action", **operation, **more}


def rules(field: str, op: str, value: str) -> dict[str, Any]:
    return {"match": "all", "rules": [{"field": field, "op": op, "value": value}]}


def only_if(step_id: str, *rule: str) -> dict[str, Any]:
    return {"id": step_id, "kind": "only_if", "conditions": rules(*rule)}


def path(name: str, steps: list[dict[str, Any]], *rule: str) -> dict[str, Any]:
    return {"id": f"p{name}", "name": name, "conditions": rules(*rule), "steps": steps}


def each(step_id: str, items: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": "each", "list": items, "steps": list(steps), **more}


VALUE, ITEMS = "{{ trigger.value }}", "{{ trigger.items }}"
SKU = "{{ seachh.item.sku }}"
BOTH = "{{ souter.number }}{{ sinner.number }}"
RECIPES: dict[str, list[dict[str, Any]]] = {
    "straight": [text("sfirst", "{{ trigger.name }}"), text("ssecon", "{{ sfirst.text }}!"), text("sthird", "end")],
    "filtered": [text("sfirst", "a"), only_if("sonlyi", VALUE, "gt", "100"), text("ssecon", "{{ sfirst.text }}")],
    "skipped": [text("sfirst", "a", skip=True), text("ssecon", "b"), text("sthird", "c", skip=True)],
    "paths": [
        {
            "id": "spaths",
            "kind": "paths",
            "paths": [
                path("big", [text("sbig01", "big"), text("sbig02", "{{ sbig01.text }}")], VALUE, "gt", "100"),
                path("small", [text("ssmall", "small")], VALUE, "gt", "10"),
            ],
            "otherwise": {"steps": [text("sother", "none")]},
        },
        text("safter", "after {{ trigger.value }}"),
    ],
    "paths in paths": [
        {
            "id": "souter",
            "kind": "paths",
            "paths": [
                path(
                    "known",
                    [
                        {
                            "id": "sinner",
                            "kind": "paths",
                            "paths": [path("big", [text("sbig01", "big")], VALUE, "gt", "100")],
                            "otherwise": {"steps": [text("sother", "small")]},
                        },
                        text("sinend", "end of known"),
                    ],
                    "{{ trigger.name }}",
                    "not_empty",
                    "",
                )
            ],
            "otherwise": {"steps": []},
        },
        text("safter", "after"),
    ],
    "each": [
        each("seachh", ITEMS, text("sitem1", SKU), text("sitem2", "{{ sitem1.text }}")),
        text("safter", "{{ seachh.count }}"),
    ],
    "each in twos": [
        each("seachh", ITEMS, text("sitem1", "{{ seachh.number }}"), batch=2),
        text("safter", "after"),
    ],
    "each with a condition": [
        each("seachh", ITEMS, only_if("sonlyi", SKU, "is_not", "b"), text("sitem1", "x")),
        text("safter", "after"),
    ],
    "each that passes over": [
        each("seachh", ITEMS, text("sitem1", "{{ seachh.item.sku | plus: 1 }}"), text("sitem2", "x"), on_error="go_on"),
        text("safter", "after"),
    ],
    "each in each": [
        each("souter", ITEMS, each("sinner", ITEMS, text("sitem1", BOTH))),
    ],
    "remembered": [
        {"id": "sremem", "kind": "remember", "values": {"who": "{{ trigger.name }}", "plain": "x"}},
        text("sfirst", "{{ sremem.who }} {{ sremem.plain }}"),
    ],
    "stopped": [
        text("sfirst", "a"),
        {"id": "sstopp", "kind": "stop", "outcome": "failed", "message": "No more of {{ trigger.name }}"},
        text("ssecon", "never"),
    ],
}
TRIGGERS: list[dict[str, Any]] = [
    {"name": "Ada Nowak", "value": "250.00", "items": [{"sku": "a"}, {"sku": "b"}, {"sku": "c"}]},
    {"name": "", "value": "50", "items": [{"sku": "b"}]},
    {"name": "Bo Lind", "value": "1", "items": []},
]


def next_step(steps: list[dict[str, Any]], trigger: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    """What the runner would do next with a run that has `done` so much: a step with its inputs, or the end."""
    from builder.models import Event, Run, StepRun, StepStatus, Workspace  # noqa: PLC0415 -- once Django is set up
    from builder.recipe import tree as trees  # noqa: PLC0415
    from builder.runner.clock import clock  # noqa: PLC0415
    from builder.runner.leases import Claimed, Outline, remember  # noqa: PLC0415

    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": steps})
    workspace = Workspace(pk=1, zone="Europe/Berlin", currency="EUR")
    claimed = Claimed(Run(pk=1, workspace_id=1), Outline(tree), workspace, Event(data=trigger), {}, {}, {}, {})
    for one in done:
        columns = {"step_id": one["step"], "iteration": one["round"], "output": one["gave"]}
        remember(claimed, StepRun(attempt=1, kind="action", status=StepStatus.DONE, **columns))
    clock.ask()  # the loop must not
    return asyncio.run(_drive(claimed))


async def _drive(claimed: Any) -> dict[str, Any]:
    from builder.recipe import values, walk  # noqa: PLC0415
    from builder.runner import steps  # noqa: PLC0415
    from builder.runner.desk import Desk, operation_of  # noqa: PLC0415
    from builder.runner.outcome import Go  # noqa: PLC0415

    desk, place = Desk(claimed, None), walk.first(claimed.tree)
    while place is not None:
        step = walk.step_at(claimed.tree, place)
        if step["kind"] == "action" and (step["id"], desk.round_of(place)) not in claimed.last:
            fields = operation_of(step).fields
            inputs, _ = values.resolve(step["inputs"], fields, desk.scope(place), **desk.reading())
            return {"step": step["id"], "round": desk.round_of(place), "place": list(place), "inputs": inputs}
        outcome = await steps.take(desk, step, place)
        if not isinstance(outcome, Go):
            return {"end": str(outcome.status), "because": outcome.because}
        place = walk.after(claimed.tree, place, outcome.branch, steps.rounds(desk, place), outcome.leave)
    return {"end": "done"}


def record() -> list[dict[str, Any]]:
    found = []
    for name, steps in RECIPES.items():
        for trigger in TRIGGERS:
            done: list[dict[str, Any]] = []
            while True:
                then = next_step(steps, trigger, done)
                found.append({"recipe": name, "trigger": trigger, "done": list(done), "then": then})
                if "end" in then:
                    break
                done.append(
                    {"step": then["step"], "round": then["round"], "gave": {"text": then["inputs"].get("text", "")}}
                )
    return found


def write(histories: list[dict[str, Any]]) -> None:
    """One history a line: short enough to be read, and a difference shows which."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in histories)
    recipes = json.dumps(RECIPES, indent=1)
    HISTORIES.write_text(f'{{"recipes": {recipes},\n"histories": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    write(record())
