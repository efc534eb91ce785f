"""Picker, lists and chooser: what opens beside and above the flow."""

import re

import pytest

from builder.models import Role
from builder.web.editor.chooser import heading
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import text

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


def test_fields_of_a_custom_object_are_offered_in_each_row_and_follow_the_object(ghl):
    rows = [{"field": "", "value": ""}]
    step = {"id": "srecor", "kind": "action", "operation": "ghl.objects.create_object_record", "connection": ""}
    desk = make_desk(steps=[step | {"inputs": {"schemaKey": "", "properties": rows}}])
    known = ghl.get("/_sandbox/state")["connect"]
    fields = {"base_url": ghl.url, "location_id": known["location_id"]}
    real = make.make_connection(
        workspace=desk.workspace, connector="ghl", settings=fields, secrets={"token": known["token"]}
    )
    desk.edit("set_connection", step="srecor", connection=real.public_id)

    before = desk.get("recipe-step", "srecor", at={"tab": "fields"}, htmx=True)
    answer = desk.edit("set_field", open="srecor", step="srecor", field="schemaKey", value="custom_objects.usage")
    after = desk.get("recipe-slot", "srecor", "properties", at={"at": "0/field"}, htmx=True)

    assert "Choose “Object” first." in text(before)
    assert [slot.name for slot in answer.context["slots"]] == ["properties"]
    listed = {one.label: one.hint for one in after.context["slot"].options}
    assert (listed["Units"], listed["Plan"]) == ("number", "one of Basic, Pro")


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


def test_chooser_narrows_to_what_was_made_by_hand_first_and_spells_names():
    desk = make_desk()

    found = desk.get("recipe-step-new", htmx=True).context["chooser"]

    assert [about for about, _word, _n in found.abouts][:2] == ["invoice", "contact"]
    assert heading("ghl", "linkedin ad") == "HighLevel, LinkedIn ads"
    assert heading("ghl", "custom_field") == "HighLevel, custom fields"


def test_chooser_of_the_trigger_offers_triggers_only():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"for": "trigger"}, htmx=True).context["chooser"]

    assert {hit.kind for hit in found.hits} == {"trigger"}
    assert found.tools == []


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


def test_chooser_works_as_a_page_by_plain_forms_and_leads_back_to_the_editor():
    desk = make_desk()
    before = desk.ids
    at = {"op": "ghl.contacts.add_tags", "q": "tags", "after": "sclien"}

    page = desk.get("recipe-step-new", at=at).content.decode()
    searched = desk.get("recipe-step-new", at={**at, "part": "found", "alone": "1"}, htmx=True).content.decode()

    assert "hx-post" not in searched
    assert "&amp;q=tags#detail" in searched
    form = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', page[page.index('id="detail"') :], re.S)
    assert form
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    answer = desk.browser.post(form[1], sent)
    new = next(iter(set(desk.ids) - set(before)))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{desk.url()}?step={new}")
    assert desk.step(new)["operation"] == "ghl.contacts.add_tags"


def test_chooser_as_a_page_adds_an_only_if():
    desk = make_desk()
    page = desk.get("recipe-step-new", at={"after": "sclien"}).content.decode()
    form = re.search(r'<form method="post" action="([^"]+)" role="presentation">(.*?)</form>', page, re.S)
    assert form

    desk.browser.post(form[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2])))

    assert [desk.step(each)["kind"] for each in desk.ids].count("only_if") == 2


def test_chooser_shows_what_fits_before_triggers_and_the_handmade_before_the_derived():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"q": "product", "after": "sclien"}, htmx=True).context["chooser"].hits

    kinds = [hit.kind == "trigger" for hit in found]
    assert kinds == sorted(kinds)
    derived = [hit.item.derived for hit in found if hit.kind != "trigger"]
    assert not any(derived[:10])
    assert any(derived)


def test_step_before_another_goes_after_the_one_above():
    desk = make_desk()

    found = desk.get("recipe-step-new", at={"before": "sclien"}, htmx=True).context["chooser"]

    assert (found.after, found.path) == ("sonlyi", "")
