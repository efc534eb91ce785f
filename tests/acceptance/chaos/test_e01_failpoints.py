"""E1: the current fails at each named gap, for each class of operation. The other system's own log is the judge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from builder import seal
from builder.models import Connection, Run, RunStatus
from builder.recipe import tree as trees
from builder.runner import accounts, failpoints, leases, listening, replay, schedule
from builder.runner.clock import clock
from tests import doors, make
from tests.acceptance.chaos.classes import CLASSES, case_of
from tests.acceptance.chaos.verdict import Verdict, doubled
from tests.runner.conftest import Sandbox, later, until_over, work
from tests.runner.cuts import Cut, cut_at
from tests.runner.make import action, app_tokens, make_ghl, make_hooked, make_ninja, make_watching, not_soon, send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

POINTS = [p for p in failpoints.NAMES if p != "scheduler.before_insert" and not p.startswith("poll.")]
"""The fourteen of the plan; the others are in tests/runner."""
ON_ITS_WAY = ("http.after_send", "http.after_response", "step.before_done")
DOUBTFUL = ("step.after_started", "http.before_send", *ON_ITS_WAY)
"""Where our own record says no more than that it was begun."""


def following(at: Connection) -> dict[str, Any]:
    return action("safter", "invoice_ninja.products.create", at, product_key="AFTER", price="1")


def expected(point: str, kind: str) -> tuple[str, int, int]:
    """(status, effects of the step, effects of the one after it)."""
    if kind == "once" and point in DOUBTFUL:
        return RunStatus.HELD, int(point in ON_ITS_WAY), 0
    return RunStatus.DONE, int(kind != "read"), 1


def cut_in_a_drain(point: str, ninja: Sandbox, ghl: Sandbox, at: Connection, step: dict[str, Any]) -> bool:
    recipe = make_hooked(step, following(at), workspace=at.workspace)
    send(recipe, {})
    if not point.startswith(("step", "http")):
        return cut_at(point, subject=recipe.pk)
    return cut_at(point, subject="sonest")


def cut_at_the_door(point: str, ninja: Sandbox, ghl: Sandbox, at: Connection, step: dict[str, Any]) -> bool:
    """Sent again until it is thanked for, as HighLevel does."""
    signer, connection = doors.Signer(), make_ghl(ghl, "app", workspace=at.workspace)
    make_watching(connection, "ghl.contact.created", step, following(at))
    keys = {"public_key": signer.public}
    hook = listening.hook_for(connection.workspace_id, connection=connection, with_secrets=keys)
    contact, place = ghl.records("contacts")[0]["id"], connection.settings["location_id"]
    body = doors.envelope("ContactCreate", id=contact, locationId=place)
    knock = doors.Knocker()

    def deliver() -> int:
        return knock(f"/hooks/{doors.key_of(hook)}/", body, x_ghl_signature=signer(body)).status

    blown = Cut(point).during(deliver)
    while deliver() != 200:
        pass
    knock.door.writer.close()
    return blown


def cut_in_the_scheduler(point: str, ninja: Sandbox, ghl: Sandbox, at: Connection, step: dict[str, Any]) -> bool:
    trigger = {"operation": "tools.schedule.due", "inputs": {"every": "hour", "at": not_soon()}}
    tree = trees.parse({"trigger": trigger, "steps": [step, following(at)]})
    recipe = make.make_recipe(workspace=at.workspace, tree=tree, live=True)
    listening.listen(recipe)
    clock.offset += timedelta(hours=1)
    blown = Cut(point).during(schedule.tick)
    schedule.tick()
    recipe.subscriptions.update(poll_at=clock.now() + timedelta(days=1))  # once is enough
    return blown


def cut_after_the_ring(point: str, ninja: Sandbox, ghl: Sandbox, at: Connection, step: dict[str, Any]) -> bool:
    send(make_hooked(step, following(at), workspace=at.workspace), {})
    blown = Cut(point).during(leases.sweep)
    leases.sweep()
    return blown


def cut_with_new_tokens(point: str, ninja: Sandbox, ghl: Sandbox, at: Connection, step: dict[str, Any]) -> bool:
    """The tokens are lost with the process, and a refresh token works once: a person signs in again."""
    app = make_ghl(ghl, "app", workspace=at.workspace)
    ghl.post("/_sandbox/expire", {})
    first = action("sfirst", "ghl.contacts.get", app, contactId=ghl.records("contacts")[0]["id"])
    recipe = make_hooked(first, step, following(at), workspace=at.workspace)
    send(recipe, {})
    blown = cut_at(point)
    later(max(settings.LEASE, settings.REFRESH_LEASE) + 1)
    assert until_over(Run.objects.get(workspace=at.workspace)).status == RunStatus.HELD
    sign_in_again(app, ghl)
    assert replay.resume_after(app.public_id, app.workspace_id) == 1
    return blown


def sign_in_again(app: Connection, ghl: Sandbox) -> None:
    secret = ghl.get("/_sandbox/state")["connect"]["client_secret"]
    app.sealed = seal.seal({**app_tokens(ghl), "client_secret": secret}, accounts.place(app))
    app.save(update_fields=["sealed"])


PLACES: dict[str, Callable[..., bool]] = {
    "intake.before_commit": cut_at_the_door,
    "intake.after_commit": cut_at_the_door,
    "sweeper.after_ring": cut_after_the_ring,
    "scheduler.after_insert": cut_in_the_scheduler,
    "oauth.after_refresh_before_save": cut_with_new_tokens,
}


@pytest.mark.parametrize("point", POINTS)
def test_cut_at_each_point_is_mended_exactly(ninja: Sandbox, ghl: Sandbox, point: str, settings: Any) -> None:
    settings.TIME_SCALE = 100.0  # nobody waits long for a door that is dead
    ninja.set(guard=0)
    verdict = Verdict(f"E1 {point}")

    found = {kind: cut_and_mended(point, kind, ninja, ghl) for kind in CLASSES}

    verdict.doubled = doubled(ninja)
    verdict.more["exact"] = sum(found[kind] == expected(point, kind) for kind in CLASSES)
    verdict.say()
    assert found == {kind: expected(point, kind) for kind in CLASSES}
    assert verdict.doubled == 0


def cut_and_mended(point: str, kind: str, ninja: Sandbox, ghl: Sandbox) -> tuple[str, int, int]:
    at = make_ninja(ninja.url)
    case = case_of(kind, ninja)
    before = [e["kind"] for e in ninja.effects()]
    assert PLACES.get(point, cut_in_a_drain)(point, ninja, ghl, at, case.step(at)), "the failpoint was not met"
    work()
    run = until_over(Run.objects.get(workspace=at.workspace))
    kinds = [e["kind"] for e in ninja.effects()][len(before) :]
    return run.status, kinds.count(case.effect), kinds.count("product.created")
