"""What a pill can be sent through, with what would come out of it."""

import pytest

from builder.models import Role
from tests.web.editor_desk import make_desk
from tests.web.people import only, statuses, text

pytestmark = pytest.mark.django_db
NAME, VALUE = "{{ trigger.contact.name }}", "{{ trigger.value }}"


def offered(desk, pill: str, **at: str) -> dict[str, tuple[str, str]]:
    """Label → (what comes out, the pill's text)."""
    groups = desk.get("recipe-data", "sinvoi", at={"pill": pill, **at}).context["groups"]
    return {offer.label: (offer.result, offer.pill.ref) for _name, rows in groups for offer in rows}


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
    assert (
        offered(desk, NAME, **{"with": "a, b", "q": "replace"})['Replace "a", "b"'][1]
        == '{{ trigger.contact.name | replace: "a", "b" }}'
    )


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
