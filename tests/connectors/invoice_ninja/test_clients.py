from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.errors import Duplicate, Refused, Unclear
from connectors.invoice_ninja import CONNECTOR
from connectors.invoice_ninja.service import MANY
from tests.connectors.invoice_ninja.records import MARKER, here, invalid, item, listed, make, told
from tests.connectors.talk import answer, talk

PERSON = {"name": "Acme", "first_name": "Ada", "last_name": "Lux", "email": "ada@acme.example", "phone": "+4912345"}
GONE = answer({"message": "No query results for model [App\\Models\\Client] x"}, 400)


def operation(name):
    return CONNECTOR.operations[f"invoice_ninja.clients.{name}"]


def perform(name, inputs, *answers, context=None):
    return talk(operation(name).perform(inputs, context or here()), *answers)


def with_email(email="ada@acme.example", **changes):
    client = make("client", **changes)
    client["contacts"][0]["email"] = email
    return client


# Find or create


def test_linked_client_is_taken_without_another_look():
    output, asked = perform("find_or_create", PERSON, item(make("client")), context=here(linked="VolejRejNm"))

    assert output == {"client": make("client"), "found": "link", "several": 1}
    assert [told(r) for r in asked] == [("GET", "/api/v1/clients/VolejRejNm")]


@pytest.mark.parametrize("first", [GONE, item(make("client", is_deleted=True))])
def test_linked_client_that_is_gone_is_looked_for_by_e_mail(first):
    output, _ = perform("find_or_create", PERSON, first, listed(with_email()), context=here(linked="x"))

    assert output["found"] == "email"


def test_id_number_goes_before_e_mail():
    output, asked = perform("find_or_create", {**PERSON, "id_number": "CRM-1042"}, listed(make("client")))

    assert (output["found"], output["several"]) == ("id_number", 1)
    assert asked[0].query == {
        "per_page": 200,
        "sort": "created_at|asc",
        "status": "active,archived",
        "id_number": "CRM-1042",
    }


def test_rows_that_a_server_gives_for_an_unknown_filter_are_not_taken():
    strangers = listed(make("client", id_number="OTHER"), make("client", id_number="CRM-10"))

    output, _ = perform(
        "find_or_create",
        {**PERSON, "id_number": "CRM-1"},
        strangers,
        listed(with_email("bob@acme.example")),
        item(make("client")),
    )

    assert output["found"] == "created"


def test_e_mail_is_compared_whatever_its_capitals():
    output, _ = perform("find_or_create", {**PERSON, "email": "ADA@acme.example"}, listed(with_email()))

    assert output["found"] == "email"


def test_several_are_counted_and_an_active_one_is_preferred():
    found = listed(with_email(id="a", archived_at=1795340000), with_email(id="b"), with_email(id="c"))

    output, _ = perform("find_or_create", PERSON, found)

    assert (output["client"]["id"], output["several"]) == ("b", 3)


def test_e_mail_is_not_asked_when_the_recipe_says_so():
    output, asked = perform("find_or_create", {**PERSON, "match_email": False}, item(make("client")))

    assert (output["found"], output["several"]) == ("created", 0)
    assert [told(r) for r in asked] == [("POST", "/api/v1/clients")]


def test_new_client_has_a_primary_contact_our_reference_and_codes():
    inputs = {
        **PERSON,
        "country_id": "de",
        "shipping_country_id": "840",
        "settings.currency_id": "eur",
        "settings.payment_terms": 14,
        "city": "Kiel",
    }

    _, asked = perform("find_or_create", inputs, listed(), item(make("client")))

    assert asked[1].json == {
        "name": "Acme",
        "phone": "+4912345",
        "city": "Kiel",
        "country_code": "DE",
        "shipping_country_id": 840,
        "settings": {"payment_terms": "14"},
        "currency_code": "EUR",
        "contacts": [
            {
                "first_name": "Ada",
                "last_name": "Lux",
                "email": "ada@acme.example",
                "phone": "+4912345",
                "is_primary": True,
                "send_email": True,
            }
        ],
        "custom_value4": MARKER,
    }


def test_currency_chosen_from_the_list_goes_out_as_a_setting():
    _, asked = perform("create", {"name": "Acme", "settings.currency_id": "3"}, item(make("client")))

    assert asked[0].json["settings"] == {"currency_id": "3"}


def test_person_without_any_name_makes_no_client():
    one_of = ("name", "first_name", "last_name", "email")

    assert [key for key, operation in CONNECTOR.operations.items() if operation.one_of == one_of] == [
        "invoice_ninja.clients.find_or_create",
        "invoice_ninja.clients.create_or_update",
        "invoice_ninja.clients.create",
    ]


def test_country_that_is_no_code_is_refused():
    with pytest.raises(Refused) as caught:
        perform("create", {"name": "Acme", "country_id": "Germany"})

    assert (caught.value.field, caught.value.message) == (
        "country_id",
        "'Germany' is no country code: use one such as DE or US.",
    )


def test_client_that_another_run_made_meanwhile_is_adopted():
    taken = invalid(id_number=["The id number has already been taken."])
    inputs = {"name": "Acme", "id_number": "CRM-1042"}

    output, _ = perform("find_or_create", inputs, listed(), taken, listed(make("client")))

    assert (output["found"], output["several"]) == ("id_number", 1)


def test_number_of_a_deleted_client_is_explained():
    taken = invalid(id_number=["The id number has already been taken."])

    with pytest.raises(Duplicate, match="belongs to a deleted client") as caught:
        perform(
            "find_or_create",
            {"name": "Acme", "id_number": "CRM-1042"},
            listed(),
            taken,
            listed(make("client", is_deleted=True)),
        )

    assert caught.value.record_id == "VolejRejNm"


def test_client_of_an_earlier_attempt_counts_as_created():
    output, _ = perform("find_or_create", PERSON, listed(with_email(custom_value4=MARKER)))

    assert (output["found"], output["several"]) == ("created", 0)


def test_lost_answer_is_looked_for_by_our_reference_compared_exactly():
    near = make("client", id="near", custom_value4=f"{MARKER}b")
    deleted = make("client", id="ours", custom_value4=MARKER, is_deleted=True)

    found, asked = talk(operation("find_or_create").find(PERSON, here()), listed(near, deleted))

    assert [hit["client"]["id"] for hit in found] == ["ours"]
    assert (asked[0].query["filter"], asked[0].query["status"]) == (MARKER, "active,archived,deleted")


def test_reference_in_the_notes_is_found_among_the_newest():
    context = here(marker_field="private_notes")
    noted = make("client", private_notes=f"VIP\n{MARKER}")

    found, asked = talk(operation("find_or_create").find(PERSON, context), listed(), listed(noted))

    assert [hit["client"]["private_notes"] for hit in found] == [noted["private_notes"]]
    assert "filter" not in asked[1].query


def crowd(newest, step=-1):
    return [make("client", id=f"c{n}", created_at=newest + step * n) for n in range(MANY)]


def test_reference_is_looked_for_as_far_back_as_the_step_began():
    """Where the filter is passed over, every client is found, and many may have come since."""
    ours, context = make("client", id="ours", custom_value4=MARKER), replace(here(), since=1_000_000.0)
    newer, older = listed(*crowd(1_000_500)), listed(*crowd(900_000))

    found, asked = talk(operation("create").find(PERSON, context), newer, listed(ours))
    none, _ = talk(operation("create").find(PERSON, context), older)

    assert ([hit["client"]["id"] for hit in found], none) == (["ours"], [])
    assert [request.query.get("page") for request in asked] == [None, 2]


def test_reference_in_the_notes_is_found_behind_many_newer_clients_too():
    noted = make("client", id="ours", private_notes=f"VIP\n{MARKER}")
    context = replace(here(marker_field="private_notes"), since=1_000_000.0)

    found, asked = talk(operation("create").find(PERSON, context), listed(), listed(*crowd(1_000_500)), listed(noted))

    assert [hit["client"]["id"] for hit in found] == ["ours"]
    assert [("filter" in request.query, request.query.get("page")) for request in asked] == [
        (True, None), (False, None), (False, 2),
    ]  # fmt: skip


def test_reference_behind_too_many_newer_clients_is_not_taken_for_missing():
    context, newer = replace(here(), since=1_000_000.0), listed(*crowd(1_000_500))

    with pytest.raises(Unclear) as caught:
        talk(operation("create").find(PERSON, context), *[newer] * 5)

    assert str(caught.value) == (
        "The client is not among the 1,000 that Invoice Ninja lists first, and Recette looks no further. "
        "Search for it there, then tell Recette."
    )


def test_search_that_finds_another_of_our_references_would_have_found_this_one():
    """Thousands of clients may have come since: where the search proves that it sees the field, none found is none."""
    another = make("client", id="another", created_at=1_000_500, custom_value4="wf-ZZZZZZZZZZZZZZZZZZZZ")
    context, page = replace(here(), since=1_000_000.0), listed(another, *crowd(1_000_499)[1:])

    found, asked = talk(operation("create").find(PERSON, context), listed(), page, listed(another))

    assert found == []
    assert [request.query.get("filter") for request in asked] == [MARKER, None, "wf-ZZZZZZZZZZZZZZZZZZZZ"]


@pytest.mark.parametrize("why", ["it sees nothing", "the field is the recipe's own"])
def test_search_that_proves_nothing_is_not_believed(why):
    another = make("client", id="another", created_at=1_000_500, custom_value4="wf-ZZZZZZZZZZZZZZZZZZZZ")
    context, page = replace(here(), since=1_000_000.0), listed(another, *crowd(1_000_499)[1:])
    own = {"custom_value4": "mine"} if why.startswith("the field") else {}
    probe = [] if own else [listed()]

    with pytest.raises(Unclear, match="The client is not among the 1,000"):
        talk(operation("create").find(PERSON | own, context), listed(), page, *probe, *[page] * 4)


OUT_OF_ORDER = {
    "oldest first": crowd(900_000, step=1),
    "all at once": crowd(900_000, step=0),
    "one without its time": [*crowd(900_000)[:-1], make("client", created_at=0)],
    "a time that is none": [*crowd(900_000)[:-1], make("client", created_at="long ago")],
    "old ones between": [*crowd(1_000_500)[:50], *crowd(900_000)[:100], *crowd(1_000_400)[:49], *crowd(900_000)[:1]],
}


@pytest.mark.parametrize("order", OUT_OF_ORDER)
def test_list_in_another_order_than_asked_for_does_not_tell_that_a_client_is_missing(order):
    """Where the filter is passed over, the order may be, too: then the last row's age says nothing."""
    context, page = replace(here(), since=1_000_000.0), listed(*OUT_OF_ORDER[order])

    with pytest.raises(Unclear, match="The client is not among the 1,000"):
        talk(operation("create").find(PERSON, context), *[page] * 5)


def test_list_in_another_order_is_believed_when_it_was_read_to_its_end():
    ours, context = make("client", id="ours", custom_value4=MARKER), replace(here(), since=1_000_000.0)
    old, last = listed(*OUT_OF_ORDER["oldest first"]), make("client", created_at=0)

    found, _ = talk(operation("create").find(PERSON, context), old, listed(last, ours))
    none, _ = talk(operation("create").find(PERSON, context), old, listed(last))

    assert ([hit["client"]["id"] for hit in found], none) == (["ours"], [])


def test_page_in_order_after_one_without_order_is_not_believed():
    context = replace(here(), since=1_000_000.0)
    mixed, older = listed(*OUT_OF_ORDER["old ones between"]), listed(*crowd(800_000))

    with pytest.raises(Unclear, match="The client is not among the 1,000"):
        talk(operation("create").find(PERSON, context), mixed, *[older] * 4)


def test_field_that_the_recipe_fills_itself_leaves_the_reference_to_the_notes():
    inputs = {"name": "Acme", "custom_value4": "Gold", "private_notes": "VIP"}

    _, asked = perform("create", inputs, item(make("client")))

    assert asked[0].json["custom_value4"] == "Gold"
    assert asked[0].json["private_notes"] == f"VIP\n{MARKER}"


# Updates


def test_update_without_currency_keeps_it():
    """PUT without settings.currency_id would reset it to the company's."""
    _, asked = perform(
        "update", {"client_id": "VolejRejNm", "city": "Kiel"}, item(make("client")), item(make("client"))
    )

    assert [told(r) for r in asked] == [("GET", "/api/v1/clients/VolejRejNm"), ("PUT", "/api/v1/clients/VolejRejNm")]
    assert asked[1].json == {"city": "Kiel", "settings": {"currency_id": "3", "language_id": "3"}}


def test_new_currency_keeps_the_other_settings():
    _, asked = perform(
        "update", {"client_id": "x", "settings.currency_id": "1"}, item(make("client")), item(make("client"))
    )

    assert asked[1].json == {"settings": {"currency_id": "1", "language_id": "3"}}


def test_currency_code_is_looked_up_for_an_update():
    known = answer({"currencies": [{"id": 2, "code": "GBP"}]})
    inputs = {"client_id": "x", "settings.currency_id": "gbp"}

    _, asked = perform("update", inputs, known, item(make("client")), item(make("client")))

    assert asked[2].json["settings"]["currency_id"] == "2"


def test_unknown_currency_code_is_refused():
    with pytest.raises(Refused, match="knows no currency 'XXX'"):
        perform("update", {"client_id": "x", "settings.currency_id": "XXX"}, answer({"currencies": []}))


def test_update_of_the_person_sends_every_contact_with_its_id():
    """PUT deletes the contacts that its list leaves out, and makes those without an id anew."""
    client = make("client")
    second = {
        "id": "second",
        "first_name": "Bo",
        "last_name": "",
        "email": "",
        "is_primary": False,
        "send_email": False,
    }
    client["contacts"].append(second)

    _, asked = perform("update", {"client_id": "x", "last_name": "New"}, item(client), item(client))

    assert asked[1].json["contacts"] == [
        {
            "id": "Wpmbk5ezJn",
            "first_name": "Mara",
            "last_name": "New",
            "email": "mara@northlight.example",
            "phone": "+4915112345678",
            "is_primary": True,
            "send_email": True,
        },
        {"id": "second", "first_name": "Bo", "is_primary": False, "send_email": False},
    ]


def test_update_without_the_person_leaves_contacts_out():
    _, asked = perform("update", {"client_id": "x", "vat_number": "DE1"}, item(make("client")), item(make("client")))

    assert "contacts" not in asked[1].json
    assert "documents" not in asked[1].json


def test_update_that_changes_nothing_writes_nothing():
    output, asked = perform("update", {"client_id": "x", "city": "Hamburg"}, item(make("client")))

    assert output == {"client": make("client")}
    assert len(asked) == 1


def test_deleted_client_is_not_updated():
    with pytest.raises(Refused, match="Restore it there first"):
        perform("update", {"client_id": "x", "city": "Kiel"}, item(make("client", is_deleted=True)))


def test_create_or_update_changes_the_client_it_finds():
    changed = make("client", city="Kiel")

    output, asked = perform(
        "create_or_update", {"name": "Acme", "email": "ada@acme.example", "city": "Kiel"},
        listed(with_email()), item(with_email()), item(changed),
    )  # fmt: skip

    assert output == {"client": changed, "found": "email", "several": 1}
    assert [r.method for r in asked] == ["GET", "GET", "PUT"]


def test_create_or_update_makes_the_client_it_does_not_find():
    output, asked = perform("create_or_update", PERSON, listed(), item(make("client")))

    assert (output["found"], [r.method for r in asked]) == ("created", ["GET", "POST"])


# The rest


def test_search_by_e_mail_gives_exact_hits_only():
    output, _ = perform("search", {"email": "ada@acme.example"}, listed(with_email(), with_email("bob@x.example")))

    assert (len(output["clients"]), output["total"]) == (1, 1)
    assert output["client"] == output["clients"][0]


def test_search_that_finds_nothing_is_no_error():
    output, _ = perform("search", {"filter": "zzz"}, listed())

    assert output == {"clients": [], "client": {}, "total": 0}


def test_archiving_looks_first():
    output, asked = perform("archive", {"client_id": "x"}, item(make("client", archived_at=1795340000)))

    assert output["client"]["archived_at"] == 1795340000
    assert len(asked) == 1


def test_bulk_that_left_the_client_as_it_was_is_found_out():
    with pytest.raises(Refused, match="took the call but left the client as it was"):
        perform("archive", {"client_id": "VolejRejNm"}, item(make("client")), listed(make("client")))


def test_choices_carry_name_and_address():
    choices, asked = talk(CONNECTOR.choices["clients"].load({"search": "north"}, here()), listed(make("client")))

    assert [(c.value, c.label, c.hint) for c in choices] == [
        ("VolejRejNm", "Northlight Studio", "mara@northlight.example")
    ]
    assert asked[0].query["filter"] == "north"


def test_money_of_the_sample_is_exact():
    assert operation("get").sample["client"]["balance"] == Decimal("1190.00")


def test_find_or_create_ties_the_person_to_the_client():
    link = operation("find_or_create").link

    assert (link.kind, link.key, link.id) == ("client", "source_id", "client.id")
