"""Custom fields of contacts and opportunities: each value as its field takes it, and what a form offers."""

from decimal import Decimal

import pytest

from connectors.errors import Forbidden, Refused
from connectors.ghl import CONNECTOR
from connectors.spec import Choice
from tests.connectors.talk import answer, make_context, talk


def field(name, kind, *options, **more):
    return {"id": f"id-{name}", "fieldKey": f"contact.{name}", "name": name.title(), "dataType": kind, **more} | (
        {"picklistOptions": list(options)} if options else {}
    )


FIELDS = (
    field("vat", "TEXT"),
    field("staff", "NUMERICAL"),
    field("costs", "MONETORY"),
    field("since", "DATE"),
    field("plan", "SINGLE_OPTIONS", "Basic", "Pro"),
    field("likes", "MULTIPLE_OPTIONS", "Web", "Photos, film"),
    field("boxes", "CHECKBOX", "Red", "Blue"),
    field("other", "RADIO", "Phone", isAllowedCustomOption=True),
    field("papers", "FILE_UPLOAD"),
)
LISTED = answer({"customFields": list(FIELDS)})


def update(*rows, listed=LISTED, key="contacts.update", **more):
    inputs = {"contactId": "c1", "id": "o1", "customFields": [{"id": id, "value": value} for id, value in rows], **more}
    done = answer({"contact": {"id": "c1"}, "opportunity": {"id": "o1"}})
    return talk(CONNECTOR.operations[f"ghl.{key}"].perform(inputs, make_context()), listed, done)[1]


def options(source, id, fields=FIELDS):
    asked = CONNECTOR.choices[source].load({"id": id}, make_context())
    return talk(asked, answer({"customFields": list(fields)}))[0]


@pytest.mark.parametrize(
    ("name", "text", "sent"),
    [
        ("vat", "DE 1,5", "DE 1,5"),
        ("staff", "12", 12),
        ("staff", "2.5", Decimal("2.5")),
        ("costs", "1250.50", Decimal("1250.50")),
        ("since", "2026-03-04T10:00:00Z", "2026-03-04"),
        ("since", "1772582400000", "2026-03-04"),
        ("plan", "pro", "Pro"),
        ("likes", "Photos, film, web", ["Photos, film", "Web"]),
        ("likes", "Web", ["Web"]),
        ("boxes", "blue", ["Blue"]),
        ("other", "By carrier pigeon", "By carrier pigeon"),
    ],
)
def test_value_is_sent_as_its_field_takes_it(name, text, sent):
    asked, write = update((f"id-{name}", text))

    assert (asked.path, asked.query) == ("/locations/loc1/customFields", {"model": "contact"})
    assert write.json == {"customFields": [{"id": f"id-{name}", "field_value": sent}]}


def test_fields_of_an_opportunity_are_its_own():
    asked, write = update(("id-staff", "12"), key="opportunities.update")

    assert asked.query == {"model": "opportunity"}
    assert write.json == {"customFields": [{"id": "id-staff", "field_value": 12}]}


def test_field_may_be_named_by_its_key_which_is_the_same_everywhere():
    _, write = update(("contact.staff", "12"))

    assert write.json == {"customFields": [{"id": "id-staff", "field_value": 12}]}


def test_write_without_custom_fields_asks_for_none():
    inputs = {"contactId": "c1", "firstName": "Ada"}
    update = CONNECTOR.operations["ghl.contacts.update"]

    _, asked = talk(update.perform(inputs, make_context()), answer({"contact": {"id": "c1"}}))

    assert [request.method for request in asked] == ["PUT"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("staff", "a dozen", "Staff takes a number, such as 1250.50, not “a dozen”."),
        ("since", "4 March", "Since takes a date, such as 2026-11-22, not “4 March”."),
        ("plan", "Gold", "Plan takes one of Basic, Pro, not “Gold”."),
        ("likes", "Web, Radio", "Likes takes one of Web, Photos, film, not “Radio”."),
        ("papers", "https://x.example/a.pdf", "Papers holds files: use the step “Put a file into a contact's custom"),
        ("gone", "x", "HighLevel has no custom field id-gone here any more: choose another one in the step."),
    ],
)
def test_value_that_its_field_would_not_take_is_refused_before_anything_is_written(name, text, said):
    inputs = {"contactId": "c1", "customFields": [{"id": f"id-{name}", "value": text}]}

    with pytest.raises(Refused) as caught:
        talk(CONNECTOR.operations["ghl.contacts.update"].perform(inputs, make_context()), LISTED)

    assert (caught.value.message[: len(said)], caught.value.field) == (said, "customFields")


def test_token_that_may_not_see_the_fields_sends_their_values_as_they_are():
    _, write = update(("id-staff", "12"), listed=Forbidden("It may not."))

    assert write.json == {"customFields": [{"id": "id-staff", "field_value": "12"}]}


def test_form_offers_the_options_of_the_chosen_field_several_at_once_where_it_takes_several():
    assert options("contact_field_options", "id-plan") == [Choice("Basic", "Basic"), Choice("Pro", "Pro")]
    assert options("contact_field_options", "id-likes") == [
        Choice("Web", "Web", several=True),
        Choice("Photos, film", "Photos, film", several=True),
    ]
    assert options("opportunity_field_options", "contact.boxes") == [
        Choice("Red", "Red", several=True),
        Choice("Blue", "Blue", several=True),
    ]


def test_form_offers_nothing_for_a_field_where_people_write_what_they_like():
    assert options("contact_field_options", "id-vat") == []
    assert options("contact_field_options", "") == []
