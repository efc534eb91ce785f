"""The error path in the builder: made in one click, offered once, told of when it can't be taken."""

import json

import pytest

from builder.recipe import tree as trees
from tests.web.editor_desk import make_desk
from tests.web.people import text
from tests.web.test_editor_edits import targets

pytestmark = pytest.mark.django_db


def test_error_path_comes_behind_the_step_and_is_opened():
    desk = make_desk()

    options = desk.get(at={"step": "sclien", "tab": "options"}).content.decode()
    added = desk.edit("add_error_path", open="sclien", step="sclien")
    fork = next(row.step for row in trees.steps(desk.now.draft) if row.step["kind"] == "paths")
    there = text(desk.get(at={"step": fork["id"]}))

    assert 'value="add_error_path"' in options
    assert {"#flow", "#panel"} <= set(targets(added))
    assert "It went wrong" in there
    assert "With the sample it went wrong is no, not yes" in there
    assert [problem.code for problem in added.context["desk"].problems_of(fork["id"])] == []


def test_error_path_is_offered_once_and_told_of_when_the_step_stops_the_run():
    desk = make_desk()
    added = desk.edit("add_error_path", open="sclien", step="sclien")
    fork = added.context["desk"].open

    options = desk.get(at={"step": "sclien", "tab": "options"}).content.decode()
    stops = desk.edit("set_policy", step="sclien", option="on_error", value="hold")
    told = [problem.code for problem in stops.context["desk"].problems_of(fork)]

    assert 'value="add_error_path"' not in options
    assert told == ["never_wrong"]


def test_steps_that_are_pasted_together_keep_pointing_at_one_another():
    desk = make_desk()
    desk.edit("add_error_path", open="sclien", step="sclien")
    before = {row.step["id"] for row in trees.steps(desk.now.draft)}
    pair = [
        row.step for row in trees.steps(desk.now.draft) if row.step["kind"] == "paths" or row.step["id"] == "sclien"
    ]

    desk.edit("paste_steps", steps=json.dumps(pair), after="sinvoi")

    step, fork = (row.step for row in trees.steps(desk.now.draft) if row.step["id"] not in before)
    assert fork["paths"][0]["conditions"]["rules"][0]["field"] == f"{{{{ {step['id']}.went_wrong }}}}"


def test_values_of_a_step_that_may_fail_are_offered():
    desk = make_desk()
    desk.edit("set_policy", step="sclien", option="on_error", value="go_on")

    page = text(desk.get("recipe-data", "sinvoi", at={"q": "wrong"}, htmx=True))

    assert "It went wrong" in page
    assert "Why it went wrong" in page
