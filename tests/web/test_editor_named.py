"""A company's own fields in the editor, under the names that its people gave them."""

import pytest

from tests.web.editor_desk import Desk, make_desk
from tests.web.people import text

pytestmark = pytest.mark.django_db
NAMES = '{"client1": "Berth", "invoice2": "Vessel", "product3": "Wood"}'


@pytest.fixture
def desk() -> Desk:
    """Its connection was tested, which brought the names."""
    desk = make_desk()
    desk.ninja.settings = {**desk.ninja.settings, "custom_fields": NAMES}
    desk.ninja.save()
    return desk


def panel(desk: Desk, step: str) -> str:
    return text(desk.get(at={"step": step, "tab": "fields"}))


def offered(desk: Desk, step: str, field: str) -> dict[str, str]:
    found = desk.get("recipe-data", step, at={"list": field, "all": "1"}, htmx=True).context["sources"]
    return {value.path: value.label for source in found for value in source.values}


def test_inputs_are_called_as_the_company_calls_them(desk):
    client, invoice = panel(desk, "sclien"), panel(desk, "sinvoi")

    assert "Berth" in client and "Custom field 1" not in client and "Custom field 2" in client
    assert "Vessel" in invoice and "Berth" not in invoice


def test_columns_of_lines_are_the_product_s(desk):
    page = panel(desk, "sinvoi")

    assert "Wood" in page


def test_pills_are_called_so_too(desk):
    found = offered(desk, "sinvoi", "po_number")

    assert found["sclien.client.custom_value1"] == "Client › Berth"
    assert found["sclien.client.custom_value2"] == "Client › Custom value 2"


def test_account_without_names_shows_the_slots(desk):
    desk.ninja.settings = {**desk.ninja.settings, "custom_fields": "{}"}
    desk.ninja.save()

    assert "Custom field 1" in panel(desk, "sclien")
