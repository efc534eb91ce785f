"""Files from Invoice Ninja, and what it has ready only a little later."""

import base64

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Misconfigured, NotFound, Refused, Unavailable
from connectors.spec import Response
from tests.connectors.talk import answer, make_context, page, talk

NINJA = CONNECTORS["invoice_ninja"]
CONTENT = b"%PDF-1.4\nx"


def perform(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context()), *answers)


def pdf(**headers):
    return Response(200, {"content-type": "application/pdf", **headers}, CONTENT)


def invoice(**more):
    return answer({"data": {"id": "i1", "number": "INV-7", "invitations": [{"key": "k/1"}], **more}})


def test_invoice_is_downloaded_by_the_key_of_its_link():
    given, (_read, asked) = perform("invoices.download", {"invoice_id": "i1"}, invoice(), pdf())

    assert asked.path == "/api/v1/invoice/k%2F1/download"
    assert given == {
        "file": {
            "name": "INV-7.pdf",
            "type": "application/pdf",
            "size": len(CONTENT),
            "content": base64.b64encode(CONTENT).decode(),
        }
    }


def test_file_bears_the_name_it_came_with():
    named = pdf(**{"content-disposition": 'inline; filename="Invoice 7.pdf"'})

    given, _ = perform("invoices.download", {"invoice_id": "i1"}, invoice(), named)

    assert given["file"]["name"] == "Invoice 7.pdf"


def test_document_without_a_link_can_t_be_downloaded():
    with pytest.raises(Refused, match="no link for a contact"):
        perform("invoices.download", {"invoice_id": "i1"}, invoice(invitations=[]))


@pytest.mark.parametrize(
    ("came", "what", "said"),
    [
        (answer({"message": "No PDF engine"}), Refused, "without a file \\(No PDF engine\\)"),
        (answer({"message": "No query results for model"}, 400), NotFound, "no such record"),
        (page(), Misconfigured, "web page"),
    ],
)
def test_what_is_no_file_is_never_taken_for_one(came, what, said):
    with pytest.raises(what, match=said):
        perform("invoices.download", {"invoice_id": "i1"}, invoice(), came)


def test_statement_is_made_or_mailed():
    inputs = {"client_id": "c1", "start_date": "2026-11-01", "end_date": "2026-11-30"}

    made, (asked,) = perform("statements.download", inputs, pdf())
    mailed, (sent,) = perform("statements.email", inputs, answer({"message": "Emails have been queued"}))

    shown = {"show_payments_table": True, "show_credits_table": False, "show_aging_table": True}
    assert made["file"]["name"] == "statement.pdf"
    assert asked.json == {**inputs, **shown}
    assert mailed == {"message": "Emails have been queued"}
    assert sent.json == {**inputs, **shown, "send_email": True}


def test_report_is_waited_for_and_fetched():
    prepared, (sent,) = perform("reports.prepare", {"report": "credit"}, answer({"message": "r-1"}))

    assert prepared == {"hash": "r-1"}
    assert sent.path == "/api/v1/reports/credits"
    assert sent.json == {"date_range": "last_month", "report_keys": [], "send_email": False}
    with pytest.raises(Unavailable, match="still at it"):
        perform("reports.fetch", {"hash": "r-1"}, answer({"message": "Still working....."}, 409))
    fetched, _ = perform("reports.fetch", {"hash": "r-1"}, answer({"columns": []}))
    assert fetched == {"report": {"columns": []}, "file": {}}


def test_report_may_come_as_a_file():
    came = Response(200, {"content-type": "text/csv; charset=utf-8"}, b"Name\n")

    fetched, _ = perform("reports.fetch", {"hash": "r-1"}, came)

    assert (fetched["report"], fetched["file"]["type"], fetched["file"]["size"]) == ([], "text/csv", 5)


def test_template_is_run_on_records_and_fetched():
    run, (sent,) = perform(
        "designs.run_template",
        {"plural": "invoices", "ids": "i1, i2", "template_id": "d1"},
        answer({"message": "r-2"}),
    )
    fetched, (asked,) = perform("designs.fetch_template", {"hash": "r-2"}, pdf())

    assert run == {"hash": "r-2"}
    assert (sent.path, sent.json) == (
        "/api/v1/invoices/bulk",
        {"action": "template", "ids": ["i1", "i2"], "template_id": "d1", "send_email": False},
    )
    assert (asked.path, fetched["file"]["name"]) == ("/api/v1/templates/preview/r-2", "template.pdf")


def test_preview_is_of_what_the_document_would_be():
    line = {"notes": "Sail repair", "cost": "120.5", "quantity": 2}

    given, (sent,) = perform("previews.document", {"entity": "quote", "client_id": "c1", "line_items": [line]}, pdf())

    assert given["file"]["type"] == "application/pdf"
    assert (sent.path, sent.json["entity"], sent.json["client_id"]) == ("/api/v1/live_preview", "quote", "c1")
    assert not sent.effect


@pytest.mark.parametrize(("table", "action"), [("invoices", "bulk_download"), ("documents", "download")])
def test_several_files_are_mailed_by_one_call(table, action):
    given, (sent,) = perform(f"{table}.mail_files", {"ids": "a, b"}, answer({"message": "Email sent!"}))

    assert given == {"message": "Email sent!"}
    assert (sent.path, sent.json) == (f"/api/v1/{table}/bulk", {"action": action, "ids": ["a", "b"]})


def test_no_files_are_mailed_where_none_is_named():
    with pytest.raises(Refused, match="none to take"):
        perform("invoices.mail_files", {"ids": " , "})
