"""E26: tokens that run out in the middle of the work, and get lost with the process that fetched them."""

import threading
from contextlib import suppress

import pytest
from django.db import connection as database
from django_scopes import scopes_disabled

from builder.models import Connection, Event, Health, Recipe, Run, RunStatus
from builder.runner import replay, trying
from connectors.errors import ConnectorError
from tests.acceptance import processes
from tests.acceptance.chaos.driver import WORKER, crew, hurried, scaled, statuses
from tests.acceptance.chaos.test_e01_failpoints import sign_in_again
from tests.acceptance.chaos.test_e01_processes import KILLED
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox, wait_for
from tests.runner.make import action, make_ghl, make_hooked, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

LOST = "oauth.after_refresh_before_save"
PAGES = 8


def notes_of(app: Connection, ghl: Sandbox) -> Recipe:
    """Two writes, so that a token can run out between them."""
    person = ghl.records("contacts")[0]["id"]
    steps = [action(name, "ghl.contacts.add_note", app, contactId=person, body="{{ trigger.n }}") for name in STEPS]
    return make_hooked(*steps, workspace=app.workspace)


STEPS = ("sfirst", "ssecon")


def tokens(ghl: Sandbox) -> int:
    """How often the service gave new ones; the first time when somebody signed in."""
    return len(ghl.effects("oauth.token"))


def judge(verdict: Verdict, recipe: Recipe, ghl: Sandbox, sent: int) -> None:
    marks = [marker for effect in ghl.effects("note.created") for marker in effect["markers"]]
    found = statuses(recipe)
    verdict.doubled, verdict.lost = len(marks) - len(set(marks)), len(STEPS) * sent - len(set(marks))
    verdict.held = found.get(RunStatus.HELD, 0)
    verdict.stuck = sum(found.get(status, 0) for status in RunStatus.open())
    verdict.more |= {"runs": sent, "failed": found.get(RunStatus.FAILED, 0)}
    verdict.say()


def look_from_pages() -> list[threading.Thread]:
    """People look at the connection while the workers use it."""

    def look() -> None:
        with scopes_disabled(), suppress(ConnectorError):
            trying.identify_connection(Connection.objects.get())
        database.close()

    threads = [threading.Thread(target=look) for _ in range(PAGES)]
    for thread in threads:
        thread.start()
    return threads


def over() -> bool:
    return not (Event.objects.filter(read_at=None).exists() or Run.objects.filter(status__in=RunStatus.open()).exists())


def halfway(ghl: Sandbox, notes: int) -> None:
    wait_for(lambda: len(ghl.effects("note")) > notes, 30)


def test_e26_token_runs_out_in_the_middle(ghl: Sandbox) -> None:
    """50 runs at a time in three workers, and pages beside them; every other time the first refresh fails."""
    rounds, verdict, asked = scaled(20), Verdict("E26"), []
    ghl.set(rate_max=1000, rate_interval_ms=1000, speed=0.05)
    app = make_ghl(ghl, "app")
    recipe, environ = notes_of(app, ghl), hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ, 3):
        for number in range(rounds):
            before = tokens(ghl)
            if number % 2:
                ghl.fail({"path": "/oauth/token", "status": 503})
            for n in range(50):
                send(recipe, {"n": n})
            halfway(ghl, 100 * number)
            ghl.post("/_sandbox/expire", {})
            pages = look_from_pages()
            wait_for(over, 60)
            for page in pages:
                page.join()
            asked.append(tokens(ghl) - before)

    verdict.more["refreshes"] = asked
    judge(verdict, recipe, ghl, 50 * rounds)
    assert statuses(recipe) == {RunStatus.DONE: 50 * rounds}
    assert verdict.clean
    assert asked == [1] * rounds


def test_e26_tokens_are_lost_with_the_process_that_fetched_them(ghl: Sandbox) -> None:
    """The refresh token is spent and its heir is gone: the runs are held until somebody signs in, none has failed."""
    rounds, verdict, health = scaled(10), Verdict("E26 lost"), []
    ghl.set(rate_max=1000, rate_interval_ms=1000)
    app = make_ghl(ghl, "app")
    recipe, environ = notes_of(app, ghl), hurried()
    with processes.running(processes.SCHEDULER, environ):
        for _ in range(rounds):
            ghl.post("/_sandbox/expire", {})
            for n in range(10):
                send(recipe, {"n": n})
            with processes.running(WORKER, {**environ, "FAILPOINT": f"{LOST}:1:{app.pk}"}) as dies:
                assert dies.wait(40) == KILLED
            with crew(environ):
                wait_for(over, 60)
                app.refresh_from_db()
                health.append((app.health, statuses(recipe).get(RunStatus.HELD, 0)))
                sign_in_again(app, ghl)
                replay.resume_after(app.public_id, app.workspace_id)
                wait_for(over, 60)
                Connection.objects.update(health=Health.WELL, trouble="")

    judge(verdict, recipe, ghl, 10 * rounds)
    assert health == [(Health.SIGNED_OUT, 10)] * rounds
    assert statuses(recipe) == {RunStatus.DONE: 10 * rounds}
    assert verdict.clean
