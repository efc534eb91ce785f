"""Steps copied as text and pasted, within a recipe and into another."""

import json
from dataclasses import replace

import pytest

from builder.recipe import tree as trees
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import text

pytestmark = pytest.mark.django_db


def copied(desk, *steps: str) -> str:
    return desk.get("recipe-copied", at={"step": steps}).content.decode()


def test_step_is_copied_with_all_inside_and_pasted_where_it_is_asked_for():
    desk = make_desk()
    desk.edit("add_step", after="sinvoi", kind="each")
    loop = desk.ids[-1]
    desk.edit("paste_steps", after="", path=f"{loop}-each", steps=copied(desk, "sclien"))

    desk.edit("paste_steps", after="trigger", path="", steps=copied(desk, loop))

    first, *others = desk.now.draft["steps"]
    assert first["kind"] == "each" and [step["operation"] for step in first["steps"]] == [
        "invoice_ninja.clients.find_or_create"
    ]
    assert first["steps"][0]["inputs"] == desk.step("sclien")["inputs"]
    assert len({row.step["id"] for row in trees.steps(desk.now.draft)}) == 7
    desk.browser.post(desk.url("recipe-undo"))
    assert desk.now.draft["steps"] == others


def test_step_of_another_workspace_comes_without_its_account():
    there, here = make_desk(), make_desk()

    here.edit("paste_steps", after="sinvoi", path="", steps=copied(there, "sinvoi"))

    pasted = here.now.draft["steps"][-1]
    assert pasted["operation"] == "invoice_ninja.invoices.create" and pasted["connection"] == ""


def test_several_go_to_another_recipe_with_the_pills_between_them_and_the_others_are_shown_dead():
    there = make_desk()
    tree = make.make_tree(ghl=there.ghl, ninja=there.ninja, steps=[])
    recipe = make.make_recipe(workspace=there.workspace, tree=tree, connection=there.ghl)
    here = replace(there, recipe=recipe)

    answer = here.edit("paste_steps", after="trigger", path="", steps=copied(there, "sinvoi", "sclien"))

    assert [step["id"] for step in here.now.draft["steps"]] == ["sclien", "sinvoi"]  # free here: they stay
    assert "{{ sclien." in here.step("sinvoi")["inputs"]["client_id"]
    assert (answer["HX-Trigger"].count("2 steps added."), answer.status_code) == (1, 200)
    here.edit("delete_step", step="sclien")
    assert 'data-state="gone"' in here.get(at={"step": "sinvoi"}).content.decode()


def test_what_was_cut_is_found_again_by_who_looked_at_it_once_it_is_pasted():
    desk = make_desk()
    steps = copied(desk, "sclien")

    desk.edit("delete_steps", steps="sclien")
    desk.edit("paste_steps", after="trigger", path="", steps=steps)
    desk.edit("paste_steps", after="sinvoi", path="", steps=steps)

    first, *_others, last = desk.now.draft["steps"]
    assert first["id"] == "sclien" and last["id"] != "sclien" and last["inputs"] == first["inputs"]
    assert desk.step("sinvoi")["inputs"]["client_id"].startswith("{{ sclien.")


def test_several_are_duplicated_skipped_and_deleted_each_with_one_undo():
    desk = make_desk()
    start = desk.now.draft

    duplicated = desk.edit("duplicate_steps", steps="sclien sinvoi")
    first, second = desk.ids[3:]
    assert desk.step(second)["inputs"]["client_id"].startswith(f"{{{{ {first}.")
    assert f'"flow:choose": "{first} {second}"' in duplicated["HX-Trigger"]
    assert "Undo: duplicate 2 steps" in duplicated.content.decode()

    desk.edit("toggle_steps", steps="sonlyi sclien")
    assert [desk.step(each)["skip"] for each in desk.ids] == [True, True, False, False, False]
    desk.edit("toggle_steps", steps="sonlyi sclien sinvoi")
    assert [desk.step(each)["skip"] for each in desk.ids] == [True, True, True, False, False]
    used = desk.edit("toggle_steps", steps="sonlyi sclien sinvoi", open="sclien")
    assert "3 steps are used again." in used["HX-Trigger"] and "Skip it" in text(used)

    deleted = desk.edit("delete_steps", steps=f"sclien sinvoi {first}", number="3", open="sclien")
    assert desk.ids == ["sonlyi", second]
    assert "3 steps deleted." in text(deleted) and deleted["HX-Push-Url"] == desk.url()
    for _turn in range(5):
        desk.browser.post(desk.url("recipe-undo"))
    assert desk.now.draft == start


def test_chosen_that_another_deleted_meanwhile_are_told_and_the_rest_stays():
    desk = make_desk()
    desk.edit("delete_step", browser=desk.colleague(), step="sclien")

    answer = desk.edit("delete_steps", rev=0, steps="sclien sinvoi")

    assert answer.status_code == 409 and "Camille Roux deleted this step meanwhile." in text(answer)
    assert desk.ids == ["sonlyi", "sinvoi"]
    assert desk.edit("delete_steps", steps="").status_code == 422


def test_of_nothing_that_is_there_nothing_is_copied():
    desk = make_desk()

    assert [desk.get("recipe-copied", at=at).status_code for at in ({}, {"step": "trigger"}, {"step": "sgone0"})] == [
        404
    ] * 3


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "There is no step on the clipboard. Copy one by its menu first, then paste it here."),
        ("Dear Mara,", "There is no step on the clipboard."),
        ("[" * 100_000, "There is no step on the clipboard."),
        ('{"format": 1, "kind": "recette.recipe"}', "There is no step on the clipboard."),
        ('{"format": 1, "kind": "recette.steps", "steps": []}', "There are no steps on the clipboard."),
        (json.dumps([{"id": "s00001", "kind": "<script>alert(1)</script>"}]), "is of kind"),
        (json.dumps([{"id": "s00001", "kind": "stop", "message": "x" * 600_000}]), "512 KB"),
    ],
)
def test_what_is_no_step_is_told_and_changes_nothing(pasted, said):
    desk = make_desk()
    before = desk.now.draft

    answer = desk.edit("paste_steps", after="trigger", path="", steps=pasted)

    assert said in text(answer)
    assert b"<script>alert" not in answer.content
    assert desk.now.draft == before and answer.status_code == 422
