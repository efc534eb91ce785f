"""The team's figures, for a program."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from builder.models import RunStatus
from tests import make
from tests.api.client import member, program

EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""A day and an hour apart: whatever the time is, one of them has another day than UTC."""


@pytest.mark.parametrize("zone", [EAST, WEST])
def test_days_are_those_of_the_workspace(db, zone):
    workspace = make.make_workspace(zone=zone)
    recipe = make.make_recipe(workspace=workspace, live=True)
    midnight = timezone.now().astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    make.make_hour(recipe=recipe, hour=midnight, runs=1)
    make.make_hour(recipe=recipe, hour=midnight - timedelta(hours=1), runs=10)
    trouble = {"recipe": recipe, "status": RunStatus.FAILED}
    make.make_run(because="It was wrong.", created_at=midnight - timedelta(minutes=1), **trouble)
    newest = make.make_run(because="It is wrong.", created_at=midnight, **trouble)

    api = program(member(workspace))
    two, one = api.get("/usage?days=2"), api.get("/usage?days=1")

    assert [(day["day"], day["runs"]) for day in two["days"]] == [
        ((midnight - timedelta(days=1)).date().isoformat(), 10),
        (midnight.date().isoformat(), 1),
    ]
    assert [(kind["because"], kind["newest"]) for kind in one["errors"]] == [("It is wrong.", newest.public_id)]
    assert [used["runs"] for used in one["recipes"]] == [1]


def test_moments_are_in_utc_wherever_the_workspace_is(db):
    workspace = make.make_workspace(zone=EAST)
    run = make.make_run(recipe=make.make_recipe(workspace=workspace, live=True))
    api = program(member(workspace))

    [listed] = api.get("/runs")["items"]
    before = (run.created_at.astimezone(UTC) - timedelta(hours=1)).replace(tzinfo=None).isoformat()

    assert listed["created_at"].endswith("Z")
    assert [row["id"] for row in api.get(f"/runs?since={before}")["items"]] == [run.public_id]
