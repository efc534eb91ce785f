"""E1 with real processes: worker, web server and scheduler end themselves at each named gap, others take over."""

import http.client
import subprocess
from datetime import timedelta
from typing import Any

import pytest

from builder.models import Connection, Recipe, Run, RunStatus
from builder.recipe import tree as trees
from builder.runner import listening, replay
from builder.runner.clock import now
from tests import doors, make
from tests.acceptance import processes
from tests.acceptance.chaos.classes import CLASSES, case_of
from tests.acceptance.chaos.driver import WORKER, hurried, serving
from tests.acceptance.chaos.test_e01_failpoints import POINTS, expected, following, sign_in_again
from tests.acceptance.chaos.verdict import Verdict, doubled
from tests.runner.conftest import Sandbox, wait_for
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, make_watching, not_soon, send

KILLED = 137


class Cast:
    """One recipe for each point, the classes taking turns, and what has to come of it."""

    def __init__(self, ninja: Sandbox, ghl: Sandbox) -> None:
        self.ninja, self.ghl = ninja, ghl
        self.environ = hurried()
        self.expected: dict[str, tuple[str, int, int]] = {}
        self.effects: dict[str, str] = {}
        self.records: dict[str, str] = {}
        self.at: dict[str, Connection] = {}

    def steps(self, point: str) -> list[dict[str, Any]]:
        number = POINTS.index(point)
        kind = CLASSES[number % len(CLASSES)]
        at = self.at[point] = make_ninja(self.ninja.url)
        case = case_of(kind, self.ninja, number // len(CLASSES))
        self.effects[point], self.expected[point] = case.effect, expected(point, kind)
        changed = {"idempotent": "client_id", "once": "ids"}.get(case.kind, "")
        self.records[point] = case.inputs.get(changed, "")
        return [case.step(at) | {"id": step_id(point)}, following(at)]

    def ends(self, command: tuple[str, ...], point: str, subject: object = "", count: int = 1) -> None:
        """A process comes to the point and ends there."""
        process = processes.start(command, {**self.environ, "FAILPOINT": f"{point}:{count}:{subject}"})
        try:
            assert process.wait(40) == KILLED
        except subprocess.TimeoutExpired:
            processes.kill(process)
            raise AssertionError(f"{point} was not met") from None

    def found(self, point: str) -> tuple[str, int, int]:
        run = Run.objects.get(workspace=self.at[point].workspace)
        marks, kind, record = set(run.steps.values_list("marker", flat=True)), self.effects[point], self.records[point]
        mine = [e for e in self.ninja.effects() if marks & set(e["markers"]) or (e["kind"], e["id"]) == (kind, record)]
        kinds = [e["kind"] for e in mine]
        return run.status, kinds.count(kind), kinds.count("product.created")


def step_id(point: str) -> str:
    return f"sone{POINTS.index(point):02}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.heavy
def test_process_that_ends_at_each_point_is_followed_by_another(ninja: Sandbox, ghl: Sandbox) -> None:
    ninja.set(guard=0)
    verdict, cast = Verdict("E1 processes"), Cast(ninja, ghl)

    at_the_door(cast)
    in_the_scheduler(cast)
    with processes.running(processes.SCHEDULER, cast.environ):
        in_a_worker(cast)
        app, recipe = with_new_tokens(cast)
        with processes.running(WORKER, cast.environ):
            wait_for(lambda: Run.objects.filter(recipe=recipe, status=RunStatus.HELD).exists(), 40)
            sign_in_again(app, ghl)
            replay.resume_after(app.public_id, app.workspace_id)
            wait_for(lambda: not Run.objects.filter(status__in=RunStatus.open()).exists(), 60)

    found = {point: cast.found(point) for point in POINTS}
    verdict.doubled = doubled(ninja)
    verdict.held = Run.objects.filter(status=RunStatus.HELD).count()
    verdict.more["exact"] = sum(found[p] == cast.expected[p] for p in POINTS)
    verdict.say()
    assert found == cast.expected
    assert verdict.doubled == 0


def at_the_door(cast: Cast) -> None:
    """Both deliveries are sent again to the web server that comes next, as HighLevel does without a thank-you."""
    deliveries = [delivery(cast, point) for point in ("intake.before_commit", "intake.after_commit")]
    for point, one in zip(("intake.before_commit", "intake.after_commit"), deliveries, strict=True):
        with serving({**cast.environ, "FAILPOINT": point}) as port:
            assert knock(port, *one) == 0, "it was answered"
    with serving(cast.environ) as port:
        for one in deliveries:
            wait_for(lambda one=one: knock(port, *one) == 200, 20)


def delivery(cast: Cast, point: str) -> tuple[str, bytes, str]:
    """(path, body, signature)"""
    steps, signer = cast.steps(point), doors.Signer()
    connection = make_ghl(cast.ghl, "app", workspace=cast.at[point].workspace)
    make_watching(connection, "ghl.contact.created", *steps)
    # A poll that came before the delivery is read would take the contact for one of old.
    connection.subscriptions.update(poll_at=now() + timedelta(hours=1))
    keys = {"public_key": signer.public}
    hook = listening.hook_for(connection.workspace_id, connection=connection, with_secrets=keys)
    contact, place = cast.ghl.records("contacts")[0]["id"], connection.settings["location_id"]
    body = doors.envelope("ContactCreate", id=contact, locationId=place)
    return f"/hooks/{doors.key_of(hook)}/", body, signer(body)


def knock(port: int, path: str, body: bytes, signature: str) -> int:
    """The status; 0 when the server went away over it."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        link.request("POST", path, body, {"Content-Type": "application/json", "X-GHL-Signature": signature})
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


def in_the_scheduler(cast: Cast) -> None:
    trigger = {"operation": "tools.schedule.due", "inputs": {"every": "hour", "at": not_soon()}}
    tree = trees.parse({"trigger": trigger, "steps": cast.steps("scheduler.after_insert")})
    recipe = make.make_recipe(workspace=cast.at["scheduler.after_insert"].workspace, tree=tree, live=True)
    listening.listen(recipe)
    recipe.subscriptions.update(poll_at=now())
    cast.ends(processes.SCHEDULER, "scheduler.after_insert")
    send(hooked(cast, "sweeper.after_ring"), {})
    cast.ends(processes.SCHEDULER, "sweeper.after_ring")


def in_a_worker(cast: Cast) -> None:
    for point in POINTS:
        if point.startswith(("run", "step", "http")):
            recipe = hooked(cast, point)
            send(recipe, {})
            subject = recipe.pk if point.startswith("run") else step_id(point)
            cast.ends(WORKER, point, subject)


def hooked(cast: Cast, point: str) -> Recipe:
    steps = cast.steps(point)
    return make_hooked(*steps, workspace=cast.at[point].workspace)


def with_new_tokens(cast: Cast) -> tuple[Connection, Recipe]:
    point = "oauth.after_refresh_before_save"
    steps = cast.steps(point)
    app = make_ghl(cast.ghl, "app", workspace=cast.at[point].workspace)
    cast.ghl.post("/_sandbox/expire", {})
    first = action("sfirst", "ghl.contacts.get", app, contactId=cast.ghl.records("contacts")[0]["id"])
    recipe = make_hooked(first, *steps, workspace=app.workspace)
    send(recipe, {})
    cast.ends(WORKER, point, app.pk)
    return app, recipe
