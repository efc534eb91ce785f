"""Templates and files over the API."""

import pytest

from builder.actions import gallery
from builder.models import Workspace
from tests import make
from tests.api.client import Api, member, problem, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipe(workspace: Workspace):
    ghl = make.make_connection(workspace=workspace, connector="ghl", name="Lumen")
    return make.make_recipe(workspace=workspace, connection=ghl, folder=make.make_folder(workspace=workspace))


def test_a_recipe_is_saved_as_a_template_taken_elsewhere_and_started(workspace: Workspace, owner: Api, recipe):
    [item] = [one for one in owner.get(f"/recipes/{recipe.public_id}/template")["values"] if one["label"] == "Item"]
    sent = {"title": "Ours", "summary": "Does it.", "questions": {item["id"]: "Which item?"}}

    saved = owner.post(f"/recipes/{recipe.public_id}/template", sent)
    file = owner.get(f"/templates/{saved['key']}/file")
    other = program(member(make.make_workspace()))
    brought = other.post("/templates", file)
    made = other.post(f"/templates/{brought['key']}/start", {"answers": {"product_key": "Deal"}})

    assert [(q["key"], q["label"]) for q in brought["questions"]] == [("product_key", "Which item?")]
    assert made["template"] == brought["key"]
    assert next(one["key"] for one in other.get("/templates")["items"]) == brought["key"]
    assert problem(other.ask("GET", f"/templates/{saved['key']}"), 404)


def test_a_bad_file_is_refused_with_every_problem(owner: Api):
    refused = problem(owner.ask("POST", "/templates", {"yaml": "format: 3\nkey: X\n"}), 422)

    assert len(refused["errors"]["file"]) == 5


def test_a_builtin_template_goes_out_as_a_file(owner: Api):
    key = gallery.templates()[0].key

    assert owner.get(f"/templates/{key}/file")["yaml"].startswith(f"format: 1\nkey: {key}\n")


def test_a_recipe_without_news_of_its_template_says_so(owner: Api, recipe):
    told = owner.get(f"/recipes/{recipe.public_id}/template-update")

    assert (told["newer"], told["version"], told["missing"]) == (False, "", [])


def test_files_go_out_are_looked_at_and_come_in(owner: Api, recipe):
    files = owner.get("/files")["files"]
    other = program(member(make.make_workspace()))

    looked = other.post("/files", {"files": files, "preview": True})
    before = other.get("/recipes")["items"]
    done = other.post("/files", {"files": files})

    assert [(one["name"], one["status"]) for one in looked["files"]] == [("Won deal to draft invoice", "new")]
    assert (looked["recipes"], before, done["recipes"]) == (0, [], 1)
    assert [one["name"] for one in other.get("/recipes")["items"]] == ["Won deal to draft invoice"]


def test_files_with_a_problem_change_nothing(owner: Api, recipe):
    files = owner.get("/files")["files"] | {"recipes/bad.yaml": "a: ["}
    other = program(member(make.make_workspace()))

    refused = problem(other.ask("POST", "/files", {"files": files}), 422)

    assert "recipes/bad.yaml" in str(refused)
    assert other.get("/recipes")["items"] == []


def test_a_path_that_leads_elsewhere_is_refused(owner: Api):
    refused = problem(owner.ask("POST", "/files", {"files": {"recette.yaml": "a: 1", "../x.yaml": "x"}}), 422)

    assert "leads out" in str(refused)
