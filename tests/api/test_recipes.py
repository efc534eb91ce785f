"""A recipe's life over the API, from nothing to live and back."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scopes_disabled

from builder.models import DraftEdit, Recipe, Role, Run, RunStatus, StepRun, Subscription, Version, Workspace
from builder.runner import listening
from tests import make
from tests.api.client import Api, Scene, member, problem, program


def edit(op: str = "set_note", rev: int = 0, key: str = "k1", **args: Any) -> dict[str, Any]:
    return {"op": op, "args": args or {"step": "sclien", "note": "Mind the tax."}, "rev": rev, "key": key}


def test_a_recipe_is_built_published_paused_and_rolled_back(scene: Scene, owner: Api):
    made = owner.post("/recipes", {"name": "By hand", "folder": scene.ids["folder"]})
    at = f"/recipes/{made['id']}"
    trigger = owner.post(f"{at}/draft/edits", edit("set_operation", step="trigger", operation="ghl.opportunity.won"))
    empty = owner.get(f"{at}/problems")
    added = owner.post(
        f"{at}/draft/edits",
        edit("add_step", trigger["rev"], "k2", kind="action", operation="ghl.contacts.get",
             connection=scene.ids["ghl"], inputs={"contactId": "{{ trigger.contact.id }}"}),
    )  # fmt: skip
    ready = owner.get(f"{at}/problems")

    first = owner.post(f"{at}/versions", {"rev": added["rev"], "note": "First"})
    same = owner.post(f"{at}/versions", {"rev": added["rev"]})
    paused = owner.post(f"{at}/pause")
    live = owner.post(f"{at}/resume")
    back = owner.post(f"{at}/versions/1/roll-back")

    assert (made["state"], made["live_version"], made["folder"]["name"]) == ("draft", None, "Billing")
    assert (empty["ready"], [p["code"] for p in empty["problems"]]) == (False, ["no_steps"])
    assert added["focus"] == added["tree"]["steps"][0]["id"]
    assert ready == {"ready": True, "problems": []}
    assert (first["number"], first["note"], first["tree"]) == (1, "First", added["tree"])
    assert same["number"] == 1
    assert (paused["state"], live["state"]) == ("paused", "live")
    assert (back["number"], back["note"]) == (2, "Back to version 1")
    assert [v["number"] for v in owner.get(f"{at}/versions")["items"]] == [2, 1]
    assert owner.get(at)["live_version"] == 2


def test_a_draft_that_cannot_go_live_says_what_is_to_be_solved(owner: Api):
    made = owner.post("/recipes", {})

    refused = problem(owner.ask("POST", f"/recipes/{made['id']}/versions", {"rev": 0}), 422)

    assert refused["code"] == "unready"
    assert [one["code"] for one in refused["problems"]] == ["no_trigger", "no_steps"]
    assert refused["problems"] == owner.get(f"/recipes/{made['id']}/problems")["problems"]


def test_a_recipe_with_an_address_of_its_own_says_it_before_it_is_live(owner: Api, scoped, workspace: Workspace):
    made = owner.post("/recipes", {})
    at = f"/recipes/{made['id']}"
    owner.post(f"{at}/draft/edits", edit("set_operation", step="trigger", operation="tools.hook.received"))

    told = owner.get(at)
    again = owner.patch(at, {"name": "Orders"})
    viewer = scoped("view").get(at)
    deleted = owner.delete(at)

    with scopes_disabled():
        own = Subscription.objects.get(recipe__public_id=made["id"])
        assert told["address"] == listening.address(own.hooks.get())
    assert (made["address"], again["address"]) == ("", told["address"])
    assert (viewer["address"], deleted["address"]) == ("", "")


def test_two_programs_that_change_one_value_are_shown_both(scene: Scene, workspace: Workspace, owner: Api):
    other = program(member(workspace, Role.EDITOR, name="Camille Roux"))
    at = scene.path("/recipes/{recipe}/draft/edits")
    other.post(at, edit(key="theirs", step="sclien", note="Theirs"))

    refused = problem(owner.ask("POST", at, edit(key="mine", step="sclien", note="Mine")), 409)
    merged = owner.post(at, edit(key="else", step="sinvoi", note="Mine"))

    assert {name: refused[name] for name in ("code", "mine", "theirs", "who", "key")} == {
        "code": "conflict",
        "mine": "Mine",
        "theirs": "Theirs",
        "who": "Camille Roux",
        "key": "sclien.note",
    }
    assert (merged["merged"], merged["rev"], merged["changed"]) == (True, 2, ["sclien", "sinvoi"])


def test_an_edit_sent_twice_is_done_once(scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}/draft/edits")
    without = {name: value for name, value in edit("duplicate_step", step="sclien").items() if name != "key"}

    by_body = [owner.post(at, edit("duplicate_step", step="sclien")) for _ in range(2)]
    by_header = [owner.post(at, {**without, "rev": 1}, **{"Idempotency-Key": "k2"}) for _ in range(2)]

    assert by_body[0] == by_body[1]
    assert by_header[0] == by_header[1]
    assert [len(answer["tree"]["steps"]) for answer in (*by_body, *by_header)] == [4, 4, 5, 5]


def test_an_edit_without_a_key_is_done_each_time_it_is_sent(scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}/draft/edits")
    body = {name: value for name, value in edit("duplicate_step", step="sclien").items() if name != "key"}

    answers = [owner.post(at, {**body, "rev": rev}) for rev in (0, 1)]

    assert [len(answer["tree"]["steps"]) for answer in answers] == [4, 5]


@pytest.mark.parametrize("key", ["~mine", "k" * 41])
def test_a_key_that_is_none_is_refused(key: str, scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}/draft/edits")

    refused = problem(owner.ask("POST", at, edit(key=""), **{"Idempotency-Key": key}), 422)

    assert list(refused["errors"]) == ["key"]
    with scopes_disabled():
        assert not DraftEdit.objects.exists()


@pytest.mark.parametrize("args", [{}, {"step": 1}, {"step": None}, {"step": [], "note": "x"}, {"stp": "sclien"}])
def test_an_edit_with_wrong_parts_changes_nothing(args: dict[str, Any], scene: Scene, owner: Api):
    before = owner.get(scene.path("/recipes/{recipe}/draft"))

    response = owner.ask("POST", scene.path("/recipes/{recipe}/draft/edits"), {**edit(), "args": args})

    assert problem(response, response.status_code)["status"] in (410, 422)
    assert owner.get(scene.path("/recipes/{recipe}/draft")) == before


def test_undo_and_redo_say_what_they_would_take_back(scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}/draft")
    owner.post(f"{at}/edits", edit())

    before = owner.get(at)
    undone = owner.post(f"{at}/undo")
    after = owner.get(at)
    redone = owner.post(f"{at}/redo")

    assert (bool(before["undo"]), before["redo"]) == (True, "")
    assert (after["undo"], bool(after["redo"])) == ("", True)
    assert undone["tree"]["steps"][1]["note"] == ""
    assert redone["tree"] == before["tree"]


def test_a_recipe_goes_out_as_a_file_and_comes_in_again(scene: Scene, owner: Api, stranger: Api):
    file = owner.get(scene.path("/recipes/{recipe}/export"))

    made = stranger.post("/recipes/import", file)
    tree = stranger.get(f"/recipes/{made['id']}/draft")["tree"]

    assert file["apps"] == ["ghl", "invoice_ninja"]
    assert not [name for name in scene.ids.values() if len(str(name)) > 6 and str(name) in str(file)]
    assert [step["id"] for step in tree["steps"]] == ["sonlyi", "sclien", "sinvoi"]
    assert {step.get("connection", "") for step in tree["steps"]} == {""}


def test_a_template_becomes_a_draft_by_its_answers(scene: Scene, owner: Api):
    question = next(q for q in owner.get("/templates/contact-tag-to-client")["questions"] if q["required"])
    refused = problem(owner.ask("POST", "/templates/contact-tag-to-client/start", {"answers": {}}), 422)
    answers = {question["key"]: "client", "connection_invoice_ninja": scene.ids["ninja"]}

    made = owner.post("/templates/contact-tag-to-client/start", {"answers": answers, "name": "Tagged"})

    assert set(refused["errors"]) == {question["key"], "connection_invoice_ninja"}
    assert (made["name"], made["template"], made["state"]) == ("Tagged", "contact-tag-to-client", "draft")


def test_a_connection_of_another_workspace_is_not_there(scene: Scene, stranger: Api):
    """In a draft, in an answer, in a folder: each is a plain “not there”, and nothing is stored."""
    made = stranger.post("/recipes", {})
    at = f"/recipes/{made['id']}"
    stranger.post(f"{at}/draft/edits", edit("set_operation", step="trigger", operation="ghl.opportunity.won"))
    theirs = scene.ids["ghl"]

    tries = [
        stranger.ask("POST", f"{at}/draft/edits", edit("set_connection", 1, "k2", step="trigger", connection=theirs)),
        stranger.ask(
            "POST", "/templates/contact-tag-to-client/start", {"answers": {"tag": "x", "connection_ghl": theirs}}
        ),
        stranger.ask("PATCH", at, {"folder": scene.ids["folder"]}),
        stranger.ask("POST", "/recipes", {"folder": scene.ids["folder"]}),
    ]

    assert [problem(one, one.status_code)["status"] for one in tries] == [422, 422, 404, 404]
    assert stranger.get(f"{at}/draft")["tree"]["trigger"]["connection"] == ""
    assert len(stranger.get("/recipes")["items"]) == 1


def test_a_deleted_recipe_is_gone_until_it_is_restored(scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}")

    owner.delete(at)
    gone = [owner.ask(method, at + more).status_code for method, more in GONE]
    back = owner.post(f"{at}/restore")

    assert gone == [404] * len(GONE)
    assert back["state"] == "live"


GONE = [("GET", ""), ("GET", "/draft"), ("POST", "/pause"), ("GET", "/versions"), ("GET", "/export"), ("DELETE", "")]


def test_an_event_sent_in_is_kept_with_its_exact_digits(workspace: Workspace, owner: Api):
    tree = make.make_tree(steps=[])
    tree["trigger"] = {**tree["trigger"], "operation": "tools.hook.received", "connection": ""}
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True)

    made = owner.post(f"/recipes/{recipe.public_id}/events", '{"payload": {"total": 1210.10, "tiny": 1e-30}}')

    assert (made["source"], made["fate"], made["data"]) == ("api", "waiting", None)
    with scopes_disabled():
        text = recipe.subscriptions.get().event_set.get().text
    assert '"total":1210.10' in text and "1E-30" in text


def test_numbers_come_out_with_the_digits_they_have(workspace: Workspace, owner: Api):
    event = make.make_event(workspace=workspace, data={"total": Decimal("1210.10"), "id": "1"})

    content = owner.ask("GET", f"/events/{event.public_id}").content.decode()

    assert '"total":1210.10' in content


def test_guards_are_set_all_at_once(scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}/guards")
    none = {"first": None, "writes": None, "customers": None, "money_run": None, "money_day": None}

    first = owner.ask("PUT", at, {"first": 5, "money_day": "5000.50"}).json()
    second = owner.ask("PUT", at, {"writes": 100, "first": None}).json()
    refused = [problem(owner.ask("PUT", at, {name: value}), 422)["errors"] for name, value in
               (("writes", 0), ("money_run", "a lot"), ("money_day", "9" * 21))]  # fmt: skip
    emptied = owner.ask("PUT", at, {}).json()

    assert first == {**none, "first": 5, "money_day": "5000.50"}
    assert (second, emptied) == ({**none, "writes": 100}, none)
    assert [list(errors) for errors in refused] == [["writes"], ["money_run"], ["money_day"]]


def test_a_record_that_does_not_start_the_recipe_is_refused(scene: Scene, owner: Api):
    body = {"payload": {"id": "1", "name": "Lost", "status": "lost"}}

    refused = problem(owner.ask("POST", scene.path("/recipes/{recipe}/events"), body), 422)

    assert list(refused["errors"]) == ["payload"]


def test_a_held_run_shows_its_exchange_and_takes_an_answer(scene: Scene, owner: Api):
    at = scene.path("/runs/{run}")

    run = owner.get(at)
    answered = owner.post(f"{at}/retry", {"answer": "done", "record_id": "Vol9"})
    again = owner.post(f"{at}/cancel")
    late = problem(owner.ask("POST", f"{at}/cancel"), 409)

    assert (run["status"], run["steps"][0]["status"]) == ("held", "unknown")
    assert run["steps"][0]["exchanges"][0]["request_headers"] == {"x-api-token": "••••"}
    assert answered["steps"][0]["output"] == {"client": {"id": "Vol9"}}
    assert again["status"] == "cancelled"
    assert (late["theirs"], late["key"]) == ("Cancelled", "status")


def test_a_record_that_was_not_found_is_refused(scene: Scene, owner: Api):
    at = scene.path("/runs/{run}")
    with scopes_disabled():
        StepRun.objects.filter(run__public_id=scene.ids["run"]).update(output={"found": [{"client": {"id": "Vol1"}}]})

    refused = problem(owner.ask("POST", f"{at}/retry", {"answer": "done", "record_id": "Vol"}), 422)
    answered = owner.post(f"{at}/retry", {"answer": "done", "record_id": "Vol1"})

    assert (refused["code"], list(refused["errors"])) == ("invalid", ["record_id"])
    assert answered["steps"][0]["output"] == {"client": {"id": "Vol1"}}


def test_a_recipe_says_how_many_runs_wait_for_a_person(scene: Scene, owner: Api):
    found = {one["id"]: one["on_hold"] for one in owner.get("/recipes")["items"]}

    assert found == {scene.ids["recipe"]: 1}
    assert owner.get(scene.path("/recipes/{recipe}"))["on_hold"] == 1


def test_a_change_that_is_refused_is_not_made_by_half(scene: Scene, owner: Api):
    at = scene.path("/recipes/{recipe}")
    before = owner.get(at)

    problem(owner.ask("PATCH", at, {"name": "Other", "folder": "nonsense"}), 404)
    problem(owner.ask("PATCH", at, {"name": "   ", "folder": None}), 422)

    assert owner.get(at) == before


def test_many_runs_are_retried_each_by_itself(scene: Scene, owner: Api, stranger: Api):
    body = {"runs": [scene.ids["run"], scene.ids["done"], "nonsense"]}

    ours, theirs = owner.post("/runs/retry", body), stranger.post("/runs/retry", body)

    assert ours["done"] == [scene.ids["run"]]
    assert ours["refused"] == [{"id": scene.ids["done"], "because": "The run is done by now."}]
    assert theirs == {"done": [], "refused": []}


def test_a_run_is_begun_again_once_for_each_time_it_is_asked(scene: Scene, owner: Api):
    again = owner.post(scene.path("/runs/{done}/again"), **{})

    assert (again["replay"], again["status"]) == (1, "queued")
    with scopes_disabled():
        assert Run.objects.filter(status=RunStatus.QUEUED).count() == 1


@pytest.mark.parametrize("model", [Recipe, Version, Run])
def test_no_column_can_be_set_by_its_name(model: type, scene: Scene, owner: Api):
    """Every column of a table in the body of every change: each is refused by name, none is written."""
    columns = [f.attname for f in model._meta.concrete_fields if f.attname not in ("name", "folder", "note")]
    targets = (("PATCH", "/recipes/{recipe}"), ("POST", "/recipes"), ("PATCH", "/workspace"))

    for method, path in targets:
        for column in columns:
            body = {column: str(timezone.now())}
            assert column in problem(owner.ask(method, scene.path(path), body), 422)["errors"]
