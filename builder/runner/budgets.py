"""The shared rows behind the budgets: a process reports what it used and is lent what comes next, in one write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from builder.models import Bucket
from builder.runner import turn
from builder.runner.clock import now
from builder.runner.ledger import RESERVE, Ledger, Loan, Rank, Report
from connectors.spec import Budget

FEW = 5
SCARCE = 60.0
"""Seconds until the lower ranks ask again while little of a day's budget is left."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a service's answers told of its limits; None: nothing."""

    most: int | None = None
    seconds: float | None = None
    daily_left: int | None = None
    shut_until: float = 0.0
    answered: bool = False
    """There was an answer, whatever it told."""


@dataclass(frozen=True, slots=True)
class Ask:
    key: str
    budget: Budget
    """As the connector declares it."""
    report: Report
    wishes: Mapping[Rank, int] = field(default_factory=dict)
    said: Said = Said()
    queues: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """By recipe: of each that lies down and wants to know until when, how many calls it will make."""
    start: float = 0.0
    """When the first of them may come."""


@dataclass(frozen=True, slots=True)
class Given:
    permits: tuple[float, ...]
    wait: float
    shut_until: float
    most: int
    seconds: float
    holders: int
    """How many processes share it now."""
    first: bool = False
    turns: Mapping[int, list[float]] = field(default_factory=dict)
    """For each queue that was asked about."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What people see of a budget."""

    allowed: int
    seconds: float
    used_today: int
    peak_today: int
    """The most calls in one window."""
    left_today: int | None
    """As the service said last; None where it doesn't say."""


def spendings(asked: Sequence[tuple[str, Budget]]) -> list[Spending]:
    """Of each key with its budget: as declared, where nothing was asked yet."""
    rows = {row.key: row for row in Bucket.objects.filter(key__in=[key for key, _ in asked if key])}
    return [_spending(rows.get(key), budget) for key, budget in asked]


def _spending(row: Bucket | None, budget: Budget) -> Spending:
    if row is None:
        return Spending(budget.requests, budget.seconds, 0, 0, None)
    today = row.day == now().astimezone(UTC).date()
    used, peak = (row.used_today, row.peak_today) if today else (0, 0)
    return Spending(row.most, row.seconds, used, peak, row.ledger.get("daily_left") if today else None)


def exchange(ask: Ask) -> Given:
    """Raises what the database raises; then nothing was lent, and nothing reported."""
    with turn.writing():
        row = _locked(ask)
        moment = now()
        ledger = Ledger.read(row.ledger, row.most, row.seconds)
        loan = settle(ledger, row, ask, moment)
        turns = book(ledger, row, ask)
        row.ledger = {**row.ledger, **ledger.kept()}
        row.most, row.seconds = ledger.most, ledger.seconds
        row.save()
    shut = row.shut_until.timestamp() if row.shut_until else 0.0
    return Given(loan.permits, loan.wait, shut, row.most, row.seconds, ledger.holders, loan.first, turns)


def settle(ledger: Ledger, row: Bucket, ask: Ask, moment: datetime) -> Loan:
    """One exchange upon a row in memory."""
    at = moment.timestamp()
    if ask.said.most and ask.said.seconds:
        ledger.most, ledger.seconds = ask.said.most, ask.said.seconds
        row.ledger = {**row.ledger, "told": True}
    told = ledger.account(ask.report, at)
    _count(row, ledger, told, at, moment)
    _hear(row, ask.said, moment)
    wishes = ask.wishes
    if row.shut_until and row.shut_until > moment:
        return Loan((), row.shut_until.timestamp() - at)
    if _scarce(row, ask.budget):
        wishes = {rank: n for rank, n in wishes.items() if rank <= Rank.PERSON}
    if ask.key and not (ask.said.answered or row.ledger.get("seen")):
        return _first(ledger, ask.report.holder, wishes, at)
    row.ledger = {**row.ledger, "seen": True}
    loan = ledger.lend(ask.report.holder, wishes, at)
    return loan if len(wishes) == len(ask.wishes) else Loan(loan.permits, SCARCE)


def book(ledger: Ledger, row: Bucket, ask: Ask) -> dict[int, list[float]]:
    shut = row.shut_until.timestamp() if row.shut_until else 0.0
    return ledger.book(ask.queues, max(ask.start, shut)) if ask.queues else {}


def _first(ledger: Ledger, holder: str, wishes: Mapping[Rank, int], at: float) -> Loan:
    """A few on their way only, until the first answers have told the service's own figures, or nothing of them. What a
    process took with it when it died is not on its way any more."""
    room = FEW - sum(n for _, n in ledger.out.values())
    few: dict[Rank, int] = {}
    for rank in sorted(wishes):
        few[rank] = max(0, min(wishes[rank], room - sum(few.values())))
    loan = ledger.lend(holder, few, at)
    return Loan(loan.permits, loan.wait or (0.0 if few == wishes else 0.05), first=True)


def _locked(ask: Ask) -> Bucket:
    made = {"most": ask.budget.requests, "seconds": ask.budget.seconds}
    row, _ = Bucket.objects.select_for_update().get_or_create(key=ask.key, defaults=made)
    if not row.ledger.get("told"):
        row.most, row.seconds = ask.budget.requests, ask.budget.seconds
    return row


def _count(row: Bucket, ledger: Ledger, told: int, at: float, moment: datetime) -> None:
    today = moment.astimezone(UTC).date()
    if row.day != today:
        row.day, row.used_today, row.peak_today = today, 0, 0
        row.ledger = {name: value for name, value in row.ledger.items() if name != "daily_left"}
    row.used_today += told
    row.peak_today = max(row.peak_today, min(ledger.most, sum(n for back, n in ledger.back if back > at)))


def _hear(row: Bucket, said: Said, moment: datetime) -> None:
    if said.daily_left is not None:
        row.ledger = {**row.ledger, "daily_left": said.daily_left}
    if said.shut_until > moment.timestamp():
        asked = datetime.fromtimestamp(said.shut_until, UTC)
        row.shut_until = max(row.shut_until or asked, asked)


def _scarce(row: Bucket, budget: Budget) -> bool:
    left = row.ledger.get("daily_left")
    return left is not None and budget.daily is not None and left <= budget.daily * RESERVE
