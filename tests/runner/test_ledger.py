"""The arithmetic of a shared budget, played through on paper: several processes, calls that take their time."""

import random
from collections import deque
from itertools import pairwise

import pytest

from builder.runner.ledger import LIFE, Ledger, Rank, Report


def play(
    most: int, seconds: float, holders: int, until: float, *, rank: Rank = Rank.RETRY, took: float = 0.02
) -> list[float]:
    """When each call was counted over there, while every process always has more to do."""
    ledger, chance, now, arrived = Ledger(most, seconds), random.Random(7), 1000.0, []
    permits: list[deque[float]] = [deque() for _ in range(holders)]
    used: list[list[tuple[float, int]]] = [[] for _ in range(holders)]
    again = [0.0] * holders
    while now < 1000 + until:
        for holder in range(holders):
            ready = sum(at <= now for at in permits[holder])
            for _ in range(ready):
                permits[holder].popleft()
                counted = now + chance.uniform(0, took)
                arrived.append(counted)
                used[holder].append((max(counted, now + took), 1))
            if len(permits[holder]) < 2 and now >= again[holder]:
                told = [lot for lot in used[holder] if lot[0] <= now]
                kept = len(permits[holder]) + len(used[holder]) - len(told)
                ledger.account(Report(str(holder), tuple(told), kept), now)
                used[holder] = [lot for lot in used[holder] if lot[0] > now]
                loan = ledger.lend(str(holder), {rank: 20}, now)
                permits[holder] += loan.permits
                again[holder] = now + loan.wait
        now += 0.01
    return sorted(arrived)


def fullest(arrived: list[float], seconds: float) -> int:
    """The most calls in any window, wherever it begins."""
    most, first = 0, 0
    for last, at in enumerate(arrived):
        while arrived[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize("holders", [1, 3])
@pytest.mark.parametrize(("most", "seconds"), [(100, 1.0), (100, 10.0), (25, 10.0), (1, 1.0), (7, 2.0)])
def test_budget_is_used_up_and_never_overdrawn(most: int, seconds: float, holders: int) -> None:
    windows = 6

    arrived = play(most, seconds, holders, seconds * windows)

    assert fullest(arrived, seconds) <= most
    assert len(arrived) >= 0.95 * most * windows


def test_what_comes_back_after_a_rush_comes_little_by_little() -> None:
    arrived = play(100, 10.0, 1, 40)

    late = [at for at in arrived if at > 1020]
    gaps = [after - before for before, after in pairwise(late)]

    assert max(gaps) <= 1.0


def test_last_permits_of_a_window_are_for_live_events_and_people() -> None:
    ledger = Ledger(100, 10.0)

    rush = [ledger.lend("sweep", {Rank.BACKFILL: 300}, 1000 + at / 2) for at in range(18)]
    more = ledger.lend("sweep", {Rank.POLL: 1}, 1009.0)
    live = ledger.lend("live", {Rank.LIVE: 1}, 1009.0)
    person = ledger.lend("web", {Rank.PERSON: 1}, 1009.0)

    assert sum(len(loan.permits) for loan in rush) == 95
    assert [len(loan.permits) for loan in (more, live, person)] == [0, 1, 1]


def test_live_event_finds_a_permit_whenever_it_comes_into_a_rush() -> None:
    ledger, now, lent, slowest = Ledger(100, 10.0), 1000.0, list[float](), 0.0
    while now < 1040:
        ledger.account(Report("sweep", tuple((at, 1) for at in lent)), now)
        lent = list(ledger.lend("sweep", {Rank.RETRY: 50}, now).permits)
        if now % 2.5 < 0.05:
            live = ledger.lend("live", {Rank.LIVE: 1}, now)
            slowest = max(slowest, live.permits[0] - now if live.permits else live.wait)
            ledger.account(Report("live", ((now, len(live.permits)),)), now)
        now += 0.1

    assert slowest < 1


def test_lower_ranks_of_other_processes_wait_behind_who_was_turned_away() -> None:
    ledger = Ledger(2, 10.0)
    ledger.lend("a", {Rank.LIVE: 2}, 1000.0)
    ledger.account(Report("a", ((1000.0, 2),)), 1000.1)

    ledger.lend("live", {Rank.LIVE: 2}, 1009.5)
    behind = ledger.lend("sweep", {Rank.BACKFILL: 1}, 1010.0)
    first = ledger.lend("live", {Rank.LIVE: 2}, 1010.2)

    assert (behind.permits, len(first.permits)) == ((), 2)


def test_process_that_ended_without_a_word_leaves_its_permits_counted_as_used() -> None:
    ledger = Ledger(10, 5.0)
    ledger.lend("gone", {Rank.LIVE: 10}, 1000.0)

    ledger.account(Report("other"), 1000 + LIFE + 1)
    before = ledger.lend("other", {Rank.LIVE: 1}, 1000 + LIFE + 1)
    after = ledger.lend("other", {Rank.LIVE: 1}, 1000 + LIFE + 5.2)

    assert (len(before.permits), len(after.permits)) == (0, 1)


def test_what_others_use_of_the_budget_is_left_to_them() -> None:
    ledger = Ledger(100, 10.0)

    ledger.account(Report("a", ((1000.0, 1),), 0, ((1000.1, 39),)), 1000.2)
    loan = ledger.lend("a", {Rank.LIVE: 100}, 1000.2)

    assert len(loan.permits) == 39


def test_ledger_survives_being_written_down() -> None:
    ledger = Ledger(100, 10.0)
    ledger.lend("a", {Rank.LIVE: 30}, 1000.0)
    ledger.account(Report("a", ((1000.0, 20),), 10), 1000.5)

    again = Ledger.read(ledger.kept(), 100, 10.0)

    assert (again.used(1001.0), again.kept()) == (30, ledger.kept())


def test_turns_of_recipes_alternate_and_leave_room_for_all_calls_of_a_run() -> None:
    ledger = Ledger(10, 1.0)

    first = ledger.book({1: [3, 1, 2], 2: [1]}, 1000.0)
    then = ledger.book({1: [1], 2: [1]}, 1000.0)

    assert first == {1: pytest.approx([1000.2, 1000.8, 1001.0]), 2: pytest.approx([1000.2])}
    assert then == {1: pytest.approx([1001.4]), 2: pytest.approx([1000.4])}


def test_what_is_given_back_may_leave_at_once_later() -> None:
    ledger = Ledger(100, 10.0)
    lent = ledger.lend("a", {Rank.RETRY: 50}, 1000.0).permits

    ledger.account(Report("a", kept=0), 1000.1)

    assert len(lent) == 50
    assert len(ledger.lend("b", {Rank.RETRY: 50}, 1000.1).permits) == 50
