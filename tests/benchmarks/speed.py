"""Completed runs a second, and how long a webhook takes to the other system at a share of that."""

import asyncio
import time
from typing import Any

import httpx

from connectors import client
from connectors.spec import Account, Request
from tests.benchmarks.installation import Installation
from tests.benchmarks.load import percentile

LOTS = 1_000_000
SHARES = {"three_quarters": 0.75, "a_quarter": 0.25}
AT_ONCE = 32


def one_action(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    installation = Installation(environ)
    installation.prepare("one")
    with installation.running():
        figures = saturated(installation, seconds)
        for name, share in SHARES.items():
            figures[name] = at_rate(installation, figures["runs_per_second"] * share, seconds / 3)
        figures["memory_mb"] = installation.memory()
    return figures


def three_steps(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """Look-up, only if, action; the other system takes 50 ms to answer."""
    installation = Installation(environ)
    installation.prepare("three")
    with installation.running():
        return saturated(installation, seconds)


def saturated(installation: Installation, seconds: float) -> dict[str, Any]:
    """For so long as many webhooks as are answered; the rate is what was completed while they came."""
    warm_up(installation)
    before, began = installation.cpu(), time.time()
    sender = installation.send(range(1000, LOTS), AT_ONCE, seconds=seconds)
    ended = max(sender.answered.values())
    arrived = installation.wait_for(sender.answered)
    spent = {name: at - before[name] for name, at in installation.cpu().items()}
    runs = len(arrived)
    return {
        "runs": runs,
        "runs_per_second": round(runs / (max(arrived.values()) - began), 1),
        "intake_per_second": round(len(sender.answered) / (ended - began), 1),
        "cpu_ms_per_run": {name: round(1000 * used / runs, 2) for name, used in spent.items()},
        "cpu_ms_per_run_in_all": round(1000 * sum(spent.values()) / runs, 2),
        "doubled": installation.doubled(),
    }


def at_rate(installation: Installation, rate: float, seconds: float) -> dict[str, float]:
    """Milliseconds from webhook to the other system at a steady rate, after what went before was done."""
    first = LOTS * 2 if not installation.arrived().keys() & {LOTS * 2} else LOTS * 3
    sender = installation.send(range(first, first + int(rate * seconds)), AT_ONCE, rate)
    arrived = installation.wait_for(sender.answered)
    took = [(at - sender.sent[number]) * 1000 for number, at in arrived.items()]
    return {f"p{p}_ms": round(percentile(took, p), 1) for p in (50, 95, 99)}


def warm_up(installation: Installation) -> None:
    sender = installation.send(range(200), 8)
    installation.wait_for(sender.answered)


def beside_the_bare_client(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """Outward calls a second with history kept, as a share of what the same client does with nothing around it: by runs
    of one call each, where most of the work is to begin and to end one, and by runs of ten."""
    installation = Installation(environ)
    installation.prepare("one")
    one = installation.paths
    installation.prepare("ten")
    ten = installation.paths
    calls = int(150 * seconds)
    with installation.running():
        installation.paths = one
        warm_up(installation)
        bare = asyncio.run(bare_rate(installation.upstream, seconds / 3))
        by_one = call_rate(installation, range(1000, 1000 + calls), 1)
        installation.paths = ten
        by_ten = call_rate(installation, range(LOTS, LOTS + calls // 5), 10)
    return {
        "bare_per_second": round(bare),
        "one_call_a_run": {"per_second": round(by_one), "percent": round(100 * by_one / bare, 1)},
        "ten_calls_a_run": {"per_second": round(by_ten), "percent": round(100 * by_ten / bare, 1)},
    }


def call_rate(installation: Installation, numbers: range, calls: int) -> float:
    """Calls a second, from when the webhooks are all in: nothing else wants the processor then. `calls`: of each run;
    the other system knows those of a run of several by its number with a digit behind."""
    sender = installation.send(numbers, AT_ONCE)
    known = sender.answered if calls == 1 else [n * calls + one for n in sender.answered for one in range(calls)]
    arrived = sorted(installation.wait_for(known).values())
    begun = max(arrived[0], max(sender.answered.values()))
    late = [at for at in arrived if at >= begun]
    return len(late) / (late[-1] - begun) if len(late) > 1 else 0.0


async def bare_rate(upstream: str, seconds: float) -> float:
    """Requests a second of one connectors.client.Client with 50 callers."""
    http = client.Client(allow_private=True)
    account, count, end = Account(upstream, {}), 0, time.monotonic() + seconds

    async def call() -> None:
        nonlocal count
        while time.monotonic() < end:
            await http.send(account, Request("POST", "/take", json={"x": 1}))
            count += 1

    await asyncio.gather(*(call() for _ in range(50)))
    await http.close()
    return count / seconds


def page_times(installation: Installation, cookie: str, path: str, until: float, rest: float = 0.5) -> list[float]:
    """Milliseconds a signed-in person waits for a page, who rests so many seconds between two calls."""
    took = []
    with httpx.Client(base_url=f"http://127.0.0.1:{installation.web_port}", cookies={"recette": cookie}) as http:
        while time.monotonic() < until:
            tick = time.monotonic()
            answer = http.get(path, timeout=30)
            took.append((time.monotonic() - tick) * 1000)
            assert answer.status_code == 200, answer.status_code
            time.sleep(rest)
    return took
