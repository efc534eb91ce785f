"""The page on which the whole draft is gone through with one record."""

import pytest
from django.utils.html import escape
from django_scopes import scope

from builder.models import Preview, Role, StepTest
from tests import make
from tests.runner.make import make_ghl, make_ninja
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import HTMX, browser_of, only, statuses, text

pytestmark = pytest.mark.django_db
EDITORS = (Role.OWNER, Role.ADMIN, Role.EDITOR)
PAGE = "recipe-preview"


@pytest.fixture
def desk(ghl, ninja) -> Desk:
    """Over the sandboxes, so that what reads is really read."""
    workspace = make.make_workspace()
    crm, books = make_ghl(ghl, workspace=workspace), make_ninja(ninja.url, workspace)
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=crm, ninja=books), connection=crm)
    return Desk(workspace, recipe, browser_of(workspace, Role.EDITOR, name="Dana Okafor"), crm, books)


def go(desk: Desk, name: str = PAGE, **sent: str):
    return desk.browser.post(desk.url(name), sent, headers=HTMX)


def test_preview_is_for_who_may_edit():
    desk = make_desk()

    assert statuses(desk.workspace, lambda browser: browser.get(desk.url(PAGE))) == only(*EDITORS)


def test_before_the_first_the_page_says_what_it_would_show():
    page = text(make_desk().get(PAGE))

    assert "With the catalogue’s sample" in page
    assert "Not gone through yet" in page


def test_preview_shows_steps_and_sends_nothing(desk, ninja):
    before = ninja.effects()

    page = text(go(desk))

    assert "A run would go through to its end." in page
    assert "would be changed or sent" in page
    assert page.count("not sent") >= 1
    assert "/api/v1/invoices" in page
    assert "‹ID from step 3›" in page
    assert "recette-new" not in page
    assert ninja.effects() == before


def test_it_is_there_after_a_reload_and_says_when_the_draft_is_another(desk):
    go(desk)
    kept = text(desk.get(PAGE))
    desk.edit("set_field", step="sclien", field="website", value="https://new.example")

    changed = text(desk.get(PAGE))

    assert "A run would go through to its end." in kept
    assert "go through it again" not in kept
    assert "The draft or its record was changed since: go through it again." in changed


def test_without_script_the_page_comes_back(desk):
    answer = desk.browser.post(desk.url(PAGE))

    assert (answer.status_code, answer.url) == (302, desk.url(PAGE))


def test_pasted_record_is_gone_through_at_once(desk):
    page = text(go(desk, "recipe-preview-sample", text='{"name": "Harbor <b>Dental</b>", "value": 0}'))

    assert "With “Harbor <b>Dental</b>”" in page
    assert "A run would end at step 2, without an error." in page
    assert "Ends here" in page


@pytest.mark.parametrize("given", ["", "[1]", "{}", "no JSON", '"text"', '{"a": ' * 80])
def test_what_is_no_record_is_refused_and_stays_in_the_field(given):
    desk = make_desk()

    answer = go(desk, "recipe-preview-sample", text=given)

    assert answer.status_code == 422
    assert "That is no record" in text(answer)
    assert escape(given) in answer.content.decode()
    with scope(workspace=desk.workspace):
        assert not StepTest.objects.exists()


def test_catalogue_s_sample_comes_back(desk):
    go(desk, "recipe-preview-sample", text='{"name": "Harbor Dental"}')

    page = text(go(desk, "recipe-preview-sample"))

    assert "With the catalogue’s sample" in page


def test_recent_records_are_offered_and_taken(desk, ghl):
    won = next(deal for deal in ghl.records("opportunities") if deal["status"] == "open")
    ghl.set(search_lag=0)
    ghl.do("win_deal", id=won["id"])

    listed = text(desk.get("recipe-preview-records", htmx=True))
    page = text(go(desk, "recipe-preview-sample", index="0"))

    assert won["name"] in listed
    assert f"With “{won['name']}”" in page


def test_account_that_does_not_answer_is_told_beside_the_record(desk, ghl):
    ghl.fail({"status": 503, "times": 9})

    answer = desk.get("recipe-preview-records", htmx=True)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_recipe_without_steps_has_nothing_to_go_through():
    desk = make_desk(steps=[])

    answer = go(desk)

    assert answer.status_code == 422
    assert "Add a step first" in text(answer)


def test_deleted_step_is_left_out_of_what_was_kept(desk):
    go(desk)
    desk.edit("delete_step", step="sinvoi")

    assert desk.get(PAGE).status_code == 200


def test_publish_tells_how_the_draft_went(desk):
    owner = desk.colleague(Role.OWNER)
    without = text(owner.get(desk.url("recipe-publish"), headers=HTMX))
    go(desk)
    gone = text(owner.get(desk.url("recipe-publish"), headers=HTMX))
    desk.edit("set_field", step="sclien", field="website", value="https://new.example")
    stale = text(owner.get(desk.url("recipe-publish"), headers=HTMX))

    assert "See first what it would do" in without
    assert "A run would go through to its end." in gone
    assert "See first what it would do" in stale


def test_one_preview_is_kept_of_each_recipe(desk):
    go(desk), go(desk)

    with scope(workspace=desk.workspace):
        assert Preview.objects.count() == 1
