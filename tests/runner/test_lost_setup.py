"""Answers that get lost while a company is being set up: found again by name, by file or by the state reached."""

from typing import Any

import pytest

from builder.models import RunStatus
from tests.runner.conftest import Sandbox, later, until_over, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/v1"


@pytest.fixture(autouse=True)
def _no_guard(ninja: Sandbox) -> None:
    ninja.set(guard=0)


def lost(ninja: Sandbox, path: str, operation: str, **inputs: Any) -> Any:
    """The run, over, whose call was done but not answered."""
    at = make_ninja(ninja.url)
    recipe = make_hooked(action("slost1", f"invoice_ninja.{operation}", at, **inputs), workspace=at.workspace)
    ninja.fail({"method": "POST", "path": path, "when": "after", "status": 502})
    send(recipe, {})
    work()
    later()
    work()
    return until_over(only_run(recipe))


def kinds(ninja: Sandbox) -> list[str]:
    return [effect["kind"] for effect in ninja.effects()]


def test_payment_link_is_found_by_its_name(ninja: Sandbox) -> None:
    run = lost(ninja, f"{API}/subscriptions", "subscriptions.create", name="Care plan for boats", steps="cart")

    assert (run.status, kinds(ninja)) == (RunStatus.DONE, ["subscription.created"])
    assert last_step(run, "slost1").output["subscription"]["name"] == "Care plan for boats"


def test_file_is_found_by_its_name(ninja: Sandbox) -> None:
    bill = ninja.records("invoices")[0]["id"]

    run = lost(
        ninja, f"{API}/invoices/*/upload", "invoices.upload", invoice_id=bill, file_text="Terms", file_name="terms.txt"
    )

    assert (run.status, kinds(ninja)) == (RunStatus.DONE, ["document.uploaded"])
    assert last_step(run, "slost1").output["document"]["name"] == "terms.txt"


def test_quote_becomes_one_project(ninja: Sandbox) -> None:
    quote = ninja.records("quotes")[0]["id"]

    run = lost(ninja, f"{API}/quotes/bulk", "quotes.convert_to_project", quote_id=quote)

    assert (run.status, kinds(ninja).count("project.created")) == (RunStatus.DONE, 1)
    assert last_step(run, "slost1").output["project"]["id"]


def test_token_that_may_have_been_made_waits_for_a_person(ninja: Sandbox) -> None:
    run = lost(ninja, f"{API}/tokens", "tokens.create", name="Till")

    assert (run.status, kinds(ninja)) == (RunStatus.HELD, ["api_token.created"])
    assert "Nobody knows whether" in run.because


def test_goods_are_received_once(ninja: Sandbox) -> None:
    order = ninja.records("purchase_orders")[0]["id"]

    run = lost(ninja, f"{API}/purchase_orders/bulk", "purchase_orders.receive", purchase_order_id=order)

    assert (run.status, kinds(ninja).count("purchase_order.received")) == (RunStatus.DONE, 1)
