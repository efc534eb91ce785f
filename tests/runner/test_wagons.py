"""Writes of one kind that wait for the same budget go together; each run has its own outcome all the same."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from builder.models import Connection, Exchange, HourCount, Recipe, Run, RunStatus, StepRun
from builder.runner import accounts, calls, limits, turn
from builder.runner.clock import clock
from builder.runner.journal import Fenced
from builder.runner.ledger import Rank
from builder.runner.wagons import Wagons, shared_form
from connectors import catalogue
from connectors.errors import RateLimited, Refused, SignedOut, Unknown
from connectors.outgoing import converse
from connectors.spec import Account, Budget, Request
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, send

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = "/api/v1/clients"
Sure = Callable[[float], Awaitable[None]]


def archiving(at: Connection) -> Recipe:
    step = action("sarchi", "invoice_ninja.clients.archive", at, client_id="{{ trigger.id }}")
    return make_hooked(step, workspace=at.workspace)


def sent(recipe: Recipe, ids: list[str]) -> None:
    with turn.writing():
        for one in ids:
            send(recipe, {"id": one})


def clients(ninja: Sandbox, count: int) -> list[str]:
    return [row["id"] for row in ninja.records("clients") if not row["archived_at"]][:count]


def bulk_calls() -> list[list[str]]:
    """The ids in each."""
    bodies = {e.request_body for e in Exchange.objects.filter(method="POST")}
    return [json.loads(body)["ids"] for body in bodies]


def archived(ninja: Sandbox, ids: list[str]) -> list[bool]:
    rows = {row["id"]: row for row in ninja.records("clients")}
    return [bool(rows[one]["archived_at"]) for one in ids]


@pytest.fixture
def short(ninja: Sandbox) -> Sandbox:
    """A budget for which these runs soon have to wait: five calls a second."""
    ninja.set(rate_max=300)
    return ninja


def shared_note(size: int) -> str:
    if size == 1:
        return ""
    return f"Sent in one call with {size - 1} other{'' if size == 2 else 's'} that waited for the same."


def test_writes_of_one_kind_that_wait_go_together(short: Sandbox) -> None:
    recipe, ids = archiving(make_ninja(short.url)), clients(short, 8)
    sent(recipe, ids)

    work()
    for run in Run.objects.all():
        until_over(run)

    assert archived(short, ids) == [True] * 8
    assert list(Run.objects.values_list("status", flat=True)) == [RunStatus.DONE] * 8
    sizes = [len(call) for call in bulk_calls()]
    assert (sum(sizes), len(sizes)) == (8, len(short.calls("POST", f"{CLIENTS}/bulk")))
    assert len(sizes) <= 4
    notes = Counter(StepRun.objects.filter(status="done").values_list("note", flat=True))
    told = Counter(shared_note(size) for size in sizes for _each in range(size))
    assert notes == told
    for run in Run.objects.all():
        output = run.steps.get(status="done").output
        assert output["client"]["id"] == run.event.data["id"]
        assert run.event.data["id"] in Exchange.objects.get(step_run__run=run, method="POST").request_body
    assert sum(HourCount.objects.values_list("calls", flat=True)) == len(short.calls("", "/api/v1"))


def test_only_what_is_alike_goes_together(short: Sandbox) -> None:
    """Not two accounts, not two kinds of record, and no mail: it can't be taken back."""
    first, second = make_ninja(short.url), make_ninja(short.url)
    ids, invoices = clients(short, 2), [row["id"] for row in short.records("invoices")[:2]]
    mail = action("smails", "invoice_ninja.invoices.email", first, invoice_id="{{ trigger.id }}")
    sent(archiving(first), ids[:1])
    sent(archiving(second), ids[1:])
    sent(make_hooked(mail, workspace=first.workspace), invoices)

    work()
    for run in Run.objects.all():
        until_over(run)

    assert {len(call) for call in bulk_calls()} == {1}
    assert archived(short, ids) == [True, True]
    assert len(short.effects("invoice.emailed")) == len(short.calls("POST", "/api/v1/invoices/bulk")) == 2


def permit() -> limits.Permit:
    return limits.Permit(clock.now().timestamp())


class Barrier:
    """A turnstile that lets nobody through until all who are to come have asked, or got on."""

    def __init__(self, wagons: Wagons, riders: int, refusals: int) -> None:
        self.share = limits.Share("", Budget(requests=1000, seconds=1))
        self.wagons, self.riders, self.refusals, self.opened = wagons, riders, refusals, False

    async def enter(self, errand: limits.Errand, patience: float = 5.0) -> limits.Permit | float:
        while not self.opened and sum(len(w.requests) for w in self.wagons.open.values()) < self.riders:
            await asyncio.sleep(0.001)
        self.opened, self.refusals = True, self.refusals - 1
        return 5.0 if self.refusals >= 0 else permit()


def archived_together(
    ninja: Sandbox, ids: list[str], refusals: int = 0, sure: Sure | None = None
) -> tuple[list[calls.Line], list[Any]]:
    """Each client archived over a line of its own, all in one wagon; what each came to. `refusals`: how often the gate
    gives no permit first. `sure`: asked before each write."""
    inputs = [{"client_id": one} for one in ids]
    return done_together(make_ninja(ninja.url), "invoice_ninja.clients.archive", inputs, refusals, sure)


def done_together(
    at: Connection, key: str, inputs: list[dict[str, Any]], refusals: int = 0, sure: Sure | None = None
) -> tuple[list[calls.Line], list[Any]]:
    opened, operation = accounts.open(at), catalogue.operation(key)

    async def go() -> tuple[list[calls.Line], list[Any]]:
        http, wagons = calls.make_client(), Wagons()
        gate = Barrier(wagons, len(inputs), refusals)
        errand = limits.Errand(Rank.LIVE)
        lines = [
            calls.Line(http, opened, Direct(gate.share), 1, at_once, errand, wagons=wagons, sure=sure) for _ in inputs
        ]
        try:
            talks = [_do(line, operation, given, gate) for line, given in zip(lines, inputs, strict=True)]
            return lines, await asyncio.gather(*talks, return_exceptions=True)
        finally:
            await http.close()

    return asyncio.run(go())


async def _do(line: calls.Line, operation: Any, inputs: dict[str, Any], gate: Barrier) -> Any:
    """The look goes at once, the write waits at the gate."""
    real = line.send

    async def send(request: Any) -> Any:
        if shared_form(request).together:
            line.turnstile = gate
        return await real(request)

    return await converse(operation.perform(inputs, calls.context(line.opened)), send)


@dataclass
class Direct:
    """A turnstile for those who need not wait."""

    share: limits.Share

    async def enter(self, errand: limits.Errand, patience: float = 5.0) -> limits.Permit | float:
        return permit()


async def at_once(work: Any) -> Any:
    return work()


def bulk(ninja: Sandbox) -> list[int]:
    """The status of each call for several."""
    return [call["status"] for call in ninja.calls("POST", f"{CLIENTS}/bulk")]


def test_one_call_is_made_for_all_who_got_on(ninja: Sandbox) -> None:
    ids = clients(ninja, 5)

    lines, came = archived_together(ninja, ids)

    assert [answer["client"]["id"] for answer in came] == ids
    assert (bulk(ninja), archived(ninja, ids)) == ([200], [True] * 5)
    assert [(len(line.exchanges), line.others) for line in lines] == [(2, 4)] * 5
    assert sorted(line.rides for line in lines) == [0, 1, 1, 1, 1]


def test_refused_call_for_all_is_made_again_for_each(ninja: Sandbox) -> None:
    ids = clients(ninja, 5)
    ninja.fail({"method": "POST", "path": f"{CLIENTS}/bulk", "status": 422, "body": {"message": "No."}, "times": 1})

    lines, came = archived_together(ninja, ids)

    assert [answer["client"]["id"] for answer in came] == ids
    assert bulk(ninja) == [422, 200, 200, 200, 200, 200]
    assert [line.others for line in lines] == [0] * 5


@pytest.mark.parametrize(
    ("fault", "kind", "happened"),
    [
        ({"cut": True, "when": "after"}, Unknown, True),
        ({"status": 500}, Unknown, False),
        ({"status": 429, "headers": {"Retry-After": "3"}}, RateLimited, False),
        ({"status": 403, "body": {"message": "Invalid token"}}, SignedOut, False),
    ],
    ids=["cut", "broken", "limited", "signed out"],
)
def test_what_befalls_the_call_befalls_each_of_its_steps(
    ninja: Sandbox, fault: dict[str, Any], kind: type[Exception], happened: bool
) -> None:
    ids = clients(ninja, 4)
    times = 1 if kind is not SignedOut else 5  # a refusal is tried alone first
    ninja.fail({"method": "POST", "path": f"{CLIENTS}/bulk", "times": times, **fault})

    lines, came = archived_together(ninja, ids)

    assert {type(problem) for problem in came} == {kind}
    assert archived(ninja, ids) == [happened] * 4
    assert {line.sent_effect for line in lines} == {happened}
    assert {line.broke_down for line in lines} == {fault.get("status") == 500}
    assert all(line.exchanges[-1].status or line.exchanges[-1].trouble for line in lines)


def test_calls_of_two_accounts_of_one_connection_never_go_together(ninja: Sandbox) -> None:
    """It was given another token while the first call waited."""
    request = Request("POST", "/api/v1/clients/bulk", json={"action": "archive", "ids": ["a"]}, together="ids")
    before, after = (Account(ninja.url, {"X-Api-Token": token}, secrets=(token,)) for token in ("old", "new"))

    async def board() -> list[bool]:
        wagons = Wagons()
        return [wagons.board(1, account, request)[1] for account in (before, before, after)]

    assert asyncio.run(board()) == [True, False, True]


def test_what_must_not_be_repeated_never_goes_together(short: Sandbox) -> None:
    """Paid twice would be two payments; the sandbox's own log says what was done."""
    step = action("spaidd", "invoice_ninja.invoices.mark_paid", make_ninja(short.url), invoice_id="{{ trigger.id }}")
    open_ = [row["id"] for row in short.records("invoices") if row["status_id"] == "2"]
    sent(make_hooked(step, workspace=Connection.objects.get().workspace), open_)

    work()
    for run in Run.objects.all():
        until_over(run)

    assert sorted(bulk_calls()) == sorted([one] for one in open_)
    assert len(short.calls("POST", "/api/v1/invoices/bulk")) == len(open_) == 2


def test_those_who_got_on_ask_for_a_permit_of_their_own_when_the_driver_gets_none(ninja: Sandbox) -> None:
    ids = clients(ninja, 4)

    lines, came = archived_together(ninja, ids, refusals=1)

    turned_away = [isinstance(each, RateLimited) for each in came]
    assert sum(turned_away) == 1
    assert (bulk(ninja), archived(ninja, ids)) == ([200] * 3, [not away for away in turned_away])
    assert [line.others for line in lines] == [0] * 4


def test_those_who_got_on_send_their_own_when_the_driver_s_run_is_another_worker_s_by_now(ninja: Sandbox) -> None:
    ids, fenced = clients(ninja, 4), [Fenced()]

    async def sure(_seconds: float) -> None:
        if fenced:
            raise fenced.pop()

    lines, came = archived_together(ninja, ids, sure=sure)

    gone = [isinstance(each, Fenced) for each in came]
    assert sum(gone) == 1
    assert (bulk(ninja), archived(ninja, ids)) == ([200] * 3, [not lost for lost in gone])
    assert [line.sent_effect for line in lines] == [not lost for lost in gone]
    assert [(line.others, line.rides) for line in lines if line.sent_effect] == [(0, 0)] * 3


def test_answer_too_large_for_all_is_asked_for_by_each(ninja: Sandbox) -> None:
    ids = clients(ninja, 3)
    large = {"body": "x" * (11 * 1024 * 1024), "when": "after", "status": 200}
    ninja.fail({"method": "POST", "path": f"{CLIENTS}/bulk", "times": 1, **large})

    _lines, came = archived_together(ninja, ids)

    assert [answer["client"]["id"] for answer in came] == ids
    assert archived(ninja, ids) == [True] * 3


def test_tags_of_several_contacts_change_in_one_call_and_one_that_is_gone_hears_so(ghl: Sandbox) -> None:
    people = ghl.records("contacts")[:3]
    inputs = [{"contactId": one, "tags": ["Regular"]} for one in (*(person["id"] for person in people), "gone")]

    lines, came = done_together(make_ghl(ghl), "ghl.contacts.add_tags", inputs)

    assert [answer["tags"] for answer in came[:3]] == [[*person["tags"], "regular"] for person in people]
    assert isinstance(came[3], Refused) and "gone not found" in str(came[3])
    assert [person["tags"][-1] for person in ghl.records("contacts")[:3]] == ["regular"] * 3
    calls = [(call["method"], call["path"]) for call in ghl.calls("POST", "/contacts/")]
    assert calls == [("POST", "/contacts/bulk/tags/update/add"), ("POST", "/contacts/gone/tags")]
    assert sorted(line.rides for line in lines) == [0, 1, 1, 1]


def test_tags_of_one_contact_go_the_simple_way(ghl: Sandbox) -> None:
    person = ghl.records("contacts")[0]

    _lines, (came,) = done_together(
        make_ghl(ghl), "ghl.contacts.remove_tags", [{"contactId": person["id"], "tags": person["tags"]}]
    )

    assert (came["tags"], came["tagsRemoved"]) == ([], person["tags"])
    assert [call["method"] for call in ghl.calls("", "/contacts/")] == ["DELETE"]
