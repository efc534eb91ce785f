"""A recipe that does harm by going on is paused; what comes meanwhile is kept, and its owner is told once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from builder.models import AuditEvent, Brake, Event, Fate, HourCount, Kept, Recipe, RecipeState, Run, RunStatus
from builder.runner import brakes, letters, schedule
from builder.runner.clock import clock, now
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import deliver, make_ghl, make_hooked, make_watching, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Floods are counted by the clock's minutes: one has just begun."""
    clock.offset = timedelta(seconds=60 - now().second)
    brakes._weighed = 0.0
    brakes._minutes.clear()
    schedule._sent.clear()


def counted(recipe: Recipe, **numbers: int) -> None:
    make.make_hour(recipe=recipe, hour=now().replace(minute=0, second=0, microsecond=0), **numbers)


def state(recipe: Recipe) -> tuple[str, str]:
    recipe.refresh_from_db()
    return recipe.state, recipe.paused_by


@pytest.mark.parametrize(
    ("numbers", "paused"),
    [
        ({"failed": 20}, True),
        ({"held": 20}, True),
        ({"failed": 10, "held": 9, "done": 1}, True),
        ({"failed": 19}, False),
        ({"failed": 18, "done": 2}, False),
        ({"failed": 95, "filtered": 5}, True),
        ({"failed": 94, "filtered": 6}, False),
    ],
)
def test_recipe_whose_runs_nearly_all_fail_is_paused(numbers: dict[str, int], paused: bool) -> None:
    recipe = make_hooked()
    counted(recipe, **numbers)

    assert brakes.weigh() == paused

    assert state(recipe) == ((RecipeState.PAUSED, Brake.ERRORS) if paused else (RecipeState.LIVE, ""))


def test_what_was_longer_ago_than_a_week_is_no_reason() -> None:
    recipe = make_hooked()
    counted(recipe, failed=1)
    make.make_hour(recipe=recipe, hour=now() - timedelta(days=8), failed=50)

    assert brakes.weigh() == 0


def test_paused_recipe_keeps_its_events_and_tells_its_owner_once() -> None:
    by = make.make_actor(email="owner@example.com")
    recipe = make_hooked(workspace=by.workspace)
    counted(recipe, failed=30)

    paused = [brakes.weigh()]
    brakes._weighed = 0.0
    paused.append(brakes.weigh())
    told = [letters.tell(recipe.pk), letters.tell(recipe.pk)]
    send(recipe, {"n": 1})
    work()

    assert (paused, told) == ([1, 0], [True, False])
    assert (Event.objects.get().fate, Kept.objects.get().recipe, Run.objects.count()) == (Fate.PAUSED, recipe, 0)
    assert [(m.to, m.subject) for m in mail.outbox] == [(["owner@example.com"], f"Paused: {recipe.name}")]
    assert "30 of its last 30 runs failed or are on hold." in mail.outbox[0].body
    assert recipe.public_id in mail.outbox[0].body
    assert AuditEvent.objects.get(verb="recipe.braked").details["brake"] == "errors"


def test_mail_that_does_not_leave_is_tried_again(settings: Any) -> None:
    by = make.make_actor()
    recipe = make_hooked(workspace=by.workspace)
    brakes.pause(recipe, Brake.FLOOD, "Too many.")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    failed = letters.tell(recipe.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert failed is False
    assert letters.due() == [recipe.pk]
    assert letters.tell(recipe.pk) is True


def test_same_stretch_does_not_pause_it_twice() -> None:
    recipe = make_hooked()
    counted(recipe, failed=30)
    brakes.weigh()
    Recipe.objects.update(state=RecipeState.LIVE, paused_by="", resumed_at=now())
    brakes._weighed = 0.0

    again = brakes.weigh()

    assert again == 0


def test_recipe_that_may_never_be_paused_goes_on() -> None:
    recipe = make_hooked()
    Recipe.objects.update(never_pause=True)
    counted(recipe, failed=30)

    assert brakes.weigh() == 0


def test_counts_of_real_runs_pause_it() -> None:
    recipe = make_hooked({"id": "sstopp", "kind": "stop", "outcome": "failed", "message": "No."})
    for n in range(20):
        send(recipe, {"n": n})
    work()

    brakes.weigh()

    assert HourCount.objects.get().failed == 20
    assert state(recipe) == (RecipeState.PAUSED, Brake.ERRORS)


def test_flood_pauses_the_recipe_and_loses_nothing(settings: Any) -> None:
    settings.FLOOD_EVENTS = 30
    recipe, calm = make_hooked(), make_hooked()
    for n in range(60):
        send(recipe, {"n": n})
    send(calm, {"n": 1})
    work()

    assert state(recipe) == (RecipeState.PAUSED, Brake.FLOOD)
    assert state(calm) == (RecipeState.LIVE, "")
    assert recipe.paused_because.startswith("31 events came within a minute, far more than usual.")
    assert (Run.objects.filter(recipe=recipe, status=RunStatus.DONE).count(), Kept.objects.count()) == (30, 30)


def read_by_two_workers(recipe: Recipe, each: int) -> None:
    for _worker in range(2):
        brakes._minutes.clear()
        for n in range(each):
            send(recipe, {"n": n})
        work()


def test_flood_is_seen_by_two_workers_that_read_half_of_it_each(settings: Any) -> None:
    settings.FLOOD_EVENTS = 30
    recipe = make_hooked()

    read_by_two_workers(recipe, 25)

    assert state(recipe) == (RecipeState.PAUSED, Brake.FLOOD)
    assert Run.objects.count() == 30


def test_flood_of_a_busy_recipe_is_seen_too(settings: Any) -> None:
    settings.FLOOD_EVENTS = 10
    recipe = make_hooked()
    make.make_hour(recipe=recipe, hour=now() - timedelta(hours=30), runs=120)

    read_by_two_workers(recipe, 15)

    assert state(recipe) == (RecipeState.PAUSED, Brake.FLOOD)
    assert Run.objects.count() == 20


def test_what_makes_up_for_the_past_is_no_flood(settings: Any) -> None:
    settings.FLOOD_EVENTS = 30
    recipe = make_hooked()
    for _n in range(40):
        make.make_run(recipe=recipe, backfill=True, created_at=now())
    for n in range(5):
        send(recipe, {"n": n})
    work()

    assert state(recipe) == (RecipeState.LIVE, "")


def test_as_many_as_usual_are_no_flood(settings: Any) -> None:
    settings.FLOOD_EVENTS = 30
    recipe = make_hooked()
    make.make_hour(recipe=recipe, hour=now() - timedelta(hours=30), runs=400)
    for n in range(60):
        send(recipe, {"n": n})
    work()

    assert state(recipe) == (RecipeState.LIVE, "")


def test_resumed_recipe_is_left_alone_for_an_hour(settings: Any) -> None:
    settings.FLOOD_EVENTS = 30
    recipe = make_hooked()
    Recipe.objects.update(resumed_at=now())
    for n in range(60):
        send(recipe, {"n": n})
    work()

    assert state(recipe) == (RecipeState.LIVE, "")


def told(contact: dict[str, Any], n: int, **more: Any) -> dict[str, Any]:
    stamp = {"timestamp": (now() + timedelta(seconds=n)).isoformat(), "webhookId": f"{contact['id']}-{n}"}
    return {"type": "ContactUpdate", **contact, "dateAdded": "2026-01-01T00:00:00Z", **stamp, **more}


def test_recipe_that_comes_back_to_one_record_again_and_again_is_paused(ghl: Sandbox, settings: Any) -> None:
    settings.LOOP_RUNS = 5
    connection = make_ghl(ghl)
    recipe = make_watching(connection, "ghl.contact.updated")
    for n in range(9):
        deliver(connection, told({"id": "con_1"}, n, name=f"Name {n}"))
        work()
        clock.offset += timedelta(seconds=10)

    assert state(recipe) == (RecipeState.PAUSED, Brake.LOOP)
    assert Run.objects.count() == 5
    assert Kept.objects.count() == 4
    assert "one and the same record 6 times" in recipe.paused_because


def test_record_that_is_changed_now_and_then_is_no_loop(ghl: Sandbox, settings: Any) -> None:
    settings.LOOP_RUNS = 5
    connection = make_ghl(ghl)
    recipe = make_watching(connection, "ghl.contact.updated")
    for n in range(9):
        deliver(connection, told({"id": "con_1"}, 100 * n, name=f"Name {n}"))
        work()
        clock.offset += timedelta(seconds=100)

    assert state(recipe) == (RecipeState.LIVE, "")
    assert Run.objects.count() == 9
