"""Formatters in a run: pills with their types go in, typed values come out for later steps."""

import pytest

from builder.models import RunStatus
from tests.runner.conftest import work
from tests.runner.make import action, last_step, make_hooked, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_values_go_from_formatter_to_formatter_with_their_types() -> None:
    recipe = make_hooked(
        action("snames", "tools.list.join", list="{{ trigger.body.lines }}", name="name", between="and"),
        action("stotal", "tools.list.sum", list="{{ trigger.body.lines }}", name="cost"),
        action("staxes", "tools.money.tax", amount="{{ stotal.total }}", rate="19", **{"is": "net"}),
        action("sdated", "tools.date.move", date="{{ trigger.body.day }}", count="10", unit="workdays"),
        action("sworde", "tools.text.format", text="{{ snames.text }}: {{ staxes.gross }} until {{ sdated.date }}"),
    )
    lines = [{"name": "Website", "cost": 1000}, {"name": "Care", "cost": "190.00"}]

    send(recipe, {"body": {"lines": lines, "day": "2026-11-27"}})
    work()

    run = only_run(recipe)
    assert (run.status, run.because) == (RunStatus.DONE, "")
    assert last_step(run, "sworde").output == {"text": "Website and Care: 1416.10 until 2026-12-11"}


def test_what_a_formatter_cannot_do_is_told_beside_the_input() -> None:
    step = action("sfinds", "tools.table.look_up", value="{{ trigger.body.plan }}", otherwise_do="stop")
    step["inputs"]["rows"] = [{"from": "Gold", "to": "10"}]
    recipe = make_hooked(step)

    send(recipe, {"body": {"plan": "Bronze"}})
    work()

    run = only_run(recipe)
    error = last_step(run, "sfinds").error
    assert run.status in (RunStatus.FAILED, RunStatus.HELD)
    assert (error["field"], error["message"]) == ("rows", "“Bronze” stands in no row of the table. Add one.")
