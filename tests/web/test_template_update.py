"""The page about a newer version of a recipe's template."""

import pytest
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from builder.actions import gallery, team_templates, template_saving, template_values
from builder.models import Recipe, TemplateUse
from builder.recipe import tree as trees
from tests import make
from tests.web import axe
from tests.web.people import HTMX, browser_of, only, said, sign_in, statuses, text

pytestmark = pytest.mark.django_db
KEY = "contact-tag-to-client"


@pytest.fixture
def workspace():
    return make.make_workspace()


@pytest.fixture
def recipe(workspace):
    """Begun with an older version, which had one step; its name was changed since."""
    make.make_connection(workspace=workspace, connector="ghl")
    make.make_connection(workspace=workspace)
    recipe = gallery.start(make.make_actor(workspace=workspace), KEY, {"tag": "customer"})
    with scopes_disabled():
        use = TemplateUse.objects.get(recipe=recipe)
        older = trees.parse({**use.tree, "steps": use.tree["steps"][:1]})
        older["steps"][0]["inputs"]["city"] = "Old town"
        TemplateUse.objects.filter(pk=use.pk).update(version="older", tree=older)
        mine = trees.parse(older)
        mine["steps"][0]["inputs"] |= {"city": "My town", "private_notes": "My note"}
        recipe.draft = mine
        recipe.save()
    return recipe


def at(recipe, name="recipe-update"):
    return reverse(f"web:{name}", args=[recipe.workspace.slug, recipe.public_id])


def fresh(recipe):
    with scope(workspace=recipe.workspace):
        return Recipe.objects.get(pk=recipe.pk)


def version():
    return gallery.template(KEY).version


def test_who_may_see_and_take_it(workspace, recipe):
    editors = ("owner", "admin", "editor")

    assert statuses(workspace, lambda client: client.get(at(recipe))) == only(*editors)
    assert statuses(workspace, lambda client: client.post(at(recipe), {"rev": "7"})) == only(*editors, status=409)
    assert statuses(workspace, lambda client: client.post(at(recipe, "recipe-update-leave"))) == only(
        *editors, status=302
    )


def test_the_recipes_page_and_the_gallery_say_so(workspace, recipe):
    client = browser_of(workspace)

    page = text(client.get(reverse("web:recipe", args=[workspace.slug, recipe.public_id])))
    listed = text(client.get(reverse("web:templates", args=[workspace.slug])))

    assert "“Contact tag to client”, which this recipe was made of, has a newer version." in page
    assert "One recipe was made of an older version of its template." in listed


def test_a_viewer_is_not_told(workspace, recipe):
    page = browser_of(workspace, "viewer").get(reverse("web:recipe", args=[workspace.slug, recipe.public_id]))

    assert "has a newer version" not in text(page)


def test_it_is_said_what_changes_what_stays_and_what_has_to_be_chosen(workspace, recipe):
    page = browser_of(workspace).get(at(recipe))

    assert "Added 3 Only one client fits" in text(page)
    assert [line.after for line in page.context["kept"]] == ["My note"]
    assert [own.change.field for own, _line, _chosen in page.context["clashes"]] == ["inputs.city"]


@pytest.mark.parametrize(("chosen", "city"), [("mine", "My town"), ("theirs", '{{ trigger.city | default: "" }}')])
def test_taken_over_as_chosen(workspace, recipe, chosen, city):
    sent = {"rev": "0", "version": version(), "own|sclien|changed|inputs.city": chosen}

    answer = browser_of(workspace).post(at(recipe), sent)

    found = fresh(recipe)
    assert said(answer) == ["The newer version is in the draft. Look at it, then publish; Undo takes it back."]
    assert found.draft["steps"][0]["inputs"]["city"] == city
    assert found.draft["steps"][0]["inputs"]["private_notes"] == "My note"
    assert (len(found.draft["steps"]), found.live_id) == (3, None)


def test_what_is_asked_anew_is_asked_on_the_page(workspace):
    by = make.make_actor(workspace=workspace)
    row = make.make_team_template(workspace=workspace)
    with scope(workspace=workspace):
        template = gallery.template(f"own-{row.public_id}")
    recipe = gallery.start(by, template, {"pipeline": "p2", "product_key": "Deal"})
    ask = {"id": "sask01", "kind": "approval", "people": ["rosa@lumen.example"], "message": "?"}
    row.recipe.draft = trees.parse({**row.recipe.draft, "steps": [ask, *row.recipe.draft["steps"]]})
    row.recipe.save()
    with scope(workspace=workspace):
        asked = {one.id: one.label for one in template_values.literals(row.recipe.draft) if one.proposed}
    words = {"title": "Bill", "summary": "Bills."}
    newer = template_saving.save(by, row.recipe, "draft", words, asked, into=row)
    client, sent = browser_of(workspace), {"rev": "0", "version": team_templates.of(newer).version, "asked": "approver"}

    page = client.get(at(recipe))
    again = client.post(at(recipe), {**sent, "approver": "kim@x.example", "go": "fresh:approver"}, headers=HTMX)
    empty = client.post(at(recipe), {**sent, "approver": ""}, headers=HTMX)
    client.post(at(recipe), {**sent, "approver": "kim@x.example"})

    assert [each.question.key for each in page.context["asked"]] == ["approver"]
    assert again.context["asked"][0].value == "kim@x.example"
    assert (empty.status_code, "“Who approves” is empty. Answer it." in text(empty)) == (422, True)
    assert trees.find(fresh(recipe).draft, "sask01")["people"] == ["kim@x.example"]


def test_left_it_is_told_of_no_more(workspace, recipe):
    client = browser_of(workspace)

    client.post(at(recipe, "recipe-update-leave"), {"version": version()})

    page = text(client.get(reverse("web:recipe", args=[workspace.slug, recipe.public_id])))
    assert "has a newer version" not in page
    assert "older version" not in text(client.get(reverse("web:templates", args=[workspace.slug])))
    assert client.get(at(recipe)).status_code == 200


def test_a_draft_that_moved_on_is_shown_again(workspace, recipe):
    answer = browser_of(workspace).post(at(recipe), {"rev": "5", "version": version()}, headers=HTMX)

    assert answer.status_code == 409
    assert "Look at it again, then take it over." in text(answer)


def test_without_news_one_is_led_back(workspace):
    recipe = make.make_recipe(workspace=workspace)

    answer = browser_of(workspace).get(at(recipe))

    assert said(answer) == ["There is no newer version of its template."]


@pytest.mark.once
def test_taken_over_and_undone_in_a_browser(page, live_server, workspace, recipe):
    sign_in(page, browser_of(workspace), live_server.url)
    page.goto(live_server.url + reverse("web:recipe", args=[workspace.slug, recipe.public_id]))

    page.get_by_role("link", name="See what it changes").click()
    page.get_by_role("heading", name="Changed by both: choose").wait_for()
    problems = axe.violations(page)
    page.get_by_role("radio", name="As you have it").check()
    page.get_by_role("button", name="Take over into the draft").click()
    page.locator("#toast").get_by_text("The newer version is in the draft.").wait_for()
    page.get_by_role("heading", name="Only one client fits").wait_for()
    taken = len(fresh(recipe).draft["steps"])
    page.keyboard.press("Control+z")
    page.get_by_role("heading", name="Only one client fits").wait_for(state="detached")

    assert problems == []
    assert (taken, len(fresh(recipe).draft["steps"])) == (3, 1)
