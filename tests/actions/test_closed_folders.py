"""What a closed folder keeps from those it doesn't let in where whole workspaces are read or written: files, templates,
and recipes that are handed on."""

import io
import zipfile

import pytest
from django_scopes import scope

from builder.actions import bundle, bundle_in, handing, template_saving
from builder.actions.errors import Forbidden, Invalid
from builder.models import Folder, FolderAccess, Level, Recipe, Role
from tests import make

pytestmark = pytest.mark.django_db
WORDS = {"title": "For all", "summary": "What it does."}


@pytest.fixture
def owner():
    """One recipe in a closed folder, and one outside that calls it."""
    by = make.make_actor()
    folder = make.make_folder(workspace=by.workspace, name="Quiet")
    with scope(workspace=by.workspace):
        Folder.objects.update(closed=True)
    ghl = make.make_connection(workspace=by.workspace)
    called = make.make_recipe(workspace=by.workspace, name="Inside", folder=folder, tree=make.make_tree(ghl=ghl))
    calling = [{"id": "scall1", "kind": "call", "recipe": called.public_id}]
    make.make_recipe(workspace=by.workspace, name="Outside", tree=make.make_tree(ghl=ghl, steps=calling))
    return by


def editor(owner, level=""):
    by = make.make_actor(workspace=owner.workspace, role=Role.EDITOR)
    if level:
        with scope(workspace=owner.workspace):
            FolderAccess.objects.create(
                workspace=owner.workspace, folder=Folder.objects.get(), member=by.membership, level=level
            )
    return by


def recipe(owner, name="Inside"):
    with scope(workspace=owner.workspace):
        return Recipe.objects.get(name=name)


def exported(by, folder=None):
    data = bundle.export(by, folder)
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return data, {name: found.read(name).decode() for name in found.namelist()}


def names(owner):
    with scope(workspace=owner.workspace):
        return sorted(Recipe.objects.values_list("name", "folder__name"), key=str)


def bring(by, data, choices=None):
    brought = bundle_in.bring(by, data)
    with scope(workspace=by.workspace):
        brought = bundle_in.of(by, brought.public_id)
    return bundle_in.carry_out(by, brought, choices or {}, {})


def test_files_hold_what_one_sees(owner):
    _data, theirs = exported(editor(owner))
    _data, whole = exported(owner)

    assert [path for path in theirs if path.startswith("recipes/")] == ["recipes/outside.yaml"]
    assert "Quiet" not in "".join(theirs.values())
    assert "recipes/quiet/inside.yaml" in whole


def test_what_a_recipe_calls_is_named_in_its_file(owner):
    """As in the editor: it is in it for all to see."""
    _data, theirs = exported(editor(owner))

    assert "recipe: Inside" in theirs["recipes/outside.yaml"]


@pytest.mark.parametrize("level", ["", Level.SEE, Level.EDIT])
def test_files_go_into_it_by_those_alone_who_publish_there(owner, level):
    data, _files = exported(owner)
    before = names(owner)

    with pytest.raises((Forbidden, Invalid)) as refused:
        bring(editor(owner, level), data, {"recipes/quiet/inside.yaml": "copy" if level else "add"})

    expected = "which is closed to you" if not level else "In this folder you may not"
    assert expected in str(refused.value.message)
    assert names(owner) == before


def test_who_publishes_there_brings_files_into_it(owner):
    data, _files = exported(owner)

    made = bring(editor(owner, Level.PUBLISH), data, {"recipes/quiet/inside.yaml": "copy"})

    assert made == (1, 0)
    assert names(owner) == [("Inside", "Quiet"), ("Inside", "Quiet"), ("Outside", None)]


def test_recipes_one_does_not_see_are_not_replaced(owner):
    """A file of the same name is new to them, and stays beside it."""
    by = editor(owner)
    own = make.make_actor()
    make.make_recipe(workspace=own.workspace, name="Inside")
    data, files = exported(own)

    with scope(workspace=by.workspace):
        seen = bundle_in.look(owner, files)
    made = bring(by, data)

    assert [item.status for item in seen.recipes] == ["different"]
    assert made == (1, 0)
    assert names(owner) == [("Inside", "Quiet"), ("Inside", None), ("Outside", None)]


@pytest.mark.parametrize("level", [Level.SEE, Level.EDIT])
def test_template_of_it_is_made_by_who_publishes_there(owner, level):
    with pytest.raises(Forbidden, match="In this folder you may not"):
        template_saving.save(editor(owner, level), recipe(owner), "draft", WORDS, {})

    assert template_saving.save(editor(owner, Level.PUBLISH), recipe(owner), "draft", WORDS, {}).slug == "for-all"


def test_recipe_goes_to_nobody_who_could_not_open_it(owner):
    outside, inside = editor(owner, Level.SEE), editor(owner, Level.EDIT)

    with pytest.raises(Invalid, match="The folder “Quiet” is closed to"):
        handing.hand_over(owner, recipe(owner), outside.membership)

    assert handing.hand_over(owner, recipe(owner), inside.membership).created_by == inside.user
    assert handing.hand_over(owner, recipe(owner, "Outside"), outside.membership).created_by == outside.user
