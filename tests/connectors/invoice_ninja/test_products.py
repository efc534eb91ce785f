from decimal import Decimal

import pytest

from connectors.errors import NotFound, Refused
from connectors.invoice_ninja import CONNECTOR
from tests.connectors.invoice_ninja.records import MARKER, here, item, listed, make
from tests.connectors.talk import answer, talk


def operation(name):
    return CONNECTOR.operations[f"invoice_ninja.{name}"]


def perform(name, inputs, *answers, context=None):
    return talk(operation(name).perform(inputs, context or here()), *answers)


def test_update_without_quantity_keeps_it():
    """PUT without quantity would set it to 1."""
    product = make("product", quantity=Decimal(7))

    _, asked = perform("products.update", {"product_id": "x", "price": Decimal("12.50")}, item(product), item(product))

    assert asked[1].json == {"quantity": 7, "price": Decimal("12.50")}
    assert asked[1].query == {}


def test_new_stock_is_asked_for_by_its_flag():
    """PUT drops in_stock_quantity without it."""
    product = make("product")

    _, asked = perform("products.update", {"product_id": "x", "in_stock_quantity": 5}, item(product), item(product))

    assert asked[1].json == {"quantity": 1, "in_stock_quantity": 5}
    assert asked[1].query == {"update_in_stock_quantity": "true"}


def test_new_product_bears_our_reference_even_where_notes_are_chosen_for_it():
    context = here(marker_field="private_notes")

    _, asked = perform("products.create", {"product_key": "Care"}, item(make("product")), context=context)

    assert asked[0].json == {"product_key": "Care", "custom_value4": MARKER}


def test_product_needs_a_name():
    with pytest.raises(Refused) as caught:
        perform("products.create", {"price": Decimal(1)})

    assert caught.value.field == "product_key"


def test_lost_answer_is_looked_for_by_name_only_without_a_reference():
    find = operation("products.create").find
    filled = {"product_key": "Website", "custom_value4": "Gold"}

    by_reference, _ = talk(find({"product_key": "Website"}, here()), listed(), listed())
    by_name, asked = talk(find(filled, here()), listed(), listed(), listed(make("product")))

    assert by_reference == []
    assert by_name == [{"product": make("product")}]
    assert asked[2].query["product_key"] == "Website"


def test_search_by_name_is_exact():
    output, _ = perform("products.search", {"product_key": "Care"}, listed(make("product", product_key="Careful")))

    assert output == {"products": [], "product": {}, "total": 0}


def test_product_choices_give_names_for_lines_and_ids_for_updates():
    names, _ = talk(CONNECTOR.choices["products"].load({}, here()), listed(make("product")))
    ids, _ = talk(CONNECTOR.choices["product_ids"].load({}, here()), listed(make("product")))

    assert [c.value for c in names] == ["Website"]
    assert [c.value for c in ids] == ["Lk7mPq2eTz"]


def test_tax_choices_say_the_rate():
    choices, _ = talk(CONNECTOR.choices["taxes"].load({}, here()), listed(make("tax")))

    assert [(c.value, c.label) for c in choices] == [("VAT", "VAT (19 %)")]


def test_user_is_found_by_address_whatever_its_capitals():
    output, _ = perform("users.find", {"email": "INES@northlight.example"}, listed(make("user")))

    assert output == {"user": make("user")}


def test_user_who_does_not_work_there_is_not_found():
    with pytest.raises(NotFound, match="Nobody works"):
        perform("users.find", {"email": "x@y.example"}, listed(make("user")))


@pytest.mark.parametrize(
    ("key", "row", "shown"),
    [
        ("currencies", {"id": 3, "name": "Euro", "code": "EUR"}, ("3", "Euro (EUR)", "EUR")),
        ("countries", {"id": "276", "name": "Germany", "iso_3166_2": "DE"}, ("276", "Germany", "DE")),
        ("payment_types", {"id": "1", "name": "bank_transfer"}, ("1", "Bank transfer", "")),
    ],
)
def test_lists_that_are_the_same_for_everybody(key, row, shown):
    (choice,), asked = talk(CONNECTOR.choices[key].load({}, here()), answer({key: [row]}))

    assert (choice.value, choice.label, choice.hint) == shown
    assert asked[0].path == "/api/v1/statics"
