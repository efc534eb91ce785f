"""Which recipes an admin sees first."""

from datetime import timedelta

import pytest
from django_scopes import scope

from builder.actions import overview
from builder.runner.clock import now
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make.make_actor()


def recipe(by, name, *hours):
    """`hours`: (hours ago, runs, failed, held)"""
    made = make.make_recipe(workspace=by.workspace, name=name, live=True)
    for ago, runs, failed, held in hours:
        at = (now() - timedelta(hours=ago)).replace(minute=0, second=0, microsecond=0)
        make.make_hour(recipe=made, hour=at, runs=runs, done=runs - failed - held, failed=failed, held=held)


def told(by, number=7, most=8):
    with scope(workspace=by.workspace):
        return [(one.recipe.name, one.sums.runs, one.sums.bad) for one in overview.recipes(by, number, most)]


def test_most_trouble_comes_first_with_all_that_ran(by):
    for number in range(1, 5):
        recipe(by, f"Bad {number}", (1, 10, number, 0), (30, 5, 0, 0), (31, 1, 0, 1))
    recipe(by, "Busy", (1, 900, 0, 0))

    assert told(by, most=3) == [("Bad 4", 16, 5), ("Bad 3", 16, 4), ("Bad 2", 16, 3)]


def test_of_equal_trouble_what_runs_more_comes_first(by):
    recipe(by, "Now and then", (1, 2, 1, 0))
    recipe(by, "All day", (1, 2, 1, 0), (2, 70, 0, 0))

    assert told(by, most=2) == [("All day", 72, 1), ("Now and then", 2, 1)]


def test_behind_trouble_come_those_that_ran_most_and_those_that_did_not(by):
    recipe(by, "Quiet")
    recipe(by, "Busy", (1, 900, 0, 0))
    recipe(by, "Slow", (1, 3, 0, 0))
    recipe(by, "Bad", (1, 1, 1, 0))

    assert [name for name, _runs, _bad in told(by)] == ["Bad", "Busy", "Slow", "Quiet"]


def test_trouble_before_the_days_asked_for_is_none(by):
    recipe(by, "Mended", (24 * 9, 50, 50, 0), (1, 1, 0, 0))
    recipe(by, "Busy", (1, 5, 0, 0))

    assert told(by, most=1) == [("Busy", 5, 0)]
    assert told(by, number=30, most=1) == [("Mended", 51, 50)]
