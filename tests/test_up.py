"""`manage.py up` with everything it starts, as a person at a terminal sees it."""

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.services import free_port, wait_for_port

pytestmark = [pytest.mark.stores, pytest.mark.heavy]

ROOT = Path(__file__).parent.parent
NAMES = ["ghl sandbox", "invoice_ninja sandbox", "scheduler", "web", "worker"]


@pytest.fixture
def up(installation):
    installation["WEB_PORT"] = str(free_port())
    started = []

    def start():
        command = [sys.executable, "manage.py", "up"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        started.append(subprocess.Popen(command, cwd=ROOT, env=installation | {"TIME_SCALE": "1"}, **pipes))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def until_ready(process):
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if "Recette is ready" in line:
            return lines
    raise AssertionError("\n".join(lines))


def address(lines):
    return lines[-1].split("http://")[1].split()[0]


def family(process):
    return psutil.Process(process.pid).children(recursive=True)


def page(where):
    link = http.client.HTTPConnection(where, timeout=10)
    with contextlib.closing(link):
        link.request("GET", "/healthz")
        return link.getresponse().read()


def test_up_serves_pages_until_ctrl_c_and_stops_within_half_a_minute(up):
    process = up()
    lines = until_ready(process)
    served, children = page(address(lines)), family(process)

    began = time.monotonic()
    process.send_signal(signal.SIGINT)

    assert (served, sum("http://" in line for line in lines)) == (b"ok\n", 1)
    assert process.wait(30) == 0
    assert time.monotonic() - began < 30
    assert psutil.wait_procs(children, timeout=1)[1] == []


def test_nothing_is_left_when_it_is_killed(up):
    process = up()
    until_ready(process)
    time.sleep(2)  # the slowest is up, too
    children = family(process)

    process.kill()

    assert len(children) >= len(NAMES)
    assert psutil.wait_procs(children, timeout=15)[1] == []


def test_second_start_keeps_its_ports_and_is_refused_while_the_first_runs(up, installation):
    first = up()
    here = address(until_ready(first))
    second = up()

    assert second.wait(30) == 1
    assert "Recette runs from this folder. Stop it with Ctrl-C" in second.stdout.read()

    first.send_signal(signal.SIGTERM)
    first.wait(30)
    ports = json.loads((Path(installation["VAR_DIR"]) / "ports.json").read_text())
    assert sorted(ports) == ["ghl", "invoice_ninja", "web"]
    assert address(until_ready(up())) == here


def test_sandboxes_keep_their_records_over_a_restart(up, installation):
    first = up()
    until_ready(first)
    made = ask(installation, "/_sandbox/do", {"do": "new_contact", "name": "Ada Nowak", "email": "ada@example.com"})
    first.send_signal(signal.SIGTERM)
    first.wait(30)

    until_ready(up())

    rows = next(shown["rows"] for shown in ask(installation, "/_sandbox/state")["lists"] if shown["key"] == "contacts")
    assert made["record"]["id"] in [row["id"] for row in rows]


def ask(installation, path, body=None):
    """HighLevel's sandbox, once it is up."""
    port = json.loads((Path(installation["VAR_DIR"]) / "ports.json").read_text())["ghl"]
    wait_for_port(port)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(link):
        content = None if body is None else json.dumps(body)
        link.request("POST" if body else "GET", path, content, {"Content-Type": "application/json"})
        return json.loads(link.getresponse().read())
