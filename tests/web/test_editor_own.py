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
