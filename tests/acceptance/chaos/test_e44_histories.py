"""E44: recorded histories, driven again by the code of today, take the same next step."""

import json

import pytest

from tests.acceptance.chaos.histories import HISTORIES, next_step
from tests.acceptance.chaos.verdict import Verdict


@pytest.mark.django_db
def test_recorded_runs_go_on_as_they_did_when_they_were_recorded() -> None:
    verdict, recorded = Verdict("E44"), json.loads(HISTORIES.read_text())
    recipes, histories = recorded["recipes"], recorded["histories"]

    others = []
    for one in histories:
        then = next_step(recipes[one["recipe"]], one["trigger"], one["done"])
        if then != one["then"]:
            others.append((one, then))

    verdict.lost, verdict.more = len(others), {"histories": len(histories)}
    verdict.say()
    assert others == []
    assert len(histories) >= 100
