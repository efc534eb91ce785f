"""The contract as a test. `RECETTE_SPECS` or `SPECS` names the folder; without it `conftest.py` says "not run"."""

import asyncio
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from connectors import fields as f
from connectors.catalogue import CONNECTORS
from connectors.client import build
from connectors.ghl.base import LOCATION, resource
from connectors.notation import post
from connectors.spec import Account, Context
from tests.contract import agency, check, coverage, generated
from tests.contract.__main__ import main
from tests.contract.documents import load
from tests.contract.mistakes import TOLERATED
from tests.contract.run import report, unmet

ROOT = Path(__file__).parents[2]


FOLDER = Path(os.environ.get("RECETTE_SPECS") or os.environ.get("SPECS") or ROOT.parent / "shared" / "specs")


@pytest.mark.long
def test_contract_every_request_and_every_answer_fits_the_documents():
    _, wrong = asyncio.run(report(FOLDER))

    assert wrong == []


def test_contract_sees_a_wrong_answer():
    service = load(FOLDER)["ghl"]

    found = list(check.answer(service, "POST", "/contacts/", 201, {"contact": {"tags": "lead"}}))

    assert [(one.place, one.kind) for one in found] == [("body/contact/tags", "type")]


def test_contract_sees_a_wrong_request():
    service = load(FOLDER)["ghl"]
    sent = httpx.Request("POST", "http://x/contacts/", json={"shoeSize": 40}, headers={"Version": "1"})

    found = {(one.place, one.kind) for one in check.request(service, sent, "")}

    assert found == {
        ("header Version", "enum"),
        ("header Authorization", "required"),
        ("body/locationId", "required"),
        ("body/shoeSize", "unknown"),
    }


def test_contract_sees_what_generated_inputs_make_of_a_wrong_declaration():
    """An input that the document doesn't know, one that may be anything where it has three values, and a mistake."""
    wrong = (f.text("shoeSize"), f.text("status"), f.text("name"), f.text("pipelineId"))
    made = resource("wrong", "/opportunities", post("update", "/", "Update", LOCATION, *wrong, returns="opportunity"))
    [operation] = made.values()
    connector = replace(CONNECTORS["ghl"], operations=made)
    done = generated.Generated()
    context = Context(connector.account("token", generated.OPENING["ghl"]))
    bench = generated.Bench(load(FOLDER)["ghl"], connector, operation, context, done, set())

    bench.try_out({"shoeSize": "40", "status": "..", "name": "x"}, True)
    bench.try_out({"status": "open", "name": "x"}, True)

    kinds = {(found.place, found.kind) for found in done.findings}
    assert {("body/shoeSize", "unknown"), ("body/status", "enum")} <= kinds
    assert ("body/name", "enum") not in kinds
    assert bench.used == {"shoeSize", "status", "name"}


def test_contract_sees_a_route_that_no_document_has():
    service = load(FOLDER)["invoice_ninja"]

    found = list(check.request(service, httpx.Request("GET", "http://x/api/v1/dreams"), ""))

    assert [one.kind for one in found] == ["path"]


def test_contract_sees_an_operation_that_keeps_it_to_itself_that_it_is_the_agency_s():
    service, connector = load(FOLDER)["ghl"], CONNECTORS["ghl"]
    used = {"PUT /locations/{locationId}": ["ghl.locations.put_location", "ghl.contacts.create"]}

    found = agency.unsaid(service, connector, used)

    assert [line.partition(":")[0] for line in found] == ["ghl.contacts.create"]


def test_permissions_of_an_agency_are_asked_for_by_nobody_else():
    assert agency.permissions(load(FOLDER)["ghl"]) <= CONNECTORS["ghl"].unasked


def test_what_signing_in_sends_fits_the_document():
    service, connector = load(FOLDER)["ghl"], CONNECTORS["ghl"]
    fields = {"client_id": "app1-key", "client_secret": "s", "refresh_token": "r", "access_token": "a"}
    fields |= {"company_id": "c1", "base_url": "https://service.example"}
    desk, alone = connector.door.agency, Account(fields["base_url"], {})
    account = desk.account(fields)
    asked = [next(desk.places("art", 0, 100, Context(account))), next(desk.enter("l1", Context(account)))]
    exchange = connector.door.exchange(fields, "code1", "https://us.example/back")
    sent = [(alone, exchange), (alone, connector.refresh(fields)), (alone, desk.renew(fields))]
    sent += [(account, request) for request in asked]

    found = [wrong for who, request in sent for wrong in check.request(service, build(who, request), "")]

    assert found == []


def test_mistake_of_a_document_that_nothing_meets_any_more_is_named():
    met = Counter(TOLERATED[1:])

    assert unmet(met) == [f"never met, so no mistake of a document's: {TOLERATED[0]}"]


def test_tally_names_what_is_neither_called_nor_explained():
    service = load(FOLDER)["invoice_ninja"]
    used = {one.name: ["invoice_ninja.x.y"] for one in service.operations if one.name != "POST /api/v1/invoices"}

    _, wrong = coverage.tally(service, used)

    assert "POST /api/v1/invoices: nothing of ours calls it, and nothing says why" in wrong


def test_table_says_who_calls_each_operation_or_why_nobody_does():
    service = load(FOLDER)["invoice_ninja"]

    lines = list(coverage.table(service, {"POST /api/v1/invoices": ["invoice_ninja.invoices.create"] * 2}))

    assert len(lines) == 431
    assert "  POST /api/v1/invoices: invoices.create" in lines
    assert "  GET /api/v1/invoices/{id}/edit: the same record as its “get” gives" in lines
    assert "  POST /api/v1/clients: nobody, and nothing says why" in lines


def test_tally_wants_no_reason_that_explains_nothing():
    service = load(FOLDER)["invoice_ninja"]
    used = {one.name: ["invoice_ninja.x.y"] for one in service.operations}

    lines, wrong = coverage.tally(service, used)

    assert lines[0] == "invoice_ninja: 431 of 431 described operations are accounted for"
    assert "GET */edit: no operation needs this reason" in wrong


def test_contract_fails_where_the_folder_is_missing(tmp_path):
    assert main(["contract", str(tmp_path / "nowhere")]) == 1
