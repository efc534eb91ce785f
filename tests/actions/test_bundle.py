"""A workspace as files, and back."""

import io
import stat
import zipfile
from datetime import time

import pytest
import yaml
from django_scopes import scope, scopes_disabled

from builder.actions import archive, bundle, bundle_in, drafts, recipes
from builder.actions.errors import Gone, Invalid
from builder.models import AuditEvent, Brought, Folder, Recipe, RecipeState, Role, TeamTemplate
from builder.recipe import tree as trees
from tests import make

pytestmark = pytest.mark.django_db
TOKEN = "a1B2c3D4" * 8


def action(step_id, operation, connection="", **inputs):
    return {"id": step_id, "kind": "action", "operation": operation, "connection": connection, "inputs": inputs}


def accounts(workspace):
    ghl = make.make_connection(workspace=workspace, connector="ghl", name="Lumen")
    return ghl, make.make_connection(workspace=workspace, name="Books")


@pytest.fixture
def actor():
    """A workspace with recipes in and out of folders, two of one name, one that calls another, one that is live."""
    by = make.make_actor()
    ghl, ninja = accounts(by.workspace)
    billing = make.make_folder(workspace=by.workspace, name="Billing & more")
    make.make_folder(workspace=by.workspace, name="Empty")
    tree = make.make_tree(ghl=ghl, ninja=ninja)
    called = make.make_recipe(
        workspace=by.workspace, name="Ünder", tree=tree, folder=billing, live=True, connection=ghl
    )
    called.draft = trees.parse({**tree, "steps": tree["steps"][:1]})
    called.guards = {"first": 3, "writes": 20}
    called.save()
    web = action(
        "sweb01", "tools.http.request", url="https://erp.example/x", headers=[{"name": "X-Api-Key", "value": TOKEN}]
    )
    calling = {"id": "scall1", "kind": "call", "recipe": called.public_id}
    for steps in ([calling, web], [web]):
        make.make_recipe(workspace=by.workspace, name="Twice", tree=make.make_tree(ghl=ghl, steps=steps))
    make.make_team_template(workspace=by.workspace)
    make.make_alert_route(workspace=by.workspace, kinds=["held"], quiet_from=time(22), quiet_to=time(7))
    return by


def exported(by, folder=None):
    data = bundle.export(by, folder)
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return data, {name: found.read(name).decode() for name in found.namelist()}


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, text in files.items():
            made.writestr(path, text)
    return out.getvalue()


def looked(by, files):
    with scope(workspace=by.workspace):
        return bundle_in.look(by, files)


def carried(by, data, choices=None, chosen=None):
    brought = bundle_in.bring(by, data, "files.zip")
    return bundle_in.carry_out(by, brought, choices or {}, chosen or {})


def rows(by):
    with scope(workspace=by.workspace):
        return {row.name: row for row in Recipe.objects.filter(deleted_at=None).order_by("-pk")}


# out


def test_a_recipe_is_a_file_in_its_folder(actor):
    _data, files = exported(actor)

    assert [path for path in files if path.startswith("recipes/")] == [
        "recipes/billing-more/under.yaml",
        "recipes/twice-2.yaml",
        "recipes/twice.yaml",
        "recipes/won-deal-to-draft-invoice.yaml",
    ]
    assert yaml.safe_load(files["recette.yaml"]) == {
        "format": 1,
        "kind": "recette.workspace",
        "folders": ["Billing & more", "Empty"],
    }
    assert {"alerts.yaml", "connections.yaml"} < files.keys()


def test_accounts_and_called_recipes_go_by_name_and_secrets_never(actor):
    _data, files = exported(actor)

    told = yaml.safe_load(files["recipes/twice.yaml"])
    under = yaml.safe_load(files["recipes/billing-more/under.yaml"])
    assert told["recipe"]["trigger"]["connection"] == "Lumen"
    assert told["recipe"]["steps"][0] == {"id": "scall1", "kind": "call", "recipe": "Ünder"}
    assert told["recipe"]["steps"][1]["inputs"]["headers"] == [{"name": "X-Api-Key", "value": ""}]
    assert under["guards"] == {"writes": "20"}
    assert "live" in under
    assert not [path for path, text in files.items() if TOKEN in text]
    with scope(workspace=actor.workspace):
        ids = [row.public_id for row in Recipe.objects.all()]
    assert not [one for one in ids for text in files.values() if one in text]


def test_twice_exported_it_is_the_same_to_the_byte(actor):
    first, _files = exported(actor)
    recipe = rows(actor)["Ünder"]
    drafts.edit(actor, recipe, "set_note", {"step": "sonlyi", "note": "x"}, 0, "k1")
    drafts.undo(actor, recipe)

    assert exported(actor)[0] == first


def test_a_small_change_is_a_small_difference(actor):
    _data, before = exported(actor)
    drafts.edit(actor, rows(actor)["Ünder"], "set_note", {"step": "sonlyi", "note": "Mind this."}, 0, "k1")

    _data, after = exported(actor)

    changed = [path for path in before if before[path] != after[path]]
    assert changed == ["recipes/billing-more/under.yaml"]
    assert set(after[changed[0]].splitlines()) - set(before[changed[0]].splitlines()) == {"    note: Mind this."}


def test_a_folder_goes_by_itself_with_the_accounts_it_uses(actor):
    with scope(workspace=actor.workspace):
        folder = Folder.objects.get(name="Billing & more")

    _data, files = exported(actor, folder)

    assert sorted(files) == ["connections.yaml", "recette.yaml", "recipes/billing-more/under.yaml"]
    assert yaml.safe_load(files["connections.yaml"])["connections"] == [
        {"app": "ghl", "name": "Lumen"},
        {"app": "invoice_ninja", "name": "Books"},
    ]


def test_where_alerts_go_is_told_to_those_who_manage_alone(actor):
    editor = make.make_actor(workspace=actor.workspace, role=Role.EDITOR)

    assert "alerts.yaml" not in exported(editor)[1]


# back


def test_into_an_empty_workspace_and_out_again_it_is_the_same(actor):
    with scope(workspace=actor.workspace):
        make.make_connection(workspace=actor.workspace, connector="ghl", name="Lumen")
    data, files = exported(actor)
    other = make.make_actor()
    accounts(other.workspace)
    for connector, name in (
        ("ghl", "Lumen"),
        ("ghl", "HighLevel"),
    ):
        make.make_connection(workspace=other.workspace, connector=connector, name=name)

    made = carried(other, data)

    assert made == (4, 1)
    assert exported(other)[1] == files


def test_alerts_by_mail_come_along_and_what_has_an_address_is_added_by_hand(actor):
    make.make_alert_route(workspace=actor.workspace, way="webhook", kinds=["held"])
    make.make_alert_route(workspace=actor.workspace, kinds=["held"], people=["gone@lumen.example"])
    data, files = exported(actor)
    other = make.make_actor()
    editor = make.make_actor(workspace=other.workspace, role=Role.EDITOR)

    found, less = looked(other, files), looked(editor, files)
    carried(other, data)

    assert [row["way"] for row in found.mails] == ["email"]
    assert sorted(row["way"] for row in found.routes) == ["email", "webhook"]
    assert (less.mails, len(less.routes)) == ([], 3)
    with scope(workspace=other.workspace):
        assert bundle.routes() == [{"way": "email", "kinds": ["held"], "quiet": "22:00-07:00"}]


def test_what_was_live_comes_paused_and_the_rest_as_drafts(actor):
    data, _files = exported(actor)
    other = make.make_actor()
    ghl, _ninja = accounts(other.workspace)

    carried(other, data)

    found = rows(other)
    assert (found["Ünder"].state, found["Ünder"].live_connection_id) == (RecipeState.PAUSED, ghl.pk)
    assert len(found["Ünder"].live.tree["steps"]) == 3
    assert found["Twice"].state == RecipeState.DRAFT
    assert found["Ünder"].guards["writes"] == 20


def test_it_is_looked_at_before_anything_happens(actor):
    _data, files = exported(actor)
    drafts.edit(actor, rows(actor)["Ünder"], "set_note", {"step": "sonlyi", "note": "x"}, 0, "k1")
    recipes.rename(actor, rows(actor)["Won deal to draft invoice"], "Another")

    found = looked(actor, files)

    assert {item.label: item.status for item in found.recipes} == {
        "Twice": "same",
        "Twice (2)": "same",
        "Won deal to draft invoice": "new",
        "Ünder": "different",
    }
    assert [item.status for item in found.templates] == ["same"]
    assert {(one.label, one.chosen != "") for one in found.accounts} >= {("Books", True), ("Lumen", True)}
    assert found.problems == []


def test_replaced_skipped_and_added_as_a_copy_as_chosen(actor):
    data, _files = exported(actor)
    under = rows(actor)["Ünder"]
    drafts.edit(actor, under, "set_note", {"step": "sonlyi", "note": "x"}, 0, "k1")

    made = carried(actor, data, {"recipes/billing-more/under.yaml": "replace", "recipes/twice.yaml": "copy"})

    under.refresh_from_db()
    assert made == (2, 0)
    assert trees.find(under.draft, "sonlyi")["note"] == ""
    assert under.live_id and under.state == RecipeState.LIVE
    with scope(workspace=actor.workspace):
        copies = list(Recipe.objects.filter(name="Twice").order_by("pk"))
        assert len(copies) == 3 and copies[-1].draft["steps"][0]["recipe"] == under.public_id
    drafts.undo(actor, under)
    assert trees.find(under.draft, "sonlyi")["note"] == "x"


def test_an_account_is_picked_where_none_has_its_name(actor):
    data, _files = exported(actor)
    other = make.make_actor()
    picked = make.make_connection(workspace=other.workspace, connector="ghl", name="North")
    make.make_connection(workspace=other.workspace, connector="ghl", name="South")

    carried(other, data, chosen={"ghl:Lumen": picked.public_id})

    found = rows(other)["Twice"].draft
    assert found["trigger"]["connection"] == picked.public_id
    assert rows(other)["Won deal to draft invoice"].draft["trigger"]["connection"] == ""


def test_an_account_of_another_workspace_can_not_be_picked(actor):
    data, _files = exported(actor)
    other = make.make_actor()
    theirs = make.make_connection(connector="ghl")

    with pytest.raises(Invalid) as refused:
        carried(other, data, chosen={"ghl:Lumen": theirs.public_id})

    assert set(refused.value.errors) == {"ghl:Lumen"}
    assert rows(other) == {}


def test_every_problem_is_named_and_nothing_is_half_brought(actor):
    _data, files = exported(actor)
    bad = yaml.safe_load(files["recipes/twice.yaml"])
    bad["recipe"]["steps"].append(action("sbad01", "ghl.contacts.explode"))
    files |= {
        "recipes/twice.yaml": yaml.safe_dump(bad),
        "recipes/twice-2.yaml": "a: [",
        "templates/none.yaml": "format: 1",
        "recipes/more.yaml": yaml.safe_dump({"format": 1, "kind": "recette.recipe", "name": "", "recipe": {}}),
    }
    other = make.make_actor()

    with pytest.raises(Invalid) as refused:
        carried(other, zipped(files))

    told = " ".join(refused.value.errors[""])
    for path in ("recipes/twice.yaml: ", "recipes/twice-2.yaml: ", "templates/none.yaml: ", "recipes/more.yaml: "):
        assert path in told
    assert rows(other) == {}
    with scope(workspace=other.workspace):
        assert not TeamTemplate.objects.exists() and not Folder.objects.exists()


def test_brought_once_it_is_not_carried_out_twice(actor):
    data, _files = exported(actor)
    other = make.make_actor()
    brought = bundle_in.bring(other, data)
    bundle_in.carry_out(other, brought, {}, {})

    with pytest.raises(Gone):
        bundle_in.carry_out(other, brought, {}, {})
    with scope(workspace=other.workspace):
        assert Recipe.objects.count() == 4 and not Brought.objects.exists()


def test_it_is_in_the_book(actor):
    data, _files = exported(actor)
    other = make.make_actor()
    carried(other, data)

    with scopes_disabled():
        verbs = list(AuditEvent.objects.filter(object_kind="workspace").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["workspace.exported", "workspace.imported"]


# archives nobody trusts


def entry(name, mode=0o644, text="x"):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made, text


HEAD = "format: 1\nkind: recette.workspace\nfolders: []\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no zip archive"),
        (b"PK\x03\x04 and then nothing", "no zip archive"),
        (zipped({"other.txt": "x"}), "holds no recette.yaml"),
        (zipped({"recette.yaml": HEAD, "../../etc/passwd": "x"}), "leads out of the archive"),
        (zipped({"recette.yaml": HEAD, "/etc/passwd": "x"}), "leads out of the archive"),
        (zipped({"recette.yaml": HEAD, "recipes/..\\x.yaml": "x"}), "leads out of the archive"),
        (zipped({"recette.yaml": HEAD, "C:/x.yaml": "x"}), "leads out of the archive"),
        (zipped({"recette.yaml": HEAD, "recipes/bomb.yaml": "a" * 3_000_000}), "far larger than a recipe is"),
        (zipped({f"recipes/{n}.yaml": "" for n in range(archive.MOST + 1)}), "more than 2500 files"),
        (b"x" * (archive.LARGEST + 1), "larger than 5 MB"),
    ],
)  # fmt: skip
def test_an_archive_that_is_none_is_refused_with_a_sentence(data, said):
    with pytest.raises(Invalid, match=said):
        archive.opened(data)


def test_a_link_in_an_archive_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(*entry("recipes/x.yaml", stat.S_IFLNK | 0o777, "/etc/passwd"))

    with pytest.raises(Invalid, match="leads out"):
        archive.opened(out.getvalue())


def test_many_files_that_unpack_to_far_too_much_are_refused():
    files = {"recette.yaml": HEAD, **{f"recipes/{n}.yaml": "a" * 500_000 for n in range(45)}}

    with pytest.raises(Invalid, match="far larger"):
        archive.opened(zipped(files))


def test_a_size_that_lies_is_found_out():
    data = zipped({"recette.yaml": HEAD, "recipes/bomb.yaml": "a" * 3_000_000})
    lied = data.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(Invalid):
        archive.opened(lied)


def test_the_folder_that_all_of_it_lies_in_is_seen_through():
    files = archive.opened(zipped({"backup-main/recette.yaml": HEAD, "backup-main/README.md": "x"}))

    assert files == {"recette.yaml": HEAD}
