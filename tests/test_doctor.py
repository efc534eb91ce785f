"""`manage.py doctor` and `manage.py tail`, as a person runs them."""

import io
import json
import os
import signal
import smtplib
import socketserver
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.query import QuerySet

from builder.management import doctor
from builder.management.tail import Tail
from builder.models import AuditEvent, Fate, Health, Presence, Run, RunStatus, StrayCount
from builder.runner import book, doorbell, presence
from builder.runner.clock import now
from tests import make
from tests.acceptance import processes
from tests.web import idp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def ailing(check: doctor.Check) -> tuple[str, str]:
    found = check()
    assert bool(found.way_out) == (found.level != doctor.OK), found
    return found.level, found.said


# doctor


def test_doctor_says_one_line_each_and_ends_with_one_when_something_fails(monkeypatch):
    monkeypatch.setattr(doctor, "PATIENCE", 0.1)
    out = io.StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--json", stdout=out)

    found = {line["about"]: line for line in map(json.loads, out.getvalue().splitlines())}
    assert end.value.code == 1
    assert len(found) == len(doctor.ALONE) + len(doctor.WITH_DATABASE) + 2
    assert found["worker"]["level"] == found["scheduler"]["level"] == "fail"
    assert (found["database"]["level"], found["tables"]["level"], found["durability"]["level"]) == ("ok", "ok", "ok")
    assert all(line["way_out"] for line in found.values() if line["level"] != "ok")


def test_doctor_comes_to_the_end_of_the_list(monkeypatch):
    def trips() -> doctor.Finding:
        raise ZeroDivisionError("once")

    monkeypatch.setattr(doctor, "ALONE", (trips,))

    first = next(doctor.examine())

    assert (first.about, first.level) == ("trips", "fail")
    assert "ZeroDivisionError: once" in first.said


@pytest.mark.django_db(transaction=True)
def test_doctor_hears_a_worker_that_takes_all_queues_and_the_scheduler(monkeypatch):
    monkeypatch.setattr(doctor, "PATIENCE", 60.0)  # a busy machine starts workers slowly
    for _ in range(300):
        assert doorbell.send("recette.drain")  # as many rings as pile up while there is no worker
    environ = processes.environment()
    worker = (*processes.WORKER, *processes.QUIET)
    with processes.running(worker, environ), processes.running(processes.SCHEDULER, environ):
        wait_until(lambda: Presence.objects.filter(name="scheduler").exists())
        found = doctor.worker(), doctor.scheduler()

    assert [each.level for each in found] == ["ok", "ok"], found


def wait_until(sign, seconds: float = 30) -> None:
    end = now() + timedelta(seconds=seconds)
    while not sign():
        assert now() < end, "it did not come"


def test_doctor_misses_a_scheduler_that_was_heard_long_ago():
    Presence.objects.create(name="scheduler", holder="host, process 7", at=now() - timedelta(minutes=5))
    missed = doctor.scheduler()

    presence.here("scheduler")

    assert missed.level == doctor.FAIL
    assert doctor.scheduler().level == doctor.OK


def test_doctor_sees_what_stands_still():
    make.make_run(status=RunStatus.RUNNING, wake_at=now() - timedelta(minutes=5))
    make.make_run(status=RunStatus.QUEUED, wake_at=None)
    make.make_event(fate=Fate.WAITING, read_at=None, received_at=now() - timedelta(minutes=5))

    assert ailing(doctor.runs) == (doctor.FAIL, "2 runs that are due stand still")
    assert ailing(doctor.arrivals) == (doctor.FAIL, "1 events wait for more than a minute to be read")


def test_doctor_sees_broken_connections_and_strays():
    make.make_connection(health=Health.SIGNED_OUT)
    StrayCount.objects.create(day=now().date(), deliveries=3)

    assert ailing(doctor.connections) == (doctor.WARN, "1 of them can't be used")
    assert ailing(doctor.strays)[1].startswith("3 deliveries in a week")


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("", doctor.WARN),
        ("http://recipes.example.com", doctor.FAIL),
        ("https://recipes.example.com/app", doctor.FAIL),
        ("https://recette", doctor.WARN),
        ("https://recipes.example.com", doctor.OK),
    ],
)
def test_doctor_judges_the_shape_of_the_public_address(settings, url, level):
    settings.PUBLIC_URL = url

    assert ailing(doctor.public_url)[0] == level


def test_doctor_asks_those_who_sign_people_in(settings):
    settings.PUBLIC_URL = "https://recipes.example.com"
    nobody = doctor.providers()
    with idp.running() as acme:
        settings.OIDC = (acme.provider(),)
        there = doctor.providers()
        acme.wrong = {"discovery"}
        another = ailing(doctor.providers)
        acme.wrong = {"no document"}
        unreadable = ailing(doctor.providers)
    gone = ailing(doctor.providers)

    assert (nobody.level, there.level) == (doctor.OK, doctor.OK)
    assert there.said == "Acme answers, and is to send back to https://recipes.example.com/accounts/oidc/acme/back/"
    assert another[0] == unreadable[0] == gone[0] == doctor.FAIL
    assert f"names the issuer https://somebody-else.example, not {acme.url}" in another[1]
    assert "can't be read" in unreadable[1] and "can't be read: ConnectionError" in gone[1]


def test_doctor_greets_the_mail_server(settings):
    class Server(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hello\r\n")
            self.rfile.readline()
            self.wfile.write(b"221 bye\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        there = doctor.mail()
    away = doctor.mail()

    assert (there.level, away.level) == (doctor.OK, doctor.FAIL)
    assert issubclass(smtplib.SMTPServerDisconnected, OSError)


def test_doctor_wants_sandboxes_off_in_production(settings):
    settings.PRODUCTION, settings.SANDBOXES = True, True

    assert ailing(doctor.sandboxes)[0] == doctor.FAIL


def test_doctor_wants_the_keys_for_their_owner_alone(settings, tmp_path):
    settings.SECRETS_FILE = tmp_path / "secrets.json"
    settings.SECRETS_FILE.touch(0o644)

    assert ailing(doctor.keys)[0] == doctor.FAIL


def test_doctor_tries_the_keys_and_not_only_whether_there_are_any(settings):
    settings.SEAL_KEYS = [*settings.SEAL_KEYS, "zz"]

    assert ailing(doctor.keys) == (doctor.FAIL, f"key {len(settings.SEAL_KEYS)} of SEAL_KEYS is malformed")


# tail


def said(tail: Tail) -> list[tuple[str, str]]:
    return [(line.status, line.said.split()[1]) for line in tail.glance()]


def test_doctor_tells_of_an_audit_log_that_was_changed():
    line = make.make_audit(label="Won deal")
    whole = ailing(doctor.audit_logs)
    QuerySet(AuditEvent).filter(pk=line.pk).update(label="Lost deal")
    book.check(line.workspace_id)

    level, said = ailing(doctor.audit_logs)

    assert whole[0] == doctor.OK
    assert level == doctor.FAIL
    assert f"{line.workspace.slug}: Line 1 was changed." in said


def test_tail_tells_each_change_once():
    tail = Tail()
    tail.begin()
    event = make.make_event(fate=Fate.WAITING, read_at=None)
    run = make.make_run(status=RunStatus.QUEUED, wake_at=now(), event=event)
    first = said(tail)

    event.__class__.objects.filter(pk=event.pk).update(fate=Fate.RAN, read_at=now())
    Run.objects.filter(pk=run.pk).update(status=RunStatus.DONE, wake_at=None, finished_at=now())

    assert first == [("queued", run.public_id)]
    assert sorted(said(tail)) == [("done", run.public_id), ("ran", event.public_id)]
    assert said(tail) == []


def test_tail_follows_a_run_that_was_on_hold_before():
    run = make.make_run(status=RunStatus.HELD)
    tail = Tail()
    tail.begin()

    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED, wake_at=now())

    assert said(tail) == [("queued", run.public_id)]


def test_tail_leaves_out_what_was_not_asked_for():
    recipe = make.make_recipe(live=True, name="Paid invoice moves the deal")
    mine = make.make_run(recipe=recipe, status=RunStatus.FAILED)
    make.make_run(recipe=recipe)
    make.make_run(status=RunStatus.FAILED)

    by_status, by_recipe = Tail(statuses=("failed",)), Tail(recipe="paid invoice", statuses=("failed",))
    in_room = Tail(workspace=recipe.workspace.slug, statuses=("failed",))
    for tail in (by_status, by_recipe, in_room):
        tail.begin(back=10)

    assert (len(said(by_status)), said(by_recipe), said(in_room)) == (2, *[[("failed", mine.public_id)]] * 2)


def test_tail_refuses_a_status_that_is_none():
    with pytest.raises(CommandError, match="There is no status parked"):
        call_command("tail", "--status", "parked")


@pytest.mark.django_db(transaction=True)
def test_tail_writes_lines_and_ends_cleanly_at_ctrl_c():
    run = make.make_run()
    command = [sys.executable, "manage.py", "tail", "--back", "1"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    environ = processes.environment() | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environ, cwd=processes.settings.BASE_DIR, **pipes) as process:
        lines = [process.stdout.readline(), process.stdout.readline()]
        os.kill(process.pid, signal.SIGINT)
        rest = process.stdout.read()

    assert any(run.public_id in line for line in lines), lines
    assert (process.returncode, rest) == (0, "")
