"""E25: looking whether it was done, when the search lags, finds everything, the wrong, the deleted or two, or fails."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest

from builder.models import Recipe, Run, RunStatus, StepRun
from builder.runner.clock import clock
from connectors.invoice_ninja.service import MANY
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.driver import scaled
from tests.acceptance.chaos.proxy import Proxy
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import NINJA_TOKEN, action, make_ghl, make_hooked, make_ninja, send

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20261129
CLIENTS, TWINS, DEALS = "/api/v1/clients", "/contacts/search/duplicate", "/opportunities/search"
ROUNDS = scaled(20)


@dataclass
class Scene:
    """A run whose answer got lost; harm is done before it looks."""

    service: Sandbox
    proxy: Proxy
    recipe: Recipe
    step_id: str
    kind: str
    planted: set[str] = field(default_factory=set)
    """Ids of what somebody else made meanwhile."""

    def __post_init__(self) -> None:
        self.since = self.service.get("/_sandbox/effects?since=1000000000")["total"]

    @cached_property
    def run(self) -> Run:
        return Run.objects.get(recipe=self.recipe)

    @property
    def marker(self) -> str:
        return self.run.steps.filter(step_id=self.step_id).latest("pk").marker

    def made(self) -> list[str]:
        """Ids of what the step really made."""
        rows = self.service.get(f"/_sandbox/effects?since={self.since}&kind={self.kind}&by=api")["effects"]
        return [row["id"] for row in rows if row["id"] not in self.planted]

    def taken(self) -> str:
        """The id that the run goes on with."""
        step = self.run.steps.filter(step_id=self.step_id).latest("pk")
        return str(next(iter((step.output or {}).values()))["id"])


def nothing(scene: Scene) -> None:
    pass


def on_looks(act: network.Act, path: str, times: int = 1) -> Callable[[Scene], None]:
    return lambda scene: scene.proxy.fail(act, "GET", path, times)


def failing(path: str, status: int, times: int) -> Callable[[Scene], None]:
    return lambda scene: scene.service.fail(
        {"method": "GET", "path": path, "status": status, "times": times, "body": {"message": "No."}}
    )


def ninja_post(scene: Scene, path: str, body: dict[str, Any]) -> Any:
    headers = {"X-API-TOKEN": NINJA_TOKEN, "X-Requested-With": "XMLHttpRequest"}
    return scene.service.post(path, body, **headers)["data"]


def plant(*names: str) -> Callable[[Scene], None]:
    """Clients that somebody else made, with our reference in them; `{}` stands for it."""

    def harm(scene: Scene) -> None:
        for name in names:
            body = {"name": f"Harbor {name}", "custom_value4": name.format(scene.marker)}
            scene.planted.add(ninja_post(scene, CLIENTS, body)["id"])

    return harm


def many_more(scene: Scene) -> None:
    """More than one search sees."""
    plant(*["other"] * MANY)(scene)
    scene.proxy.fail(network.unfiltered("filter"), "GET", CLIENTS, 9)


def put_away(how: str) -> Callable[[Scene], None]:
    return lambda scene: ninja_post(scene, f"{CLIENTS}/bulk", {"action": how, "ids": scene.made()})


NINJA: dict[str, tuple[str, Callable[[Scene], None], str]] = {
    "done": ("after", nothing, RunStatus.DONE),
    "not done": ("before", nothing, RunStatus.DONE),
    "everything, and done": ("after", on_looks(network.unfiltered("filter"), CLIENTS, 9), RunStatus.DONE),
    "everything, and not done": ("before", on_looks(network.unfiltered("filter"), CLIENTS, 9), RunStatus.DONE),
    "everything, and many came since": ("after", many_more, RunStatus.DONE),
    "alike": ("before", plant("{}9", "x{}", "see {}, please"), RunStatus.DONE),
    "alike, and done": ("after", plant("{}9", "x{}"), RunStatus.DONE),
    "archived": ("after", put_away("archive"), RunStatus.DONE),
    "deleted": ("after", put_away("delete"), RunStatus.DONE),
    "two": ("after", plant("{}"), RunStatus.HELD),
    "search fails, and done": ("after", failing(CLIENTS, 500, 3), RunStatus.DONE),
    "search fails, and not done": ("before", failing(CLIENTS, 503, 3), RunStatus.DONE),
    "search is cut": ("after", on_looks(network.torn_chunks, CLIENTS, 2), RunStatus.DONE),
    "search is reset": ("before", on_looks(network.reset_before, CLIENTS, 2), RunStatus.DONE),
    "search is no answer": ("after", on_looks(network.login_page, CLIENTS), RunStatus.HELD),
    "search is refused": ("before", failing(CLIENTS, 403, 1), RunStatus.HELD),
}
"""Whether the client was made before the answer got lost, what happens before the look, and where the run ends."""


@pytest.fixture
def proxy(ninja: Sandbox) -> Iterator[Proxy]:
    with Proxy(ninja.url) as proxy:
        yield proxy


def test_e25_looks_in_invoice_ninja(ninja: Sandbox, proxy: Proxy) -> None:
    verdict, chance = Verdict("E25 Invoice Ninja", SEED), random.Random(SEED)
    others = []
    for _ in range(ROUNDS):
        ninja.reset()
        ninja.set(guard=0)
        for name in chance.sample(sorted(NINJA), len(NINJA)):
            when, harm, expected = NINJA[name]
            scene = lost_client(ninja, proxy, when)
            harm(scene)
            others += judged(verdict, scene, name, when, expected)
    conclude(verdict, len(NINJA), others)


def lost_client(ninja: Sandbox, proxy: Proxy, when: str) -> Scene:
    at = make_ninja(proxy.url)
    create = action("sclien", "invoice_ninja.clients.create", at, name="Harbor Dental")
    recipe = make_hooked(create, workspace=at.workspace)
    return lost(Scene(ninja, proxy, recipe, "sclien", "client.created"), CLIENTS, when)


def lost(scene: Scene, path: str, when: str) -> Scene:
    scene.proxy.fail(network.hang_up_after if when == "after" else network.reset_before, "POST", path)
    send(scene.recipe, {})
    work()
    return scene


def judged(verdict: Verdict, scene: Scene, name: str, when: str, expected: str) -> list[tuple[str, str, str]]:
    """What it came to, where that is not what was expected."""
    status, made = until_over(scene.run).status, scene.made()
    clock.offset = timedelta()  # the services' clocks didn't move
    scene.proxy.faults.clear()
    scene.service._ask("DELETE", "/_sandbox/faults", None, {})
    count(verdict, scene, made, when)
    return [] if status == expected else [(name, status, scene.run.because)]


def count(verdict: Verdict, scene: Scene, made: list[str], when: str) -> None:
    verdict.doubled += max(0, len(made) - 1)
    if scene.run.status == RunStatus.HELD:
        verdict.held += 1
        verdict.lost += when == "after" and not made
        return
    verdict.stuck += scene.run.status != RunStatus.DONE
    verdict.lost += not made
    wrong = scene.run.status == RunStatus.DONE and scene.taken() not in made
    verdict.more["wrongly_adopted"] = verdict.more.get("wrongly_adopted", 0) + wrong


def conclude(verdict: Verdict, kinds: int, others: list[Any]) -> None:
    verdict.more = {"wrongly_adopted": 0, **verdict.more, "looks": ROUNDS * kinds}
    verdict.say()
    assert others == []
    assert verdict.clean
    assert verdict.more["wrongly_adopted"] == 0


def meet(scene: Scene, **person: str) -> None:
    scene.planted.add(scene.service.do("new_contact", name="Ada Other", **person)["record"]["id"])


def two_people(scene: Scene) -> None:
    """The e-mail address belongs to one by now, the number to another."""
    sent = scene.run.steps.get(step_id=scene.step_id).input
    meet(scene, email=sent["email"])
    meet(scene, email=f"other.{sent['email']}", phone=sent["phone"])


def somebody_else(scene: Scene) -> None:
    person = scene.service.records("contacts")[0]
    scene.proxy.fail(network.saying({"contact": person}), "GET", TWINS, 9)


GHL: dict[str, tuple[str, Callable[[Scene], None], str]] = {
    "done": ("after", nothing, RunStatus.DONE),
    "not done": ("before", nothing, RunStatus.DONE),
    "lags": ("after", on_looks(network.nobody, TWINS, 2), RunStatus.DONE),
    "somebody else": ("before", somebody_else, RunStatus.DONE),
    "two": ("before", two_people, RunStatus.HELD),
    "search fails, and done": ("after", failing(TWINS, 500, 3), RunStatus.DONE),
    "search fails, and not done": ("before", failing(TWINS, 503, 3), RunStatus.DONE),
    "search is cut": ("after", on_looks(network.torn_chunks, TWINS, 2), RunStatus.DONE),
    "search is refused": ("after", failing(TWINS, 403, 1), RunStatus.HELD),
}
"""One look asks twice, by e-mail and by number."""


def test_e25_looks_in_highlevel(ghl: Sandbox) -> None:
    verdict, chance = Verdict("E25 HighLevel", SEED), random.Random(SEED)
    others = []
    with Proxy(ghl.url) as proxy:
        for turn in range(ROUNDS):
            ghl.reset()
            ghl.set(rate_max=0, search_lag=0, allow_duplicates=True)
            for number, name in enumerate(chance.sample(sorted(GHL), len(GHL))):
                when, harm, expected = GHL[name]
                scene = lost_contact(ghl, proxy, when, turn * len(GHL) + number)
                harm(scene)
                others += judged(verdict, scene, name, when, expected)
    conclude(verdict, len(GHL), others)


def lost_contact(ghl: Sandbox, proxy: Proxy, when: str, number: int) -> Scene:
    at = make_ghl(Sandbox(proxy.url))
    person = {"firstName": "Ada", "email": f"ada{number}@nowak.example", "phone": f"+4915{100_000_000 + number}"}
    recipe = make_hooked(action("sperso", "ghl.contacts.create", at, **person), workspace=at.workspace)
    return lost(Scene(ghl, proxy, recipe, "sperso", "contact.created"), "/contacts/", when)


def test_e25_index_of_highlevel_lags(ghl: Sandbox) -> None:
    """Deals are seen 0 to 5 s after they were made, in real time; ours is divided by ten. Half of them were made."""
    deals, verdict, chance = scaled(100), Verdict("E25 lag", SEED), random.Random(SEED)
    ghl.set(rate_max=0, allow_duplicate_opportunities=True)
    pipeline = ghl.records("pipelines")[0]["id"]
    with Proxy(ghl.url) as proxy:
        for number in range(deals):
            ghl.set(search_lag=chance.uniform(0, 5))
            at = make_ghl(Sandbox(proxy.url))
            person = ghl.do("new_contact", name="Ada", email=f"ada{number}@nowak.example")["record"]["id"]
            deal = {"contactId": person, "name": f"Deal {number}", "pipelineId": pipeline}
            recipe = make_hooked(action("sdealx", "ghl.opportunities.create", at, **deal), workspace=at.workspace)
            scene = Scene(ghl, proxy, recipe, "sdealx", "opportunity.created")
            proxy.faults.append(network.Fault(network.unfiltered("contact_id", "pipeline_id"), "GET", DEALS, 9))
            lost(scene, "/opportunities/", chance.choice(("before", "after")))
        end = time.monotonic() + 30
        while Run.objects.exclude(status=RunStatus.DONE).exists() and time.monotonic() < end:
            work(linger=0.3)

    names = Counter(row["name"] for row in ghl.records("opportunities") if row["name"].startswith("Deal "))
    taken = [step.output["opportunity"]["name"] == step.input["name"] for step in StepRun.objects.exclude(output=None)]
    verdict.lost, verdict.doubled = deals - len(names), sum(names.values()) - len(names)
    verdict.stuck = Run.objects.exclude(status=RunStatus.DONE).count()
    verdict.more["wrongly_adopted"] = taken.count(False)
    verdict.say()
    assert verdict.clean
    assert verdict.more["wrongly_adopted"] == 0
