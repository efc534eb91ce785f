"""A workspace as files, on its pages."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_scopes import scope

from builder.actions import bundle
from builder.models import Recipe
from builder.recipe import tree as trees
from builder.web import files
from tests import make
from tests.web import axe
from tests.web.people import browser_of, only, said, sign_in, statuses, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = make.make_workspace(slug="lumen")
    ghl = make.make_connection(workspace=workspace, connector="ghl", name="Lumen")
    make.make_recipe(workspace=workspace, connection=ghl, folder=make.make_folder(workspace=workspace))
    return workspace


def at(workspace, name="files", *more, **query):
    return reverse(f"web:{name}", args=[workspace.slug, *more], query=query or None)


def archive_of(workspace):
    return bundle.export(make.make_actor(workspace=workspace))


def file(data):
    return {"file": SimpleUploadedFile("lumen.zip", data)}


def names(workspace):
    with scope(workspace=workspace):
        return sorted(Recipe.objects.values_list("name", flat=True))


def test_who_may_take_and_bring(workspace):
    editors = ("owner", "admin", "editor")
    look = browser_of(workspace).post(at(workspace, "files-bring"), file(archive_of(workspace))).url

    assert statuses(workspace, lambda client: client.get(at(workspace))) == only(*editors)
    assert statuses(workspace, lambda client: client.get(at(workspace, "files-export"))) == only(*editors)
    assert statuses(workspace, lambda client: client.post(at(workspace, "files-bring"))) == only(*editors, status=422)
    assert statuses(workspace, lambda client: client.get(look)) == only(*editors, status=302)


def test_everything_is_downloaded_and_a_folder_by_itself(workspace):
    client = browser_of(workspace)
    with scope(workspace=workspace):
        folder = Recipe.objects.get().folder

    whole = client.get(at(workspace, "files-export"))
    part = client.get(at(workspace, "files-export", folder=folder.public_id))

    assert whole["Content-Disposition"] == 'attachment; filename="lumen.zip"'
    assert part["Content-Disposition"] == 'attachment; filename="lumen-billing.zip"'
    found = [zipfile.ZipFile(io.BytesIO(each.content)).namelist() for each in (whole, part)]
    assert [("alerts.yaml" in some, "recipes/billing/won-deal-to-draft-invoice.yaml" in some) for some in found] == [
        (True, True),
        (False, True),
    ]


def test_another_workspaces_folder_is_no_folder_of_ours(workspace):
    theirs = make.make_folder()

    assert browser_of(workspace).get(at(workspace, "files-export", folder=theirs.public_id)).status_code == 422


def test_brought_it_is_looked_at_and_nothing_is_changed_before_the_yes(workspace):
    other = make.make_workspace()
    client = browser_of(other)

    brought = client.post(at(other, "files-bring"), file(archive_of(workspace)))
    page = client.get(brought.url)
    before = names(other)
    done = client.post(brought.url, {})

    assert "Won deal to draft invoice New" in text(page) and "HighLevel: Lumen" in text(page)
    assert (before, names(other)) == ([], ["Won deal to draft invoice"])
    assert said(done) == ["1 recipe was brought."]
    assert said(client.get(brought.url))[-1].startswith("These files were carried out")


def test_what_another_person_brought_is_not_shown(workspace):
    brought = browser_of(workspace).post(at(workspace, "files-bring"), file(archive_of(workspace)))

    assert browser_of(workspace, "admin").get(brought.url).url == at(workspace)


def test_a_tampered_choice_is_refused_beside_it(workspace):
    client = browser_of(workspace)
    brought = client.post(at(workspace, "files-bring"), file(archive_of(workspace)))

    answer = client.post(brought.url, {"do|recipes/billing/won-deal-to-draft-invoice.yaml": "erase"})

    assert answer.status_code == 422
    assert "Choose what becomes of it." in text(answer)
    assert len(names(workspace)) == 1


def test_of_very_many_recipes_all_that_are_alike_share_a_choice(workspace):
    for number in range(files.EACH):
        make.make_recipe(workspace=workspace, name=f"Copy {number}", tree=trees.empty())
    other = make.make_workspace()
    client = browser_of(other)
    brought = client.post(at(other, "files-bring"), file(archive_of(workspace)))

    page = client.get(brought.url)
    client.post(brought.url, {"all|new": "add"})

    assert [(state, n) for state, _word, n, _options in page.context["by_state"]] == [("new", files.EACH + 1)]
    assert page.content.decode().count("<select") == 2
    assert len(names(other)) == files.EACH + 1


def test_what_is_no_archive_is_refused_with_a_sentence(workspace):
    answer = browser_of(workspace).post(at(workspace, "files-bring"), file(b"nothing like it"))

    assert answer.status_code == 422
    assert "This is no zip archive that can be read." in text(answer)


def test_settings_lead_to_it(workspace):
    assert at(workspace) in browser_of(workspace).get(at(workspace, "settings")).content.decode()


@pytest.mark.once
def test_downloaded_and_brought_in_a_browser(page, live_server, workspace, tmp_path):
    other = make.make_workspace(slug="north")
    make.make_connection(workspace=other, connector="ghl", name="North")
    sign_in(page, browser_of(workspace), live_server.url)
    page.goto(live_server.url + at(workspace))
    problems = axe.violations(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    download.value.save_as(tmp_path / "lumen.zip")

    sign_in(page, browser_of(other), live_server.url)
    page.goto(live_server.url + at(other))
    page.get_by_label("Zip archive").set_input_files(tmp_path / "lumen.zip")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("heading", name="Accounts").wait_for()
    problems += axe.violations(page)
    page.get_by_role("button", name="Bring them").click()
    page.locator("#toast").get_by_text("1 recipe was brought.").wait_for()

    assert problems == []
    assert names(other) == ["Won deal to draft invoice"]
