"""Files from a service: the step keeps their content, the record of the call how much there was."""

import base64

import pytest

from builder.models import RunStatus, StepStatus
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_pdf_is_kept_by_the_step_and_counted_in_the_exchange(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    bill = ninja.records("invoices")[0]["id"]
    step = action("spdf01", "invoice_ninja.invoices.download", at, invoice_id=bill)
    recipe = make_hooked(step, workspace=at.workspace)

    send(recipe, {})
    work()

    done = last_step(only_run(recipe), "spdf01")
    file = done.output["file"]
    content = base64.b64decode(file["content"])
    assert (done.status, file["type"], file["size"]) == (StepStatus.DONE, "application/pdf", len(content))
    assert content.startswith(b"%PDF-")
    assert done.exchanges.last().response_body == f"(application/pdf, {len(content):,} bytes)"


def test_report_that_is_not_ready_is_asked_for_again(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    prepared = action("srep01", "invoice_ninja.reports.prepare", at, report="clients")
    fetched = action("srep02", "invoice_ninja.reports.fetch", at, hash="{{ srep01.hash }}")
    recipe = make_hooked(prepared, fetched, workspace=at.workspace)
    ninja.fail({"method": "POST", "path": "/api/v1/reports/preview/*", "when": "before", "status": 409})

    send(recipe, {})
    work()

    run = until_over(only_run(recipe))
    assert run.status == RunStatus.DONE
    assert last_step(run, "srep02").output["report"]["columns"][0]["display_value"] == "Name"


def test_downloaded_pdf_is_passed_on_to_a_record(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    bill, client = ninja.records("invoices")[0]["id"], ninja.records("clients")[0]["id"]
    fetched = action("spdf01", "invoice_ninja.invoices.download", at, invoice_id=bill)
    passed = action(
        "sput01", "invoice_ninja.clients.upload", at, client_id=client,
        file_content="{{ spdf01.file.content }}", file_name="{{ spdf01.file.name }}",
    )  # fmt: skip
    recipe = make_hooked(fetched, passed, workspace=at.workspace)

    send(recipe, {})
    work()

    run = only_run(recipe)
    file, kept = last_step(run, "spdf01").output["file"], last_step(run, "sput01").output["document"]
    assert (kept["name"], kept["size"]) == (file["name"], file["size"])
    assert file["content"] not in last_step(run, "sput01").exchanges.last().request_body
