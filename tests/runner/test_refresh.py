"""Tokens that ran out are changed for new ones once, whoever notices; a refresh token works a single time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database
from django_scopes import scopes_disabled

from builder import seal
from builder.models import Connection, Health, Run, RunStatus, StepStatus
from builder.runner import accounts, trying, upkeep
from builder.runner.clock import now
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, app_tokens, make_ghl, make_hooked, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(ghl: Sandbox) -> Connection:
    """A connection of the marketplace app, whose token has just run out."""
    ghl.set(rate_max=0)
    made = make_ghl(ghl, "app")
    ghl.post("/_sandbox/expire", {})
    return made


def refreshes(ghl: Sandbox) -> list[int]:
    """What each try to get new tokens was answered; the first one is the signing in."""
    return [call["status"] for call in ghl.calls("POST", "/oauth/token")[1:]]


def send_notes(ghl: Sandbox, app: Connection, count: int) -> None:
    person = ghl.records("contacts")[0]["id"]
    step = action("snotes", "ghl.contacts.get", app, contactId=person)
    recipe = make_hooked(step, workspace=app.workspace)
    for n in range(count):
        send(recipe, {"n": n})


def all_over() -> None:
    """More than half of what the service allows in a window lies down for its turn."""
    for run in Run.objects.all():
        until_over(run)


def test_fifty_runs_with_an_expired_token_refresh_once(ghl: Sandbox, app: Connection) -> None:
    send_notes(ghl, app, 50)

    work()
    all_over()

    assert refreshes(ghl) == [200]
    assert Run.objects.filter(status=RunStatus.DONE).count() == 50
    app.refresh_from_db()
    assert (app.refreshing_until, app.health) == (None, Health.WELL)


def test_several_processes_refresh_once(ghl: Sandbox, app: Connection) -> None:
    send_notes(ghl, app, 30)

    def pages() -> None:
        with scopes_disabled():
            trying.identify_connection(Connection.objects.get())
        database.close()

    threads = [threading.Thread(target=work, kwargs={"at_once": 10}) for _ in range(2)]
    threads += [threading.Thread(target=pages) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    all_over()

    assert refreshes(ghl) == [200]
    assert Run.objects.filter(status=RunStatus.DONE).count() == 30


def test_refused_refresh_signs_the_connection_out_and_holds_the_runs(ghl: Sandbox, app: Connection) -> None:
    fields = accounts.open(app).fields
    spent = {k: fields[k] for k in ("client_id", "client_secret", "refresh_token")}
    ghl.post("/oauth/token", {**spent, "grant_type": "refresh_token"})
    ghl.post("/_sandbox/expire", {})
    send_notes(ghl, app, 5)

    work()

    app.refresh_from_db()
    assert {run.status for run in Run.objects.all()} == {RunStatus.HELD}
    assert app.trouble in {run.because for run in Run.objects.all()}
    assert app.health == Health.SIGNED_OUT
    assert app.refreshing_until is None


def test_token_that_is_refused_after_its_renewal_is_not_renewed_for_ever(ghl: Sandbox, app: Connection) -> None:
    ghl.fail(
        {"method": "GET", "path": "/contacts/*", "status": 401, "body": {"message": "Unauthorized"}, "times": None}
    )
    send_notes(ghl, app, 1)

    work()
    all_over()

    run = Run.objects.get()
    assert (run.status, run.steps.get().error["code"]) == (RunStatus.HELD, "signed_out")
    assert refreshes(ghl) == [200]
    app.refresh_from_db()
    assert app.health == Health.SIGNED_OUT


def test_refresh_that_found_nobody_home_is_tried_again(ghl: Sandbox, app: Connection) -> None:
    ghl.fail({"path": "/oauth/token", "status": 503})
    send_notes(ghl, app, 1)
    work()
    waiting = Run.objects.get().status

    run = until_over(Run.objects.get())

    assert (waiting, run.status) == (RunStatus.WAITING, RunStatus.DONE)
    assert refreshes(ghl) == [503, 200]


def test_those_who_waited_for_a_refresh_that_failed_go_on_with_the_next(ghl: Sandbox, app: Connection) -> None:
    ghl.fail({"path": "/oauth/token", "status": 503, "delay": 0.5})
    send_notes(ghl, app, 5)
    work()  # on a slow machine the next try is due before it ends

    all_over()

    app.refresh_from_db()
    tries = [list(run.steps.order_by("pk").values_list("status", flat=True)) for run in Run.objects.all()]
    assert all(len(each) > 1 for each in tries), "nobody had to wait"
    assert ({each[0] for each in tries}, {each[-1] for each in tries}) == ({StepStatus.FAILED}, {StepStatus.DONE})
    assert {run.status for run in Run.objects.all()} == {RunStatus.DONE}
    assert (refreshes(ghl), app.health) == ([503, 200], Health.WELL)


@pytest.mark.parametrize("answer", [{}, {"status": 400, "body": {"error": "invalid_grant"}}])
def test_who_signs_in_during_a_refresh_is_signed_in(ghl: Sandbox, app: Connection, answer: dict[str, Any]) -> None:
    newer = app_tokens(ghl)
    ghl.fail({"path": "/oauth/token", "delay": 1, **answer})

    with ThreadPoolExecutor(1) as thread:
        look = thread.submit(upkeep.look_after, app.pk)
        while not accounts.is_refreshing(app.pk):
            time.sleep(0.05)
        secret = {**accounts.open(Connection.objects.get()).fields, **newer}
        sealed = seal.seal({name: secret[name] for name in ("client_secret", *newer)}, accounts.place(app))
        Connection.objects.update(sealed=sealed, secret_at=now(), refreshing_until=None)
        look.result()
        thread.submit(lambda: database.close()).result()

    app.refresh_from_db()
    assert accounts.open(app).fields["access_token"] == newer["access_token"]
    assert (app.health, app.trouble, app.refreshing_until) == (Health.WELL, "", None)


def test_refresher_that_died_is_followed_by_another(ghl: Sandbox, app: Connection) -> None:
    Connection.objects.update(refreshing_until=now())
    send_notes(ghl, app, 1)

    work()

    assert Run.objects.get().status == RunStatus.DONE
