"""Never over a service's limit, near it when there is enough to do, and nobody forgotten on the way."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from django.conf import settings
from django.db import connection as database
from django.db import transaction

from builder.models import Bucket, Connection, Health, Recipe, Run, RunStatus, StepRun
from builder.runner import accounts, budgets, due, fairness, leases, limits, trying, turn
from builder.runner.clock import clock, now
from builder.runner.desk import Desk
from builder.runner.journal import Journal
from builder.runner.ledger import LIFE, Rank, Report
from connectors.spec import Budget
from tests import make
from tests.acceptance import processes
from tests.runner.conftest import Sandbox, later, running, until_over, wait_for, work
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)
NOTES = "/contacts/*/notes"
CLIENTS = "/api/v1/clients"


@pytest.fixture(scope="session")
def _second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("ghl", tmp_path_factory.mktemp("second")) as sandbox:
        yield sandbox


@pytest.fixture
def second(_second: Sandbox) -> Sandbox:
    _second.reset()
    return _second


def noting(ghl: Sandbox, at: Connection | None = None) -> Recipe:
    at = at or make_ghl(ghl)
    contact = ghl.records("contacts")[0]["id"]
    step = action("snotes", "ghl.contacts.add_note", at, contactId=contact, body="{{ trigger.n }}")
    return make_hooked(step, workspace=at.workspace)


def queue(recipe: Recipe, count: int) -> None:
    with turn.writing():
        for number in range(count):
            send(recipe, {"n": number})


def read() -> None:
    """What came in becomes runs."""
    with transaction.atomic():
        leases.read_events()


def statuses(sandbox: Sandbox) -> set[int]:
    return {call["status"] for call in sandbox.calls()}


def fullest(sandbox: Sandbox, seconds: float) -> int:
    times = [call["time"] for call in sandbox.calls()]
    return max(sum(begin <= at < begin + seconds for at in times) for begin in times)


def all_done() -> bool:
    return not Run.objects.filter(status__in=RunStatus.open()).exists()


@pytest.mark.alone
def test_many_writes_keep_to_the_budget_and_use_it(ghl: Sandbox, second: Sandbox) -> None:
    ghl.set(rate_max=20, rate_interval_ms=2000)
    many = noting(ghl)
    live = noting(ghl, Connection.objects.get())
    other = noting(second)
    send(live, {"n": -1})
    work()
    queue(many, 50)
    began, moments = time.monotonic(), dict[str, float]()
    drain = threading.Thread(target=work, kwargs={"linger": 2.5})

    drain.start()
    time.sleep(1)
    for name, recipe in (("live", live), ("other", other)):
        moments[name] = -time.monotonic()
        send(recipe, {"n": 1})
    for name, recipe, runs in (("live", live, 2), ("other", other, 1)):
        wait_for(lambda r=recipe, n=runs: Run.objects.filter(recipe=r, status=RunStatus.DONE).count() == n, 20)
        moments[name] += time.monotonic()
    wait_for(all_done, 30)
    took = time.monotonic() - began
    drain.join()

    assert statuses(ghl) == {201}
    assert fullest(ghl, 1.99) <= 20
    assert took < 1.5 * 6
    assert (moments["live"] < 2, moments["other"] < 2) == (True, True)
    assert set(Run.objects.filter(recipe=many).values_list("status", flat=True)) == {RunStatus.DONE}


@pytest.mark.alone
def test_two_processes_draw_from_one_bucket(ghl: Sandbox) -> None:
    ghl.set(rate_max=20, rate_interval_ms=2000)
    recipe = noting(ghl)
    queue(recipe, 50)
    code = "import django; django.setup(); from builder.runner import drain; print(drain.work(at_once=15, linger=3))"
    command = (sys.executable, "-c", code)
    environ, folder = processes.environment(), settings.BASE_DIR

    drains = [subprocess.Popen(command, env=environ, cwd=folder, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    walked = [int(drain.communicate(timeout=90)[0]) for drain in drains]

    assert statuses(ghl) == {201}
    assert fullest(ghl, 1.99) <= 20
    assert all(walked)
    assert Run.objects.filter(status=RunStatus.DONE).count() == 50


def test_run_that_has_to_wait_is_a_row_that_says_so(ghl: Sandbox) -> None:
    ghl.set(rate_max=10, rate_interval_ms=60_000)
    recipe = noting(ghl)
    send(recipe, {"n": -1})
    work()
    queue(recipe, 40)

    work()

    waiting = Run.objects.filter(status=RunStatus.WAITING).order_by("wake_at")
    gaps = [(b.wake_at - a.wake_at).total_seconds() for a, b in pairwise(waiting)]
    sent = len(ghl.calls())
    assert 5 <= sent <= 10
    assert waiting.count() == 41 - sent
    assert waiting[0].because.startswith("HighLevel's budget is used up for now. This run goes on at about ")
    assert (min(gaps) > 5, max(gaps) < 7) == (True, True)
    assert StepRun.objects.count() == sent
    assert statuses(ghl) == {201}


def test_run_whose_turn_has_come_makes_its_other_calls_too(ghl: Sandbox) -> None:
    """Instead of lying down once per step: each time is a write, a claim and a look at all it did before."""
    ghl.set(rate_max=20, rate_interval_ms=500)
    at, contact = make_ghl(ghl), ghl.records("contacts")[0]["id"]
    steps = [action(f"snote{n}", "ghl.contacts.add_note", at, contactId=contact, body=f"{n}") for n in "abcd"]
    queue(make_hooked(*steps, workspace=at.workspace), 40)

    work()
    while not all_done():
        work()

    claims = list(Run.objects.values_list("token", flat=True))
    assert len(ghl.effects("note.created")) == 4 * len(claims) == 160
    assert sum(claims) <= 2.5 * len(claims)
    assert statuses(ghl) == {201}


def test_only_calls_that_are_sure_to_come_are_booked(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    note = [action(f"snote{n}", "ghl.contacts.add_note", at, contactId="c", body="x") for n in "abcdef"]
    lane = {"id": "paone", "steps": note[2:4]}
    fork = {"id": "sforkk", "kind": "paths", "paths": [lane], "otherwise": {"steps": [note[4]]}}
    send(make_hooked(*note[:2], fork, note[5], workspace=at.workspace), {})
    with transaction.atomic():
        (claimed,) = leases.claim(1, leases.Shelf())
    desk = Desk(claimed, None)

    def booked(step_id: str) -> int:
        desk.step_id = step_id
        return desk.errand(accounts.open(at)).calls

    assert [booked(f"snote{n}") for n in "abcdef"] == [2, 1, 2, 1, 1, 1]
    assert booked("") == 2


def test_budget_outlives_the_process_that_used_it(ghl: Sandbox) -> None:
    ghl.set(rate_max=10, rate_interval_ms=60_000)
    recipe = noting(ghl)
    for _ in range(3):
        queue(recipe, 6)
        work()

    found = Bucket.objects.get()

    assert statuses(ghl) == {201}
    assert (found.most, found.seconds) == (10, 60.0)
    assert found.used_today == found.peak_today == len(ghl.calls()) <= 10


def test_people_ask_while_runs_wait(ghl: Sandbox) -> None:
    ghl.set(rate_max=40, rate_interval_ms=60_000)
    recipe = noting(ghl)
    at = Connection.objects.get()
    send(recipe, {"n": -1})
    work()
    queue(recipe, 60)
    work()

    waiting = Run.objects.filter(status=RunStatus.WAITING).count()
    found = trying.choices(at, "pipelines", {}, fresh=True)

    assert waiting > 20
    assert found
    assert statuses(ghl) == {200, 201}


ASKED = {
    "120": 120,
    "date": 300,
    None: 10,
    "soon": 10,
    "1000000000": 3600,
}


def test_short_pause_is_kept_in_memory(ghl: Sandbox) -> None:
    recipe = noting(ghl)
    ghl.fail({"method": "POST", "path": NOTES, "status": 429, "headers": {"Retry-After": "2"}})
    send(recipe, {"n": 1})
    work()
    queue(recipe, 3)

    work(linger=2.5)

    refused, *others = [call["time"] for call in ghl.calls()]
    assert len(others) == 4
    assert min(others) - refused >= 2
    assert set(Run.objects.values_list("status", flat=True)) == {RunStatus.DONE}


def test_process_that_died_with_the_first_permits_keeps_nobody_waiting() -> None:
    def ask(holder: str) -> int:
        asked = budgets.Ask("a service", Budget(requests=100, seconds=10), Report(holder), {Rank.LIVE: 50})
        return len(budgets.exchange(asked).permits)

    at_first, beside_it = ask("dead"), ask("alive")
    clock.offset += timedelta(seconds=LIFE + 1)

    assert (at_first, beside_it, ask("alive")) == (budgets.FEW, 0, budgets.FEW)


def test_worker_in_whose_line_many_stand_and_behind_whom_many_come_gets_its_permits() -> None:
    """Of two workers each is lent what comes a moment later. Whoever lies down meanwhile hands in what is new: the
    permits of those in line must not go back with it."""
    moment = now().timestamp()
    back = [[moment + n / 10, 27] for n in range(10)]
    ledger = {"credit": -98.0, "credit_at": moment, "seen": True, "back": back}
    Bucket.objects.create(key="crowd", most=2000, seconds=10, ledger=ledger)
    journals = [Journal(), Journal()]
    queues = [limits.Queue(limits.Share("crowd", Budget(requests=2000, seconds=10)), one.do) for one in journals]
    gaps: list[float] = []

    async def crowd() -> list[limits.Permit | float]:
        asked = []
        for turns in range(150):
            for queue in queues:
                come = 6 if turns else 100
                asked += [asyncio.create_task(queue.enter(limits.Errand(Rank.RETRY, 1))) for _ in range(come)]
                await asyncio.sleep(0.01)
                gaps.append(now().timestamp() - queue.share.drew)
        return await asyncio.gather(*asked)

    found = asyncio.run(crowd())
    for journal in journals:
        journal.close()

    assert max(gaps[150:]) < 1.5
    assert sum(isinstance(one, limits.Permit) for one in found) > 500


def test_first_answer_to_a_person_is_told_to_the_runs_at_once(ghl: Sandbox) -> None:
    trying.choices(make_ghl(ghl), "pipelines", {}, fresh=True)

    assert Bucket.objects.get().ledger["seen"]


@pytest.mark.parametrize("said", ASKED)
def test_pause_that_is_asked_for_is_kept_by_all_runs_of_the_account(
    ghl: Sandbox, second: Sandbox, said: str | None
) -> None:
    recipe, other = noting(ghl), noting(second)
    headers = {} if said is None else {"Retry-After": said}
    if said == "date":
        headers = {"Retry-After": format_datetime(now() + timedelta(seconds=300), usegmt=True)}
    ghl.fail({"method": "POST", "path": NOTES, "status": 429, "headers": headers, "times": 1})
    send(recipe, {"n": 1})
    work()
    asked_at, began = now(), time.monotonic()
    queue(recipe, 3)
    send(other, {"n": 1})

    work()
    took = time.monotonic() - began
    inside = len(ghl.calls())
    pauses = [(run.wake_at - asked_at).total_seconds() for run in Run.objects.filter(recipe=recipe)]
    later(max(pauses) + 1)

    assert inside == 1
    assert took < limits.PATIENCE  # nobody waits in memory for what is known to take longer
    assert ASKED[said] - 3 < min(pauses) <= ASKED[said] + 1
    assert max(pauses) < ASKED[said] + 10
    assert only_run(other).status == RunStatus.DONE
    assert set(Run.objects.values_list("status", flat=True)) == {RunStatus.DONE}


def test_service_that_does_not_answer_is_left_alone_until_one_run_finds_it_well(ninja: Sandbox, ghl: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.get", at, client_id=ninja.records("clients")[0]["id"])
    recipe, other = make_hooked(step, workspace=at.workspace), noting(ghl)
    ninja.fail({"method": "GET", "path": f"{CLIENTS}/*", "status": 503, "times": None})
    queue(recipe, 5)
    work()
    at.refresh_from_db()
    opened = (at.health, at.trouble, at.rests, at.resting_until > now())
    queue(recipe, 10)
    send(other, {"n": 1})
    before = len(ninja.calls())

    work()
    waiting = Run.objects.filter(recipe=recipe, status=RunStatus.WAITING)
    said = {run.because.rpartition(" ")[0] for run in waiting.order_by("pk")[5:]}
    attempts = StepRun.objects.filter(run__in=waiting.order_by("pk")[5:]).count()
    left_alone = len(ninja.calls()) - before
    ninja._ask("DELETE", "/_sandbox/faults", None, {})
    for run in Run.objects.filter(recipe=recipe):
        until_over(run, 12)
    at.refresh_from_db()

    assert opened == (
        Health.TROUBLE,
        "Invoice Ninja is not answering. It answered with an error (503). Runs wait and go on by themselves once it "
        "does.",
        1,
        True,
    )
    assert (left_alone, attempts) == (0, 0)
    assert said == {"Invoice Ninja is not answering. This run goes on by itself at about"}
    assert only_run(other).status == RunStatus.DONE
    assert set(Run.objects.values_list("status", flat=True)) == {RunStatus.DONE}
    assert (at.health, at.trouble, at.rests, at.resting_until) == (Health.WELL, "", 0, None)


def test_only_one_run_tries_a_service_that_was_away(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.get", at, client_id=ninja.records("clients")[0]["id"])
    recipe = make_hooked(step, workspace=at.workspace)
    ninja.fail({"method": "GET", "path": f"{CLIENTS}/*", "status": 503, "times": None})
    queue(recipe, 20)
    work()
    before = len(ninja.calls())

    clock.offset += timedelta(seconds=600)
    work()

    at.refresh_from_db()
    assert len(ninja.calls()) - before == 1
    assert at.rests == 2


def test_list_that_hardly_ever_changes_is_read_once_for_many_runs(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    recipe = make_hooked(action("susers", "ghl.users.list", at), workspace=at.workspace)
    send(recipe, {})
    work()

    queue(recipe, 5)
    work()

    outputs = [step.output for step in StepRun.objects.filter(step_id="susers")]
    assert len(ghl.calls("GET", "/users")) == 1
    assert (len(outputs), outputs.count(outputs[0])) == (6, 6)


def claimed(room: int, shelf: leases.Shelf) -> list[Run]:
    with transaction.atomic():
        return [one.run for one in leases.claim(room, shelf)]


def test_recipe_with_little_to_do_is_not_kept_waiting_by_one_with_much() -> None:
    busy, quiet = make_hooked(), make_hooked()
    elsewhere = make_hooked(workspace=make.make_workspace())
    queue(busy, 50)
    read()
    for recipe in (quiet, elsewhere):
        send(recipe, {})
    read()

    first = claimed(10, leases.Shelf())

    assert len(first) == 10
    assert {run.recipe_id for run in first} == {busy.pk, quiet.pk, elsewhere.pk}


def test_recipes_take_turns_whatever_their_backlog() -> None:
    recipes = [make_hooked() for _ in range(5)]
    for recipe in recipes:
        queue(recipe, 30)
        read()
    while Run.objects.count() != 150:
        read()
    shelf, taken = leases.Shelf(), list[int]()

    for _ in range(10):
        taken += [run.recipe_id for run in claimed(5, shelf)]

    assert sorted(taken.count(recipe.pk) for recipe in recipes) == [10] * 5


def test_quiet_recipe_is_served_in_its_turn_though_places_come_free_one_by_one() -> None:
    workspace = make.make_workspace()
    busy = [make_hooked(workspace=workspace) for _ in range(3)]
    for number in range(24):
        send(busy[number % 3], {"n": number})
    read()
    quiet = make_hooked(workspace=workspace)
    send(quiet, {})
    read()
    shelf, taken = leases.Shelf(), list[int]()

    for _ in range(6):
        taken += [run.recipe_id for run in claimed(1, shelf)]

    assert quiet.pk in taken


def only_first(recipe: Recipe) -> Run:
    return Run.objects.filter(recipe=recipe).order_by("pk")[0]


def closed(like: Run, number: int) -> Run:
    """One of history."""
    return Run(
        workspace_id=like.workspace_id,
        recipe_id=like.recipe_id,
        version_id=like.version_id,
        event_id=like.event_id,
        replay=number,
        status=RunStatus.DONE,
        created_at=like.created_at,
    )


def test_claim_looks_only_at_what_is_due() -> None:
    recipe = make_hooked()
    queue(recipe, 5)
    read()
    over = only_first(recipe)
    Run.objects.bulk_create([closed(over, number) for number in range(1, 3000)])
    explain = "EXPLAIN QUERY PLAN " if database.vendor == "sqlite" else "EXPLAIN "
    with transaction.atomic(), database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("ANALYZE builder_run")
            cursor.execute("SET LOCAL enable_seqscan = off")  # whether an index can serve, not whether so few rows ask
        cursor.execute(explain + fairness.DUE, [due.moment()])
        plan = [str(row[-1]) for row in cursor.fetchall()]

    looks = [line for line in plan if "builder_run" in line]
    if database.vendor == "sqlite":
        assert len(looks) == 3
    assert [line for line in looks if "run_due" not in line and "run_lane" not in line] == []  # neither has closed ones
