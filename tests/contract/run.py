"""The whole contract: the two tours, then everything our connectors send."""

from collections import Counter
from pathlib import Path

from connectors.catalogue import CONNECTORS
from tests.contract import agency, coverage, generated, operations, tour_ghl, tour_invoice_ninja
from tests.contract.check import Finding
from tests.contract.documents import load
from tests.contract.mistakes import TOLERATED, Mistake
from tests.contract.wire import Wire

TOURS = {"ghl": tour_ghl, "invoice_ninja": tour_invoice_ninja}


async def report(folder: Path, each: bool = False) -> tuple[str, list[str]]:
    """A text for people, and what is wrong, a line each. `each`: with a line for every operation of Invoice Ninja's."""
    services = load(folder)
    findings: list[Finding] = []
    by_chance: list[Finding] = []
    lines: list[str] = []
    wrong: list[str] = []
    for key, module in TOURS.items():
        wire = await module.tour(services[key])
        findings += wire.findings
        wrong += [f"{key}: the tour doesn't visit {method} {path}" for method, path in _missed(wire)]
        lines.append(f"{key}: {wire.count} answers on tour")
        driven = await operations.drive(key, services[key])
        findings += driven.findings
        wrong += driven.broken
        made = generated.drive(key, services[key])
        by_chance += made.findings
        wrong += [f"generated: {line}" for line in made.broken]
        asked = f"{driven.requests} requests built and answered, {driven.made_up} of them from the document alone"
        lines.append(f"{key}: {driven.operations} operations, {asked}")
        lines.append(_generated(key, made))
        wrong += agency.unsaid(services[key], CONNECTORS[key], driven.used)
        if key == "invoice_ninja":
            tallied, unnamed = coverage.tally(services[key], driven.used)
            lines += [*tallied, *(coverage.table(services[key], driven.used) if each else ())]
            wrong += unnamed
    bad, used = _judged([*findings, *by_chance])
    _, plain = _judged(findings)
    wrong += [str(one) for one in bad]
    wrong += unmet(used)
    lines += [f"documents' mistakes met: {len(used)} of {len(TOLERATED)}", *_table(used, plain)]
    lines += [f"WRONG: {line}" for line in wrong] or ["Everything fits."]
    return "\n".join(lines), wrong


def _generated(key: str, made: generated.Generated) -> str:
    tried = f"{made.operations} operations with {made.fields:,} fields, {made.examples:,} examples"
    each = f"{len(generated.CORNERS) * 2} corners and {generated.EXAMPLES} by hypothesis for each"
    said_no = f"{made.refused:,} times we said no ourselves, {made.bounds:,} values were beyond what the service takes"
    return f"{key}: generated inputs: {tried} ({each}), {made.requests:,} requests; {said_no}"


def _missed(wire: Wire) -> list[tuple[str, str]]:
    """Routes of the service's API that no step called; its sign-in page has no place in the documents."""
    routes = {(route.method, route.template) for route in wire.app.routes if "absent" not in route.facts}
    return sorted(one for one in routes - wire.seen if "/_sandbox/" not in one[1] and one[1] not in OUTSIDE)


OUTSIDE = ("/v2/oauth/chooselocation", "/oauth/chooselocation", "/companies/{companyId}", "/snapshots/")


def _judged(findings: list[Finding]) -> tuple[list[Finding], Counter[Mistake]]:
    used: Counter[Mistake] = Counter()
    bad = []
    for found in dict.fromkeys(findings):
        mistake = next((one for one in TOLERATED if one.covers(found)), None)
        if mistake:
            used[mistake] += 1
        else:
            bad.append(found)
    return bad, used


def unmet(used: Counter[Mistake]) -> list[str]:
    """Entries of the list that tolerate nothing: the document is right there, or what met it was taken out."""
    return [f"never met, so no mistake of a document's: {mistake}" for mistake in TOLERATED if mistake not in used]


def _table(used: Counter[Mistake], plain: Counter[Mistake]) -> list[str]:
    """`plain`: met without generated inputs."""
    alone = {mistake: ", by generated inputs alone" for mistake in used if mistake not in plain}
    return [
        f"  {m.service} {m.operation} {m.place} ({m.kind}, {n} times{alone.get(m, '')}): {m.reason}"
        for m, n in used.items()
    ]
