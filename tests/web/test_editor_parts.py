"""Picker, chooser, tests, publishing: what opens beside and above the flow."""

import json
import re

import pytest
from django_scopes import scope

from builder.models import Role, StepTest
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, only, statuses, text

pytestmark = pytest.mark.django_db
EDITORS = (Role.OWNER, Role.ADMIN, Role.EDITOR)


# picker


def test_picker_lists_earlier_steps_nearest_first():
    desk = make_desk()

    found = desk.get("recipe-data", "sinvoi", htmx=True).context["sources"]

    assert [(source.number, source.id) for source in found] == [("3", "sclien"), ("1", "trigger")]


def test_picker_counts_one_step_as_one():
    desk = make_desk()

    near, far = (desk.get("recipe-data", step, htmx=True).content.decode() for step in ("sclien", "sinvoi"))

    assert ' values from 1 step"' in near
    assert ' values from 2 steps"' in far


def test_picker_leaves_out_steps_of_another_path_and_later_ones():
    inner = {"id": "sinner", "kind": "action", "operation": "ghl.contacts.get"}
    fork = {"id": "sforkk", "kind": "paths", "paths": [{"id": "pa1", "name": "A", "steps": [inner]}]}
    after = {"id": "safter", "kind": "action", "operation": "ghl.contacts.get"}
    desk = make_desk(steps=[fork, after])

    found = desk.get("recipe-data", "safter", htmx=True).context["sources"]

    assert [source.id for source in found] == ["trigger"]


def test_picker_search_looks_at_names_and_samples():
    desk = make_desk()
    make.make_step_test(recipe=desk.recipe, output={"contact": {"first_name": "Amara", "email": "amara@example.com"}})

    found = desk.get("recipe-data", "sclien", at={"list": "", "q": "amara@"}, htmx=True)

    values = [value.path for source in found.context["sources"] for value in source.values]
    assert values == ["trigger.contact.email"]


def test_picker_shows_what_a_test_brought_besides():
    desk = make_desk()
    make.make_step_test(recipe=desk.recipe, output={"custom": {"size": "XL"}})

    found = desk.get("recipe-data", "sclien", at={"q": "xl"}, htmx=True).context["sources"]

    assert [(v.path, v.sample) for source in found for v in source.values] == [("trigger.custom.size", "XL")]


def test_picker_cuts_a_long_list_and_offers_all():
    desk = make_desk()

    short = desk.get("recipe-data", "sinvoi", htmx=True)
    whole = desk.get("recipe-data", "sinvoi", at={"list": "", "all": ""}, htmx=True)

    counted = [sum(len(source.values) for source in answer.context["sources"]) for answer in (short, whole)]
    assert counted[0] <= 40 < counted[1]
    assert f"Show all {counted[1]}" in text(short)


def test_picker_puts_dates_first_for_a_date():
    desk = make_desk()

    found = desk.get("recipe-data", "sinvoi", at={"field": "due_date"}, htmx=True)

    assert [piece.label for piece, _sample in found.context["dates"]][:4] == [
        "Today", "Today + 1 day", "Today + 7 days", "Today + 14 days",
    ]  # fmt: skip


def test_picker_puts_what_is_named_alike_first():
    desk = make_desk()

    found = desk.get("recipe-data", "sinvoi", at={"field": "client_id"}, htmx=True)

    assert found.context["likely"][0].path == "sclien.client.id"


def test_picker_without_earlier_steps_says_so():
    desk = make_desk()

    assert "No step before this one gives a value." in text(desk.get("recipe-data", "trigger", htmx=True))


# lists of a service


def test_service_that_does_not_answer_is_a_sentence_beside_the_list():
    desk = make_desk()

    answer = desk.get("recipe-slot", "trigger", "pipeline", htmx=True)

    assert answer.status_code == 200
    assert answer.context["slot"].trouble != ""
    assert answer.context["slot"].trouble in text(answer)


def test_list_comes_from_the_service_and_its_names_stay_on_the_card(ghl):
    desk, known = make_desk(), ghl.get("/_sandbox/state")["connect"]
    fields = {"base_url": ghl.url, "location_id": known["location_id"]}
    real = make.make_connection(
        workspace=desk.workspace, connector="ghl", settings=fields, secrets={"token": known["token"]}
    )
    desk.edit("set_connection", step="trigger", connection=real.public_id)

    choices = desk.get("recipe-slot", "trigger", "pipeline", htmx=True).context["slot"].options
    desk.edit("set_field", step="trigger", field="pipeline", value=choices[0].value)

    assert len(choices) >= 1
    assert f"Pipeline {choices[0].label}" in text(desk.get())


def test_list_that_depends_on_another_choice_says_which():
    desk = make_desk()

    panel = desk.get("recipe-step", "trigger", at={"tab": "fields"}, htmx=True)

    assert "Choose “Pipeline” first." in text(panel)


def test_choice_can_be_mapped_instead():
    desk = make_desk()
    desk.edit("set_field", step="sinvoi", field="client_id", value="")

    answer = desk.get("recipe-slot", "sinvoi", "client_id", at={"as": "text"}, htmx=True)

    assert "data-editor" in answer.content.decode()


def switch(page: str) -> str:
    return page.split('class="link swap"')[1].split("</a>")[0]


@pytest.mark.parametrize("value", ["{{ sclien.client.id }}", ""])
def test_mapped_choice_leads_back_to_its_list_filled_or_cleared(ninja, value):
    desk = make_desk()
    known = ninja.get("/_sandbox/state")["connect"]
    account = make.make_connection(
        workspace=desk.workspace, settings={"base_url": ninja.url + known["path"]}, secrets={"token": known["token"]}
    )
    desk.edit("set_connection", step="sinvoi", connection=account.public_id)
    desk.edit("set_field", step="sinvoi", field="client_id", value=value)

    mapped = desk.get("recipe-slot", "sinvoi", "client_id", at={"as": "text"}, htmx=True).content.decode()
    listed = desk.get("recipe-slot", "sinvoi", "client_id", at={"as": "list"}, htmx=True)
    page = listed.content.decode()

    first, *others = listed.context["slot"].options
    assert "Choose from the list" in switch(mapped)
    assert f"{desk.url('recipe-slot', 'sinvoi', 'client_id')}?as=list&amp;" in switch(mapped)
    assert "Use a value" in switch(page)
    assert len(others) >= 7
    if value:
        assert (first.value, first.label) == (value, "Value: Client › ID")
        assert f'<option value="{value}" selected>' in page


def test_step_that_is_opened_with_a_mapped_choice_offers_the_list():
    desk = make_desk()

    panel = desk.get("recipe-step", "sinvoi", at={"tab": "fields"}, htmx=True).content.decode()

    assert "Choose from the list" in switch(panel)


def test_yes_or_no_that_is_mapped_leads_back_to_its_list():
    desk = make_desk()
    desk.edit("set_field", step="sinvoi", field="uses_inclusive_taxes", value="{{ trigger.name }}")

    page = desk.get("recipe-slot", "sinvoi", "uses_inclusive_taxes", at={"as": "list"}, htmx=True).content.decode()

    assert re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)', page) == [
        ("", "", "No choice"),
        ("{{ trigger.name }}", " selected", "Value: Name"),
        ("true", "", "Yes"),
        ("false", "", "No"),
    ]


def test_without_script_the_list_comes_back_on_the_page():
    desk = make_desk()

    answer = desk.get("recipe-slot", "sinvoi", "client_id", at={"as": "list"})
    page = desk.browser.get(answer.url).content.decode()

    assert answer.url == f"{desk.url()}?step=sinvoi&tab=fields&lists=1&list=f-client_id"
    assert '<select class="input" id="f-client_id-v"' in page
    assert '<option value="{{ sclien.client.id }}" selected>Value: Client › ID' in page


# chooser


def test_chooser_knows_other_words_for_things():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"q": "bill", "after": "sclien"}, htmx=True).context["chooser"]

    assert "invoice_ninja.invoices.create" in [hit.item.key for hit in found.hits]


def test_chooser_narrows_by_app_and_thing():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"app": "ghl", "about": "note"}, htmx=True).context["chooser"].narrowed

    assert {(hit.item.connector, hit.item.object) for hit in found} == {("ghl", "note")}


def test_chooser_shows_triggers_among_steps_but_does_not_offer_them():
    desk = make_desk()

    answer = desk.get("recipe-step-new", at={"q": "opportunity is won", "after": "sclien"}, htmx=True)

    entries = [entry for _app, _words, rows in answer.context["chooser"].groups for entry in rows]
    assert [entry.off for entry in entries if entry.item.key == "ghl.opportunity.won"] == [True]


def test_chooser_of_the_trigger_offers_triggers_only():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"for": "trigger"}, htmx=True).context["chooser"]

    assert {hit.kind for hit in found.hits} == {"trigger"}
    assert found.tools is False


def test_chooser_corrects_a_slip():
    desk = make_desk()

    answer = desk.get("recipe-step-new", at={"q": "invoce", "after": "sclien"}, htmx=True)

    assert "Nothing for “invoce”. This is for “invoice”:" in text(answer)


def test_chooser_marks_what_was_found_and_escapes_it():
    desk = make_desk()

    page = desk.get("recipe-step-new", at={"q": "tags", "part": "found"}, htmx=True).content.decode()

    assert "Add <mark>tags</mark> to a contact" in page
    assert page.lstrip().startswith('<div class="chooser-body"')


def test_chooser_detail_says_what_it_needs_gives_and_uses():
    desk = make_desk()

    answer = desk.get("recipe-step-new", at={"op": "ghl.contacts.add_tags", "part": "detail"}, htmx=True)

    assert "Needs Contact ID, Tags" in text(answer)
    assert "Ready: Main location" in text(answer)


def test_chooser_works_as_a_page():
    desk = make_desk()

    page = desk.get("recipe-step-new", at={"op": "ghl.contacts.add_tags", "after": "sclien"})

    assert '<form data-edit method="post" action="' + desk.url("recipe-commands") in page.content.decode()


def test_step_before_another_goes_after_the_one_above():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"before": "sclien"}, htmx=True).context["chooser"]

    assert (found.after, found.path) == ("sonlyi", "")


# tests


def test_only_if_is_judged_with_its_values():
    desk = make_desk()

    page = text(desk.get("recipe-step", "sonlyi", at={"tab": "test"}, htmx=True))

    assert "With the sample data, the run goes on." in page
    assert "$4,850.50" in page


def test_verdict_ends_with_one_full_stop():
    desk = make_desk()
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "a lot"}
    desk.edit("set_condition", step="sonlyi", rule="[0]", json=json.dumps(rule))

    page = text(desk.get("recipe-step", "sonlyi", at={"tab": "test"}, htmx=True))

    assert "“a lot” isn't a number. Write digits, such as 1250.00. " in page
    assert ".." not in page


def test_values_are_counted_alike_in_chooser_and_panel():
    desk = make_desk()
    with scope(workspace=desk.workspace):
        output = {**make.WON, "extra": "one more"}
        StepTest.objects.create(
            workspace=desk.workspace, recipe=desk.recipe, step_id="trigger", passed=True, output=output
        )

    at = {"op": "ghl.opportunity.won", "part": "detail", "after": ""}
    chooser = text(desk.get("recipe-step-new", at=at, htmx=True))
    panel = desk.get("recipe-step", "trigger", at={"tab": "test"}, htmx=True)

    trial = panel.context["panel"].trial
    declared = len(trial.values) - trial.more
    assert trial.more >= 1
    assert f"{declared} values, such as" in chooser
    assert "An account’s own fields and a test may add more." in chooser
    assert f"Values it gives {len(trial.values)}, {trial.more} of them from this account or test" in text(panel)


def test_trying_a_step_is_for_who_may_edit():
    desk = make_desk()

    def ask(browser):
        return browser.post(desk.url("recipe-test", "sclien"))

    assert statuses(desk.workspace, ask) == only(*EDITORS, status=302)


def test_step_that_fails_is_a_sentence_and_a_way_out():
    desk = make_desk()

    answer = desk.browser.post(desk.url("recipe-test", "sclien"), headers=HTMX)

    assert answer.status_code == 200
    assert "It didn’t work" in text(answer)


def test_step_carried_out_shows_receipt_and_exchange(ninja):
    desk = make_desk()
    known = ninja.get("/_sandbox/state")["connect"]
    real = make.make_connection(
        workspace=desk.workspace,
        settings={"base_url": ninja.url + known.get("path", "")},
        secrets={"token": known["token"]},
    )
    for step in ("sclien", "sinvoi"):
        desk.edit("set_connection", step=step, connection=real.public_id)
        answer = desk.browser.post(desk.url("recipe-test", step), headers=HTMX)

    assert "It works." in text(answer)
    assert "Total $4,850.50" in text(answer)
    assert known["token"] not in answer.content.decode()
    assert '<span class="verb post">POST</span>' in answer.content.decode()


def test_writing_step_asks_before_it_is_tried():
    desk = make_desk()

    panel = desk.get("recipe-step", "sclien", at={"tab": "test"}, htmx=True)

    asked = panel.content.decode().split("hx-confirm")[1][:300]
    assert "is really carried out in Northlight LLC" in asked
    assert "No real record was chosen for step 1" in asked


def test_writing_step_waits_for_the_tests_its_values_come_from():
    desk = make_desk()

    panel = desk.get("recipe-step", "sinvoi", at={"tab": "test"}, htmx=True)
    refused = desk.browser.post(desk.url("recipe-test", "sinvoi"), headers=HTMX)

    assert "Test “Find or create a client” first: until then its values are invented ones. Go there" in text(panel)
    assert "Test this step" not in text(panel)
    assert refused.status_code == 422
    assert "Test “Find or create a client” first" in refused.content.decode()


def test_real_record_becomes_the_sample(ghl):
    desk = make_desk()
    known = ghl.get("/_sandbox/state")["connect"]
    real = make.make_connection(
        workspace=desk.workspace, connector="ghl", secrets={"token": known["token"]},
        settings={"base_url": ghl.url, "location_id": known["location_id"]},
    )  # fmt: skip
    desk.edit("set_connection", step="trigger", connection=real.public_id)

    found = desk.get("recipe-records", htmx=True)
    desk.browser.post(desk.url("recipe-sample"), {"index": "0"}, headers=HTMX)

    with scope(workspace=desk.workspace):
        kept = StepTest.objects.get(recipe=desk.recipe, step_id="trigger")
    assert kept.output["name"] == found.context["records"][0].title


def test_records_that_cannot_be_fetched_are_a_sentence():
    desk = make_desk()

    answer = desk.get("recipe-records", htmx=True)

    assert answer.status_code == 200
    assert answer.context["refused"] in text(answer)


# publishing


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
