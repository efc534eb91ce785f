"""The factories themselves: every one works with nothing given."""

import inspect

import pytest

from tests import make

pytestmark = pytest.mark.django_db
FACTORIES = [(n, f) for n, f in inspect.getmembers(make, inspect.isfunction) if n.startswith("make_")]


@pytest.mark.parametrize("factory", [pytest.param(f, id=n) for n, f in FACTORIES])
def test_factory_needs_no_arguments(factory):
    assert factory() is not None


def test_factories_share_what_belongs_together():
    run = make.make_run()

    step = make.make_step_run(run=run)

    assert step.workspace == run.recipe.workspace == run.event.workspace == run.version.workspace
