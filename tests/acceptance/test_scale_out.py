"""Web server, scheduler and two workers as separate processes, as on several machines: every run done, and once."""

import http.client
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django_scopes import scopes_disabled

from builder import seal
from builder.models import Event, Presence, Recipe, Run, RunStatus
from builder.runner import deliveries
from tests.acceptance import processes
from tests.runner.conftest import Sandbox
from tests.runner.make import action, make_hooked, make_ninja
from tests.services import free_port, wait_for_port

RUNS = 200
LIVE, ERRANDS = "recette", "recette.poll,recette.backfill"


@pytest.mark.django_db(transaction=True)
@pytest.mark.heavy
def test_two_workers_and_a_web_server_of_their_own_do_every_run_once(ninja: Sandbox) -> None:
    port, environ = free_port(), processes.environment(ERRANDS="4")
    with scopes_disabled():
        recipe = make_recipe(ninja)
        with (
            processes.running(web(port), environ),
            processes.running(processes.SCHEDULER, environ),
            processes.running(worker("first", LIVE), environ),
            processes.running(worker("second", LIVE), environ),
            processes.running(worker("third", ERRANDS), environ),
        ):
            wait_for_port(port)
            statuses = deliver(port, path_of(recipe))
            wait_for_the_end(recipe)

        created = Counter(marker for effect in ninja.effects("client") for marker in effect["markers"])
        assert statuses == {200: RUNS}
        assert Event.objects.count() == RUNS
        assert Counter(Run.objects.values_list("status", flat=True)) == {RunStatus.DONE: RUNS}
        assert (len(created), set(created.values())) == (RUNS, {1})
        assert Presence.objects.filter(name="scheduler").exists()


def make_recipe(ninja: Sandbox) -> Recipe:
    at = make_ninja(ninja.url)
    create = action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.company }}")
    return make_hooked(create, workspace=at.workspace)


def web(port: int) -> tuple[str, ...]:
    granian = (processes.PY, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error")
    return (*granian, "--port", str(port), "--blocking-threads", "8", "builder.wsgi:application")


def worker(name: str, queues: str) -> tuple[str, ...]:
    return (*processes.WORKER, *processes.QUIET, "--hostname", f"{name}@%h", "--queues", queues)


def path_of(recipe: Recipe) -> str:
    hook = recipe.subscriptions.get().hooks.get()
    return f"/hooks/{seal.unseal(hook.sealed, deliveries.place(hook))['key']}/"


def deliver(port: int, path: str) -> Counter[int]:
    def one(number: int) -> int:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        link.request("POST", path, f'{{"company": "Company {number}"}}', {"Content-Type": "application/json"})
        status = link.getresponse().status
        link.close()
        return status

    with ThreadPoolExecutor(8) as senders:
        return Counter(senders.map(one, range(RUNS)))


def wait_for_the_end(recipe: Recipe) -> None:
    end = time.monotonic() + 90
    while Run.objects.filter(recipe=recipe, status__in=RunStatus.ended()).count() < RUNS:
        assert time.monotonic() < end, Counter(Run.objects.values_list("status", "because"))
        time.sleep(0.2)
