"""Edits from the page: which parts come back, and what happens where two people meet."""

import json

import pytest

from builder.models import Role
from builder.recipe import tree as trees
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, only, statuses, text

pytestmark = pytest.mark.django_db


def targets(answer) -> list[str]:
    """The parts an answer replaces."""
    return [part.split('"')[1] for part in answer.content.decode().split("<hx-partial ")[1:]]


def test_edit_is_for_who_may():
    desk = make_desk()
    keys = iter(range(99))

    def ask(browser):
        sent = {"op": "set_note", "step": "sinvoi", "note": str(n := next(keys)), "rev": 0, "key": f"k{n}"}
        return browser.post(desk.url("recipe-commands"), sent)

    assert statuses(desk.workspace, ask, (Role.VIEWER, Role.OPERATOR, "stranger")) == {
        "viewer": 403, "operator": 403, "stranger": 404,
    }  # fmt: skip
    assert statuses(desk.workspace, ask, (Role.EDITOR,)) == {"editor": 302}
    assert only("editor")["editor"] == 200


def test_field_brings_its_notes_card_and_bar():
    desk = make_desk()

    answer = desk.edit("set_field", open="sinvoi", step="sinvoi", field="po_number", value="PO {{ trigger.name }}")

    assert targets(answer)[0] == "#step-sinvoi"
    assert "#f-po_number-notes" in targets(answer)
    assert {"#savebar", "#history", "#publish", "#problem-list"} <= set(targets(answer))
    assert "#flow" not in targets(answer)
    assert json.loads(answer.headers["HX-Trigger"]) == {"draft:rev": 1}
    assert desk.step("sinvoi")["inputs"]["po_number"] == "PO {{ trigger.name }}"


def test_equal_value_is_answered_by_nothing():
    desk = make_desk()
    desk.edit("set_field", step="sinvoi", field="po_number", value="PO-1")

    answer = desk.edit("set_field", step="sinvoi", field="po_number", value="PO-1")

    assert (answer.status_code, answer.content) == (204, b"")


def test_same_key_is_done_once():
    desk = make_desk()

    for _ in range(2):
        desk.edit("duplicate_step", step="sinvoi", key="the-same", rev=0)

    assert len(desk.ids) == 4


def test_column_of_a_line_is_set_by_its_place():
    desk = make_desk()

    answer = desk.edit("set_field", open="sinvoi", step="sinvoi", field="line_items", at='[0, "quantity"]', value="3")

    assert desk.step("sinvoi")["inputs"]["line_items"][0]["quantity"] == "3"
    assert {"#f-line_items-0-quantity-notes", "#f-line_items-total"} <= set(targets(answer))
    assert "Deal, 3 × $4,850.50" in text(answer)


def test_lines_come_and_go():
    desk = make_desk()

    added = desk.edit("add_line", open="sinvoi", step="sinvoi", field="line_items")
    two = len(desk.step("sinvoi")["inputs"]["line_items"])
    desk.edit("remove_line", open="sinvoi", step="sinvoi", field="line_items", index="0")

    assert two == 2
    assert "#f-line_items" in targets(added)
    assert desk.step("sinvoi")["inputs"]["line_items"] == [{}]


def test_lines_become_one_per_item_and_keep_the_first():
    desk = make_desk()
    slot = desk.get("recipe-step", "sinvoi", at={"tab": "fields"}, htmx=True).context["panel"].slots[3]

    desk.edit("set_field", open="sinvoi", step="sinvoi", field="line_items", json=slot.switch_json)

    made = desk.step("sinvoi")["inputs"]["line_items"]
    assert (made["each"], made["line"]["cost"]) == ("", "{{ trigger.value }}")


def test_added_step_has_the_only_fitting_connection_and_opens_where_it_is_empty():
    desk = make_desk()

    answer = desk.edit("add_step", operation="ghl.contacts.add_tags", after="sonlyi")

    new = desk.ids[1]
    assert desk.step(new)["connection"] == desk.ghl.public_id
    assert answer.headers["HX-Push-Url"] == f"{desk.url()}?step={new}"
    assert {"#flow", "#panel"} <= set(targets(answer))
    assert json.loads(answer.headers["HX-Trigger"])["dialog:close"] is True
    assert answer.context["panel"].aim == "f-contactId"


def test_only_if_is_added_without_an_operation():
    desk = make_desk()

    desk.edit("add_step", kind="only_if", after="sclien")

    assert [desk.step(each)["kind"] for each in desk.ids] == ["only_if", "action", "only_if", "action"]


def test_deleted_step_can_be_undone_from_the_message():
    desk = make_desk()

    answer = desk.edit("delete_step", open="sclien", step="sclien", number="3")
    gone = desk.ids
    desk.browser.post(desk.url("recipe-undo"), headers=HTMX)

    assert gone == ["sonlyi", "sinvoi"]
    assert desk.ids == ["sonlyi", "sclien", "sinvoi"]
    assert f'hx-post="{desk.url("recipe-undo")}"' in answer.content.decode()
    assert json.loads(answer.headers["HX-Trigger"])["flow:focus"] == "sinvoi"


@pytest.mark.parametrize(
    ("op", "step", "order"),
    [("move_up", "sinvoi", "sonlyi sinvoi sclien"), ("move_down", "sonlyi", "sclien sonlyi sinvoi")],
)
def test_step_moves_among_its_neighbours(op, step, order):
    desk = make_desk()

    answer = desk.edit(op, step=step)

    assert desk.ids == order.split()
    assert "moved" in json.loads(answer.headers["HX-Trigger"])["say"]


def test_first_step_moved_up_says_that_it_is_first():
    desk = make_desk()

    answer = desk.edit("move_up", step="sonlyi")

    assert answer.status_code == 422
    assert "It is first here already." in text(answer)


def test_undo_is_named_and_redo_puts_it_back():
    desk = make_desk()
    edited = desk.edit("set_field", step="sinvoi", field="po_number", value="PO-1")

    desk.browser.post(desk.url("recipe-undo"), headers=HTMX)
    without = desk.step("sinvoi")["inputs"].get("po_number")
    desk.browser.post(desk.url("recipe-redo"), headers=HTMX)

    assert "Undo: fill in “PO number”" in edited.content.decode()
    assert (without, desk.step("sinvoi")["inputs"]["po_number"]) == (None, "PO-1")


def test_nothing_to_undo_is_a_message():
    desk = make_desk()

    answer = desk.browser.post(desk.url("recipe-undo"), headers=HTMX)

    assert answer.status_code == 410
    assert "There is nothing of yours to undo." in text(answer)


# two people


def test_same_field_twice_shows_both_values():
    desk = make_desk()
    desk.edit("set_field", browser=desk.colleague(), step="sinvoi", field="po_number", value="Hers")

    answer = desk.edit("set_field", rev=0, open="sinvoi", step="sinvoi", field="po_number", value="Mine")

    assert answer.status_code == 409
    assert targets(answer) == ["#f-po_number-conflict"]
    assert "Camille Roux changed this meanwhile." in text(answer)
    assert "Hers" in text(answer) and "Mine" in text(answer)
    assert "Keep mine" in text(answer) and "Take theirs" in text(answer)
    assert desk.step("sinvoi")["inputs"]["po_number"] == "Hers"


def test_keeping_mine_sends_the_same_edit_with_the_new_revision():
    desk = make_desk()
    desk.edit("set_field", browser=desk.colleague(), step="sinvoi", field="po_number", value="Hers")
    clash = desk.edit("set_field", rev=0, open="sinvoi", step="sinvoi", field="po_number", value="Mine")

    again = clash.context["again"] | {"rev": clash.context["desk"].rev, "key": clash.context["key"]}
    desk.browser.post(desk.url("recipe-commands"), again, headers=HTMX)

    assert desk.step("sinvoi")["inputs"]["po_number"] == "Mine"


def test_different_fields_merge_silently():
    desk = make_desk()
    desk.edit("set_field", browser=desk.colleague(), step="sinvoi", field="po_number", value="Hers")

    answer = desk.edit("set_field", rev=0, step="sinvoi", field="public_notes", value="Mine")

    assert answer.status_code == 200
    inputs = desk.step("sinvoi")["inputs"]
    assert (inputs["po_number"], inputs["public_notes"]) == ("Hers", "Mine")


def test_step_deleted_by_a_colleague_brings_the_flow_and_keeps_the_text():
    desk = make_desk()
    desk.edit("delete_step", browser=desk.colleague(), step="sinvoi")

    answer = desk.edit("set_field", rev=0, open="sinvoi", step="sinvoi", field="po_number", value="My long text")

    assert answer.status_code == 409
    assert targets(answer) == ["#flow", "#toast"]
    assert "My long text" in text(answer)


# what can't be


def test_unknown_field_is_refused():
    desk = make_desk()

    answer = desk.edit("set_field", open="sinvoi", step="sinvoi", field="nonsense", value="x")

    assert answer.status_code == 422
    assert "has no field “nonsense”" in text(answer)


def test_text_too_long_is_refused_beside_the_field():
    desk = make_desk()

    answer = desk.edit("set_field", open="sinvoi", step="sinvoi", field="public_notes", value="x" * 70_000)

    assert answer.status_code == 422
    assert targets(answer) == ["#f-public_notes-notes"]
    assert "longer than 65536 characters" in text(answer)


@pytest.mark.parametrize(
    "sent",
    [
        {"op": "set_field", "step": "sinvoi", "field": "line_items", "at": "{"},
        {"op": "set_field", "step": "sinvoi", "field": "line_items", "at": "[[]]", "value": "x"},
        {"op": "set_condition", "step": "sonlyi", "rule": '["x"]', "part": "op", "value": "gt"},
        {"op": "set_condition", "step": "sinvoi", "match": "any"},
        {"op": "add_step", "operation": "ghl.nothing.at_all"},
        {"op": "paste_steps", "steps": "[1]"},
        {"op": "nothing"},
        {"op": ""},
    ],
    ids=lambda sent: f"{sent['op']}-{len(sent)}",
)
def test_nonsense_gets_an_answer_and_changes_nothing(sent):
    desk = make_desk()
    before = desk.now.draft

    answer = desk.edit(**sent)

    assert answer.status_code in (410, 422)
    assert desk.now.draft == before


# conditions


def test_field_of_a_condition_brings_a_comparison_that_fits():
    desk = make_desk()

    answer = desk.edit(
        "set_condition", open="sonlyi", step="sonlyi", rule="[0]", part="field", value="{{ trigger.contact.tags }}"
    )

    rule = desk.step("sonlyi")["conditions"]["rules"][0]
    assert (rule["field"], rule["op"]) == ("{{ trigger.contact.tags }}", "includes")
    assert "#conditions" in targets(answer)


def test_typed_value_changes_only_remarks():
    desk = make_desk()

    answer = desk.edit("set_condition", open="sonlyi", step="sonlyi", rule="[0]", part="value", value="9000")

    assert desk.step("sonlyi")["conditions"]["rules"][0]["value"] == "9000"
    assert {"#r-0-notes", "#verdict"} <= set(targets(answer))
    assert "With the sample data, the run ends here." in text(answer)


def test_between_takes_two_values():
    desk = make_desk()
    desk.edit("set_condition", step="sonlyi", rule="[0]", part="op", value="between")

    desk.edit("set_condition", step="sonlyi", rule="[0]", part="value", side="0", value="10")
    desk.edit("set_condition", step="sonlyi", rule="[0]", part="value", side="1", value="20")

    assert desk.step("sonlyi")["conditions"]["rules"][0]["value"] == ["10", "20"]


def test_conditions_and_groups_come_and_go():
    desk = make_desk()
    group = desk.get("recipe-step", "sonlyi", htmx=True).context["panel"].group

    desk.edit("set_condition", step="sonlyi", rule=group.next_json, json=group.group_json)
    nested = desk.step("sonlyi")["conditions"]["rules"][1]
    desk.edit("set_condition", step="sonlyi", rule="[1]", match="all")
    match = desk.step("sonlyi")["conditions"]["rules"][1]["match"]
    desk.edit("set_condition", step="sonlyi", rule="[1]", remove="1")

    assert nested == {"match": "any", "rules": [{"field": "", "op": "", "value": ""}]}
    assert match == "all"
    assert len(desk.step("sonlyi")["conditions"]["rules"]) == 1


# without script


def test_form_without_script_leads_back_to_where_one_was():
    desk = make_desk()
    here = f"http://testserver{desk.url()}?step=sinvoi&tab=fields"
    sent = {"op": "set_field", "step": "sinvoi", "field": "po_number", "value": "PO-1", "rev": 0, "key": "k"}

    answer = desk.browser.post(desk.url("recipe-commands"), sent, headers={"Referer": here})

    assert (answer.status_code, answer.headers["Location"]) == (302, here)
    assert desk.step("sinvoi")["inputs"]["po_number"] == "PO-1"


def test_refusal_without_script_is_a_message_on_the_page():
    desk = make_desk()
    sent = {"op": "set_field", "step": "sinvoi", "field": "nonsense", "value": "x", "rev": 0, "key": "k"}

    answer = desk.browser.post(desk.url("recipe-commands"), sent, follow=True)

    assert "has no field “nonsense”" in text(answer)


def test_viewer_of_another_workspace_changes_nothing():
    desk = make_desk()
    elsewhere = browser_of(make_desk().workspace)

    answer = desk.edit("delete_step", browser=elsewhere, step="sinvoi")

    assert answer.status_code == 404
    assert desk.ids == ["sonlyi", "sclien", "sinvoi"]
    assert trees.find(desk.now.draft, "sinvoi")
