"""Live lists in Fix and go on: for who edits recipes; the name of what is there for the others."""

from typing import Any

import pytest
from django.http import HttpResponse

from builder.models import Connection, Role, Run, RunStatus, StepStatus
from tests import make
from tests.runner.conftest import Sandbox
from tests.web.people import HTMX, only, statuses, text
from tests.web.run_desk import address, client_of, page_of

pytestmark = pytest.mark.django_db


def account(ghl: Sandbox) -> Connection:
    known = ghl.get("/_sandbox/state")["connect"]
    fields = {"base_url": ghl.url, "location_id": known["location_id"]}
    return make.make_connection(connector="ghl", settings=fields, secrets={"token": known["token"]})


def lost_at(connection: Connection, **given: Any) -> Run:
    """It stopped at making an opportunity, over the stage."""
    step = {
        "id": "soppor",
        "kind": "action",
        "operation": "ghl.opportunities.create",
        "connection": connection.public_id,
    }
    tree = make.make_tree(ghl=connection, steps=[{**step, "inputs": {"name": "Fit-out"}}])
    recipe = make.make_recipe(workspace=connection.workspace, tree=tree, connection=connection, live=True)
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="…", stopped_at="soppor", place=[0])
    error = {"code": "refused", "message": "…", "field": "pipelineStageId"}
    make.make_step_run(
        run=run, step_id="soppor", status=StepStatus.FAILED, error=error, input={"name": "Fit-out", **given}
    )
    return run


def asked(run: Run, at: str, role: str = Role.EDITOR, **query: Any) -> HttpResponse:
    return client_of(run, role).get(address(run, "run-fix-list", at=at, **query), headers=HTMX)


def offered(answer: HttpResponse) -> dict[str, str]:
    """Value → what it is called."""
    return dict(answer.context["one"].choices)


def test_list_of_the_service_comes_for_who_edits_and_what_is_there_stays_chosen(ghl):
    run = lost_at(account(ghl), pipelineId="gone-one")
    page = page_of(run, Role.EDITOR)
    assert 'id="fix-pipelineId-first" hx-get=' in page and '<option value="gone-one" selected>gone-one</option>' in page

    answer = asked(run, "pipelineId", **{"fix-pipelineId": "gone-one"})

    found = offered(answer)
    assert len(found) > 1 and found["gone-one"] == "gone-one"
    assert '<option value="gone-one" selected>' in answer.content.decode()
    assert all(name != value for value, name in found.items() if value != "gone-one")


def test_list_follows_what_stands_in_the_field_before_it(ghl):
    connection = account(ghl)
    run = lost_at(connection)
    first = next(value for value in offered(asked(run, "pipelineId")) if value)

    without, with_it = (
        asked(run, "pipelineStageId", **{"fix-pipelineId": typed, "fix-pipelineStageId": ""}) for typed in ("", first)
    )

    assert "Choose “Pipeline” first." in text(without)
    assert 'hx-trigger="change from:#fix-pipelineId-f"' in with_it.content.decode()
    assert len([value for value in offered(with_it) if value]) > 1


def test_operator_types_and_reads_what_the_present_one_is_called(ghl):
    connection = account(ghl)
    run = lost_at(connection)
    value, name = next(pair for pair in offered(asked(run, "pipelineId")).items() if pair[0])
    known, unknown = lost_at(connection, pipelineId=value), lost_at(connection, pipelineId="xyz")

    pages = [page_of(each, Role.OPERATOR) for each in (known, unknown)]

    told = "Somebody who edits recipes can choose from the list here."
    assert f"This is the ID of “{name}”. {told}" in pages[0]
    assert f"This takes an ID of the other service. {told}" in pages[1]
    assert f'name="fix-pipelineId" value="{value}"' in pages[0] and "run-fix-list" not in pages[0]
    assert "fix/list/" not in pages[0]
    answer = client_of(known, Role.OPERATOR).post(
        address(known, "run-fix"), {"step": "soppor", "fix-pipelineId": "abc"}
    )
    known.refresh_from_db()
    assert (answer.status_code, known.fixes) == (302, {"soppor": {"pipelineId": "abc"}})


def test_lists_are_asked_for_by_who_may_edit(ghl):
    run = lost_at(account(ghl))

    found = statuses(run.workspace, lambda b: b.get(address(run, "run-fix-list", at="pipelineId"), headers=HTMX))

    assert found == only(Role.OWNER, Role.ADMIN, Role.EDITOR)


def test_without_script_the_lists_come_with_the_page(ghl):
    run = lost_at(account(ghl))

    page = page_of(run, Role.EDITOR, step="soppor", lists="1")

    assert page.count("<option") > 3 and "fix-pipelineId-first" not in page


def test_service_that_does_not_answer_leaves_a_box_and_says_so():
    connection = make.make_connection(connector="ghl", settings={"base_url": "http://127.0.0.1:9", "location_id": "L"})
    run = lost_at(connection, pipelineId="p1")

    answer = asked(run, "pipelineId", **{"fix-pipelineId": "p2"})

    page = answer.content.decode()
    assert 'name="fix-pipelineId" value="p2"' in page and "<select" not in page
    assert answer.context["one"].live.found.trouble in text(answer)
    assert "Fetch Pipeline again" in page


def test_a_column_of_a_table_has_its_list_and_what_depends_on_it_in_its_own_line(ghl):
    connection = account(ghl)
    run = lost_at(connection, customFields=[{"id": "a", "value": "b"}] * 2)
    found = offered(asked(run, "customFields/1/id", **{"fix-customFields/1/id": "a"}))
    own = next((value for value in found if value not in ("", "a")), "")

    answer = asked(run, "customFields/1/value", **{"fix-customFields/1/id": own, "fix-customFields/1/value": "b"})

    assert own and 'name="fix-customFields/1/value"' in answer.content.decode()
    crowded = lost_at(connection, customFields=[{"id": "a"}] * 21)
    drawn = ["fix-customFields-0-id-first" in page_of(each, Role.EDITOR) for each in (run, crowded)]
    assert drawn == [True, False]


def test_long_list_is_narrowed_and_keeps_what_is_chosen(ghl):
    run = lost_at(account(ghl))
    value, name = next(pair for pair in offered(asked(run, "pipelineId")).items() if pair[0])

    found = offered(asked(run, "pipelineId", q="nothing like it", **{"fix-pipelineId": value}))

    assert found == {value: name}


@pytest.mark.parametrize(
    "at", ["", "nothing", "name", "pipelineId/0", "customFields/x", "customFields/0/nothing", "a/b/c/d"]
)
def test_what_has_no_list_is_not_found(ghl, at):
    run = lost_at(account(ghl), customFields=[{"id": "a"}])

    assert asked(run, at).status_code == 404
