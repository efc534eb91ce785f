import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from builder.management.ports import Ports

ROOT = Path(__file__).parent.parent

# Runs the children named on the command line, as `name=python code`, under a supervisor.
HARNESS = """
import os, sys
from builder.management.supervisor import Child, Supervisor
pairs = [pair.split("=", 1) for pair in sys.argv[1:]]
children = [Child(name, [sys.executable, "-c", code], os.environ) for name, code in pairs]
Supervisor(children, lambda name, line: print(f"{name}|{line}", flush=True)).run()
print("recette|stopped", flush=True)
"""
STAYS = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS
WITH_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STAYS!r}])"


@pytest.fixture
def supervise():
    started = []

    def start(*children):
        process = subprocess.Popen(
            [sys.executable, "-c", HARNESS, *children],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def lines_until(process, wanted):
    lines = []
    while not lines or wanted not in lines[-1]:
        lines.append(process.stdout.readline().rstrip("\n"))
        assert lines[-1], f"ended before {wanted!r}: {lines}"
    return lines


def pid_of(process):
    return int(lines_until(process, "pid")[-1].split()[-1])


def gone_within(pid, seconds):
    until = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def alive(pid):
    """A zombie is dead; it only waits for its parent to look."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_supervisor_stops_its_children_when_asked(supervise, number):
    process = supervise(f"sleeper={STAYS}")
    pid = pid_of(process)

    process.send_signal(number)

    assert process.wait(10) == 0
    assert process.stdout.read() == "recette|stopped\n"
    assert not alive(pid)


def test_supervisor_stops_what_its_children_started(supervise):
    process = supervise(f"parent={WITH_CHILD}")
    grandchild = pid_of(process)

    process.terminate()

    assert process.wait(10) == 0
    assert gone_within(grandchild, 5)


def test_supervisor_kills_who_does_not_listen_at_the_second_ctrl_c(supervise):
    process = supervise(f"stubborn={STUBBORN}")
    pid = pid_of(process)

    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    assert not alive(pid)


def test_supervisor_starts_a_dead_child_again_and_says_so(supervise):
    process = supervise(f"sleeper={STAYS}")
    first = pid_of(process)

    os.kill(first, signal.SIGKILL)
    lines = lines_until(process, "pid")

    assert lines[0] == "recette|sleeper ended (signal 9); starting it again in 1 s"
    assert int(lines[1].split()[-1]) != first


def test_supervisor_waits_longer_each_time(supervise):
    process = supervise("brief=print('last words', end='')")

    lines = lines_until(process, "in 2 s")

    assert lines == [
        "brief|last words",
        "recette|brief ended (exit 0); starting it again in 1 s",
        "brief|last words",
        "recette|brief ended (exit 0); starting it again in 2 s",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_killed_supervisor_leaves_no_orphan(supervise):
    process = supervise(f"sleeper={STAYS}")
    pid = pid_of(process)

    process.kill()
    process.wait()

    assert gone_within(pid, 5)


def test_ports_stay_the_same(tmp_path):
    path = tmp_path / "ports.json"
    first, _ = Ports(path, "127.0.0.1").claim("web", 20_000)

    again = Ports(path, "127.0.0.1").claim("web", 30_000)

    assert again == (first, None)


def test_two_servers_never_share_a_port(tmp_path):
    ports = Ports(tmp_path / "ports.json", "127.0.0.1")

    web, _ = ports.claim("web", 20_000)
    sandbox, _ = ports.claim("sandbox", 20_000)

    assert sandbox > web


def test_port_that_another_program_took_is_named(tmp_path):
    path = tmp_path / "ports.json"
    before, _ = Ports(path, "127.0.0.1").claim("web", 20_000)
    with socket.create_server(("127.0.0.1", before)):
        now, was = Ports(path, "127.0.0.1").claim("web", 20_000)

    assert (was, now > before) == (before, True)
