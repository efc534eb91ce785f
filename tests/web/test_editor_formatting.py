"""What a pill can be sent through, with what would come out of it."""

import pytest

from builder.models import Role
from builder.recipe import formats
from builder.web.editor import formatting
from tests.web.editor_desk import make_desk
from tests.web.people import only, statuses, text

pytestmark = pytest.mark.django_db
NAME, VALUE = "{{ trigger.contact.name }}", "{{ trigger.value }}"


def offered(desk, pill: str, **at: str) -> dict[str, tuple[str, str]]:
    """Label → (what comes out, the pill's text)."""
    groups = desk.get("recipe-data", "sinvoi", at={"pill": pill, **at}).context["groups"]
    return {offer.label: (offer.result, offer.pill.ref) for _name, rows in groups for offer in rows if offer.pill}


def form(desk, name: str, *told: str, **at: str):
    """The fields of a formatter, as its answer's context has them."""
    asked = {"pill": NAME, "format": name, **({"told": told} if told else {}), **at}
    return desk.get("recipe-data", "sinvoi", at=asked).context["form"]


def test_formatters_come_with_what_they_would_give():
    desk = make_desk()
    found = offered(desk, NAME)
    name = found["Small letters"][0]

    assert name == name.lower() and name
    assert found["Capital letters"] == (name.upper(), "{{ trigger.contact.name | upper }}")
    assert found['If empty, use "Unknown"'][1] == '{{ trigger.contact.name | default: "Unknown" }}'
    assert "As it comes" not in found


def test_what_a_formatter_is_told_is_typed():
    desk = make_desk()

    assert (
        offered(desk, "{{ today }}", **{"with": "3", "q": "add days"})["Add days 3"][1] == "{{ today | plus_days: 3 }}"
    )
    told = offered(desk, NAME, **{"with": 'Dear "friend" }} | x'})
    assert told['If empty, use "Dear friend   x"'][1] == '{{ trigger.contact.name | default: "Dear friend   x" }}'


def test_whatever_is_told_more_than_one_thing_has_a_field_for_each():
    several = {each.name for each in formats.FILTERS.values() if each.most > 1}

    assert {name: len(asks) for name, asks in formatting.ASKS.items()} == {
        name: formats.FILTERS[name].most for name in several
    }


def test_each_field_has_its_fault_and_the_result_is_live():
    desk = make_desk()

    fresh, wrong, right = form(desk, "replace"), form(desk, "replace", "", 'a "b" |'), form(desk, "replace", " ", ", ")

    assert [(one.text, one.fault) for one in fresh.told] == [("", ""), ("", "")] and fresh.pill is None
    assert [one.fault for one in wrong.told] == [
        "Type it: it can’t be empty.",
        "Quotation marks, braces and | can’t stand here.",
    ]
    assert right.pill.ref == '{{ trigger.contact.name | replace: " ", ", " }}'
    assert right.result == form(desk, "truncate", "100", "").result.replace(" ", ", ")


@pytest.mark.parametrize("typed", ["", "x", "-1", "0", "2.5", "1e3"])
def test_a_length_is_a_whole_number(typed):
    told = form(make_desk(), "truncate", typed, "…").told

    assert [one.fault for one in told] == ["Type a whole number, 1 or more.", ""]


def test_a_form_is_put_in_only_when_it_is_right_and_asked_for():
    desk = make_desk()
    at = {"pill": NAME, "format": "truncate"}

    shown, applied, wrong = (
        desk.get("recipe-data", "sinvoi", at={**at, **more}).content.decode()
        for more in ({"told": ["4", "-"]}, {"told": ["4", "-"], "apply": ""}, {"told": ["no", "-"], "apply": ""})
    )

    assert ("data-ready" in shown, "data-ready" in applied, "data-ready" in wrong) == (False, True, False)
    assert wrong.count("data-focus") == 1
    assert desk.get("recipe-data", "sinvoi", at={"pill": NAME, "format": "upper"}).status_code == 404
    assert desk.get("recipe-data", "sinvoi", at={"pill": "{{ 1 + }}", "format": "replace"}).status_code == 404


def test_formatters_stand_one_behind_the_other_and_go_again():
    found = offered(make_desk(), "{{ trigger.contact.name | first_word }}")

    assert found["Capital letters"][1] == "{{ trigger.contact.name | first_word | upper }}"
    assert found["As it comes"][1] == NAME


def test_those_of_the_values_own_kind_come_first():
    groups = make_desk().get("recipe-data", "sinvoi", at={"pill": VALUE}).context["groups"]

    assert [name for name, _rows in groups][:2] == ["Any value", "Number"]


@pytest.mark.parametrize("pill", ["", "<script>alert(1)</script>", "{{ 1 + }}", "{{ trigger.x | nothing_like_it }}"])
def test_what_is_no_pill_has_none(pill):
    answer = make_desk().get("recipe-data", "sinvoi", at={"pill": pill, "q": "<script>"})

    assert "Nothing for" in text(answer)
    assert b"<script>" not in answer.content


def test_reading_them_is_for_members():
    desk = make_desk()

    assert statuses(desk.workspace, lambda b: b.get(desk.url("recipe-data", "sinvoi"), {"pill": NAME})) == only(
        *Role.values
    )
