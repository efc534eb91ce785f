"""Closed folders: what those find who aren't let in, every address tried; and the page that says who comes in."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django_scopes import scope, scopes_disabled
from playwright.sync_api import Page, expect

from builder.models import Alert, AuditEvent, Event, Folder, FolderAccess, Level, Membership, Recipe, Role, Run, StepRun
from builder.models.access import LEVELS
from builder.runner import letters, messengers
from builder.runner.clock import now
from tests import make
from tests.actions.test_approvals import ask
from tests.api.client import Scene, make_scene
from tests.api.test_matrix import rows
from tests.web import axe
from tests.web.accounts_desk import at
from tests.web.people import HTMX, browser_of, only, said, sign_in, statuses, text

pytestmark = pytest.mark.django_db

SECRET = "Quiet acquisition"
LESSER = [Role.EDITOR, Role.OPERATOR, Role.VIEWER]
NOBODY = "nosuchthing2"
PUBLISHING = {
    "recipe-delete", "recipe-restore", "recipe-switch", "recipe-pausing", "recipe-guards", "recipe-owner",
    "recipe-publish", "recipe-live", "recipe-roll-back", "recipe-secret", "template-publish", "recipe-move",
    "recipe-template",
}  # fmt: skip


@pytest.fixture
def scene(db: None) -> Scene:
    return full(closed=True)


def full(closed: bool) -> Scene:
    """All of the scene's recipes lie in one folder; a question of a run waits, and something is wrong."""
    scene = make_scene()
    with scope(workspace=scene.workspace):
        question = ask(scene.workspace, "ed@example.com", title=SECRET)
        folder = Folder.objects.get(public_id=scene.ids["folder"])
        Folder.objects.update(closed=closed, name=f"{SECRET} folder")
        Recipe.objects.update(folder=folder, name=SECRET, template="won-deal-to-draft-invoice")
        Run.objects.update(title=SECRET)
        Event.objects.update(fate_details=[{"recipe": scene.ids["recipe"], "name": SECRET, "because": SECRET}])
        recipe = Recipe.objects.get(public_id=scene.ids["recipe"])
        moments = {"began_at": now(), "newest_at": now(), "open_key": f"held:recipe:{recipe.pk}"}
        Alert.objects.create(workspace=scene.workspace, kind="held", recipe=recipe, sentence=SECRET, **moments)
        step_run = StepRun.objects.filter(run__public_id=scene.ids["run"]).first()
        scene.ids |= {"question": question.public_id, "step_run": step_run.pk if step_run else 1}
    return scene


def let_in(scene: Scene, role: str, level: str, **more: Any) -> Client:
    browser = browser_of(scene.workspace, role, **more)
    with scopes_disabled():
        who = Membership.objects.filter(workspace=scene.workspace).latest("pk")
        folder = Folder.objects.get(public_id=scene.ids["folder"])
        FolderAccess.objects.create(workspace=scene.workspace, folder=folder, member=who, level=level)
    return browser


def addresses(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """(name, the address, the same of a thing that never was) of every page about one thing in a folder."""
    for pattern in flat(get_resolver().url_patterns):
        route, kwargs = str(pattern.pattern), set(pattern.pattern.converters)
        if not route.startswith("w/") or not kwargs & {"rid", "eid", "qid"}:
            continue
        known = {"slug": scene.workspace.slug, "sid": "sclien", "name": "name"}
        known["what"] = "in" if "/runs/" in route else "data"
        known["number"] = scene.ids["step_run"] if pattern.name == "run-whole" else 1
        known |= {"key": "won-deal-to-draft-invoice", "eid": scene.ids["event"], "qid": scene.ids["question"]}
        known["rid"] = scene.ids["run" if "/runs/" in route else "recipe"]
        known = {name: value for name, value in known.items() if name in kwargs}
        never = {**known, **{name: NOBODY for name in ("rid", "eid", "qid") if name in kwargs}}
        yield pattern.name, *(reverse(f"web:{pattern.name}", kwargs=one) for one in (known, never))


def flat(patterns: Any) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from flat(each.url_patterns)


def tried(browser: Client, method: str, url: str, **more: Any) -> Any:
    """The answer; what it did is taken back."""
    with transaction.atomic():
        answer = getattr(browser, method)(url, **more)
        transaction.set_rollback(True)
    return answer


def bare(answer: Any) -> str:
    return re.sub(r'nonce="[^"]*"|csrf\w*" value="[^"]*"|"X-CSRFToken": ?"[^"]*"', "", text(answer))


@pytest.mark.parametrize("role", LESSER)
def test_who_is_not_let_in_finds_what_never_was(scene: Scene, role: str):
    browser = browser_of(scene.workspace, role)
    wrong, seen = [], 0

    for name, there, never in addresses(scene):
        for method in ("get", "post"):
            for headers in ({}, HTMX) if role == Role.EDITOR else ({},):
                one, other = (tried(browser, method, url, headers=headers) for url in (there, never))
                seen += 1
                if one.status_code not in (403, 404, 405) or (one.status_code, bare(one)) != (
                    other.status_code, bare(other),
                ):  # fmt: skip
                    wrong.append((name, method, one.status_code, other.status_code))

    assert wrong == []
    assert seen > 80


def test_editor_not_let_in_is_told_404_wherever_the_method_fits(scene: Scene):
    browser = browser_of(scene.workspace, Role.EDITOR)

    found = {
        (name, method, tried(browser, method, there).status_code)
        for name, there, _never in addresses(scene)
        for method in ("get", "post")
    }

    assert {code for _name, _method, code in found} == {404, 405}


def answers(browser: Client, scene: Scene) -> dict[tuple[str, str], int]:
    """By name of the address and method."""
    return {
        (name, method): tried(browser, method, there).status_code
        for name, there, _never in addresses(scene)
        for method in ("get", "post")
    }


def test_who_sees_does_what_a_viewer_does(scene: Scene):
    found = answers(let_in(scene, Role.EDITOR, Level.SEE), scene)

    opened = full(closed=False)
    assert found == answers(browser_of(opened.workspace, Role.VIEWER), opened)


def test_who_sees_changes_nothing(scene: Scene):
    browser, before = let_in(scene, Role.EDITOR, Level.SEE), rows(scene.workspace)

    for _name, there, _never in addresses(scene):
        browser.post(there, {"answer": "decline"})

    after = rows(scene.workspace)
    assert [name for name in before if after[name] != before[name]] == []


def test_who_edits_does_what_an_editor_does_but_publish(scene: Scene):
    found = answers(let_in(scene, Role.EDITOR, Level.EDIT), scene)

    opened = full(closed=False)
    usual = answers(browser_of(opened.workspace, Role.EDITOR), opened)
    less = {key for key, code in found.items() if code != usual[key]}
    assert {found[key] for key in less} == {403}
    assert {name for name, _method in less} == PUBLISHING


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_role_is_the_ceiling(scene: Scene, role: str):
    found = answers(let_in(scene, role, Level.PUBLISH), scene)

    opened = full(closed=False)
    assert found == answers(browser_of(opened.workspace, role), opened)


def test_nothing_of_it_stands_on_other_pages(scene: Scene):
    browser = browser_of(scene.workspace, Role.EDITOR)
    pages = [str(p.pattern) for p in flat(get_resolver().url_patterns) if str(p.pattern).startswith("w/")]
    known = {
        "<slug:slug>": scene.workspace.slug,
        "<slug:public_id>": scene.ids["ninja"],
        "<slug:key>": "won-deal-to-draft-invoice",
        "<slug:connector>/<slug:method>": "ghl/token",
    }
    read = 0

    for page in pages:
        for name, value in known.items():
            page = page.replace(name, value)
        for query in ("", "?q=Quiet", f"?recipe={scene.ids['recipe']}", "?q=con_1", f"?folder={scene.ids['folder']}"):
            if "<" not in page:
                answer = browser.get(f"/{page}{query}", follow=True)
                words = packed(answer) or text(answer).replace("“Quiet”", "")
                read += answer.status_code == 200
                assert SECRET not in words, page + query
                assert not [k for k in ("recipe", "run", "event") if f"/{scene.ids[k]}/".encode() in answer.content], (
                    page
                )

    assert read > 50


def packed(answer: Any) -> str:
    """The texts in an archive, and its paths; empty for a page."""
    if answer.headers["Content-Type"] != "application/zip":
        return ""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join([*archive.namelist(), *(archive.read(name).decode() for name in archive.namelist())])


def test_template_that_was_made_of_it_does_not_name_it(scene: Scene):
    with scopes_disabled():
        recipe = Recipe.objects.get(public_id=scene.ids["recipe"])
    template = make.make_team_template(workspace=scene.workspace, recipe=recipe, title="For all")
    url = at("template", scene.workspace, f"own-{template.public_id}")

    pages = {role: text(browser_of(scene.workspace, role).get(url)) for role in (Role.EDITOR, Role.OWNER)}

    assert "For all" in pages[Role.EDITOR] and SECRET not in pages[Role.EDITOR]
    assert f"Made of the recipe {SECRET}" in pages[Role.OWNER]


def test_counts_are_those_of_what_is_seen(scene: Scene):
    make.make_run(recipe=make.make_recipe(workspace=scene.workspace, live=True, name="Open"), status="held")
    browser, owner = (browser_of(scene.workspace, role) for role in (Role.EDITOR, Role.OWNER))

    held = [text(each.get(at("runs", scene.workspace) + "?state=held")) for each in (browser, owner)]
    nav = [each.get(at("recipes", scene.workspace)).context["shell"].hands["runs"][0] for each in (browser, owner)]

    lost = browser.get(at("recipe", scene.workspace, scene.ids["recipe"]))
    assert lost.status_code == 404
    assert [item.count for item in lost.context["shell"].nav if item.name == "runs"] == [1]
    assert nav == [1, 2]
    assert ("Open" in held[0], SECRET in held[0], SECRET in held[1]) == (True, False, True)


def test_event_for_both_tells_of_the_open_recipe_alone(scene: Scene):
    with scope(workspace=scene.workspace):
        event = Event.objects.get(public_id=scene.ids["event"])
        other = make.make_recipe(workspace=scene.workspace, live=True, name="In the open")
        make.make_run(recipe=other, event=event)
        mine = {"recipe": other.public_id, "name": other.name, "because": ""}
        Event.objects.filter(pk=event.pk).update(fate_details=[*event.fate_details, mine])
    browser = browser_of(scene.workspace, Role.EDITOR)

    page = text(browser.get(at("event", scene.workspace, event.public_id)))

    assert "In the open" in page
    assert SECRET not in page


def test_mails_go_to_those_who_may_see(scene: Scene, mailoutbox: Any):
    let_in(scene, Role.EDITOR, Level.SEE, email="seeing@example.com")
    browser_of(scene.workspace, Role.EDITOR, email="ed@example.com")
    browser_of(scene.workspace, Role.OWNER, email="boss@example.com")
    route = make.make_alert_route(workspace=scene.workspace, people=["seeing@example.com", "ed@example.com"])
    with scopes_disabled():
        alert = Alert.objects.select_related("recipe", "workspace").get(recipe__public_id=scene.ids["recipe"])
        messengers._mail(route, [alert])
        recipe = Recipe.objects.get(public_id=scene.ids["recipe"])
        make_ed_the_owner = Membership.objects.get(user__email="ed@example.com").user
        recipe.created_by = make_ed_the_owner
        told = letters.readers(recipe)

    assert [mail.to for mail in mailoutbox] == [["seeing@example.com"]]
    assert "ed@example.com" not in told and "boss@example.com" in told


def test_folder_can_be_neither_emptied_nor_taken_over_by_who_only_edits(scene: Scene):
    outside = browser_of(scene.workspace, Role.EDITOR)
    editing = let_in(scene, Role.EDITOR, Level.EDIT)
    mine = make.make_recipe(workspace=scene.workspace, name="Mine")

    out = editing.post(at("recipe-move", scene.workspace, scene.ids["recipe"]), {"folder": ""})
    taken = outside.post(at("recipe-move", scene.workspace, mine.public_id), {"new": f"{SECRET} folder"})
    into = outside.post(at("recipe-move", scene.workspace, mine.public_id), {"folder": scene.ids["folder"]})

    assert (out.status_code, taken.status_code, into.status_code) == (403, 422, 422)
    with scope(workspace=scene.workspace):
        assert Recipe.objects.get(public_id=scene.ids["recipe"]).folder is not None
        assert Recipe.objects.get(pk=mine.pk).folder is None


def test_connection_of_live_recipes_that_one_may_not_pause_stays(scene: Scene):
    outside, publishing = browser_of(scene.workspace, Role.EDITOR), let_in(scene, Role.EDITOR, Level.PUBLISH)
    url = at("connection-delete", scene.workspace, scene.ids["ghl"])

    refused = outside.post(url)
    deleted = publishing.post(url)

    assert refused.status_code == 403
    assert "Live recipes of a folder where you may not pause them use" in text(refused)
    assert SECRET not in text(refused)
    assert deleted.status_code == 302


# the page


def test_page_is_for_those_who_manage(scene: Scene):
    url = at("folder-access", scene.workspace, scene.ids["folder"])

    assert statuses(scene.workspace, lambda client: client.get(url)) == only("owner", "admin")
    assert statuses(scene.workspace, lambda client: client.post(url, {})) == only("owner", "admin", status=302)


def test_access_is_chosen_said_and_written_down(scene: Scene):
    owner = browser_of(scene.workspace, name="Olive")
    vera = make.make_member(workspace=scene.workspace, role=Role.VIEWER, name="Vera", email="vera@example.com")
    url = at("folder-access", scene.workspace, scene.ids["folder"])

    done = owner.post(url, {"closed": "yes", "role-operator": "see", f"member-{vera.pk}": "edit"})
    page = text(owner.get(url))
    refused = owner.post(url, {"closed": "yes", "role-operator": "everything"})

    assert said(done)[-1] == f"“{SECRET} folder” is open to those you chose."
    assert "Vera Viewer As a viewer they see, and change nothing." in page
    assert (refused.status_code, "Choose from the list how far" in text(refused)) == (422, True)
    with scope(workspace=scene.workspace):
        line = AuditEvent.objects.filter(verb="folder.access_changed").latest("pk")
        assert line.details["after"] == {"closed": True, "operator": "see", "vera@example.com": "edit"}
    assert "Olive changed who comes into the folder" in text(owner.get(at("audit", scene.workspace)))


def test_opened_folder_is_there_for_all_again(scene: Scene):
    owner, editor = browser_of(scene.workspace), browser_of(scene.workspace, Role.EDITOR)
    recipe = at("recipe", scene.workspace, scene.ids["recipe"])

    before = editor.get(recipe).status_code
    owner.post(at("folder-access", scene.workspace, scene.ids["folder"]), {"closed": "no"})

    assert (before, editor.get(recipe).status_code) == (404, 200)
    with scopes_disabled():
        assert not FolderAccess.objects.exists()


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 390])
def test_page_is_reached_from_the_list_and_read_by_anybody(page: Page, live_server: Any, scene: Scene, width: int):
    make.make_member(workspace=scene.workspace, role=Role.VIEWER, name="Vera")
    sign_in(page, browser_of(scene.workspace), live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}{at('recipes', scene.workspace)}?folder={scene.ids['folder']}")

    page.get_by_role("button", name=f"{SECRET} folder").click()
    page.get_by_role("link", name=f"Who may see {SECRET} folder").click()
    page.get_by_role("combobox", name="Vera").select_option("edit")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("As a viewer they see, and change nothing.")).to_be_visible()
    assert axe.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="dark")
    page.evaluate(axe.TRANSITIONS)
    assert axe.violations(page) == []


def test_levels_hold_one_another():
    assert LEVELS[Level.SEE] < LEVELS[Level.EDIT] < LEVELS[Level.PUBLISH]
