"""The figures of retrying, as they are promised: five quick attempts, a day of slow ones; and what isn't repeated."""

import random
from datetime import timedelta
from typing import Any

import pytest

from builder.runner import retry
from builder.runner.clock import now
from connectors import errors
from connectors.spec import Response

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unhurried(settings: Any) -> None:
    settings.TIME_SCALE = 1.0


def test_figures_are_those_that_were_decided() -> None:
    assert (retry.QUICK, retry.FIRST, retry.CAP, retry.LONGEST_WAIT) == (5, 2.0, 600.0, 3600.0)
    assert timedelta(hours=24) == retry.GIVE_UP


@pytest.mark.parametrize(("attempts", "least", "most"), [(1, 1, 4), (2, 2, 8), (3, 4, 16), (4, 8, 32), (5, 600, 1800)])
def test_pauses_double_by_chance_and_grow_slow_after_five(attempts: int, least: float, most: float) -> None:
    waits = [retry.pause(attempts, random.Random(seed)) for seed in range(200)]

    assert least <= min(waits) < max(waits) <= most
    assert len(set(waits)) == 200


@pytest.mark.parametrize("kind", [errors.Refused, errors.SignedOut, errors.Forbidden, errors.NotFound])
def test_what_a_repetition_would_not_mend_is_not_repeated(kind: type[errors.ConnectorError]) -> None:
    assert retry.decide(kind("No."), 1, now(), random.Random(1)).next == retry.Next.HOLD


def test_trouble_that_passes_is_repeated_for_a_day() -> None:
    problem = errors.Unavailable("Down.")
    within, after = now() - timedelta(hours=23, minutes=50), now() - timedelta(hours=24, minutes=1)

    assert retry.decide(problem, 40, within, random.Random(1)).next == retry.Next.AGAIN
    assert retry.decide(problem, 40, after, random.Random(1)).next == retry.Next.HOLD


@pytest.mark.parametrize(
    ("patience", "attempts", "minutes", "outcome"),
    [
        ("never", 1, 0, "hold"),
        ("quick", 4, 2, "again"),
        ("quick", 5, 2, "hold"),
        ("hour", 9, 59, "again"),
        ("hour", 9, 61, "hold"),
        ("day", 9, 61, "again"),
    ],
)
def test_recipe_says_how_long_a_step_is_tried(patience: str, attempts: int, minutes: int, outcome: str) -> None:
    since, chance = now() - timedelta(minutes=minutes), random.Random(1)

    decided = retry.decide(errors.Unavailable("Down."), attempts, since, chance, patience)

    assert decided.next == outcome


@pytest.mark.parametrize("kind", [errors.RateLimited, errors.Unknown])
def test_neither_a_full_budget_nor_an_unknown_outcome_is_a_failure(kind: type[errors.ConnectorError]) -> None:
    assert retry.decide(kind("Hm."), 9, now(), random.Random(1), "never").next != retry.Next.HOLD


@pytest.mark.parametrize(("said", "waits"), [("120", 120), ("86400", 3600)])
def test_time_the_service_asks_for_is_kept_for_an_hour_at_most(said: str, waits: float) -> None:
    problem = errors.Unavailable("Down.")
    problem.response = Response(503, {"retry-after": said}, b"")

    decided = retry.decide(problem, 1, now(), random.Random(1))

    assert waits - 1 <= (decided.at - now()).total_seconds() <= waits


def test_budget_is_waited_for_however_long() -> None:
    decided = retry.decide(errors.RateLimited("Used up."), 100, now() - timedelta(days=3), random.Random(1))

    assert decided.next == retry.Next.AGAIN


def test_unknown_outcome_is_looked_after_before_anything_is_repeated(settings: Any) -> None:
    decided = retry.decide(errors.Unknown("Cut off."), 1, now(), random.Random(1))

    assert decided.next == retry.Next.SETTLE
    assert (decided.at - now()).total_seconds() == pytest.approx(settings.SETTLE, abs=1)


def test_unknown_outcome_that_recurs_is_looked_after_ever_more_slowly(settings: Any) -> None:
    decided = retry.decide(errors.Unknown("Cut off."), retry.QUICK, now(), random.Random(1))

    assert decided.next == retry.Next.SETTLE
    assert (decided.at - now()).total_seconds() >= retry.CAP / settings.TIME_SCALE - 1
