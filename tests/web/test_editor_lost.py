"""What an older or newer version's recipe holds: shown, named, and taken out by a click."""

import pytest
from django_scopes import scope

from builder.recipe import tree as trees
from tests.web.editor_desk import make_desk
from tests.web.people import text

pytestmark = pytest.mark.django_db

UNKNOWN = {"id": "snote1", "kind": "action", "operation": "ghl.contacts.enchant", "inputs": {"spell": "abracadabra"}}
OLD = {
    "id": "sclie1",
    "kind": "action",
    "operation": "invoice_ninja.clients.create",
    "inputs": {"name": "Mara", "fax_number": "+49 30 1"},
}


@pytest.fixture
def desk():
    made = make_desk()
    tree = trees.parse({**made.recipe.draft, "steps": [UNKNOWN, OLD]})
    with scope(workspace=made.workspace):
        made.recipe.draft = tree
        made.recipe.save()
    return made


def test_step_nobody_knows_is_shown_and_keeps_its_data(desk):
    page = text(desk.get(at={"step": "snote1"}))

    assert "“ghl.contacts.enchant” isn't known here. Choose another operation." in page
    assert desk.step("snote1")["inputs"] == {"spell": "abracadabra"}


def test_value_without_a_field_is_shown_and_taken_out(desk):
    page = text(desk.get(at={"step": "sclie1", "tab": "fields"}))
    sent = {"op": "set_field", "step": "sclie1", "field": "fax_number", "value": "", "rev": "0", "key": "k1"}

    answer = desk.browser.post(desk.url("recipe-commands"), sent)

    assert "There is no field “fax_number” any more. Its value is kept here, and never sent: +49 30 1" in page
    assert answer.status_code == 302
    assert "fax_number" not in text(desk.get(at={"step": "sclie1", "tab": "fields"}))
    assert desk.step("sclie1")["inputs"]["name"] == "Mara"
