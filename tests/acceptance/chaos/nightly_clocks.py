"""E37: clocks that are wrong, or go back, and the calendar's odd days. Processes get theirs from skew.c."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from builder.models import RunStatus, Tally
from builder.runner.clock import clock
from tests.acceptance import processes
from tests.acceptance.chaos.driver import Crew, Load, hurried, scaled, statuses, three_steps
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

HOUR, TEN_MINUTES = 3600, 600


@dataclass
class Watches:
    """Clocks for processes, each in a file that can be changed under them."""

    folder: Path

    def __post_init__(self) -> None:
        source, self.library = Path(__file__).with_name("skew.c"), self.folder / "skew.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, source], check=True)

    def set(self, name: str, seconds: int) -> None:
        fresh = self.folder / f"{name}.new"
        fresh.write_text(str(seconds))
        fresh.replace(self.folder / name)

    def environment(self, name: str) -> dict[str, str]:
        worn = {"LD_PRELOAD": str(self.library), "SKEW": str(self.folder / name)}
        return hurried(**worn)


@contextmanager
def crew_with(*environs: dict[str, str]) -> Iterator[Crew]:
    """A worker and a scheduler with each."""
    workers = Crew({})
    with ExitStack() as stack:
        stack.callback(workers.dismiss)
        for environ in environs:
            workers.environ = environ
            workers.hire()
            stack.enter_context(processes.running(processes.SCHEDULER, environ))
        yield workers


def takeovers() -> int:
    """Runs that somebody claimed while another had them."""
    return Tally.objects.filter(name="lease_takeovers").aggregate(all=Sum("number"))["all"] or 0


def test_e37_workers_with_wrong_clocks_claim_nothing_twice(ninja: Sandbox, tmp_path: Path) -> None:
    if connection.vendor != "postgresql" or not shutil.which("cc"):
        return  # a file has the clock of its one machine
    watches = Watches(tmp_path)
    ninja.set(speed=0.5)
    load = Load(ninja, Verdict("E37 skew"), three_steps(ninja.url))
    for name, seconds in {"late": -TEN_MINUTES, "right": 0, "early": TEN_MINUTES}.items():
        watches.set(name, seconds)
    with crew_with(*map(watches.environment, ("late", "right", "early"))):
        for _ in range(scaled(60)):
            load.send(25)
            time.sleep(1)
        load.wait_for_the_end(120)

    load.verdict.more["double_claims"] = takeovers()
    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: load.sent}
    assert load.verdict.clean
    assert load.verdict.more["double_claims"] == 0


def test_e37_clock_goes_back_an_hour_under_load(ninja: Sandbox, tmp_path: Path) -> None:
    """Where the machine's clock is the database's, what was to wait waits an hour more; nothing is done twice."""
    if not shutil.which("cc"):
        return
    runs, watches = scaled(600), Watches(tmp_path)
    ninja.set(speed=0.2)
    load = Load(ninja, Verdict("E37 back"), three_steps(ninja.url))
    watches.set("all", 0)
    with crew_with(*[watches.environment("all")] * 2):
        load.send(runs // 2)
        load.wait_for_effects(runs // 2)
        watches.set("all", -HOUR)
        clock.offset = timedelta(seconds=-HOUR) if connection.vendor == "sqlite" else timedelta()
        load.send(runs - runs // 2)
        time.sleep(scaled(20) + 5)
        left, claims = load.open(), takeovers()
        watches.set("all", 0)
        clock.offset = timedelta()
        load.wait_for_the_end(120)

    load.verdict.more |= {"waited_for_the_clock": left, "double_claims": claims}
    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: runs}
    assert load.verdict.clean
    assert claims == 0
