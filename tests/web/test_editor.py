"""The editor as a page: who sees it, what stands on the cards and in the panel."""

import pytest
from django_scopes import scope

from builder.models import Role
from builder.recipe import tree as trees
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, only, statuses, text

pytestmark = pytest.mark.django_db
EDITORS = (Role.OWNER, Role.ADMIN, Role.EDITOR)
READING = [
    ("recipe", (), {}), ("recipe", (), {"step": "sinvoi", "tab": "fields"}), ("recipe-versions", (), {}),
    ("recipe-data", ("sinvoi",), {}),
]  # fmt: skip
EDITING = [("recipe-step-new", (), {}), ("recipe-copied", (), {"step": "sinvoi"}), ("recipe-publish", (), {})]


@pytest.mark.parametrize(("name", "more", "query"), READING)
def test_reading_is_for_every_member(name, more, query):
    desk = make_desk(live=True)

    assert statuses(desk.workspace, lambda b: b.get(desk.url(name, *more), query)) == only(*Role.values)


@pytest.mark.parametrize(("name", "more", "query"), EDITING)
def test_what_begins_an_edit_is_for_who_may(name, more, query):
    desk = make_desk()

    assert statuses(desk.workspace, lambda b: b.get(desk.url(name, *more), query)) == only(*EDITORS)


@pytest.mark.parametrize("name", ["recipe-commands", "recipe-undo", "recipe-redo", "recipe-publish", "recipe-sample"])
def test_writing_is_not_for_viewers_and_strangers(name):
    desk = make_desk()

    found = statuses(desk.workspace, lambda b: b.post(desk.url(name)), (Role.VIEWER, Role.OPERATOR, "stranger"))

    assert found == {Role.VIEWER: 403, Role.OPERATOR: 403, "stranger": 404}


def test_recipe_of_another_workspace_is_not_there():
    desk, other = make_desk(), make.make_recipe()

    answer = desk.browser.get(desk.url().replace(desk.recipe.public_id, other.public_id))

    assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_trigger_of_its_own_webhook_shows_its_address(role):
    desk = make_desk(role=role)
    with scope(workspace=desk.workspace):
        desk.recipe.draft = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": []})
        desk.recipe.save()

    page = desk.get(at={"step": "trigger", "tab": "app"}).content.decode()

    assert ("Copy the webhook address" in page) == (role == Role.EDITOR)
    assert page.count("/hooks/") == (2 if role == Role.EDITOR else 0)


def test_page_asks_a_fixed_number_of_questions(django_assert_num_queries):
    desk = make_desk(live=True)
    make.make_step_test(recipe=desk.recipe)

    with django_assert_num_queries(17):
        desk.get(at={"step": "sinvoi", "tab": "fields"})


def test_cards_read_as_sentences():
    page = text(make_desk().get())

    assert "When an opportunity is won" in page
    assert "Only if value is more than 0" in page
    assert "Then find or create a client" in page


def test_flow_is_nested_lists_with_a_lane_for_each_path():
    inner = {"id": "sinner", "kind": "stop"}
    fork = {"id": "sforkk", "kind": "paths", "paths": [{"id": "pa1", "name": "Retainer", "steps": [inner]}]}

    page = make_desk(steps=[fork]).get().content.decode()

    assert '<li class="lane" aria-label="Path: Retainer">' in page
    assert '<ol class="flow" data-path="pa1" aria-label="Retainer">' in page
    assert page.index('data-path="pa1"') < page.index('id="step-sinner"') < page.index("Anything else")


def test_wait_that_only_came_by_import_says_what_it_lacks():
    desk = make_desk(steps=[{"id": "swaitt", "kind": "wait", "mode": "event"}])

    found = [(problem.field, problem.code) for problem, _at in desk.get().context["bar"].problems]
    assert found == [("trigger", "required"), ("about", "required"), ("timeout.amount", "required")]


def test_card_names_its_problem():
    desk = make_desk()
    desk.edit("set_connection", step="sclien", connection="")

    page = text(desk.get())

    assert "No account is chosen. Choose or add a connection." in page
    assert "1 to fix" in page


def test_open_step_and_tab_stand_in_the_address():
    desk = make_desk()

    page = desk.get(at={"step": "sinvoi", "tab": "options"})

    assert page.context["panel"].tab == "options"
    assert 'id="step-sinvoi" data-sel' in page.content.decode()


def test_step_address_without_script_leads_to_the_page():
    desk = make_desk()

    answer = desk.get("recipe-step", "sinvoi", at={"tab": "fields"})

    assert answer.headers["Location"] == f"{desk.url()}?tab=fields&step=sinvoi"


def test_step_that_is_gone_says_so_in_the_panel():
    desk = make_desk()
    desk.edit("delete_step", step="sinvoi")

    answer = desk.get("recipe-step", "sinvoi", htmx=True)

    assert "This step is gone" in text(answer)


def test_viewer_reads_values_and_gets_no_form_to_change_them():
    desk = make_desk(role=Role.VIEWER)

    page = desk.get(at={"step": "sinvoi", "tab": "fields"}).content.decode()

    assert "data-editor" not in page
    assert 'hx-post="' + desk.url("recipe-commands") not in page
    assert "Add a step here" not in page
    assert 'data-ref="{{ sclien.client.id }}"' in page


# the panel


def test_trigger_says_it_is_polled_where_no_webhook_can_come():
    desk = make_desk()

    page = text(desk.get("recipe-step", "trigger", at={"tab": "app"}, htmx=True))

    assert "Recette looks every 2 minutes." in page


def test_trigger_says_it_starts_at_once_where_webhooks_come(settings):
    settings.PUBLIC_URL = "https://recette.example"
    desk = make_desk()
    app = make.make_connection(workspace=desk.workspace, connector="ghl", method="app", name="The app")
    desk.edit("set_connection", step="trigger", connection=app.public_id)

    page = text(desk.get("recipe-step", "trigger", at={"tab": "app"}, htmx=True))

    assert "It starts at once." in page


def test_mapped_field_shows_pill_and_what_it_reads_as():
    desk = make_desk()
    data = {"contact": {"first_name": "Amara"}, "value": "4800.00"}
    make.make_step_test(recipe=desk.recipe, output=data)
    desk.edit("set_field", step="sinvoi", field="public_notes", value="Thank you, {{ trigger.contact.first_name }}!")

    panel = desk.get("recipe-step", "sinvoi", at={"tab": "fields"}, htmx=True)

    assert "Reads as Thank you, Amara!" in text(panel)
    assert 'data-ref="{{ trigger.contact.first_name }}"' in panel.content.decode()


def test_without_a_test_the_catalogue_sample_is_read():
    desk = make_desk()

    panel = desk.get("recipe-step", "sinvoi", at={"tab": "fields"}, htmx=True)

    assert "Reads as Deal, 1 × $4,850.50" in text(panel)


def test_pill_of_a_later_step_is_drawn_as_gone():
    desk = make_desk()
    desk.edit("set_field", step="sclien", field="name", value="{{ sinvoi.invoice.number }}")

    panel = desk.get("recipe-step", "sclien", at={"tab": "fields"}, htmx=True)

    assert 'data-ref="{{ sinvoi.invoice.number }}" data-state="gone"' in panel.content.decode()
    assert "which comes later" in text(panel)


def test_text_where_a_number_belongs_is_told_beside_the_field():
    desk = make_desk()

    answer = desk.edit("set_field", open="sinvoi", step="sinvoi", field="discount", value="a lot")

    assert "“a lot” isn't a number" in text(answer)


def test_today_plus_days_is_a_pill_of_its_own():
    desk = make_desk()
    desk.edit("set_field", step="sinvoi", field="due_date", value="{{ today | plus_days: 14 }}")

    assert "Today + 14 days" in text(desk.get("recipe-step", "sinvoi", at={"tab": "fields"}, htmx=True))


def test_fields_asked_for_last_are_folded():
    panel = make_desk().get("recipe-step", "sinvoi", at={"tab": "fields"}, htmx=True)

    assert "15 more fields" in text(panel)


def test_script_free_page_has_a_text_box_with_the_template_text():
    page = make_desk().get(at={"step": "sinvoi", "tab": "fields"}).content.decode()

    assert ">{{ sclien.client.id }}</textarea>" in page
    assert '<noscript><button class="btn sm">Save</button></noscript>' in page


# pulse


def test_pulse_is_silent_while_nobody_else_edits():
    desk = make_desk()
    desk.edit("rename_recipe", name="Mine")

    answer = desk.browser.get(desk.url("recipe-pulse"), headers={**HTMX, "HX-PTag": "0"})

    assert (answer.status_code, answer.content) == (304, b"")


def test_pulse_brings_what_a_colleague_changed():
    desk = make_desk()
    desk.edit("set_field", browser=desk.colleague(), step="sinvoi", field="po_number", value="PO-9")
    page = f"http://testserver{desk.url()}?step=sinvoi&tab=fields"

    answer = desk.browser.get(desk.url("recipe-pulse"), headers={**HTMX, "HX-PTag": "0", "HX-Current-URL": page})

    assert answer.headers["HX-PTag"] == "1"
    assert 'hx-target="#step-sinvoi"' in answer.content.decode()
    assert ">PO-9</textarea>" in answer.content.decode()


def test_pulse_leaves_the_control_under_the_hands_alone():
    desk = make_desk()
    desk.edit("set_field", browser=desk.colleague(), step="sinvoi", field="po_number", value="PO-9")
    page = f"http://testserver{desk.url()}?step=sinvoi&tab=fields"
    headers = {**HTMX, "HX-PTag": "0", "HX-Current-URL": page}

    answer = desk.browser.get(desk.url("recipe-pulse"), {"editing": "f-po_number"}, headers=headers)

    assert "PO-9</textarea>" not in answer.content.decode()
    assert 'hx-target="#f-due_date"' in answer.content.decode()


def test_account_named_like_its_app_is_said_once():
    desk = make_desk()
    desk.ninja.name = "Invoice Ninja"
    with scope(workspace=desk.workspace):
        desk.ninja.save()

    page = desk.get(at={"step": "sinvoi", "tab": "fields"})

    assert '<p class="sub">Invoice Ninja</p>' in page.content.decode()
    assert "Invoice Ninja · Invoice Ninja" not in text(page)
