"""Control steps in the editor: chosen, filled in, judged with the sample."""

import json
import re
from typing import Any

import pytest
from django_scopes import scope

from builder.actions import publishing
from builder.recipe import tree as trees
from builder.web.editor import kinds
from tests import make
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import only, statuses, text
from tests.web.test_editor_edits import targets

pytestmark = pytest.mark.django_db
TAGS = "{{ trigger.contact.tags }}"


def fork(*inside: dict[str, Any]) -> dict[str, Any]:
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "10000"}
    big = {"id": "pbig", "name": "Big", "conditions": {"match": "all", "rules": [rule]}, "steps": list(inside)}
    return {"id": "sforks", "kind": "paths", "paths": [big, {"id": "pmid", "name": ""}], "otherwise": {"steps": []}}


def loop(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"id": "sloops", "kind": "each", "list": TAGS, "steps": list(inside)}


def problems(desk: Desk, step_id: str) -> list[tuple[str, str]]:
    with scope(workspace=desk.workspace):
        return [(p.field, p.code) for p in publishing.problems(desk.now) if p.step_id == step_id]


@pytest.mark.parametrize("tool", kinds.TOOLS, ids=lambda tool: tool.kind)
def test_every_kind_is_found_added_and_opened(tool: kinds.Tool):
    desk = make_desk()
    found = desk.get("recipe-step-new", at={"q": tool.words.split()[-1], "after": "sclien"}, htmx=True)
    entry = next(one for one in found.context["chooser"].tools if one.tool.kind == tool.kind)

    answer = desk.edit(**{name: value for name, value in json.loads(entry.vals).items() if name != "rev"})

    new = desk.ids[2]
    assert desk.step(new)["kind"] == tool.kind
    assert {"#flow", "#panel"} <= set(targets(answer))
    assert "can’t be changed in this version" not in text(answer)
    assert desk.get("recipe-step", new, htmx=True).context["panel"].tab != "options"


def test_chooser_offers_kinds_for_steps_only():
    desk = make_desk()

    starts = desk.get("recipe-step-new", at={"for": "trigger"}, htmx=True).context["chooser"]
    loops = desk.get("recipe-step-new", at={"q": "loop", "after": "sclien"}, htmx=True).context["chooser"]

    assert starts.tools == []
    assert [entry.tool.kind for entry in loops.tools] == ["each"]


# a wait until something happens


def waiting(**more: Any) -> dict[str, Any]:
    return {"id": "swaits", "kind": "wait", "mode": "event", "timeout": {"amount": "7", "unit": "days"}, **more}


def test_wait_for_an_event_is_chosen_like_a_trigger_and_filled_in():
    desk = make_desk(steps=[waiting(mode="for")])

    desk.edit("set_field", open="swaits", step="swaits", field="mode", value="event")
    panel = desk.get("recipe-step", "swaits", htmx=True)
    found = desk.get("recipe-step-new", at={"for": "trigger", "change": "swaits", "q": "task"}, htmx=True)
    entry = next(
        e for _a, _h, rows in found.context["chooser"].groups for e in rows if e.item.key == "ghl.task.completed"
    )
    desk.edit(**{name: value for name, value in json.loads(entry.vals).items() if name != "rev"})
    desk.edit("set_field", open="swaits", step="swaits", field="about", value="{{ trigger.contact.email }}")

    step = desk.step("swaits")
    assert panel.context["panel"].tab == "app"
    assert "What does the run wait for?" in text(panel)
    assert "Choose what it waits for" in text(found)
    assert (step["trigger"], step["about"]) == ("ghl.task.completed", "{{ trigger.contact.email }}")
    assert step["connection"]
    assert problems(desk, "swaits") == []
    assert "Wait until a task is completed" in text(desk.get())


def test_values_of_what_was_waited_for_are_offered_to_later_steps():
    wait = waiting(trigger="ghl.task.completed", about="x")
    desk = make_desk(steps=[wait, {"id": "sstops", "kind": "stop"}])

    shown = text(desk.get("recipe-data", "sstops", at={"field": "message", "q": "happened"}, htmx=True))

    assert "Happened" in shown


def test_only_what_comes_from_an_account_can_be_waited_for():
    desk = make_desk(steps=[waiting()])

    found = desk.get("recipe-step-new", at={"for": "trigger", "change": "swaits", "q": "webhook"}, htmx=True)
    refused = desk.edit("set_operation", open="swaits", step="swaits", operation="tools.hook.received")
    unknown = desk.edit("set_operation", open="swaits", step="swaits", operation="ghl.contacts.get")

    assert not [hit for hit in found.context["chooser"].hits if hit.item.key.startswith("tools.")]
    assert "A run can" in text(refused)
    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert desk.step("swaits")["trigger"] == ""


def test_filter_of_an_awaited_event_takes_no_value_of_an_earlier_step():
    given = {
        "trigger": "ghl.task.completed",
        "about": "x",
        "inputs": {"user": "{{ trigger.contact.assigned_to }}"},
    }
    desk = make_desk(steps=[waiting(**given)])

    codes = [code for field, code in problems(desk, "swaits") if field != "connection"]

    assert codes == ["fixed"]


# a loop


def test_loop_is_filled_in_and_its_number_may_be_typed():
    desk = make_desk(steps=[loop()])

    desk.edit("set_field", open="sloops", step="sloops", field="batch", value="25")
    desk.edit("set_field", open="sloops", step="sloops", field="on_error", value="go_on")

    step = desk.step("sloops")
    assert (step["batch"], step["on_error"]) == (25, "go_on")
    assert "25 of contact tags" in text(desk.get())


@pytest.mark.parametrize("value", ["0", "1001", "many", "1.5", "", "-1"])
def test_number_of_items_that_cant_be_is_refused_beside_its_field(value: str):
    desk = make_desk(steps=[loop()])

    answer = desk.edit("set_field", open="sloops", step="sloops", field="batch", value=value)

    assert (answer.status_code, targets(answer)) == (422, ["#f-batch-notes"])
    assert "whole number from 1 to 1000" in text(answer)
    assert desk.step("sloops")["batch"] == 1


def test_loop_offers_lists_to_go_through_and_its_item_to_the_steps_inside():
    note = {"id": "sinsid", "kind": "remember", "values": {"tag": ""}}
    after = {"id": "safter", "kind": "remember", "values": {"n": ""}}
    desk = make_desk(steps=[loop(note), after])

    def offered(step: str, **at: str) -> list[str]:
        sources = desk.get("recipe-data", step, at={"all": "1", **at}, htmx=True).context["sources"]
        return [value.path for source in sources for value in source.values]

    assert "trigger.contact.tags" in offered("sloops", field="list")
    assert "trigger.contact.email" not in offered("sloops", field="list")
    inside = [path for path in offered("sinsid", field="values", at="tag") if path.startswith("sloops")]
    assert inside == ["sloops.count", "sloops.item", "sloops.number"]
    outside = [path for path in offered("safter", field="values", at="n") if path.startswith("sloops")]
    assert outside == ["sloops.items", "sloops.count"]


def test_empty_loop_asks_for_a_step_inside():
    desk = make_desk(steps=[loop()])

    panel = desk.get("recipe-step", "sloops", htmx=True)

    assert "?path=sloops-each" in panel.content.decode()
    assert problems(desk, "sloops") == [("steps", "no_inner_steps")]


# paths


def test_paths_come_are_named_ordered_and_go():
    desk = make_desk(steps=[fork()])

    added = desk.edit("add_path", open="sforks", step="sforks")
    third = desk.step("sforks")["paths"][2]["id"]
    desk.edit("rename_step", open="sforks", step=third, name="Small")
    moved = desk.edit("move_path", open="sforks", path=third, index="0")
    order = [path["name"] for path in desk.step("sforks")["paths"]]
    gone = desk.edit("delete_path", open="sforks", path="pmid")

    assert {"#flow", "#panel"} <= set(targets(added)) & set(targets(moved)) & set(targets(gone))
    assert added.context["panel"].aim == moved.context["panel"].aim == f"path-{third}-name"
    assert order == ["Small", "Big", ""]
    assert [path["name"] for path in desk.step("sforks")["paths"]] == ["Small", "Big"]


@pytest.mark.parametrize(
    ("place", "said"),
    [("pbig", "In “Big”"), ("pmid", "In “Path 2”"), ("sforks-otherwise", "In “Anything else”")],
)
def test_chooser_says_which_path_the_step_goes_into(place: str, said: str):
    desk = make_desk(steps=[fork(), loop()])

    assert desk.get("recipe-step-new", at={"path": place}, htmx=True).context["chooser"].subtitle == said
    inside = desk.get("recipe-step-new", at={"path": "sloops-each"}, htmx=True).context["chooser"].subtitle
    assert inside == "In “For each”"


def test_condition_of_a_path_changes_that_path_and_what_stands_between_the_cards():
    desk = make_desk(steps=[fork()])
    group = desk.get("recipe-step", "sforks", htmx=True).context["panel"].paths[1].group

    desk.edit("set_condition", open="sforks", step="pmid", rule=group.next_json, json=group.rule_json)
    chosen = desk.edit(
        "set_condition", open="sforks", step="pmid", rule="[0]", part="field", value="{{ trigger.value }}"
    )
    typed = desk.edit("set_condition", open="sforks", step="pmid", rule="[0]", part="value", value="100")

    rules = [path["conditions"]["rules"] for path in desk.step("sforks")["paths"]]
    assert rules[1] == [{"field": "{{ trigger.value }}", "op": "gt", "value": "100"}]
    assert rules[0][0]["value"] == "10000"
    assert {"#conditions-pmid", "#flow", "#verdict"} <= set(targets(chosen))
    assert {"#r-pmid-0-notes", "#flow", "#verdict"} <= set(targets(typed))
    assert "value is more than 100" in text(typed)
    assert "With the sample data, the run takes “" in text(typed)


def test_problem_of_a_path_leads_to_its_own_control():
    desk = make_desk(steps=[fork()])

    queries = [target["query"] for _problem, target in desk.get().context["bar"].problems]
    aims = [re.search(r"focus=(\S+)", query)[1] for query in queries if "focus=" in query]

    assert problems(desk, "sforks") == [("paths.1.conditions", "no_conditions")]
    assert "there is no condition. add one, or delete the path." in text(desk.get()).lower()
    assert "conditions-pmid" in aims
    page = desk.get(at={"step": "sforks", "focus": "conditions-pmid"}).content.decode()
    assert re.search(r"<button[^>]*data-focus", page)


def test_two_people_in_two_paths_never_meet_and_in_one_condition_do():
    desk = make_desk(steps=[fork()])
    camille = desk.colleague()
    desk.edit("set_condition", browser=camille, step="pbig", rule="[0]", part="value", value="5")

    other = desk.edit("rename_step", rev=0, open="sforks", step="pmid", name="Middle")
    same = desk.edit("set_condition", rev=0, open="sforks", step="pbig", rule="[0]", part="value", value="7")

    assert other.status_code == 200
    assert same.status_code == 409
    assert "Keep mine" in text(same)
    assert desk.step("sforks")["paths"][0]["conditions"]["rules"][0]["value"] == "5"


# waiting, remembering, stopping


def test_wait_shows_what_its_way_of_waiting_needs():
    desk = make_desk(steps=[{"id": "swaitt", "kind": "wait", "amount": "2"}])

    until = desk.edit("set_field", open="swaitt", step="swaitt", field="mode", value="until")
    named = [slot.name for slot in until.context["panel"].slots]
    desk.edit("set_field", open="swaitt", step="swaitt", field="at", value="{{ today | plus_days: 3 }}")

    assert named == ["mode", "at"]
    assert "Wait until" in text(desk.get())
    assert problems(desk, "swaitt") == []


def test_remembered_value_gets_a_name_that_pills_can_bear():
    desk = make_desk(steps=[{"id": "sremem", "kind": "remember"}])

    desk.edit("set_field", open="sremem", step="sremem", field="values", new=" Fälliger Tag ")
    desk.edit(
        "set_field", open="sremem", step="sremem", field="values", at='["falliger_tag"]', value="{{ trigger.name }}"
    )
    again = desk.edit("set_field", open="sremem", step="sremem", field="values", new="falliger tag")
    bad = desk.edit("set_field", open="sremem", step="sremem", field="values", new="7 days")
    panel = desk.get("recipe-step", "sremem", htmx=True).content.decode()

    assert desk.step("sremem")["values"] == {"falliger_tag": "{{ trigger.name }}"}
    assert (again.status_code, bad.status_code) == (422, 422)
    assert "is here already" in text(again)
    assert "Give the value a name that begins with a letter" in text(bad)
    [place] = re.findall(r'hx-target="#([^"]+)"', bad.content.decode())
    assert f'<div class="notes" id="{place}">' in panel
    assert f'id="{place.removesuffix("-notes")}-conflict"' in panel
    desk.edit("set_field", open="sremem", step="sremem", field="values", at='["falliger_tag"]', json="null")
    assert desk.step("sremem")["values"] == {}


def test_people_who_are_asked_are_known_whatever_the_case_of_their_address():
    desk = make_desk(steps=[{"id": "sappro", "kind": "approval"}])
    make.make_member(workspace=desk.workspace, name="Anna Keller", email="anna@example.com")
    pill = "{{ trigger.contact.email }}"

    desk.edit("set_field", step="sappro", field="people", json=json.dumps(["Anna@Example.com", "gone@example.com"]))
    people = _choices(desk, "sappro", "people")
    desk.edit("set_field", step="sappro", field="people", json=json.dumps([pill]))
    written = _choices(desk, "sappro", "people")

    assert people["Anna@Example.com"] == "Anna Keller"
    assert people["gone@example.com"] == "gone@example.com, not in this workspace"
    assert "anna@example.com" not in people
    assert written[pill] == pill


def _choices(desk, step_id, name):
    slots = desk.get("recipe-step", step_id, htmx=True).context["panel"].slots
    return next(dict(slot.field.choices) for slot in slots if slot.name == name)


def test_stop_says_how_the_run_counts_and_why():
    desk = make_desk(steps=[{"id": "sstops", "kind": "stop"}])

    desk.edit("set_field", open="sstops", step="sstops", field="outcome", value="failed")
    desk.edit("set_field", open="sstops", step="sstops", field="message", value="No client for {{ trigger.name }}")

    step = desk.step("sstops")
    assert (step["outcome"], step["message"]) == ("failed", "No client for {{ trigger.name }}")
    assert "Stop No client for [name]" in text(desk.get())


def test_call_offers_recipes_that_can_be_called_and_takes_named_values():
    desk = make_desk(
        steps=[{"id": "scalls", "kind": "call"}, {"id": "sremem", "kind": "remember", "values": {"a": ""}}]
    )
    tree = trees.parse(
        {
            "format": 1,
            "trigger": {"operation": "tools.hook.received"},
            "steps": [{"id": "sother", "kind": "remember", "values": {"total": "1"}}],
        }
    )
    other = make.make_recipe(workspace=desk.workspace, name="Dunning", tree=tree, live=True)
    slots = {slot.name: slot for slot in desk.get("recipe-step", "scalls", htmx=True).context["panel"].slots}

    desk.edit("set_field", open="scalls", step="scalls", field="recipe", value=other.public_id)
    desk.edit("set_field", open="scalls", step="scalls", field="wait", value="false")
    desk.edit("set_field", open="scalls", step="scalls", field="inputs", new="Invoice number")
    desk.edit("set_field", open="scalls", step="scalls", field="inputs", at='["invoice_number"]', value="7")

    step = desk.step("scalls")
    assert [choice.label for choice in slots["recipe"].options] == ["Dunning"]
    assert (step["recipe"], step["wait"], step["inputs"]) == (other.public_id, False, {"invoice_number": "7"})
    assert "Call Dunning" in text(desk.get())
    assert problems(desk, "scalls") == []
    sources = desk.get("recipe-data", "sremem", at={"all": "1"}, htmx=True).context["sources"]
    assert "scalls.values.total" in [value.path for source in sources for value in source.values]


def test_every_place_but_its_own_and_those_inside_it_is_offered_to_move_to():
    note = {"id": "sinsid", "kind": "remember", "values": {"a": "1"}}
    end = {"id": "sendss", "kind": "stop"}
    desk = make_desk(steps=[fork(note), loop(), end])

    def offered(step: str) -> list[tuple[str, str]]:
        spots = desk.get("recipe-step-move", step, htmx=True).context["spots"]
        return [(spot.to, spot.label) for spot in spots]

    assert offered("sforks") == [
        ("|sloops-each", "First inside 4 · For each"),
        ("sloops|", "After 4 · For each"),
        ("sendss|", "After 5 · Stop"),
    ]
    assert [to for to, _label in offered("sinsid")] == [
        "trigger|", "|pmid", "|sforks-otherwise", "sforks|", "|sloops-each", "sloops|", "sendss|",
    ]  # fmt: skip
    assert [to for to, _label in offered("sendss")] == [
        "trigger|", "|pbig", "sinsid|", "|pmid", "|sforks-otherwise", "sforks|", "|sloops-each",
    ]  # fmt: skip


def test_chosen_place_is_where_the_step_goes():
    desk = make_desk(steps=[fork(), loop(), {"id": "sendss", "kind": "stop"}])

    answer = desk.edit("move_step", step="sendss", to="|pmid")

    assert desk.step("sforks")["paths"][1]["steps"][0]["id"] == "sendss"
    events = json.loads(answer.headers["HX-Trigger"])
    assert (events["flow:focus"], events["dialog:close"]) == ("sendss", True)
    page = desk.get("recipe-step-move", "sendss").content.decode()
    assert 'name="to" value="sforks|"' in page and "<html" in page


def test_moving_is_for_who_may_edit():
    desk = make_desk()

    assert statuses(desk.workspace, lambda browser: browser.get(desk.url("recipe-step-move", "sinvoi"))) == only(
        "owner", "admin", "editor"
    )


# options of any step


def test_step_gets_a_condition_of_its_own_and_loses_it():
    desk = make_desk()
    group = desk.get("recipe-step", "sinvoi", at={"tab": "options"}, htmx=True).context["panel"].only_if
    own = {"step": "sinvoi", "open": "sinvoi", "where": "only_if"}

    added = desk.edit("set_condition", rule=group.next_json, json=group.rule_json, **own)
    desk.edit("set_condition", rule="[0]", part="field", value="{{ trigger.value }}", **own)
    typed = desk.edit("set_condition", rule="[0]", part="value", value="500", **own)

    held = desk.step("sinvoi")["options"]["only_if"]
    assert held == {"match": "all", "rules": [{"field": "{{ trigger.value }}", "op": "gt", "value": "500"}]}
    assert "#conditions-only_if" in targets(added)
    assert {"#r-only_if-0-notes", "#step-sinvoi"} <= set(targets(typed))
    assert "only if value is more than 500" in text(desk.get())
    desk.edit("set_condition", rule="[0]", remove="1", **own)
    assert desk.step("sinvoi")["options"]["only_if"]["rules"] == []
    assert "only if value" not in text(desk.get())


def test_problem_of_an_own_condition_leads_to_the_options():
    desk = make_desk()
    desk.edit("set_condition", step="sinvoi", where="only_if", rule="[0]", json='{"field": "", "op": "", "value": ""}')

    [(problem, target)] = desk.get().context["bar"].problems

    assert (problem.field, problem.code) == ("options.only_if.rules.0.field", "bad_condition")
    assert target["query"] == "?step=sinvoi&tab=options&focus=r-only_if-0-field"
    panel = desk.get("recipe-step", "sinvoi", at={"tab": "options", "focus": "r-only_if-0-field"}, htmx=True)
    assert "data-focus" in panel.content.decode()


def test_how_long_an_answer_is_waited_for_is_an_option_of_steps_that_ask_a_service():
    desk = make_desk(steps=[{"id": "stexts", "kind": "action", "operation": "tools.text.format"}])
    desk.edit("add_step", kind="action", operation="invoice_ninja.clients.get", after="stexts")
    asks = desk.ids[-1]

    desk.edit("set_policy", open=asks, step=asks, option="timeout", value="120")
    refused = desk.edit("set_policy", open=asks, step=asks, option="timeout", value="9999")

    assert desk.step(asks)["options"]["timeout"] == "120"
    assert refused.status_code == 422
    assert "How long it waits for an answer" in text(desk.get("recipe-step", asks, at={"tab": "options"}, htmx=True))
    assert "How long it waits" not in text(desk.get("recipe-step", "stexts", at={"tab": "options"}, htmx=True))


def test_recipe_says_how_long_a_step_is_tried():
    desk = make_desk()

    desk.edit("set_policy", open="sinvoi", step="sinvoi", option="retry", value="never")

    assert desk.step("sinvoi")["options"] == {"retry": "never"}
    policies = desk.get("recipe-step", "sinvoi", at={"tab": "options"}, htmx=True).context["panel"].policies
    assert [(option, chosen) for option, _question, _choices, chosen in policies][:2] == [
        ("retry", "never"), ("on_error", "hold"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["paths", "each", "wait", "approval", "remember", "call", "stop"])
def test_viewer_sees_what_is_in_a_control_step_and_changes_nothing(kind: str):
    desk = make_desk(role="viewer", steps=[{"id": "scontr", "kind": kind}])

    page = desk.get("recipe-step", "scontr", htmx=True).content.decode()

    assert "<noscript>" not in page
    assert 'name="value"' not in page and 'name="new"' not in page


def test_move_to_another_list_keeps_what_is_inside_and_never_goes_into_itself():
    note = {"id": "sinsid", "kind": "remember", "values": {"a": "1"}}
    desk = make_desk(steps=[fork(note), loop()])

    inside = desk.edit("move_step", open="sforks", step="sforks", path="sloops-each")
    itself = desk.edit("move_step", step="sloops", path="pbig")

    assert inside.status_code == 200
    assert itself.status_code == 422
    assert desk.ids == ["sloops", "sforks", "sinsid"]
    assert desk.step("sloops")["steps"][0]["paths"][0]["steps"][0]["id"] == "sinsid"
