"""The form of a recipe's guards."""

import pytest
from django_scopes import scope

from builder.models import AuditEvent, Recipe, Role, RunStatus, StepStatus
from builder.runner import guards
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db
PUBLISHERS = (Role.OWNER, Role.ADMIN, Role.EDITOR)
FORM = "recipe-guards"


def post(desk, **given: str):
    return desk.browser.post(desk.url(FORM), given, headers=HTMX)


def stored(desk):
    with scope(workspace=desk.workspace):
        return Recipe.objects.get(pk=desk.recipe.pk).guards


def test_guards_are_for_who_may_publish():
    desk = make_desk()

    assert statuses(desk.workspace, lambda browser: browser.get(desk.url(FORM))) == only(*PUBLISHERS)
    assert statuses(desk.workspace, lambda browser: browser.post(desk.url(FORM))) == only(*PUBLISHERS, status=302)


def test_guards_are_kept_and_shown_again():
    desk = make_desk()

    post(desk, first="5", writes="100", money_run="5000.50")

    assert stored(desk) == {"first": 5, "writes": 100, "money_run": "5000.50"}
    assert 'value="5000.50"' in desk.get(FORM, htmx=True).content.decode()
    with scope(workspace=desk.workspace):
        assert AuditEvent.objects.filter(verb="recipe.guards_changed").count() == 1


def test_look_that_was_taken_while_the_form_was_open_stays_taken():
    desk = make_desk()
    post(desk, first="5")
    form = desk.get(FORM, htmx=True).content.decode()
    with scope(workspace=desk.workspace):
        Recipe.objects.filter(pk=desk.recipe.pk).update(guards={"first": 3})

    post(desk, first="5", first_was="5", writes="9")
    unchanged = stored(desk)
    post(desk, first="8", first_was="5", writes="9")

    assert '<input type="hidden" name="first_was" value="5">' in form
    assert unchanged == {"first": 3, "writes": 9}
    assert stored(desk) == {"first": 8, "writes": 9}


def test_dialog_says_what_is_counted_and_where_it_ends():
    page = text(make_desk().get(FORM, htmx=True))

    assert "Recipes that it calls have guards of their own." in page
    assert "by the client or contact that a step names" in page
    assert "amounts and line items that steps are given, before tax" in page


def test_emptied_form_takes_them_away():
    desk = make_desk()
    post(desk, writes="100")

    post(desk, writes="")

    assert stored(desk) is None


@pytest.mark.parametrize(
    ("name", "given"),
    [("first", "0"), ("first", "two"), ("writes", "-1"), ("writes", "1.5"), ("writes", "9" * 5000),
     ("customers", "9" * 12), ("money_run", "0"), ("money_run", "0.00001"), ("money_run", "NaN"), ("money_day", "1e99"),
     ("money_day", "9" * 5000), ("money_day", "5,000")],
)  # fmt: skip
def test_what_is_no_limit_is_refused_beside_its_field_and_stays_there(name, given):
    desk = make_desk()

    answer = post(desk, **{"customers": "20", name: given})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="g-{name}-e"' in page
    assert f'value="{given}"' in page
    assert stored(desk) is None


def test_without_script_the_list_says_it():
    desk = make_desk()

    answer = desk.browser.post(desk.url(FORM), {"writes": "10"})

    assert said(answer) == [f"“{desk.recipe.name}” has guards now."]


def test_publish_tells_of_them_and_leads_there_and_back():
    desk = make_desk()
    without = text(desk.get("recipe-publish", htmx=True))
    answer = post(desk, first="1", writes="1", customers="2", **{"from": "publish"})
    guarded = text(desk.get("recipe-publish", htmx=True))

    assert "No guards: nothing limits how much it writes." in without
    assert answer.url == desk.url("recipe-publish")
    assert "Guards: the next run waits for a look, writes once an hour, up to 2 customers an hour." in guarded


def test_run_that_a_guard_stopped_is_let_go_on():
    workspace = make.make_workspace()
    recipe = make.make_recipe(workspace=workspace, live=True)
    because = "The next run of this recipe that writes waits for a look, as its guards say."
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because=because, stopped_at="sclien")
    error = {"code": guards.CODE, "message": because, "field": guards.FIRST}
    make.make_step_run(run=run, step_id="sclien", status=StepStatus.FAILED, error=error)

    page = text(browser_of(workspace).get(f"/w/{workspace.slug}/runs/{run.public_id}/?step=sclien"))

    assert "A guard of the recipe stopped it here" in page
    assert "Let it go on" in page
    assert "From then on this guard no longer stops this run." in page
