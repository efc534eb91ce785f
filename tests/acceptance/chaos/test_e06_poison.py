"""E6: a run that ends its worker each time it is met is put on hold, and none of the others is for its fault."""

from datetime import timedelta

import pytest
from django.conf import settings

from builder.models import Run, RunStatus
from builder.runner import leases
from builder.runner.clock import clock
from tests.acceptance.chaos.driver import Load, three_steps
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox, later
from tests.runner.cuts import cut_at
from tests.runner.make import action, make_hooked, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)

OTHERS = 20


def test_poison_is_held_after_ten_claims_and_the_others_go_on(ninja: Sandbox) -> None:
    load = Load(ninja, Verdict("E6"), three_steps(ninja.url))
    boom = action("sboom1", "tools.text.format", text="boom")
    poison = make_hooked(boom, workspace=load.recipe.workspace)
    send(poison, {})
    load.send(OTHERS)

    done = []
    while cut_at("step.after_started", subject="sboom1"):
        done.append(Run.objects.filter(recipe=load.recipe, status=RunStatus.DONE).count())
        clock.offset += timedelta(seconds=settings.LEASE + 1)
    later(settings.LEASE + 1)

    load.judge()
    load.verdict.more |= {"claims": len(done), "others_done_after_each": done}
    load.verdict.say()
    run = only_run(poison)
    assert (run.status, len(done)) == (RunStatus.HELD, leases.POISON)
    assert run.because.startswith(f"It was begun {leases.POISON} times and stopped the worker each time.")
    assert (load.verdict.clean, load.verdict.held) == (True, 0)
