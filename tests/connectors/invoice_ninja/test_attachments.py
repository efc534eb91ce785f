"""Files that are put to records, and lists that are imported from one."""

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import NotFound, Refused, Unclear
from connectors.invoice_ninja.attachments import OBJECTS
from connectors.spec import Context, Part
from tests.connectors.talk import answer, make_account, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]
TEXT = {"file_text": "Terms", "file_name": "terms.txt"}
NOW = 1_795_330_000


def perform(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context()), *answers)


def find(key, inputs, *answers, since=0.0):
    context = Context(make_account(), marker="wf-x", since=since)
    return talk(NINJA.operations[f"invoice_ninja.{key}"].find(inputs, context), *answers)


def data(record):
    return answer({"data": record})


def gone():
    return answer({"message": "No query results for model [App\\Models\\Document] d1"}, 400)


def test_file_goes_as_a_post_that_says_it_is_a_put():
    files = [{"id": "d1", "name": "old.txt", "created_at": 5}, {"id": "d2", "name": "terms.txt", "created_at": 9}]

    given, (sent,) = perform("invoices.upload", {"invoice_id": "i1", **TEXT}, data({"id": "i1", "documents": files}))

    assert (sent.method, sent.path) == ("POST", "/api/v1/invoices/i1/upload")
    assert sent.parts == (
        Part("_method", b"PUT"),
        Part("is_public", b"1"),
        Part("documents[]", b"Terms", "terms.txt", "text/plain"),
    )
    assert given == {"invoice": {"id": "i1", "documents": files}, "document": files[1]}


def test_file_may_be_kept_from_the_client():
    _, (sent,) = perform("invoices.upload", {"invoice_id": "i1", "is_public": False, **TEXT}, data({"id": "i1"}))

    assert Part("is_public", b"0") in sent.parts


def test_file_that_may_be_there_is_looked_for_by_name_and_time():
    files = [
        {"id": "d0", "name": "terms.txt", "created_at": NOW - 90_000},
        {"id": "d1", "name": "terms.txt", "created_at": NOW + 2},
    ]

    found, _ = find("invoices.upload", {"invoice_id": "i1", **TEXT}, data({"id": "i1", "documents": files}), since=NOW)
    none, _ = find(
        "invoices.upload", {"invoice_id": "i1", **TEXT}, data({"id": "i1", "documents": files[:1]}), since=NOW
    )

    assert [one["document"]["id"] for one in found] == ["d1"]
    assert none == []


def test_file_whose_name_only_its_address_knows_can_t_be_looked_for():
    with pytest.raises(Unclear, match="no name to look for it by"):
        find("invoices.upload", {"invoice_id": "i1", "file_url": "https://files.example.com/7"})


@pytest.mark.parametrize("table", [*OBJECTS, "companies"])
def test_every_record_that_takes_files_has_the_step(table):
    assert f"invoice_ninja.{table}.upload" in NINJA.operations


def test_stored_file_is_deleted_by_the_bulk_call_and_gone():
    given, (_read, sent, _look) = perform(
        "documents.delete", {"document_id": "d1"}, data({"id": "d1"}), data([]), gone()
    )

    assert (sent.method, sent.path, sent.json) == (
        "POST",
        "/api/v1/documents/bulk",
        {"action": "delete", "ids": ["d1"]},
    )
    assert given == {"deleted": True, "found": True}


def test_stored_file_that_stays_was_not_deleted():
    with pytest.raises(Refused, match="kept the file"):
        perform("documents.delete", {"document_id": "d1"}, data({"id": "d1"}), data([]), data({"id": "d1"}))


def test_stored_file_that_is_not_there_is_said_so():
    with pytest.raises(NotFound):
        perform("documents.delete", {"document_id": "d1"}, gone())


def test_name_that_a_version_only_seems_to_save_is_a_refusal():
    there = {"id": "d1", "name": "old.txt"}

    with pytest.raises(Refused, match="left the file as it was"):
        perform("documents.update", {"document_id": "d1", "name": "new.txt"}, data(there), data(there))


def test_import_is_prepared_and_run_by_columns():
    rows = {"file_text": "Name,E-mail\nFarrow,odile@farrow.example\n", "file_name": "clients.csv"}
    told = {"hash": "h1", "mappings": {"client": {"headers": [["Name", "E-mail"]], "available": ["client.name"]}}}

    prepared, (asked,) = perform("imports.prepare", {"entity": "client", **rows}, answer(told))
    run, (sent,) = perform(
        "imports.run",
        {"hash": "h1", "entity": "client", "mapping": "client.name, , contact.email"},
        answer({"message": "Importing"}),
    )

    assert prepared == {"hash": "h1", "headers": [["Name", "E-mail"]], "available": ["client.name"]}
    assert [part.name for part in asked.parts] == ["import_type", "files[client]"]
    assert run == {"message": "Importing"}
    assert sent.json == {
        "hash": "h1",
        "import_type": "csv",
        "skip_header": True,
        "column_map": {"client": {"mapping": {"0": "client.name", "2": "contact.email"}}},
    }
