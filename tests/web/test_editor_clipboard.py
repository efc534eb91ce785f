"""Steps copied as text and pasted, within a recipe and into another."""

import json

import pytest

from builder.recipe import tree as trees
from tests.web.editor_desk import make_desk
from tests.web.people import text

pytestmark = pytest.mark.django_db


def copied(desk, step: str) -> str:
    return desk.get("recipe-step-copied", step).content.decode()


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
