"""The list of recipes: who sees it, what it says of each, and what can be done with one."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Recipe, RecipeState, Role, RunStatus
from tests import make
from tests.web.people import HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db
EDITORS = (Role.OWNER, Role.ADMIN, Role.EDITOR)


@pytest.fixture
def workspace():
    return make.make_workspace()


def url(workspace, name="recipes", *more):
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def fresh(workspace, recipe):
    with scope(workspace=workspace):
        return Recipe.objects.select_related("folder").get(pk=recipe.pk)


# who


def test_list_is_for_every_member_and_no_stranger(workspace):
    make.make_recipe(workspace=workspace)

    assert statuses(workspace, lambda browser: browser.get(url(workspace))) == only(*Role.values)


@pytest.mark.parametrize("name", ["recipe-new"])
def test_making_one_is_for_who_may_edit(workspace, name):
    asked = statuses(workspace, lambda browser: browser.get(url(workspace, name)))
    sent = statuses(workspace, lambda browser: browser.post(url(workspace, name), {"name": "Welcome"}))

    assert (asked, sent) == (only(*EDITORS), only(*EDITORS, status=302))


@pytest.mark.parametrize("name", ["recipe-duplicate", "recipe-delete"])
def test_changing_one_is_for_who_may(workspace, name):
    def ask(browser):
        return browser.post(url(workspace, name, make.make_recipe(workspace=workspace).public_id))

    assert statuses(workspace, ask) == only(*EDITORS, status=302)


def test_switch_is_for_who_may_publish(workspace):
    def ask(browser):
        recipe = make.make_recipe(workspace=workspace, live=True)
        return browser.post(url(workspace, "recipe-switch", recipe.public_id), {"to": "paused"})

    assert statuses(workspace, ask) == only(*EDITORS, status=302)


@pytest.mark.parametrize("name", ["recipe-rename", "recipe-move"])
def test_forms_of_a_row_are_for_who_may_edit(workspace, name):
    recipe = make.make_recipe(workspace=workspace)

    assert statuses(workspace, lambda b: b.get(url(workspace, name, recipe.public_id))) == only(*EDITORS)


def test_file_is_for_every_member(workspace):
    recipe = make.make_recipe(workspace=workspace)

    assert statuses(workspace, lambda b: b.get(url(workspace, "recipe-export", recipe.public_id))) == only(*Role.values)


def test_recipe_of_another_workspace_is_not_there(workspace):
    other = make.make_recipe()
    browser = browser_of(workspace)

    answers = [
        browser.post(url(workspace, f"recipe-{do}", other.public_id)) for do in ("delete", "duplicate", "switch")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_viewer_sees_no_button_that_changes(workspace):
    make.make_recipe(workspace=workspace, live=True)

    page = browser_of(workspace, Role.VIEWER).get(url(workspace)).content.decode()

    assert [word for word in ("New recipe", "Duplicate", "Delete") if word in page] == []


# what


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_as_much_for_three_as_for_one(workspace, rows, django_assert_num_queries):
    for i in range(rows):
        recipe = make.make_recipe(
            workspace=workspace,
            name=f"Recipe {i}",
            live=True,
            folder=make.make_folder(workspace=workspace, name=f"F{i}"),
        )
        make.make_hour(recipe=recipe, runs=3, done=3)
        make.make_run(recipe=recipe, status=RunStatus.HELD, because="x", stopped_at="sinvoi")
    browser = browser_of(workspace)

    with django_assert_num_queries(17):
        browser.get(url(workspace))


def test_row_says_how_the_recipe_fares(workspace):
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    make.make_hour(recipe=recipe, hour=now, runs=9, done=8, failed=1)
    make.make_hour(recipe=recipe, hour=now - timedelta(days=10), runs=91, done=91)
    make.make_run(recipe=recipe)

    row = browser_of(workspace).get(url(workspace)).context["rows"][0]

    assert (row.week, row.success, row.state, row.starts) == (9, 0.99, "live", "An opportunity is won")


def test_run_on_hold_comes_first_and_is_named(workspace):
    make.make_recipe(workspace=workspace, name="A healthy one", live=True)
    held = make.make_recipe(workspace=workspace, name="Won deal", live=True)
    make.make_run(recipe=held, status=RunStatus.HELD, because="x", stopped_at="sinvoi")

    answer = browser_of(workspace).get(url(workspace))

    assert [row.recipe.name for row in answer.context["rows"]] == ["Won deal", "A healthy one"]
    assert "1 run on hold in Won deal" in text(answer)


def test_state_search_and_folder_stand_in_the_address(workspace):
    folder = make.make_folder(workspace=workspace, name="Billing")
    make.make_recipe(workspace=workspace, name="Deal to invoice", live=True, folder=folder)
    make.make_recipe(workspace=workspace, name="Deal to note", folder=folder)
    make.make_recipe(workspace=workspace, name="Deal to quote", live=True)
    make.make_recipe(workspace=workspace, name="Tag to client", live=True, folder=folder)

    answer = browser_of(workspace).get(url(workspace), {"q": "deal", "state": "live", "folder": folder.public_id})

    assert [row.recipe.name for row in answer.context["rows"]] == ["Deal to invoice"]
    assert [(str(word), n) for _value, word, n, _query in answer.context["states"]] == [
        ("All", 2), ("Live", 1), ("Paused", 0), ("Drafts", 1),
    ]  # fmt: skip


def test_recipes_of_one_owner(workspace):
    ada, ben = (make.make_member(workspace=workspace, name=name).user for name in ("Ada", "Ben"))
    for name, owner in (("Deal to invoice", ada), ("Deal to note", ben), ("Tag to client", ada)):
        make.make_recipe(workspace=workspace, name=name, created_by=owner)
    browser = browser_of(workspace)

    answer = browser.get(url(workspace), {"owner": ada.pk})
    searched = browser.get(url(workspace), {"owner": ada.pk, "q": "deal"})
    strange = browser.get(url(workspace), {"owner": make.make_user(name="Eve").pk})

    assert {row.recipe.name for row in answer.context["rows"]} == {"Deal to invoice", "Tag to client"}
    assert [str(person) for person, _query in answer.context["owners"]] == ["Ada", "Ben"]
    assert [row.recipe.name for row in searched.context["rows"]] == ["Deal to invoice"]
    assert (strange.context["rows"], "Eve" in text(strange)) == ([], False)


def test_one_owner_is_nothing_to_choose(workspace):
    make.make_recipe(workspace=workspace, created_by=make.make_member(workspace=workspace).user)

    answer = browser_of(workspace).get(url(workspace))

    assert "menu-owners" not in answer.content.decode()


def test_htmx_gets_the_list_alone(workspace):
    make.make_recipe(workspace=workspace, name="Won deal")

    answer = browser_of(workspace).get(url(workspace), {"q": "won"}, headers={**HTMX, "HX-Target": "list"})

    assert answer.content.decode().lstrip().startswith('<div id="list"')


def test_no_recipes_says_what_to_do(workspace):
    assert "No recipes yet" in text(browser_of(workspace).get(url(workspace)))


def test_nothing_found_is_not_nothing_there(workspace):
    make.make_recipe(workspace=workspace)

    assert "No recipe fits" in text(browser_of(workspace).get(url(workspace), {"q": "zzz"}))


def test_broken_connection_needs_a_hand(workspace):
    make.make_connection(workspace=workspace, name="Main", health="trouble", trouble="It answers 500.")

    page = text(browser_of(workspace).get(url(workspace)))

    assert "The connection Main doesn’t work" in page
    assert "It answers 500." in page


# doing


def test_new_recipe_opens_in_the_editor(workspace):
    folder = make.make_folder(workspace=workspace)

    answer = browser_of(workspace).post(
        url(workspace, "recipe-new"), {"name": "Welcome", "folder": folder.public_id}, headers=HTMX
    )

    with scope(workspace=workspace):
        recipe = Recipe.objects.get(name="Welcome", folder=folder)
    assert answer.headers["HX-Redirect"] == url(workspace, "recipe", recipe.public_id)


def test_name_too_long_is_told_beside_the_name(workspace):
    answer = browser_of(workspace).post(url(workspace, "recipe-new"), {"name": "x" * 121}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<form class="stack gap" id="new-recipe"')
    assert "longer than 120 characters" in text(answer)
    assert f'value="{"x" * 121}"' in answer.content.decode()


def test_deleted_recipe_can_be_brought_back(workspace):
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True)
    browser = browser_of(workspace)

    answer = browser.post(url(workspace, "recipe-delete", recipe.public_id), headers=HTMX)
    gone = fresh(workspace, recipe).deleted_at
    undo = url(workspace, "recipe-restore", recipe.public_id)
    browser.post(undo, headers=HTMX)

    assert gone is not None
    assert f'hx-post="{undo}"' in answer.content.decode()
    assert (fresh(workspace, recipe).deleted_at, fresh(workspace, recipe).state) == (None, RecipeState.PAUSED)


def test_switch_pauses_and_resumes(workspace):
    ghl, ninja = make.make_connection(workspace=workspace, connector="ghl"), make.make_connection(workspace=workspace)
    tree = make.make_tree(ghl=ghl, ninja=ninja)
    recipe = make.make_recipe(workspace=workspace, tree=tree, connection=ghl, live=True)
    browser, at = browser_of(workspace), url(workspace, "recipe-switch", recipe.public_id)

    browser.post(at, {"to": "paused"}, headers=HTMX)
    paused = fresh(workspace, recipe).state
    browser.post(at, {"to": "live"}, headers=HTMX)

    assert (paused, fresh(workspace, recipe).state) == (RecipeState.PAUSED, RecipeState.LIVE)


def test_recipe_with_problems_stays_paused_and_says_why(workspace):
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True, state=RecipeState.PAUSED)

    answer = browser_of(workspace).post(url(workspace, "recipe-switch", recipe.public_id), {"to": "live"}, headers=HTMX)

    assert answer.status_code == 422
    assert "“Won deal” has 3 problems to solve" in text(answer)
    assert fresh(workspace, recipe).state == RecipeState.PAUSED


def test_recipe_moves_into_a_new_folder(workspace):
    recipe = make.make_recipe(workspace=workspace)

    answer = browser_of(workspace).post(url(workspace, "recipe-move", recipe.public_id), {"new": "Billing"})

    assert fresh(workspace, recipe).folder.name == "Billing"
    assert said(answer) == ["Moved to “Billing”."]


def test_folder_of_another_workspace_is_refused(workspace):
    recipe, other = make.make_recipe(workspace=workspace), make.make_folder()

    answer = browser_of(workspace).post(url(workspace, "recipe-move", recipe.public_id), {"folder": other.public_id})

    assert answer.status_code == 422
    assert "This folder is not there any more" in text(answer)
    assert fresh(workspace, recipe).folder is None


def test_renaming_to_nothing_is_refused_beside_the_name(workspace):
    recipe = make.make_recipe(workspace=workspace, name="Won deal")

    answer = browser_of(workspace).post(url(workspace, "recipe-rename", recipe.public_id), {"name": " "}, headers=HTMX)

    assert answer.status_code == 422
    assert "Give it a name." in text(answer)
    assert fresh(workspace, recipe).name == "Won deal"


def test_exported_file_can_be_imported(workspace):
    recipe = make.make_recipe(workspace=workspace, name="Won deal")
    browser = browser_of(workspace)

    file = browser.get(url(workspace, "recipe-export", recipe.public_id))
    sent = SimpleUploadedFile("won.json", file.content, "application/json")
    browser.post(url(workspace, "recipe-import"), {"file": sent})

    assert file.headers["Content-Disposition"] == 'attachment; filename="won-deal.recette.json"'
    assert json.loads(file.content)["kind"] == "recette.recipe"
    with scope(workspace=workspace):
        assert Recipe.objects.filter(name="Won deal").count() == 2


def test_file_that_is_no_recipe_is_told_beside_the_file(workspace):
    sent = SimpleUploadedFile("x.json", b"[1]", "application/json")

    answer = browser_of(workspace).post(url(workspace, "recipe-import"), {"file": sent}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<form class="field mt" id="import-recipe"')
    assert "This is no recipe file" in text(answer)


def test_broken_file_without_script_opens_its_form_on_the_page(workspace):
    sent = SimpleUploadedFile("x.json", b'{"format": 1 oh', "application/json")

    answer = browser_of(workspace).post(url(workspace, "recipe-import"), {"file": sent})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<details open>" in page
    assert page.count('id="new-file"') == 1
    assert "or it was damaged: line 1 can't be read from around character 14 on." in text(answer)


def test_broken_file_is_told_with_everything_that_is_wrong(workspace):
    steps = [{"id": "s00001", "kind": "<script>alert(1)</script>"}, {"id": "s00002", "kind": "stop", "color": "red"}]
    data = {"format": 1, "kind": "recette.recipe", "name": "Won", "recipe": {"format": 1, "steps": steps}}
    file = SimpleUploadedFile("won.json", json.dumps(data).encode())

    answer = browser_of(workspace, Role.EDITOR).post(url(workspace, "recipe-import"), {"file": file}, headers=HTMX)

    assert answer.status_code == 422
    assert "Step s00001 is of kind" in text(answer) and "Step s00002 has an unknown part: “color”." in text(answer)
    assert b"<script>alert" not in answer.content
    with scope(workspace=workspace):
        assert not Recipe.objects.exists()
