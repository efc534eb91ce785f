"""Fields that people made themselves in HighLevel, under the names they gave them."""

import pytest
from django.core.cache import cache

from builder.models import Role
from tests import make
from tests.runner.conftest import Sandbox
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import text

pytestmark = pytest.mark.django_db
STRANGE = "Zz9AbCd8EfGh7IjKl6Mn"


@pytest.fixture
def desk(ghl) -> Desk:
    """The trigger's account is the sandbox, and nothing was asked there yet."""
    cache.clear()
    desk = make_desk()
    known = ghl.get("/_sandbox/state")["connect"]
    real = make.make_connection(
        workspace=desk.workspace, connector="ghl", secrets={"token": known["token"]},
        settings={"base_url": ghl.url, "location_id": known["location_id"]},
    )  # fmt: skip
    desk.edit("set_connection", step="trigger", connection=real.public_id)
    return desk


@pytest.fixture
def theirs(ghl) -> list[dict[str, str]]:
    """The contact's custom fields over there."""
    return [each for each in ghl.records("fields") if each["model"] == "contact"]


def offered(desk: Desk) -> dict[str, str]:
    found = desk.get("recipe-data", "sclien", at={"list": "", "all": ""}, htmx=True).context["sources"]
    return {value.path: value.label for source in found for value in source.values}


def test_picker_calls_custom_fields_as_the_service_does(desk, theirs):
    found = offered(desk)

    wanted = {f"trigger.contact.custom.{each['id']}": f"Contact › {each['name']}" for each in theirs}
    assert theirs
    assert {path: label for path, label in found.items() if path.startswith("trigger.contact.custom.")} == wanted


def test_picker_keeps_the_id_whole_where_no_name_can_be_had(desk, ghl):
    ghl.fail({"path": "*customFields*", "status": 403, "times": 2})
    make.make_step_test(recipe=desk.recipe, output={"contact": {"custom": {STRANGE: "XL"}}})

    assert offered(desk)[f"trigger.contact.custom.{STRANGE}"] == f"Contact › Custom field {STRANGE}"


def test_picker_leaves_a_service_alone_that_refused(desk, ghl):
    ghl.fail({"path": "*customFields*", "status": 403, "times": 2})
    offered(desk)

    offered(desk)

    assert len(asked_for(ghl)) == 2


def test_picker_of_a_viewer_asks_the_service_nothing(desk, ghl):
    viewer = desk.colleague(Role.VIEWER)

    viewer.get(desk.url("recipe-data", "sclien"))

    assert asked_for(ghl) == []


def test_pill_and_condition_name_the_field_once_it_was_seen(desk, theirs):
    field = theirs[0]
    pill = f"{{{{ trigger.contact.custom.{field['id']} }}}}"
    offered(desk)

    desk.edit("set_field", step="sclien", field="name", value=pill)
    desk.edit("set_condition", step="sonlyi", rule="[0]", part="field", value=pill)

    page = text(desk.get(at={"step": "sclien", "tab": "fields"}))
    assert f"Contact › {field['name']}" in page
    assert f"Only if {field['name']}" in page


def asked_for(ghl: Sandbox) -> list[str]:
    return [call["path"] for call in ghl.calls("GET") if "customFields" in call["path"]]


# options of a custom field


@pytest.fixture
def update(desk, ghl) -> Desk:
    """A step that writes one custom field of a contact, not chosen yet."""
    inputs = {"contactId": "c1", "customFields": [{"id": "", "value": ""}]}
    step = {"id": "supdat", "kind": "action", "operation": "ghl.contacts.update", "connection": ""}
    there = make_desk(steps=[step | {"inputs": inputs}])
    known = ghl.get("/_sandbox/state")["connect"]
    account = make.make_connection(
        workspace=there.workspace, connector="ghl", secrets={"token": known["token"]},
        settings={"base_url": ghl.url, "location_id": known["location_id"]},
    )  # fmt: skip
    there.edit("set_connection", step="supdat", connection=account.public_id)
    return there


def named(theirs: list[dict[str, str]], name: str) -> str:
    return next(each["id"] for each in theirs if each["name"] == name)


def choose(desk: Desk, field: str):
    """What changes on the page, and the value's control as it comes then."""
    answer = desk.edit("set_field", open="supdat", step="supdat", field="customFields", at='[0,"id"]', value=field)
    return answer, value(desk)


def value(desk: Desk, **at: str):
    return desk.get("recipe-slot", "supdat", "customFields", at={"at": "0/value", **at}, htmx=True)


def test_value_asks_for_its_options_once_a_field_is_chosen(update, theirs):
    before = value(update)
    answer, _ = choose(update, named(theirs, "Interests"))

    assert 'hx-trigger="load"' not in before.content.decode()
    assert [slot.name for slot in answer.context["slots"]] == ["customFields.0.value"]
    assert "at=0/value" in answer.content.decode() and 'hx-trigger="load"' in answer.content.decode()


def test_field_of_several_options_offers_all_of_them_as_boxes(update, theirs):
    _, shown = choose(update, named(theirs, "Interests"))

    page = shown.content.decode()
    assert shown.context["slot"].control == "checks"
    assert page.count('type="checkbox"') == 4
    assert "Photos, film" in page and "checked" not in page


def test_boxes_that_are_ticked_are_kept_and_shown_again(update, theirs):
    choose(update, named(theirs, "Interests"))

    picked = ["Web design", "Photos, film"]
    update.edit("set_field", step="supdat", field="customFields", at='[0,"value"]', list="1", value=picked)

    page = value(update).content.decode()
    assert update.step("supdat")["inputs"]["customFields"][0]["value"] == picked
    assert [row.split('"')[0] for row in page.split('name="value" value="')[1:] if " checked" in row[:60]] == picked


def test_field_of_which_one_option_is_chosen_is_a_list_or_a_value_of_an_earlier_step(update, ghl):
    update.edit("set_operation", step="supdat", operation="ghl.opportunities.update")
    update.edit("set_field", step="supdat", field="customFields", json='[{"id": "", "value": ""}]')
    billing = next(each["id"] for each in ghl.records("fields") if each["name"] == "Billing")
    _, listed = choose(update, billing)

    mapped = value(update, **{"as": "text"})

    assert listed.context["slot"].control == "select"
    assert [one.value for one in listed.context["slot"].options] == ["Once", "Monthly", "Yearly"]
    assert "Use a value" in text(listed)
    assert mapped.context["slot"].control == "pills" and "Choose from the list" in text(mapped)
    assert 'hx-trigger="load"' not in mapped.content.decode()


def test_field_where_people_write_what_they_like_stays_a_text(update, theirs):
    _, shown = choose(update, named(theirs, "Industry"))

    assert shown.context["slot"].control == "pills"
    assert "Choose from the list" not in text(shown)
    assert 'hx-trigger="load"' not in shown.content.decode()
