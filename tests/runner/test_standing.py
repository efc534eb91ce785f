"""What a person changed or took away a moment ago holds for the next write, also of a run that is under way."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from builder.actions import publishing
from builder.models import Connection, OwnWrite, Recipe, RecordLink, Run, RunStatus, Snapshot, StepRun, Subscription
from builder.runner import accounts, desk, drain, failpoints, guards, leases, listening, replay
from tests import make
from tests.runner.conftest import Sandbox, later, work
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, make_watching, only_run, poll, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(ninja: Sandbox) -> Connection:
    return make_ninja(ninja.url)


def client(step: str, at: Connection, name: str) -> dict[str, Any]:
    return action(step, "invoice_ninja.clients.create", at, name=name)


@contextmanager
def when(place: str, step: str, happens: Callable[[], object]) -> Iterator[None]:
    """While a worker passes a place for a step."""
    with failpoints.armed(failpoints.Failpoint(place, subject=step, blow=lambda: elsewhere(happens))):
        yield


def elsewhere(happens: Callable[[], object]) -> None:
    """Not on the worker's loop, and with a connection of its own."""

    def run() -> None:
        with scopes_disabled():
            happens()
        database.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def made(ninja: Sandbox) -> list[Any]:
    return ninja.effects("client.created")


def delete(recipe: Recipe) -> None:
    Recipe.objects.filter(pk=recipe.pk).update(deleted_at=timezone.now())


def test_run_under_way_writes_nothing_more_once_its_recipe_is_deleted(ninja: Sandbox, books: Connection) -> None:
    recipe = make_hooked(client("sfirst", books, "Ada"), client("ssecon", books, "Bea"), workspace=books.workspace)
    send(recipe, {})

    with when("step.before_started", "ssecon", lambda: delete(recipe)):
        work()

    run = only_run(recipe)
    assert (run.status, run.because, run.stopped_at) == (RunStatus.HELD, guards.GONE, "ssecon")
    assert len(made(ninja)) == 1


def test_run_that_waits_goes_on_no_more_once_its_recipe_is_deleted_until_it_is_back(
    ninja: Sandbox, books: Connection
) -> None:
    wait = {"id": "swaits", "kind": "wait", "amount": "1", "unit": "hours"}
    recipe = make_hooked(wait, client("sclien", books, "Ada"), workspace=books.workspace)
    by = make.make_actor(workspace=books.workspace)
    send(recipe, {})
    work()
    publishing.delete(by, recipe)

    later(3700)
    stopped = only_run(recipe)
    assert (stopped.status, stopped.because, made(ninja)) == (RunStatus.HELD, guards.GONE, [])

    publishing.restore(by, recipe)
    work()
    assert (only_run(recipe).status, len(made(ninja))) == (RunStatus.DONE, 1)


def test_guard_that_is_set_while_a_run_is_under_way_holds_for_its_next_write(ninja: Sandbox, books: Connection) -> None:
    recipe = make_hooked(client("sfirst", books, "Ada"), client("ssecon", books, "Bea"), workspace=books.workspace)
    send(recipe, {})

    with when("step.before_started", "ssecon", lambda: Recipe.objects.update(guards={"writes": 0})):
        work()

    assert (only_run(recipe).status, only_run(recipe).stopped_at, len(made(ninja))) == (RunStatus.HELD, "ssecon", 1)


@pytest.mark.parametrize("step", ["sfirst", "ssecon"])
def test_connection_that_was_pointed_elsewhere_is_used_as_it_is_by_now(
    ninja: Sandbox, books: Connection, step: str
) -> None:
    """`sfirst`: by the run that was claimed before; `ssecon`: in the midst of it."""
    recipe = make_hooked(client("sfirst", books, "Ada"), client("ssecon", books, "Bea"), workspace=books.workspace)
    moved = {**books.settings, "base_url": f"{ninja.url}/elsewhere"}
    send(recipe, {})

    with when("step.before_started", step, lambda: Connection.objects.update(settings=moved)):
        work()

    written = [call for call in ninja.calls("POST") if call["path"].endswith("/clients")]
    assert [call["path"].startswith("/elsewhere") for call in written] == [False] * (step == "ssecon") + [True]
    changed = StepRun.objects.filter(step_id=step).order_by("pk")
    assert (changed[0].status, changed[0].note) == ("waiting", "Its connection was changed just now.")


def test_worker_that_had_opened_a_connection_does_not_use_it_once_it_is_deleted(
    ninja: Sandbox, books: Connection
) -> None:
    recipe = make_hooked(client("sclien", books, "Ada"), workspace=books.workspace)
    with closing(drain.Hands()) as hands:
        send(recipe, {})
        drain.work(hands, linger=0.05)
        Connection.objects.update(deleted_at=timezone.now())
        send(recipe, {})
        drain.work(hands, linger=0.05)

    assert list(Run.objects.order_by("pk").values_list("status", flat=True)) == ["done", "held"]
    assert len(made(ninja)) == 1


def test_another_account_is_known_nothing_of(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    make_watching(at, "ghl.contact.created")
    subscription = Subscription.objects.get(connection=at)
    poll(subscription)
    RecordLink.objects.create(workspace=at.workspace, connection=at, kind="client", local_key="1", remote_id="2")
    unread = make.make_event(workspace=at.workspace, connection=at, read_at=None, fate="")
    assert subscription.cursor and Snapshot.objects.exists()

    moved(at)

    subscription.refresh_from_db()
    unread.refresh_from_db()
    assert (subscription.cursor, subscription.active) == ({}, True)
    assert not (Snapshot.objects.exists() or RecordLink.objects.exists() or OwnWrite.objects.exists())
    assert (bool(unread.read_at), unread.fate) == (True, "no_recipe")


def moved(at: Connection) -> None:
    with transaction.atomic():
        listening.begin_anew(at)


def test_runs_that_may_carry_ids_of_the_old_account_wait_for_a_person(ninja: Sandbox, books: Connection) -> None:
    """Those that have begun and name it, and those that its events began."""
    wait = {"id": "swaits", "kind": "wait", "amount": "1", "unit": "hours"}
    naming = make_hooked(wait, client("sclien", books, "Ada"), workspace=books.workspace)
    free = make_hooked(wait, workspace=books.workspace)
    for recipe in (naming, free):
        send(recipe, {})
    work()
    send(naming, {})
    leases.read_events()  # it was told of, and nobody has claimed it
    told = make.make_run(
        recipe=free, status=RunStatus.WAITING, event=make.make_event(workspace=books.workspace, connection=books)
    )
    doubt = make.make_run(recipe=naming, status=RunStatus.RUNNING, token=1, wake_at=timezone.now())
    make.make_step_run(run=doubt, step_id="sclien", status="started")

    moved(books)

    stands = {run.pk: run.status for run in Run.objects.all()}
    begun, other, fresh = Run.objects.exclude(pk__in=[told.pk, doubt.pk]).order_by("pk")
    assert [stands[run.pk] for run in (begun, other, fresh, told, doubt)] == [
        RunStatus.HELD, RunStatus.WAITING, RunStatus.QUEUED, RunStatus.HELD, RunStatus.HELD
    ]  # fmt: skip
    doubt.refresh_from_db()
    assert (doubt.stopped_at, doubt.steps.get().status) == ("sclien", "held")


def test_run_that_was_signed_out_does_not_go_on_in_another_account(ninja: Sandbox, books: Connection) -> None:
    recipe = make_hooked(client("sclien", books, "Ada"), workspace=books.workspace)
    ninja.fail({"method": "POST", "status": 403, "body": {"message": "Invalid token"}, "times": None})
    send(recipe, {})
    work()
    assert only_run(recipe).status == RunStatus.HELD

    moved(books)
    ninja.mend()
    went = replay.resume_after(books.public_id, books.workspace_id)
    work()

    assert (went, only_run(recipe).status, made(ninja)) == (0, RunStatus.HELD, [])
    assert "is another account by now" in only_run(recipe).because


def test_run_that_was_cancelled_while_it_waited_for_its_turn_sends_nothing(ninja: Sandbox, books: Connection) -> None:
    """The step has begun, and a second passed since that was written."""
    recipe = make_hooked(client("sclien", books, "Ada"), workspace=books.workspace)
    send(recipe, {})

    def cancel() -> None:
        replay.cancel(only_run(recipe))
        time.sleep(desk.STALE + 0.1)

    with when("http.before_send", "sclien", cancel):
        work()

    assert (only_run(recipe).status, made(ninja)) == (RunStatus.CANCELLED, [])


def test_what_an_old_secret_may_not_is_no_word_about_a_new_one(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    opened = accounts.open(at)
    Connection.objects.update(secret_at=timezone.now())

    accounts.lacks(opened, "contacts.write")
    old = Connection.objects.get().identity
    accounts.lacks(accounts.open(Connection.objects.get()), "contacts.write")

    assert "lacking" not in old
    assert Connection.objects.get().identity["lacking"] == ["contacts.write"]


def test_poll_of_a_connection_that_was_deleted_meanwhile_stores_nothing(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)
    at = make_ghl(ghl)
    make_watching(at, "ghl.contact.created")
    subscription = Subscription.objects.get(connection=at)

    with when("http.after_response", "", lambda: Connection.objects.update(deleted_at=timezone.now())):
        poll(subscription)

    subscription.refresh_from_db()
    assert (subscription.cursor, Snapshot.objects.count()) == ({}, 0)
    assert ghl.calls("POST", "/contacts/search")


LIST = "ghl.calendar_groups.list"


def groups(run: Run) -> int:
    return len(run.steps.get(step_id="slistt", status="done").output["groups"])


def test_list_that_is_kept_gives_way_to_a_write_of_ours(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    create = action("screat", "ghl.calendar_groups.create", at, name="Sailing", description="At sea", slug="sailing")
    look, change = (make_hooked(*steps, workspace=at.workspace) for steps in ([action("slistt", LIST, at)], [create]))
    counts = []
    for recipe in (look, look, change, look):
        send(recipe, {})
        work()
        run = Run.objects.latest("pk")
        assert run.status == RunStatus.DONE, run.because
        counts += [groups(run)] if recipe is look else []

    assert counts == [counts[0], counts[0], counts[0] + 1]
    assert len(ghl.calls("GET", "/calendars/groups")) == 2


def test_run_that_is_run_again_reads_what_is_there_now(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    recipe = make_hooked(action("slistt", LIST, at), workspace=at.workspace)
    send(recipe, {})
    work()

    replay.run_again(only_run(recipe))
    work()

    assert [run.status for run in Run.objects.all()] == [RunStatus.DONE] * 2
    assert len(ghl.calls("GET", "/calendars/groups")) == 2


def test_cache_that_is_away_changes_nothing_about_a_step(ghl: Sandbox, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9"}
    }
    at = make_ghl(ghl)
    create = action("screat", "ghl.calendar_groups.create", at, name="Sailing", description="At sea", slug="sailing")
    recipe = make_hooked(action("slistt", LIST, at), create, workspace=at.workspace)

    send(recipe, {})
    work()

    assert (only_run(recipe).status, only_run(recipe).because) == (RunStatus.DONE, "")
    assert [step.status for step in only_run(recipe).steps.order_by("pk")] == ["done", "done"]
    assert len(ghl.calls("POST", "/calendars/groups")) == 1
