"""The Test tab: a step tried by itself, the record that is chosen for it, what it says."""

import json

import pytest
from django_scopes import scope

from builder.models import Role, StepTest
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, only, statuses, text

pytestmark = pytest.mark.django_db
EDITORS = (Role.OWNER, Role.ADMIN, Role.EDITOR)


def test_only_if_is_judged_with_its_values():
    desk = make_desk()

    page = text(desk.get("recipe-step", "sonlyi", at={"tab": "test"}, htmx=True))

    assert "With the sample data, the run goes on." in page
    assert "$4,850.50" in page


def test_verdict_ends_with_one_full_stop():
    desk = make_desk()
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "a lot"}
    desk.edit("set_condition", step="sonlyi", rule="[0]", json=json.dumps(rule))

    page = text(desk.get("recipe-step", "sonlyi", at={"tab": "test"}, htmx=True))

    assert "“a lot” isn't a number. Write digits, such as 1250.00. " in page
    assert ".." not in page


def test_values_are_counted_alike_in_chooser_and_panel():
    desk = make_desk()
    with scope(workspace=desk.workspace):
        output = {**make.WON, "extra": "one more"}
        StepTest.objects.create(
            workspace=desk.workspace, recipe=desk.recipe, step_id="trigger", passed=True, output=output
        )

    at = {"op": "ghl.opportunity.won", "part": "detail", "after": ""}
    chooser = text(desk.get("recipe-step-new", at=at, htmx=True))
    panel = desk.get("recipe-step", "trigger", at={"tab": "test"}, htmx=True)

    trial = panel.context["panel"].trial
    declared = len(trial.values) - trial.more
    assert trial.more >= 1
    assert f"{declared} values, such as" in chooser
    assert "An account’s own fields and a test may add more." in chooser
    assert f"Values it gives {len(trial.values)}, {trial.more} of them from this account or test" in text(panel)


def test_trying_a_step_is_for_who_may_edit():
    desk = make_desk()

    def ask(browser):
        return browser.post(desk.url("recipe-test", "sclien"))

    assert statuses(desk.workspace, ask) == only(*EDITORS, status=302)


def test_step_that_fails_is_a_sentence_and_a_way_out():
    desk = make_desk()

    answer = desk.browser.post(desk.url("recipe-test", "sclien"), headers=HTMX)

    assert answer.status_code == 200
    assert "It didn’t work" in text(answer)


def test_step_carried_out_shows_receipt_and_exchange(ninja):
    desk = make_desk()
    known = ninja.get("/_sandbox/state")["connect"]
    real = make.make_connection(
        workspace=desk.workspace,
        settings={"base_url": ninja.url + known.get("path", "")},
        secrets={"token": known["token"]},
    )
    for step in ("sclien", "sinvoi"):
        desk.edit("set_connection", step=step, connection=real.public_id)
        answer = desk.browser.post(desk.url("recipe-test", step), headers=HTMX)

    assert "It works." in text(answer)
    assert "Total $4,850.50" in text(answer)
    assert known["token"] not in answer.content.decode()
    assert '<span class="verb post">POST</span>' in answer.content.decode()


def test_writing_step_asks_before_it_is_tried():
    desk = make_desk()

    panel = desk.get("recipe-step", "sclien", at={"tab": "test"}, htmx=True)

    asked = panel.content.decode().split("hx-confirm")[1][:300]
    assert "is really carried out in Northlight LLC" in asked
    assert "No real record was chosen for step 1" in asked


def test_writing_step_waits_for_the_tests_its_values_come_from():
    desk = make_desk()

    panel = desk.get("recipe-step", "sinvoi", at={"tab": "test"}, htmx=True)
    refused = desk.browser.post(desk.url("recipe-test", "sinvoi"), headers=HTMX)

    assert "Test “Find or create a client” first: until then its values are invented ones. Go there" in text(panel)
    assert "Test this step" not in text(panel)
    assert refused.status_code == 422
    assert "Test “Find or create a client” first" in refused.content.decode()


def test_real_record_becomes_the_sample(ghl):
    desk = make_desk()
    known = ghl.get("/_sandbox/state")["connect"]
    real = make.make_connection(
        workspace=desk.workspace, connector="ghl", secrets={"token": known["token"]},
        settings={"base_url": ghl.url, "location_id": known["location_id"]},
    )  # fmt: skip
    desk.edit("set_connection", step="trigger", connection=real.public_id)

    found = desk.get("recipe-records", htmx=True)
    desk.browser.post(desk.url("recipe-sample"), {"index": "0"}, headers=HTMX)

    with scope(workspace=desk.workspace):
        kept = StepTest.objects.get(recipe=desk.recipe, step_id="trigger")
    assert kept.output["name"] == found.context["records"][0].title


def test_records_that_cannot_be_fetched_are_a_sentence():
    desk = make_desk()

    answer = desk.get("recipe-records", htmx=True)

    assert answer.status_code == 200
    assert answer.context["refused"] in text(answer)
