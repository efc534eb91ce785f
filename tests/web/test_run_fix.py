"""Fix and go on, on the page: a control for every kind of value, and the recipe's draft if one likes."""

import re
from typing import Any

import pytest
from django_scopes import scope

from builder.models import Recipe, Role, Run, RunStatus, StepStatus
from tests import make
from tests.web.people import HTMX, said, text
from tests.web.run_desk import address, client_of, page_of, recipe

__all__ = ["recipe"]

pytestmark = pytest.mark.django_db

INVOICE = "invoice_ninja.invoices.create"
ROW = {"product_key": "Care plan", "quantity": "1"}
LINE = "fix-line_items"


def lacking(recipe: Recipe, operation: str = INVOICE, field: str = "line_items.1.cost", **given: Any) -> Run:
    """On hold at its last step, over this field."""
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="…", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "…", "field": field}
    make.make_step_run(
        run=run, step_id="sinvoi", status=StepStatus.FAILED, error=error, operation=operation, input=given
    )
    return run


@pytest.fixture
def unpriced(recipe) -> Run:
    """The second of its lines has no price."""
    first = {**ROW, "cost": "4800.00"}
    return lacking(recipe, client_id="Vol1", line_items=[first, {"product_key": "Hosting", "custom": "x"}])


def table(*rows: dict[str, str]) -> dict[str, str]:
    """What the form of a table sends."""
    found = {f"{LINE}/": ""}
    for at, row in enumerate(rows):
        cells = {"product_key": "", "quantity": "", "cost": "", **row}
        found |= {f"{LINE}/{at}/{name}": value for name, value in cells.items()}
    return found


def send(run: Run, sent: dict[str, Any], role: str = Role.OWNER, **more: Any) -> Any:
    return client_of(run, role).post(address(run, "run-fix"), {"step": "sinvoi", **sent}, **more)


def value_of(page: str, name: str) -> str:
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)[1]


def test_table_comes_with_a_control_for_each_column_and_the_wrong_one_marked(unpriced):
    page = page_of(unpriced)

    assert value_of(page, f"{LINE}/0/cost") == "4800.00"
    assert value_of(page, f"{LINE}/1/product_key") == "Hosting"
    assert re.findall(r'<label for="([^"]+)">[^<]+<span class="tag red">', page) == ["fix-line_items-1-cost"]
    assert "is left out when you change the rest: custom." in page


def test_lines_go_on_as_they_were_typed(unpriced):
    rows = ({**ROW, "cost": "4800.00"}, {"product_key": "Hosting", "cost": "15"})

    answer = send(unpriced, {**table(*rows), "fix-client_id": "Vol1"}, Role.OPERATOR)

    unpriced.refresh_from_db()
    assert answer.url == address(unpriced)
    assert (unpriced.status, unpriced.fixes) == (RunStatus.QUEUED, {"sinvoi": {"line_items": list(rows)}})


def test_line_more_and_line_less_keep_what_was_typed_and_go_on_with_nothing(unpriced):
    sent = table({"product_key": "A", "cost": "x"}, {"product_key": ""}, {"product_key": "C <b>"})

    more = text_of(send(unpriced, {**sent, "more": "line_items"}, headers=HTMX))
    less = text_of(send(unpriced, {**sent, "less": "line_items/0"}, headers=HTMX))
    gone = text_of(send(unpriced, {**sent, "less": "line_items/1"}, headers=HTMX))

    keys = [re.findall(rf'name="{LINE}/\d/product_key" value="([^"]*)"', page) for page in (more, less, gone)]
    assert keys == [["A", "C &lt;b&gt;", ""], ["C &lt;b&gt;"], ["A", "C &lt;b&gt;"]]
    assert re.findall(r'name="([^"]+)" value="" [^>]*data-focus', more) == [f"{LINE}/2/product_key"]
    assert re.findall(r'<button [^>]*value="([^"]+)" data-focus', less) == ["line_items"]
    unpriced.refresh_from_db()
    assert (unpriced.status, unpriced.fixes) == (RunStatus.HELD, None)


@pytest.mark.parametrize("asked", [{"more": "client_id"}, {"more": "x"}, {"less": "line_items/x"}, {"less": "x"}])
def test_other_numbers_of_lines_that_make_no_sense_change_nothing(unpriced, asked):
    answer = send(unpriced, {**table({"product_key": "A"}), **asked}, headers=HTMX)

    assert answer.status_code == 200
    assert value_of(text_of(answer), f"{LINE}/0/product_key") == "A"


def test_what_does_not_fit_in_a_table_is_told_beside_its_cell(unpriced):
    answer = send(unpriced, table({}, {"product_key": "A", "cost": "much"}, {"cost": "{{ x.y }}"}), headers=HTMX)

    page = text_of(answer)
    assert answer.status_code == 422
    assert re.findall(r'aria-describedby="([^"]+)"', page) == ["fix-line_items-1-cost-e"]
    assert "Give the value itself" in page
    assert page.count("data-focus") == 1


def test_more_lines_than_a_form_can_send_are_told_and_the_rest_goes_on(recipe):
    run = lacking(recipe, field="number", client_id="Vol1", line_items=[ROW] * 130)
    page = page_of(run)

    send(run, {"fix-number": "7"})

    run.refresh_from_db()
    assert "130 lines are too many to change here." in page
    assert f'name="{LINE}/' not in page
    assert run.fixes == {"sinvoi": {"number": "7"}}


def test_table_of_a_hundred_lines_goes_through(recipe):
    run = lacking(recipe, line_items=[{**ROW, "cost": str(at)} for at in range(100)])
    names = re.findall(r'name="(fix-[^"]+)" value="([^"]*)"', page_of(run))
    sent = {**dict(names), f"{LINE}/1/cost": "5"}

    send(run, sent)

    run.refresh_from_db()
    lines = run.fixes["sinvoi"]["line_items"]
    assert (len(sent) > 1000, len(lines), lines[1]["cost"], lines[99]["cost"]) == (True, 100, "5", "99")


def test_all_lines_may_go_where_none_is_needed(unpriced):
    send(unpriced, {f"{LINE}/": ""})

    unpriced.refresh_from_db()
    assert unpriced.fixes == {"sinvoi": {"line_items": []}}


def test_parts_yes_or_no_and_lists_have_controls_of_their_own(recipe):
    run = lacking(
        recipe,
        "ghl.calendars.create",
        "name",
        locationId="L",
        isActive=True,
        teamMembers=[{"userId": "u", "isPrimary": False}],
    )
    page = page_of(run)

    answer = send(run, {"fix-name": "Visits", "fix-isActive": "false"})

    run.refresh_from_db()
    assert '<option value="true" selected>Yes</option>' in page
    assert answer.status_code == 302
    assert run.fixes == {"sinvoi": {"name": "Visits", "isActive": "false"}}


def test_several_choices_are_ticked_and_may_all_be_taken_out(recipe):
    run = lacking(recipe, "ghl.social.statistics", "platforms", profileIds=["p"], platforms=["google", "odd"])
    page = page_of(run)

    send(run, {"fix-platforms": ["", "google", "facebook"], "fix-profileIds": "p\r\nq, and r"})

    run.refresh_from_db()
    assert re.findall(r'name="fix-platforms" value="(\w+)" checked', page) == ["odd", "google"]
    assert "One on each line." in page
    assert run.fixes == {"sinvoi": {"platforms": ["google", "facebook"], "profileIds": ["p", "q, and r"]}}


@pytest.mark.parametrize(("role", "offered"), [(Role.EDITOR, True), (Role.OPERATOR, False)])
def test_recipe_is_offered_to_who_may_edit_and_not_ticked(unpriced, role, offered):
    page = page_of(unpriced, role)

    assert ("Change it in the recipe too" in page) == offered
    assert ("its recipe stays as it is" in page) != offered
    assert 'name="recipe" value="1" checked' not in page


def test_recipe_of_another_role_is_refused_and_nothing_goes_on(unpriced):
    answer = send(unpriced, {**table(ROW), "recipe": "1"}, Role.OPERATOR)

    unpriced.refresh_from_db()
    assert (answer.status_code, unpriced.status) == (403, RunStatus.HELD)


@pytest.mark.parametrize(
    ("role", "way", "word"),
    [(Role.OWNER, "publish/", "Review and publish"), (Role.EDITOR, "", "Open the recipe")],
)
def test_draft_has_the_value_and_the_page_says_so_until_it_is_published(recipe, role, way, word):
    sent = {**table({"product_key": "Deal", "quantity": "1", "cost": "5"}), "recipe": "1"}
    may = {Role.OWNER: True, Role.EDITOR: False}[role]
    unpriced = lacking(recipe, field="line_items.0.cost", line_items=[{"product_key": "Deal", "quantity": "1"}])

    answer = send(unpriced, sent, role, headers=HTMX)

    page, later = text_of(answer), page_of(unpriced, role, step="sinvoi")
    told = "The live version 1 still runs the old one until the draft is published."
    assert page.count(told) == 2  # in the panel, and as a message
    assert later.count(told) == 1
    link = re.search(rf'{re.escape(told)} <a class="link" href="([^"]+)">([^<]+)<', later)
    if may:
        assert (link[1].endswith(way), link[2]) == (True, word)
    line = row_of(recipe).draft["steps"][2]["inputs"]["line_items"][0]
    assert (line["cost"], line["notes"]) == ("5", "{{ trigger.name }}")  # what was not changed keeps its pill


def test_without_script_the_next_page_says_what_became_of_the_draft(unpriced, recipe):

    answer = send(unpriced, {**table(ROW), "recipe": "1"})

    assert said(answer) == [
        "The run goes on, but the recipe’s draft stays as it is: “Line items” is filled by earlier steps there. "
        "Change it in the recipe itself."
    ]
    assert "still runs the old one" not in page_of(unpriced, step="sinvoi")
    assert row_of(recipe).draft_rev == 0


def test_box_stays_ticked_when_something_else_does_not_fit(unpriced):
    answer = send(unpriced, {**table({"cost": "much"}), "recipe": "1"})

    assert answer.status_code == 422
    assert 'name="recipe" value="1" checked' in text_of(answer)
    assert "Fix and go on" in text(answer)


def row_of(recipe: Recipe) -> Recipe:
    with scope(workspace=recipe.workspace):
        return Recipe.objects.get(pk=recipe.pk)


def text_of(answer: Any) -> str:
    return answer.content.decode()
