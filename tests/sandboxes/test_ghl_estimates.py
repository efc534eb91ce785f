"""Estimates of the HighLevel sandbox: how they stand, and what becomes of them."""

import pytest

from tests.sandboxes.test_ghl_invoices import ALT, bill


def make(crm, **more):
    rows = [{name: value for name, value in row.items() if name != "type"} for row in bill(crm)["items"]]
    return crm.post("/invoices/estimate", {**bill(crm), "items": rows, "frequencySettings": {"enabled": False}, **more})


def standing(crm, **more):
    rows = crm.get("/invoices/estimate/list", params={**ALT, "limit": "10", "offset": "0", **more})["estimates"]
    return {row["name"]: row["estimateStatus"] for row in rows}


def test_estimate_is_sent_accepted_and_billed(crm):
    estimate, user = make(crm), crm.app.store.rows("users")[0]["id"]
    one = f"/invoices/estimate/{estimate['_id']}"

    before = standing(crm, status="draft")["Sails"]
    crm.post(f"{one}/send", {**ALT, "userId": user, "action": "sms", "liveMode": True})
    sent = standing(crm)["Sails"]
    billed = crm.post(f"{one}/invoice", {**ALT, "markAsInvoiced": True})

    assert (before, sent, standing(crm)["Sails"]) == ("draft", "sent", "invoiced")
    assert (billed["invoice"]["total"], billed["invoice"]["status"]) == (estimate["total"], "draft")
    assert [one["action"] for one in billed["estimate"]["estimateActionHistory"]] == ["Created", "Sent", "Invoiced"]


def test_update_may_say_how_it_stands(crm):
    estimate = make(crm, termsNotes="Now.")
    offer = {**bill(crm), "frequencySettings": {"enabled": False}, "estimateStatus": "accepted"}

    done = crm.put(f"/invoices/estimate/{estimate['_id']}", offer)

    assert (done["termsNotes"], done["estimateNumber"]) == ("", estimate["estimateNumber"])
    assert standing(crm)["Sails"] == "accepted"
    assert (
        crm.call("PUT", f"/invoices/estimate/{estimate['_id']}", {**offer, "estimateStatus": "lost"}).status_code == 422
    )


@pytest.mark.parametrize("change", [{"frequencySettings": {}}, {"items": [{"name": "x", "type": "one_time"}]}])
def test_estimate_is_refused_as_it_is_there(crm, change):
    offer = {**bill(crm), "frequencySettings": {"enabled": False}, **change}

    assert crm.call("POST", "/invoices/estimate", offer).status_code == 422


def test_no_estimate_is_read_by_its_id_and_a_deleted_one_is_in_no_list(crm):
    estimate = make(crm)
    one = f"/invoices/estimate/{estimate['_id']}"

    read = crm.call("GET", one, params=ALT)
    gone = crm.call("DELETE", one, ALT)

    assert (read.status_code, gone.json()["deleted"]) == (401, True)
    assert "Sails" not in standing(crm)
