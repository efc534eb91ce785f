"""E43: a machine that plays events, faults, cuts, people and time against the runner, in any order.

Whatever it did: nothing was done twice in the other system, what is done stays done, a run keeps its version, and in
the end every run is over or waits for a person."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from builder.models import Event, Run, RunStatus, StepRun, StepStatus, Version
from builder.recipe import tree as trees
from builder.runner import journal, leases, replay
from builder.runner.clock import clock, now
from tests import backends, make
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox, work
from tests.runner.cuts import Cut
from tests.runner.make import action, make_hooked, make_ninja, send
from tests.runner.test_power_cut import Fuse, cut_short

EXAMPLES, STEPS = int(os.environ.get("CHAOS_EXAMPLES", "50")), int(os.environ.get("CHAOS_STEPS", "50"))
"""On each database, and others there: together a hundred games of fifty moves."""
SEED = 20261128 + backends.POSTGRES
SOON = timedelta(hours=3)
"""Of the runner's own time, from the end of all faults to that of the last run."""
API = "/api/v1"
FAULTS: dict[str, dict[str, Any]] = {
    "refused": {"status": 422, "body": {"message": "Too long."}},
    "broken before": {"status": 500},
    "broken after": {"status": 500, "when": "after"},
    "unknown before": {"status": 502},
    "unknown after": {"status": 502, "when": "after"},
    "cut": {"cut": True, "when": "after"},
    "asked to wait": {"status": 429, "headers": {"Retry-After": "3"}},
}
POINTS = (
    "run.claimed",
    "step.before_started",
    "step.after_started",
    "http.before_send",
    "http.after_response",
    "step.before_done",
    "step.after_done",
    "run.before_finish",
)


def machine(ninja: Sandbox) -> type[RuleBasedStateMachine]:
    class Runner(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            ninja.set(guard=0)
            ninja.post("/_sandbox/faults", [])
            self.at = make_ninja(ninja.url)
            self.recipe = make_hooked(*self.steps(1), workspace=self.at.workspace)
            self.seen, self.versions = len(ninja.effects()), {}
            self.done: set[tuple[Any, ...]] = set()
            self.again: Counter[str] = Counter()
            self.zombies: list[Run] = []
            self.moved = False
            """Something ran since the invariants were looked at."""

        def steps(self, number: int) -> list[dict[str, Any]]:
            name, invoice = f"{{{{ trigger.n }}}} v{number}", ninja.records("invoices")[0]["id"]
            return [
                action("sclien", "invoice_ninja.clients.create", self.at, name=name),
                action("smaill", "invoice_ninja.invoices.email", self.at, invoice_id=invoice),
                {"id": "swaitt", "kind": "wait", "mode": "for", "amount": "2", "unit": "minutes"},
                action("sprodu", "invoice_ninja.products.create", self.at, product_key=name, cost="1"),
            ]

        # What happens -------------------------------------------------------------------------------------------------

        @rule(n=st.integers(0, 9))
        def event(self, n: int) -> None:
            send(self.recipe, {"n": n})

        @rule()
        def drain(self) -> None:
            self.work()

        @rule(name=st.sampled_from(sorted(FAULTS)), method=st.sampled_from(["POST", "GET"]))
        def fault(self, name: str, method: str) -> None:
            ninja.fail({"method": method, "path": f"{API}/*", **FAULTS[name]})
            self.work()

        @rule(point=st.sampled_from(POINTS), count=st.integers(1, 2))
        def crash(self, point: str, count: int) -> None:
            cut, self.moved = Cut(point, count), True
            cut.during(cut.drain)

        @rule(moment=st.sampled_from(["before commit", "after commit"]), count=st.integers(1, 5))
        def power_cut(self, moment: str, count: int) -> None:
            self.moved = True
            cut_short(Fuse(moment, count))

        @rule()
        def claim_and_fall_silent(self) -> None:
            """A worker that stops without dying; what it writes later must not count."""
            self.zombies += [claimed.run for claimed in on_a_journal(claim_three)]

        @rule()
        def zombie_writes(self) -> None:
            """Without a precondition: whether there is a zombie is a matter of time, and a game must draw the same
            moves each time that it is played."""
            if not self.zombies:
                return
            run, self.moved = self.zombies.pop(), True
            current = Run.objects.get(pk=run.pk).token == run.token
            try:
                on_a_journal(lambda mine: mine.save(journal.Save(run, changes={"because": "a zombie was here"})))
            except journal.Fenced:
                assert not current
            else:
                assert current

        @rule()
        def sweep(self) -> None:
            leases.sweep()

        @rule(seconds=st.sampled_from([1, 5, 10, 20, 150, 4000]))
        def tick(self, seconds: int) -> None:
            clock.offset += timedelta(seconds=seconds)

        # What people do -----------------------------------------------------------------------------------------------

        @rule()
        def publish(self) -> None:
            number = Version.objects.filter(recipe=self.recipe).count() + 1
            tree = trees.parse({**self.recipe.draft, "steps": self.steps(number)})
            self.recipe.live = make.make_version(recipe=self.recipe, number=number, tree=tree)
            self.recipe.save(update_fields=["live"])

        @rule(choice=st.integers(0, 99), answer=st.sampled_from([None, "again", "done", "skip"]))
        def resume(self, choice: int, answer: str | None) -> None:
            if (run := self.pick(choice)) and allowed(run, answer):
                if answer == "again":
                    self.again[run.steps.order_by("pk").last().marker] += 1
                self.moved = True
                self.late(lambda: replay.resume(run, answer))

        @rule(choice=st.integers(0, 99))
        def cancel(self, choice: int) -> None:
            if run := self.pick(choice):
                self.late(lambda: replay.cancel(run))

        @rule(choice=st.integers(0, 99))
        def run_again(self, choice: int) -> None:
            if (run := self.pick(choice)) and self.runs().count() < 30:
                replay.run_again(run)

        def work(self) -> None:
            self.moved = True
            work(linger=0)

        def late(self, act: Callable[[], object]) -> None:
            """Somebody may have been first."""
            with suppress(replay.Late):
                act()

        def pick(self, choice: int) -> Run | None:
            runs = list(self.runs().order_by("pk"))
            return runs[choice % len(runs)] if runs else None

        def effects(self) -> list[dict[str, Any]]:
            return ninja.get(f"/_sandbox/effects?since={self.seen}")["effects"]

        def runs(self) -> Any:
            return Run.objects.filter(recipe=self.recipe)

        # What must hold -----------------------------------------------------------------------------------------------

        @precondition(lambda self: self.moved)
        @invariant()
        def nothing_is_wrong(self) -> None:
            self.moved = False
            self.no_effect_twice()
            self.done_stays_done()
            self.runs_keep_their_version()
            self.one_run_each()
            self.what_is_open_is_due_some_time()

        def no_effect_twice(self) -> None:
            marks = Counter((e["kind"], m) for e in self.effects() for m in e["markers"])
            assert {k: n for k, n in marks.items() if n > 1 + self.again[k[1]]} == {}
            mails = [e for e in self.effects() if e["kind"] == "invoice.emailed"]
            asked = StepRun.objects.filter(run__recipe=self.recipe, step_id="smaill")
            assert len(mails) <= asked.values("run_id").distinct().count() + sum(self.again.values())

        def done_stays_done(self) -> None:
            rows = StepRun.objects.filter(run__recipe=self.recipe, status__in=(StepStatus.DONE, StepStatus.SKIPPED))
            found = list(rows.values_list("run_id", "step_id", "iteration"))
            assert len(found) == len(set(found)), "a finished step was made again"
            assert self.done <= set(found)
            self.done = set(found)

        def runs_keep_their_version(self) -> None:
            for run, version in self.runs().values_list("pk", "version_id"):
                assert self.versions.setdefault(run, version) == version

        def one_run_each(self) -> None:
            read = Event.objects.filter(subscription__recipe=self.recipe, fate="ran").count()
            assert self.runs().filter(replay=0).count() == read

        def what_is_open_is_due_some_time(self) -> None:
            assert not self.runs().filter(status__in=RunStatus.open(), wake_at=None).exists()
            assert (
                not self.runs().filter(status__in=(*RunStatus.ended(), RunStatus.HELD), wake_at__isnull=False).exists()
            )

        def teardown(self) -> None:
            """All faults end: nothing may be stuck, and every mail was asked about that may have gone or not. Where
            many wait for one service, each turn takes them a few seconds further."""
            ninja.post("/_sandbox/faults", [])
            began = now()
            for _ in range(100):
                if not Event.objects.filter(read_at=None).exists() and not self.open().exists():
                    break
                wake = self.open().order_by("wake_at").values_list("wake_at", flat=True).last()
                clock.offset += max(timedelta(seconds=1), (wake or now()) - now() + timedelta(seconds=1))
                self.work()
            assert list(self.open().values_list("status", "place", "because", "claims", "wake_at")) == []
            assert now() - began < SOON
            self.no_effect_twice()
            self.every_done_step_had_its_effect()
            clock.offset = timedelta()

        def open(self) -> Any:
            return self.runs().filter(status__in=RunStatus.open())

        def every_done_step_had_its_effect(self) -> None:
            """But for those a person vouched for."""
            marks = {m for e in self.effects() for m in e["markers"]}
            rows = StepRun.objects.filter(run__recipe=self.recipe, status=StepStatus.DONE, kind="action", note="")
            assert set(rows.exclude(step_id="smaill").values_list("marker", flat=True)) <= marks

    return Runner


async def claim_three(mine: journal.Journal) -> list[leases.Claimed]:
    return await mine.do(lambda: leases.claim(3, leases.Shelf()))


def allowed(run: Run, answer: str | None) -> bool:
    """Pages offer an answer only where nobody knows."""
    last = run.steps.order_by("pk").last()
    return answer is None or bool(last and run.status == RunStatus.HELD and last.status == StepStatus.HELD)


def on_a_journal(write: Callable[[journal.Journal], Any]) -> Any:
    mine = journal.Journal()
    try:
        return asyncio.run(write(mine))
    finally:
        mine.close()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whatever_is_played_nothing_is_lost_or_done_twice(ninja: Sandbox) -> None:
    verdict = Verdict("E43", SEED)
    verdict.more = {"examples": EXAMPLES, "steps": STEPS}

    run_state_machine_as_test(
        seed(SEED)(machine(ninja)),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    verdict.say()
