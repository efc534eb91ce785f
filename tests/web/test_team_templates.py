"""A team's own templates, as people meet them: saved, looked at, set up, shared."""

from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.actions import team_templates, template_links, template_saving, template_values
from builder.models import Recipe, RecipeState, Role, TeamTemplate
from tests import make
from tests.web import axe
from tests.web.people import HTMX, browser_of, only, said, sign_in, statuses, text

pytestmark = pytest.mark.django_db
WORDS = {"title": "Bill what was won", "summary": "A won deal becomes a draft invoice.", "who": ""}


@pytest.fixture
def workspace():
    return make.make_workspace()


@pytest.fixture
def recipe(workspace):
    ghl = make.make_connection(workspace=workspace, connector="ghl")
    tree = make.make_tree(ghl=ghl, steps=make.won_steps(make.make_connection(workspace=workspace)))
    tree["trigger"]["inputs"] = {"pipeline": "pipe1"}
    return make.make_recipe(workspace=workspace, tree=tree, live=True)


@pytest.fixture
def row(workspace, recipe):
    actor = make.make_actor(workspace=workspace)
    with scope(workspace=workspace):
        asked = {one.id: one.label for one in template_values.literals(recipe.draft) if one.proposed}
    return template_saving.save(actor, recipe, "draft", WORDS, asked)


def at(workspace, name, *more, **query):
    return reverse(f"web:{name}", args=[workspace.slug, *more], query=query or None)


def own(workspace):
    with scope(workspace=workspace):
        return list(TeamTemplate.objects.order_by("pk"))


EDITORS, PUBLISHERS = ("owner", "admin", "editor"), ("owner", "admin", "editor")


def test_who_may_do_what(workspace, recipe, row):
    key = team_templates.key_of(row)

    def ask(name, *more, post=False):
        return lambda client: getattr(client, "post" if post else "get")(at(workspace, name, *more))

    assert statuses(workspace, ask("recipe-template", recipe.public_id)) == only(*EDITORS)
    assert statuses(workspace, ask("recipe-template", recipe.public_id, post=True)) == only(*EDITORS, status=422)
    assert statuses(workspace, ask("template-words", key)) == only(*EDITORS)
    assert statuses(workspace, ask("template-import")) == only(*EDITORS)
    assert statuses(workspace, ask("template-import", post=True)) == only(*EDITORS, status=422)
    assert statuses(workspace, ask("template-export", key)) == only(*Role.values)
    assert statuses(workspace, ask("template", key)) == only(*Role.values)
    assert statuses(workspace, ask("template-share", key, post=True)) == only(*PUBLISHERS, status=422)
    assert statuses(workspace, ask("template-retire", key, post=True)) == only(*PUBLISHERS, status=302)
    assert statuses(workspace, ask("template-delete", key, post=True), ("viewer", "operator", "stranger")) == {
        "viewer": 403,
        "operator": 403,
        "stranger": 404,
    }
    assert statuses(workspace, ask("template-delete", key, post=True), ("editor",)) == {"editor": 302}
    assert own(workspace) == []


def test_a_guessed_template_is_not_found(workspace):
    for name in ("template", "template-words", "template-set-up", "template-export"):
        assert browser_of(workspace).get(at(workspace, name, "own-k7mq2xw9ehtd")).status_code == 404


def test_another_workspaces_template_is_not_found(row):
    other = make.make_workspace()

    assert browser_of(other).get(at(other, "template", team_templates.key_of(row))).status_code == 404


def test_a_recipe_is_saved_as_a_template_and_set_up_from_the_gallery(workspace, recipe):
    client = browser_of(workspace)
    form = client.get(at(workspace, "recipe-template", recipe.public_id))
    asked = {f"ask-{each.literal.id}": "yes" for each in form.context["proposed"]}
    labels = {f"label-{each.literal.id}": each.label for each in form.context["proposed"]}

    saved = client.post(at(workspace, "recipe-template", recipe.public_id), {**WORDS, **asked, **labels})
    [row] = own(workspace)
    page = text(client.get(saved.url))
    gallery = text(client.get(at(workspace, "templates")))
    set_up = client.get(at(workspace, "template-set-up", team_templates.key_of(row), step="answers"))
    made = client.post(
        at(workspace, "template-set-up", team_templates.key_of(row)), {"pipeline": "p2", "product_key": "Deal"}
    )
    published = client.post(f"{made.url}publish/", {"rev": "0", "guard": "5"})

    assert "Bill what was won" in page and "Accounts and secrets are not in it." in page
    assert "Your team’s" in gallery and "Bill what was won" in gallery
    assert [each.question.key for each in set_up.context["asked"]] == ["pipeline", "product_key"]
    assert published.status_code == 302
    with scope(workspace=workspace):
        new = Recipe.objects.get(template=team_templates.key_of(row))
    assert new.draft["trigger"]["inputs"] == {"pipeline": "p2"}
    assert (new.state, new.guards["first"]) == (RecipeState.LIVE, 5)


def test_what_is_missing_is_said_beside_it_and_nothing_is_lost(workspace, recipe):
    client = browser_of(workspace)
    one = client.get(at(workspace, "recipe-template", recipe.public_id)).context["proposed"][0].literal
    sent = {"title": "", "summary": "Does it.", f"ask-{one.id}": "yes", f"label-{one.id}": ""}

    answer = client.post(at(workspace, "recipe-template", recipe.public_id), sent, headers=HTMX)

    assert answer.status_code == 422
    assert "Give it a name." in text(answer) and "Say in a few words what is asked." in text(answer)
    assert "Does it." in text(answer)
    assert own(workspace) == []


def test_a_newer_version_takes_the_place_of_the_old_one(workspace, recipe, row):
    key = team_templates.key_of(row)

    browser_of(workspace).post(at(workspace, "recipe-template", recipe.public_id), {**WORDS, "into": key})

    assert [one.number for one in own(workspace)] == [2]


def test_words_are_changed(workspace, row):
    key = team_templates.key_of(row)
    sent = {"title": "Neu", "summary": "Es.", "lines": "When won\nthen bill", "label-pipeline": "Which?"}

    answer = browser_of(workspace).post(at(workspace, "template-words", key), sent)

    assert said(answer) == ["The words are changed."]
    [found] = own(workspace)
    assert (found.data["title"], found.data["sentence"]) == ("Neu", ["When won", "then bill"])


def test_a_bad_file_is_refused_with_every_problem(workspace):
    file = SimpleUploadedFile("bad.yaml", b"format: 3\nkey: X\ntitle: ''\nquestions: []\ntree: {}\n")

    answer = browser_of(workspace).post(at(workspace, "template-import"), {"file": file})

    assert answer.status_code == 422
    assert "Nothing was kept. 4 things are wrong" in text(answer)
    assert own(workspace) == []


def test_a_downloaded_file_comes_into_another_workspace(workspace, row):
    file = browser_of(workspace).get(at(workspace, "template-export", team_templates.key_of(row)))
    other = make.make_workspace()

    sent = {"file": SimpleUploadedFile("t.yaml", file.content)}
    answer = browser_of(other).post(at(other, "template-import"), sent)

    assert file["Content-Disposition"] == 'attachment; filename="bill-what-was-won.yaml"'
    assert said(answer) == ["“Bill what was won” is among your team’s templates."]
    assert [one.data for one in own(other)] == [row.data]


def test_a_retired_one_is_marked_and_comes_back(workspace, row):
    client, key = browser_of(workspace), team_templates.key_of(row)

    client.post(at(workspace, "template-retire", key))
    page = text(client.get(at(workspace, "template", key)))
    client.post(at(workspace, "template-retire", key), {"to": "back"})

    assert "This template is retired" in page and "Set it up" not in page
    assert "This template is retired" not in text(client.get(at(workspace, "template", key)))


# links


def shared(row):
    _link, url = template_links.share(make.make_actor(workspace=row.workspace), row)
    return urlsplit(url).path


def test_a_stranger_signs_in_first_and_comes_back(row):
    path = shared(row)

    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next={path}"


def test_a_member_of_another_workspace_takes_a_copy(row):
    other = make.make_workspace(name="Northwind")
    client, path = browser_of(other, "editor"), shared(row)

    page = client.get(path)
    answer = client.post(path, {"workspace": other.slug})

    assert "Bill what was won" in text(page) and "Northwind" in text(page)
    assert answer.url == at(other, "template", team_templates.key_of(own(other)[0]))


def test_a_viewer_and_a_foreign_workspace_are_refused_with_a_sentence(workspace, row):
    other, path = make.make_workspace(), shared(row)

    viewer = browser_of(other, "viewer")

    assert "In none of your workspaces may you make recipes." in text(viewer.get(path))
    assert viewer.post(path, {"workspace": other.slug}).status_code == 403
    assert browser_of(other).post(path, {"workspace": workspace.slug}).status_code == 404
    assert own(other) == []


def test_where_a_second_factor_is_a_must_one_sets_it_up_first(row):
    other, path = make.make_workspace(two_factor=True), shared(row)

    answer = browser_of(other).post(path, {"workspace": other.slug})

    assert answer.url == reverse("mfa_index")
    assert own(other) == []


def test_a_link_that_is_over_answers_with_a_sentence(workspace, row):
    client = browser_of(workspace)
    page = client.post(at(workspace, "template-share", team_templates.key_of(row)), {"days": "7"}, headers=HTMX)
    url, [link] = page.context["url"], page.context["links"]

    over = client.post(at(workspace, "template-link-revoke", team_templates.key_of(row), link.public_id), headers=HTMX)
    answer = client.get(urlsplit(url).path)

    assert over.context["links"] == []
    assert answer.status_code == 410
    assert "Ask for a new one." in text(answer)


@pytest.mark.once
def test_saved_and_set_up_in_a_browser(page, live_server, workspace, recipe):
    sign_in(page, browser_of(workspace), live_server.url)
    page.goto(live_server.url + at(workspace, "recipe-template", recipe.public_id))

    page.get_by_label("What it does, in a sentence").fill("A won deal becomes a draft invoice.")
    problems = axe.violations(page)
    page.get_by_role("button", name="Save the template").click()
    page.get_by_role("heading", name="Your team’s template").wait_for()
    problems += axe.violations(page)
    page.get_by_role("button", name="Make a link").click()
    page.get_by_text("It is shown this once").wait_for()
    page.get_by_role("link", name="Change its words").click()
    page.get_by_role("heading", name="Change its words").wait_for()
    problems += axe.violations(page)
    page.go_back()
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Continue to the questions").click()
    page.get_by_label("Pipeline").fill("p2")
    page.get_by_label("Item").fill("Deal")
    page.get_by_role("button", name="Create the recipe").click()
    page.get_by_text("See first what it would do").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="It is live").wait_for()

    assert problems == []
