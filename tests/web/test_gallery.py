"""The gallery: templates looked into, set up by answering questions, published."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.actions import gallery
from builder.models import Connection, Recipe, RecipeState, Role
from tests import make

pytestmark = pytest.mark.django_db

KEY = "won-deal-to-draft-invoice"
ANSWERS = {"pipeline": "", "minimum": "100", "product": "Project", "due_days": "14", "note": "true", "answered": "yes"}


@pytest.fixture
def workspace():
    return make.make_workspace()


@pytest.fixture
def connected(workspace):
    """Both services, at addresses where nobody answers."""
    ghl = make.make_connection(workspace=workspace, connector="ghl")
    return {"ghl": ghl, "invoice_ninja": make.make_connection(workspace=workspace)}


def client_of(workspace, role=Role.EDITOR) -> Client:
    client = Client()
    client.force_login(make.make_member(workspace=workspace, role=role).user)
    return client


def at(workspace, name: str, *more, **query) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more], query=query or None)


def made(workspace) -> Recipe:
    with scope(workspace=workspace):
        return Recipe.objects.get()


def test_set_up_is_left_to_connect_an_account_and_come_back_to(workspace, connected, ninja):
    client, known = client_of(workspace), ninja.get("/_sandbox/state")["connect"]
    chosen = {"connection_ghl": connected["ghl"].public_id, "minimum": "250", "answered": "yes"}

    page = client.get(at(workspace, "template-set-up", KEY, step="connect", **chosen))
    again = page.context["again"]
    form = client.get(at(workspace, "connect", app="invoice_ninja", next=again)).url
    sent = {"token": known["token"], "base_url": ninja.url + known["path"], "next": again}
    answer = client.post(form, sent)

    back = client.get(answer.url)
    with scope(workspace=workspace):
        new = Connection.objects.order_by("-pk")[0].public_id
    assert (
        f'href="{at(workspace, "connect")}?app=invoice_ninja&amp;next={quote(again, safe="")}"' in page.content.decode()
    )
    assert {need.app: need.picked for need in back.context["needs"]} == {
        "ghl": connected["ghl"].public_id,
        "invoice_ninja": new,
    }
    assert (back.context["step"], dict(back.context["carried"])) == ("connect", {"minimum": "250", "answered": "yes"})


# doors


@pytest.mark.parametrize("role", Role.values)
def test_gallery_and_template_are_open_to_every_role(workspace, role):
    client = client_of(workspace, role)

    assert "Won deal to draft invoice" in client.get(at(workspace, "templates")).content.decode()
    assert "How it reads" in client.get(at(workspace, "template", KEY)).content.decode()


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("editor", 200), ("operator", 403), ("viewer", 403)])
def test_set_up_is_for_those_who_may_edit(workspace, role, status):
    answer = client_of(workspace, role).get(at(workspace, "template-set-up", KEY))

    assert answer.status_code == status


def test_set_up_is_not_offered_to_a_viewer(workspace):
    page = client_of(workspace, Role.VIEWER).get(at(workspace, "template", KEY)).content.decode()

    assert at(workspace, "template-set-up", KEY) not in page
    assert "Ask an owner or admin." in page


@pytest.mark.parametrize("name", ["templates", "template", "template-set-up"])
def test_gallery_hides_itself_from_a_stranger(workspace, name):
    more = [] if name == "templates" else [KEY]

    assert client_of(make.make_workspace()).get(at(workspace, name, *more)).status_code == 404


@pytest.mark.parametrize("name", ["template", "template-set-up"])
def test_unknown_template_is_not_found(workspace, name):
    assert client_of(workspace).get(at(workspace, name, "nothing-of-the-kind")).status_code == 404


# looking


def shown(answer) -> set[str]:
    found = [*answer.context["shown"], *([answer.context["featured"]] if answer.context["featured"] else [])]
    return {one.template.key for one in found}


def test_gallery_shows_every_template(workspace):
    answer = client_of(workspace).get(at(workspace, "templates"))

    assert shown(answer) == {template.key for template in gallery.templates()}


def test_search_knows_other_words(workspace):
    answer = client_of(workspace).get(at(workspace, "templates", q="quote to cash"))

    assert shown(answer) == {KEY}


def test_search_by_htmx_answers_with_the_part(workspace):
    answer = client_of(workspace).get(at(workspace, "templates", q="onboarding"), headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert "Client onboarding" in page
    assert "<html" not in page


def test_search_without_result_offers_all(workspace):
    assert "No template fits" in client_of(workspace).get(at(workspace, "templates", q="xyz")).content.decode()


def test_template_reads_like_a_recipe(workspace):
    page = client_of(workspace).get(at(workspace, "template", KEY)).content.decode()

    assert [line in page for line in ("When a deal is won in HighLevel,", "value is more than 0")] == [True, True]
    assert "Not connected" in page


def test_template_says_what_is_connected(workspace, connected):
    needs = client_of(workspace).get(at(workspace, "template", KEY)).context["needs"]

    assert [(need.label, need.well) for need in needs] == [("HighLevel", True), ("Invoice Ninja", True)]


@pytest.mark.parametrize("count", [1, 3])
def test_template_asks_the_database_as_often_for_one_connection_as_for_three(
    workspace, count, django_assert_num_queries
):
    for _number in range(count):
        make.make_connection(workspace=workspace)
    client = client_of(workspace)

    with django_assert_num_queries(10):
        client.get(at(workspace, "template", KEY))


def test_template_says_what_it_needs_writes_guards_and_can_break(workspace):
    page = client_of(workspace).get(at(workspace, "template", "invoice-status-follows-deal")).content.decode()

    for text in (
        "contacts.write",
        "Cancel an invoice",
        "E-mailing is off until you tick it.",
        "The client has no e-mail address.",
        "The deal is lost before its draft was sent.",
        "POST /api/v1/invoices/bulk · archive",
        "Can send e-mail",
    ):
        assert text in page


def test_steps_inside_a_path_stand_below_its_name(workspace):
    cards = client_of(workspace).get(at(workspace, "template", "invoice-status-follows-deal")).context["shown"].cards

    inside = [(card["number"], card["lane"]) for card in cards if card["depth"]]
    assert inside[:2] == [("7", "The deal is won and the invoice a draft"), ("8", "")]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"group": "Agency"}, {"location-to-subscription"}),
        ({"starts": "tools", "group": "Onboarding"}, {"first-match"}),
        ({"group": "Reporting", "q": "usage"}, {"usage-billing"}),
        ({"group": "nothing of the kind"}, set()),
    ],
)
def test_chips_narrow_together_with_the_search(workspace, query, keys):
    assert shown(client_of(workspace).get(at(workspace, "templates", **query))) == keys


def test_chip_keeps_what_else_was_chosen(workspace):
    page = client_of(workspace).get(at(workspace, "templates", starts="ghl", q="deal"))

    chips = {chip["label"]: chip["query"] for chip in page.context["groups"]}
    assert chips["Getting paid"] == "q=deal&starts=ghl&group=Getting+paid"
    assert chips["All"] == "q=deal&starts=ghl"


def test_table_is_typed_as_lines(workspace, connected):
    here = at(workspace, "template-set-up", "social-tags-to-clients", step="answers")

    page = client_of(workspace).get(here).content.decode()
    answer = client_of(workspace).post(here, {"clients": "bakery", "answered": "yes"})

    assert '<textarea class="input" id="a-clients" name="clients"' in page
    assert answer.status_code == 422
    assert "Write each line like" in answer.content.decode()


# setting up


def test_wizard_begins_with_the_connections(workspace, connected):
    page = client_of(workspace).get(at(workspace, "template-set-up", KEY)).content.decode()

    assert f'value="{connected["ghl"].public_id}" checked' in page
    assert "Continue to the questions" in page


def test_wizard_goes_on_without_a_connection(workspace):
    page = client_of(workspace).get(at(workspace, "template-set-up", KEY, step="answers")).content.decode()

    assert "not connected yet" in page
    assert "HighLevel isn’t connected yet, so its list can’t be shown." in page
    assert "Create the recipe" in page


def test_list_that_cannot_be_loaded_says_why_and_takes_a_typed_answer(workspace, connected):
    page = client_of(workspace).get(at(workspace, "template-set-up", KEY, step="answers")).content.decode()

    assert "Type the value, or come back later." in page
    assert '<input class="input" id="a-pipeline"' in page


def test_going_back_keeps_every_answer(workspace, connected):
    client, here = client_of(workspace), at(workspace, "template-set-up", KEY)

    back = client.post(here, {**ANSWERS, "note": "", "product": "Design & <print>", "go": "connect"})
    page = client.get(back.url).content.decode()
    answers = client.get(f"{back.url}&step=answers")

    assert "csrf" not in back.url
    assert 'name="product" value="Design &amp; &lt;print&gt;"' in page
    assert {one.question.key: one.value for one in answers.context["asked"]} == {
        "pipeline": "",
        "minimum": "100",
        "product": "Design & <print>",
        "due_days": "14",
        "note": "",
    }


def test_wrong_answers_are_said_beside_their_fields_and_kept(workspace, connected):
    answer = client_of(workspace).post(
        at(workspace, "template-set-up", KEY), {**ANSWERS, "minimum": "much", "due_days": ""}
    )

    wrong = {one.question.key: one.value for one in answer.context["asked"] if one.errors}
    assert answer.status_code == 422
    assert wrong == {"minimum": "much", "due_days": ""}
    assert "“Days until payment is due” is empty. Answer it." in answer.content.decode()


def test_wrong_answers_by_htmx_come_as_the_part(workspace, connected):
    here = at(workspace, "template-set-up", KEY)

    answer = client_of(workspace).post(here, {**ANSWERS, "minimum": ""}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "<html" not in answer.content.decode()


def test_connection_that_is_gone_leads_back_to_the_first_step(workspace, connected):
    answer = client_of(workspace).post(
        at(workspace, "template-set-up", KEY), {**ANSWERS, "connection_ghl": "gone", "product": "Kept"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This connection is not there any more." in page
    assert 'name="product" value="Kept"' in page


def test_answers_become_a_draft_with_the_chosen_connections(workspace, connected):
    chosen = {f"connection_{app}": row.public_id for app, row in connected.items()}

    answer = client_of(workspace).post(
        at(workspace, "template-set-up", KEY), {**ANSWERS, **chosen, "name": "Deals to bills"}
    )

    recipe = made(workspace)
    assert (recipe.name, recipe.state, recipe.template) == ("Deals to bills", RecipeState.DRAFT, KEY)
    assert recipe.draft["trigger"]["connection"] == connected["ghl"].public_id
    assert answer.url == at(workspace, "template-done", KEY, recipe.public_id)


def test_unticked_box_is_a_no(workspace, connected):
    answers = {name: value for name, value in ANSWERS.items() if name != "note"}

    client_of(workspace).post(at(workspace, "template-set-up", KEY), answers)

    assert "ghl.contacts.add_note" not in str(made(workspace).draft)


# going live


@pytest.fixture
def recipe(workspace, connected):
    client_of(workspace).post(at(workspace, "template-set-up", KEY), ANSWERS)
    return made(workspace)


def publish(recipe, role=Role.EDITOR, **more):
    workspace = recipe.workspace
    address = at(workspace, "template-publish", KEY, recipe.public_id)
    return client_of(workspace, role).post(address, {"rev": recipe.draft_rev, **more})


def test_last_page_offers_to_publish(recipe):
    page = client_of(recipe.workspace).get(at(recipe.workspace, "template-done", KEY, recipe.public_id))

    assert "Nothing runs until you publish it." in page.content.decode()
    assert at(recipe.workspace, "template-publish", KEY, recipe.public_id) in page.content.decode()


def test_last_page_says_what_is_missing(workspace):
    client_of(workspace).post(at(workspace, "template-set-up", KEY), ANSWERS)
    recipe = made(workspace)

    page = client_of(workspace).get(at(workspace, "template-done", KEY, recipe.public_id)).content.decode()

    assert "missing before it can go live" in page
    assert at(workspace, "template-publish", KEY, recipe.public_id) not in page


def test_publishing_puts_it_live(recipe):
    answer = publish(recipe)

    recipe.refresh_from_db()
    assert recipe.state == RecipeState.LIVE
    assert answer.url == at(recipe.workspace, "template-done", KEY, recipe.public_id)
    assert "It is live" in client_of(recipe.workspace).get(answer.url).content.decode()


@pytest.mark.parametrize(("given", "guards"), [({"guard": "5"}, {"first": 5}), ({}, None)], ids=["ticked", "unticked"])
def test_first_runs_are_guarded_unless_somebody_says_otherwise(recipe, given, guards):
    owner = client_of(recipe.workspace)
    ready = owner.get(at(recipe.workspace, "template-done", KEY, recipe.public_id)).content.decode()

    owner.post(at(recipe.workspace, "template-publish", KEY, recipe.public_id), {"rev": recipe.draft_rev, **given})

    assert re.search(r'name="guard"[^>]* checked', ready)
    assert reverse("web:recipe-preview", args=[recipe.workspace.slug, recipe.public_id]) in ready
    recipe.refresh_from_db()
    assert (recipe.state, recipe.guards) == (RecipeState.LIVE, guards)
    live = owner.get(at(recipe.workspace, "template-done", KEY, recipe.public_id)).content.decode()
    assert ("the next 5 runs wait for a look" in live) == bool(guards)


def test_publishing_a_draft_that_moved_on_is_a_conflict(recipe):
    answer = publish(recipe, rev=recipe.draft_rev + 1)

    recipe.refresh_from_db()
    assert (answer.status_code, recipe.state) == (409, RecipeState.DRAFT)
    assert "changed the draft" in answer.content.decode()


def test_publishing_is_not_for_operators(recipe):
    assert publish(recipe, Role.OPERATOR).status_code == 403


def test_recipe_of_another_workspace_is_not_found(recipe, workspace):
    other = make.make_workspace()

    assert client_of(other).get(at(other, "template-done", KEY, recipe.public_id)).status_code == 404
