"""Who may work on a run: one at a time, the newest claim, whatever became of the older ones."""

import asyncio
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail

from builder.models import Recipe, Run, RunStatus, StepRun, StepStatus
from builder.runner import failpoints, leases, replay
from builder.runner.clock import clock, now
from builder.runner.journal import Fenced, Journal, Save
from tests import make
from tests.runner.conftest import Sandbox, wait_for, work
from tests.runner.make import action, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


def note() -> dict[str, Any]:
    return action("snote1", "tools.text.format", text="hello")


def make_due(**more: Any) -> Run:
    return make.make_run(recipe=make_hooked(note()), status=RunStatus.QUEUED, wake_at=now(), finished_at=None, **more)


def claim_one() -> Run:
    (claimed,) = on_journal(lambda: leases.claim(10, leases.Shelf()))
    return claimed.run


def on_journal(work: Any) -> Any:
    journal = Journal()
    try:
        return asyncio.run(journal.do(work))
    finally:
        journal.close()


def save(run: Run, **changes: Any) -> Any:
    journal = Journal()
    row = StepRun(
        workspace_id=run.workspace_id, run=run, step_id="snote1", kind="action", status="done", started_at=now()
    )
    try:
        return asyncio.run(journal.save(Save(run, started=[row], changes=changes)))
    finally:
        journal.close()


def test_claim_takes_what_is_due_and_nothing_else() -> None:
    due = make_due()
    recipe = due.recipe
    make.make_run(recipe=recipe, status=RunStatus.WAITING, wake_at=now() + timedelta(minutes=1), finished_at=None)
    make.make_run(recipe=recipe, status=RunStatus.HELD, wake_at=now(), finished_at=None)
    make.make_run(recipe=recipe, status=RunStatus.DONE, wake_at=now())

    claimed = claim_one()

    due.refresh_from_db()
    assert (claimed.pk, due.status, due.token, due.claims) == (due.pk, RunStatus.RUNNING, 1, 1)
    assert abs((due.lease_until - now()).total_seconds() - settings.LEASE) < 1
    assert on_journal(lambda: leases.claim(10, leases.Shelf())) == []


def claimed_for_nothing(*before: int, under_way: Sequence[int] = ()) -> list[int]:
    """Makes runs that were claimed so often, the longest due first; how often each was that is taken now."""
    recipe = make_hooked(note())
    for place, claims in enumerate(before):
        since = now() - timedelta(seconds=len(before) - place)
        make.make_run(recipe=recipe, status=RunStatus.RUNNING, wake_at=since, finished_at=None, claims=claims)
    taken = on_journal(lambda: leases.claim(100, leases.Shelf(), under_way))
    return [one.run.claims - 1 for one in taken]


@pytest.mark.parametrize(
    ("before", "under_way", "taken"),
    [
        pytest.param([3] * 20, [], [3] * 16, id="sixteen may go together at first"),
        pytest.param([3] * 20, [3] * 10, [3] * 6, id="those under way count"),
        pytest.param([4, 3, 3, 3, 3, 3, 3, 3, 3, 3], [], [4, 3, 3, 3, 3, 3, 3, 3], id="the smallest company counts"),
        pytest.param([6, 3, 3], [], [6], id="with six claims alone"),
        pytest.param([6, 3, 3], [3], [], id="whoever goes alone waits for the others, and they for it"),
        pytest.param([3, 3], [6], [], id="nobody joins one that goes alone"),
        pytest.param([2, 6, 0], [], [6, 2, 0], id="suspects walk first, the others all the same"),
        pytest.param([10, 3], [], [3], id="ten are enough"),
    ],
)
def test_company_of_suspects_grows_smaller(before: list[int], under_way: list[int], taken: list[int]) -> None:
    assert claimed_for_nothing(*before, under_way=under_way) == taken


def test_zombie_writes_nothing() -> None:
    make_due()
    zombie = claim_one()
    clock.offset += timedelta(seconds=settings.LEASE + 1)
    heir = claim_one()

    with pytest.raises(Fenced):
        save(zombie, status=RunStatus.FAILED, because="late")
    save(heir, status=RunStatus.DONE, wake_at=None, lease_until=None)

    run = Run.objects.get()
    assert (run.status, run.because, run.token) == (RunStatus.DONE, "", 2)
    assert StepRun.objects.count() == 1


def test_zombie_among_others_spoils_nothing_of_theirs() -> None:
    make_due()
    zombie = claim_one()
    Run.objects.update(token=5)
    make_due()
    good = claim_one()
    journal = Journal()

    async def both() -> list[Any]:
        saves = [Save(run, changes={"because": "written"}) for run in (zombie, good)]
        return await asyncio.gather(*(journal.save(s) for s in saves), return_exceptions=True)

    first, second = asyncio.run(both())
    journal.close()

    assert (type(first), second) == (Fenced, None)
    assert [run.because for run in Run.objects.order_by("pk")] == ["", "written"]


def asleep(recipe: Recipe, place: str, step: str, meanwhile: Callable[[], object]) -> None:
    """A worker that has written down that it begins, and is frozen there for longer than its lease."""

    def freeze() -> None:
        clock.offset += timedelta(seconds=settings.LEASE + 1)
        other = threading.Thread(target=meanwhile)
        other.start()
        other.join()

    send(recipe, {})
    with failpoints.armed(failpoints.Failpoint(place, subject=step, blow=freeze)):
        work()


def test_worker_that_was_frozen_sends_nothing_when_another_has_its_run(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    recipe = make_hooked(action("sclien", "invoice_ninja.clients.create", at, name="Ada"), workspace=at.workspace)

    asleep(recipe, "http.before_send", "sclien", work)

    assert only_run(recipe).status == RunStatus.DONE
    assert [s.status for s in StepRun.objects.order_by("pk")] == [StepStatus.FAILED, StepStatus.DONE]
    assert len(ninja.effects("client.created")) == 1


def test_worker_that_was_frozen_goes_on_when_nobody_took_its_run(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    recipe = make_hooked(action("sclien", "invoice_ninja.clients.create", at, name="Ada"), workspace=at.workspace)

    asleep(recipe, "http.before_send", "sclien", lambda: None)

    assert (only_run(recipe).status, only_run(recipe).token) == (RunStatus.DONE, 1)
    assert len(ninja.effects("client.created")) == 1


def test_cancelled_run_is_taken_from_its_worker(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    create = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    recipe = make_hooked(create, note(), workspace=at.workspace)
    send(recipe, {})
    ninja.fail({"method": "POST", "delay": 0.6})
    worker = threading.Thread(target=work)
    worker.start()
    wait_for(lambda: StepRun.objects.filter(step_id="sclien").exists())

    replay.cancel(only_run(recipe))
    worker.join()

    assert only_run(recipe).status == RunStatus.CANCELLED
    assert [s.status for s in StepRun.objects.all()] == ["started"]


def test_lease_is_renewed_only_under_way() -> None:
    make_due()
    run = claim_one()
    save(run, status=RunStatus.WAITING, wake_at=now() + timedelta(hours=2), lease_until=None)

    renewed = on_journal(lambda: leases.renew([run]))

    waiting = Run.objects.get()
    assert waiting.lease_until is None
    assert (waiting.wake_at - now()).total_seconds() > 7000
    assert renewed == {}
    assert not leases.lasts(run)


def test_lease_counts_once_its_renewal_is_durable() -> None:
    """What shares a transaction with one that fails is made again, and must not believe what was taken back."""
    make_due()
    run = claim_one()
    clock.offset += timedelta(seconds=settings.LEASE + 1)
    journal, kept = Journal(), []

    def keep() -> None:
        kept.append(leases.keep(run))
        if len(kept) == 1:
            raise OSError("the disk is full")

    async def twice() -> None:
        with suppress(OSError):
            await journal.do(keep)
        lasted.append(leases.lasts(run))
        await journal.do(keep)

    lasted: list[bool] = []
    asyncio.run(twice())
    journal.close()

    assert lasted == [False]
    assert kept[-1] == Run.objects.get().lease_until > now()


def test_lease_outlasts_a_time_out_of_the_step_s_own() -> None:
    make_due()
    run = claim_one()

    assert leases.lasts(run)
    assert not leases.lasts(run, 120)
    until = on_journal(lambda: leases.keep(run, 120))
    assert (until - now()).total_seconds() > 120 + settings.SETTLE - 5


def test_worker_that_was_frozen_sends_no_mail_that_another_has_sent() -> None:
    letter = action("smail1", "tools.email.send", to="bob@example.com", subject="Hello", body="…")
    recipe = make_hooked(letter | {"options": {"on_unknown": "again"}})

    asleep(recipe, "step.after_started", "smail1", work)

    assert only_run(recipe).status == RunStatus.DONE
    assert len(mail.outbox) == 1


def test_production_times_keep_their_order() -> None:
    """A lease outlives the request and the longest work of the other side; a look comes after both."""
    source = (settings.BASE_DIR / "builder" / "settings.py").read_text()
    given = {name: float(value) for name, value in env_defaults(source).items()}

    assert given == {"CONNECT_TIMEOUT": 5, "READ_TIMEOUT": 30, "LEASE": 90, "SETTLE": 60, "SWEEP_EVERY": 2}
    assert given["LEASE"] >= given["READ_TIMEOUT"] + given["SETTLE"]
    assert given["SETTLE"] > given["READ_TIMEOUT"] > given["CONNECT_TIMEOUT"]
    assert settings.AGENCY_LEASE >= 2 * settings.READ_TIMEOUT, "one renewal, with room"
    assert settings.REFRESH_LEASE >= 5 * settings.READ_TIMEOUT + settings.AGENCY_LEASE, "both ways to a new token"
    assert given["LEASE"] > 45, "a drain that goes home waits 45 s for its runs"


def env_defaults(source: str) -> dict[str, str]:
    return dict(re.findall(r'^(\w+) = env\.fraction\("\1", (\d+)\) / TIME_SCALE', source, re.MULTILINE))
