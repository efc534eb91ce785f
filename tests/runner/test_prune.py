from datetime import timedelta

import pytest

from builder.models import StrayDelivery
from builder.runner import prune
from builder.runner.clock import now

pytestmark = pytest.mark.django_db


def make_stray(*, days: int) -> StrayDelivery:
    at = now() - timedelta(days=days)
    return StrayDelivery.objects.create(day=at.date(), key_hash="0" * 64, raw=b"={}", at=at)


def test_prune_lets_go_of_strays_after_a_week():
    make_stray(days=8)
    kept = make_stray(days=6)

    gone = prune.prune()

    assert gone == 1
    assert list(StrayDelivery.objects.all()) == [kept]


def test_prune_goes_on_until_all_that_is_old_is_gone():
    for _ in range(prune.AT_ONCE + 1):
        make_stray(days=9)

    assert prune.prune() == prune.AT_ONCE + 1
