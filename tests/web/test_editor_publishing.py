"""Publishing, versions and the switch: what the editor says of a recipe that goes live."""

import pytest

from builder.models import Role
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, only, statuses, text

pytestmark = pytest.mark.django_db
EDITORS = (Role.OWNER, Role.ADMIN, Role.EDITOR)


def test_dialog_says_what_changes_in_words():
    desk = make_desk(live=True)
    desk.edit("set_field", step="sinvoi", field="due_date", value="{{ today | plus_days: 14 }}")
    desk.edit("delete_step", step="sclien")

    page = text(desk.get("recipe-publish", htmx=True))

    assert "Changed 3 Create an invoice, Due date Today + 14 days" in page
    assert "Removed 3 Find or create a client" in page


def test_published_draft_is_the_next_version():
    desk = make_desk(live=True)
    desk.edit("rename_step", step="sinvoi", name="Bill it")

    answer = desk.browser.post(desk.url("recipe-publish"), {"rev": 1, "note": "Clearer name"}, headers=HTMX)

    assert answer.headers["HX-Redirect"] == desk.url()
    assert (desk.now.live.number, desk.now.live.note) == (2, "Clearer name")


def test_first_publication_offers_the_records_that_are_there_already():
    desk, again = make_desk(), make_desk(live=True)
    again.edit("rename_step", step="sinvoi", name="Bill it")

    offered = [text(each.get("recipe-publish", htmx=True)) for each in (desk, again)]
    answer = desk.browser.post(desk.url("recipe-publish"), {"rev": desk.now.draft_rev, "then": "run"}, headers=HTMX)

    assert ["Then choose records that are there already" in page for page in offered] == [True, False]
    assert answer.headers["HX-Redirect"] == desk.url("recipe-run")


def test_nothing_to_publish_is_said_and_not_offered():
    desk = make_desk(live=True)

    page = desk.get("recipe-publish").content.decode()

    assert "Nothing: the draft is the same as v1." in page
    assert "Publish v2" not in page
    assert 'class="btn primary"' not in page.split('id="main"')[1].split("</main>")[0]


def test_paused_recipe_is_published_again_without_a_change():
    desk = make_desk(live=True)
    desk.browser.post(desk.url("recipe-live"), {"to": "paused"})

    assert "Publish v2" in text(desk.get("recipe-publish"))


def test_draft_with_problems_is_not_published_and_links_to_the_field():
    desk = make_desk()
    desk.edit("set_field", step="sinvoi", field="client_id", value="")

    answer = desk.browser.post(desk.url("recipe-publish"), {"rev": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert "?step=sinvoi&amp;focus=f-client_id" in answer.content.decode()
    assert desk.now.live is None


def test_draft_that_moved_on_is_shown_again():
    desk = make_desk()
    desk.edit("set_note", browser=desk.colleague(), step="sinvoi", note="Look here")

    answer = desk.browser.post(desk.url("recipe-publish"), {"rev": 0}, headers=HTMX)

    assert answer.status_code == 409
    assert "Camille Roux changed the draft after you opened this." in text(answer)


def test_versions_can_be_gone_back_to():
    desk = make_desk(live=True)
    desk.edit("rename_step", step="sinvoi", name="Bill it")
    desk.browser.post(desk.url("recipe-publish"), {"rev": 1})

    listed = desk.get("recipe-versions")
    desk.browser.post(desk.url("recipe-roll-back", 1))

    assert [version.number for version, _lines in listed.context["rows"]] == [2, 1]
    assert "Create an invoice, name" in text(listed) or "Bill it, name" in text(listed)
    assert (desk.now.live.number, desk.step("sinvoi")["name"]) == (3, "")


def test_versions_of_what_was_never_published_are_none_yet():
    answer = make_desk().get("recipe-versions")

    assert answer.status_code == 200
    assert "Nothing published yet" in text(answer)


def test_going_back_is_for_who_may_publish():
    desk = make_desk(live=True)

    def ask(browser):
        return browser.post(desk.url("recipe-roll-back", 1))

    assert statuses(desk.workspace, ask) == only(*EDITORS, status=302)


def test_switch_in_the_bar_pauses_and_says_so():
    desk = make_desk(live=True)

    answer = desk.browser.post(desk.url("recipe-live"), headers=HTMX)

    assert desk.now.state == "paused"
    assert "Paused" in text(answer)


def test_switch_is_not_for_viewers():
    desk = make_desk(live=True)

    assert browser_of(desk.workspace, Role.VIEWER).post(desk.url("recipe-live")).status_code == 403


def test_card_names_the_value_that_a_pill_falls_back_on():
    value = "{{ trigger.contact.company | default: trigger.contact.name }}"
    client = {"id": "sclien", "kind": "action", "operation": "invoice_ninja.clients.create", "inputs": {"name": value}}
    desk = make_desk(steps=[client])

    answer = desk.get()

    assert "if empty, use Contact › Name" in " ".join(text(answer).split())
    assert "trigger.contact.name" not in text(answer)


@pytest.mark.parametrize("rows", [1, 3])
def test_versions_cost_the_same_however_many(rows, django_assert_num_queries):
    desk = make_desk(live=True)
    publisher = make.make_member(workspace=desk.workspace, name="Camille Roux").user
    for number in range(2, rows + 1):
        tree = {**desk.now.draft, "steps": desk.now.draft["steps"][:number]}
        make.make_version(recipe=desk.recipe, number=number, tree=tree, published_by=publisher)

    with django_assert_num_queries(15):
        page = desk.get("recipe-versions")

    assert len(page.context["rows"]) == rows
