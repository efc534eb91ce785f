"""Runs of a status that few have are found by an index: SQLite, too, which takes none for a condition on parameters."""

import pytest
from django.utils import timezone
from django_scopes import scope

from builder.models import Run, RunStatus
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", RunStatus.values)
def test_each_status_finds_its_runs(status):
    recipe = make.make_recipe(live=True)
    open_ones = {"wake_at": timezone.now()} if status in ("queued", "running") else {}
    wanted = make.make_run(recipe=recipe, status=status, **open_ones)
    for other in RunStatus.values:
        if other != status:
            make.make_run(recipe=recipe, status=other)

    with scope(workspace=recipe.workspace):
        assert list(Run.objects.filter(Run.has_status(status))) == [wanted]


@pytest.mark.once
@pytest.mark.parametrize(("statuses", "index"), [(("failed", "held"), "run_in_trouble"), (("filtered",), "run_seldom")])
def test_few_are_found_by_their_index(statuses, index):
    recipe = make.make_recipe(live=True)

    with scope(workspace=recipe.workspace):
        plan = Run.objects.filter(Run.has_status(*statuses)).order_by("-pk").values("pk")[:50].explain()

    assert f"USING INDEX {index}" in plan or f"USING COVERING INDEX {index}" in plan
