"""The current fails at every write of the runner in turn: nothing is lost, nothing is done twice."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings

from builder.models import Recipe, Run, RunStatus, StepRun, StepStatus
from builder.runner import drain, journal
from builder.runner.clock import clock, now
from tests.runner.conftest import Sandbox, later, work
from tests.runner.make import action, make_hooked, make_ninja, only_run, send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

WRITES = 6
"""Commits of a run of three steps: claim, three starts (each with the end of the one before), the end, going home."""


class PowerCut(BaseException):
    pass


class Fuse:
    """Blows at the n-th of the given moments."""

    def __init__(self, moment: str, count: int, blow: type[BaseException] = PowerCut) -> None:
        self.moment, self.left, self.blow = moment, count, blow

    def __call__(self, moment: str) -> None:
        self.left -= moment == self.moment
        if self.left == 0 and moment == self.moment:
            raise self.blow


def make_three_steps(ninja: Sandbox) -> Recipe:
    at = make_ninja(ninja.url)
    return make_hooked(
        action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.company }}"),
        action("sprodu", "invoice_ninja.products.create", at, product_key="{{ trigger.company }}", cost="10"),
        action("sinvoi", "invoice_ninja.invoices.create", at, client_id="{{ sclien.client.id }}"),
        workspace=at.workspace,
    )


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", range(1, WRITES + 1))
def test_run_survives_a_power_cut_at_each_write(ninja: Sandbox, moment: str, count: int) -> None:
    recipe = make_three_steps(ninja)
    send(recipe, {"company": "Harbor Dental"})

    blown = cut_short(Fuse(moment, count))
    for _ in range(4):
        later(settings.LEASE + 1)

    run = only_run(recipe)
    assert blown
    assert (run.status, run.because) == (RunStatus.DONE, "")
    assert [e["kind"] for e in ninja.effects()] == ["client.created", "product.created", "invoice.created"]
    done = StepRun.objects.filter(run=run, status=StepStatus.DONE)
    assert sorted(done.values_list("step_id", flat=True)) == ["sclien", "sinvoi", "sprodu"]


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", range(1, WRITES + 1))
def test_write_that_fails_leaves_the_run_due_again_by_its_lease(ninja: Sandbox, moment: str, count: int) -> None:
    recipe = make_three_steps(ninja)
    send(recipe, {"company": "Harbor Dental"})

    mine = drain.Hands(journal.Journal(Fuse(moment, count, OSError)))
    with suppress(OSError):
        drain.work(mine, linger=0.05)
    mine.close()
    run = Run.objects.filter(recipe=recipe).first()
    due = run is None or run.status == RunStatus.DONE or run.wake_at <= now() + timedelta(seconds=settings.LEASE)
    for _ in range(4):
        later(settings.LEASE + 1)

    assert due
    assert only_run(recipe).status == RunStatus.DONE
    assert [e["kind"] for e in ninja.effects()] == ["client.created", "product.created", "invoice.created"]


def cut_short(fuse: Fuse) -> bool:
    """Whether the fuse blew on the way."""
    mine = drain.Hands(journal.Journal(fuse))
    try:
        drain.work(mine, linger=0.05)
    except journal.Closed:
        return True
    finally:
        mine.close()
    return False


def test_run_that_stops_its_worker_every_time_is_held(ninja: Sandbox) -> None:
    recipe = make_three_steps(ninja)
    send(recipe, {"company": "Harbor Dental"})
    work()
    Run.objects.update(status=RunStatus.RUNNING, claims=10, place=[1], finished_at=None, wake_at=clock.now())

    work()

    run = only_run(recipe)
    assert run.status == RunStatus.HELD
    assert run.because.startswith("It was begun 10 times and stopped the worker each time.")
