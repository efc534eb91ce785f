"""Invoices of the HighLevel sandbox: sums, states, payments and what the webhooks tell of them."""

import pytest

from tests.sandboxes.bench import LOCATION

ALT = {"altId": LOCATION, "altType": "location"}
TAX = {"_id": "t1", "name": "VAT", "rate": 10}


def bill(crm, **more):
    person = crm.app.store.rows("contacts")[0]
    who = {"id": person["id"], "name": person["name"], "phoneNo": person["phone"], "email": person["email"]}
    rows = [{"name": "Sail", "currency": "USD", "amount": 12.5, "qty": 2, "taxes": [TAX]}]
    rows += [{"name": "Rope", "currency": "USD", "amount": 5, "qty": 1}]
    own = {"name": "Sails", "currency": "USD", "items": rows, "discount": {"type": "percentage", "value": 50}}
    rest = {"businessDetails": {}, "sentTo": {"email": []}, "liveMode": True, "issueDate": "2026-11-22"}
    return {**ALT, **own, "contactDetails": who, **rest, **more}


def make(crm, **more):
    return crm.post("/invoices/", bill(crm, **more))


def pay(crm, invoice, **more):
    return crm.call("POST", f"/invoices/{invoice['_id']}/record-payment", {**ALT, "mode": "cash", **more})


def told(crm):
    crm.quiet()
    return [(body["type"], body["status"]) for body in crm.receiver.bodies]


def test_sums_are_worked_out_with_discount_and_tax(crm):
    invoice = make(crm)
    whole = crm.get(f"/invoices/{invoice['_id']}", params=ALT)

    assert whole["totalSummary"] == {"subTotal": 30, "discount": 15, "tax": 1.25}
    assert (invoice["total"], invoice["amountDue"], invoice["amountPaid"]) == (16.25, 16.25, 0)
    assert (invoice["status"], invoice["dueDate"], len(invoice["invoiceItems"])) == ("draft", "2026-12-06", 2)


def test_invoice_is_sent_paid_in_part_and_in_full_and_each_is_told(crm):
    invoice, user = make(crm), crm.app.store.rows("users")[0]["id"]

    crm.post(f"/invoices/{invoice['_id']}/send", {**ALT, "userId": user, "action": "email", "liveMode": True})
    part = pay(crm, invoice, amount=10).json()["invoice"]
    rest = pay(crm, invoice, notes="By hand").json()["invoice"]

    assert (part["status"], part["amountPaid"], part["amountDue"]) == ("partially_paid", 10, 6.25)
    assert (rest["status"], rest["amountPaid"], rest["amountDue"]) == ("paid", 16.25, 0)
    assert told(crm) == [
        ("InvoiceCreate", "draft"), ("InvoiceSent", "sent"), ("InvoicePartiallyPaid", "partially_paid"),
        ("InvoicePaid", "paid"),
    ]  # fmt: skip
    assert crm.effects() == ["invoice.created", "invoice.sent", *["invoice.paid"] * 2]


def test_payment_is_a_transaction_too(crm):
    invoice = make(crm)
    pay(crm, invoice, amount=10, notes="Bank 17")

    found = crm.get("/payments/transactions", params={**ALT, "entityId": invoice["_id"]})
    one = crm.get(f"/payments/transactions/{found['data'][0]['_id']}", params=ALT)

    assert (found["totalCount"], one["amount"], one["invoiceId"]) == (1, 10, invoice["_id"])
    assert (one["status"], one["entitySource"]["type"], one["contactSnapshot"]["id"]) == (
        "succeeded", "invoice", invoice["contactDetails"]["id"],
    )  # fmt: skip


@pytest.mark.parametrize("amount", [0, -1, 17])
def test_nobody_pays_nothing_or_more_than_is_due(crm, amount):
    invoice = make(crm)

    assert pay(crm, invoice, amount=amount).status_code == 400


@pytest.mark.parametrize("end", ["void", "paid"])
def test_what_is_settled_stays_as_it_is(crm, end):
    invoice, user = make(crm), crm.app.store.rows("users")[0]["id"]
    one = f"/invoices/{invoice['_id']}"
    assert pay(crm, invoice).status_code == 200 if end == "paid" else crm.post(f"{one}/void", ALT)["status"] == "void"
    send = {**ALT, "userId": user, "action": "email", "liveMode": True}
    change = {k: v for k, v in bill(crm).items() if k not in ("items", "sentTo")}
    change |= {"invoiceItems": bill(crm)["items"], "dueDate": "2026-12-24"}

    answers = [crm.call("POST", f"{one}/void", ALT), crm.call("POST", f"{one}/send", send), pay(crm, invoice)]
    answers += [crm.call("PUT", one, change)]

    assert [answer.status_code for answer in answers] == [400] * 4


def test_update_drops_what_is_not_sent_along(crm):
    invoice = make(crm, termsNotes="Now.", title="BILL")
    change = {k: v for k, v in bill(crm).items() if k not in ("items", "sentTo")}

    done = crm.put(
        f"/invoices/{invoice['_id']}", {**change, "invoiceItems": bill(crm)["items"][1:], "dueDate": "2026-12-24"}
    )

    assert (done["total"], done["dueDate"], done["title"]) == (2.5, "2026-12-24", "")
    assert (done["invoiceNumber"], "termsNotes" in done) == (invoice["invoiceNumber"], False)


def test_invoice_needs_a_payer_with_phone_and_e_mail(crm):
    who = bill(crm)["contactDetails"]

    answer = crm.call("POST", "/invoices/", bill(crm, contactDetails={"id": who["id"], "name": who["name"]}))

    assert answer.status_code == 422
    assert answer.json()["message"] == [
        "contactDetails.phoneNo should not be empty", "contactDetails.email should not be empty",
    ]  # fmt: skip


def test_list_is_narrowed_and_paged(crm):
    def found(**more):
        return crm.get("/invoices/", params={**ALT, "limit": "10", "offset": "0", **more})

    whole, page = found(sortOrder="descend"), found(limit="2", offset="1", sortOrder="descend")

    assert [row["_id"] for row in page["invoices"]] == [row["_id"] for row in whole["invoices"][1:3]]
    assert (page["total"], whole["invoices"][0]["name"]) == (6, "Dental portal, sketch")
    assert {row["status"] for row in found(status="sent")["invoices"]} == {"sent"}
    assert [row["name"] for row in found(search="copperkettle")["invoices"]] == ["Care plan, Copperkettle"]
    assert found(paymentMode="test")["total"] == 0
    assert found(startAt="2026-11-10", endAt="2026-11-16")["total"] == 2
    assert crm.call("GET", "/invoices/", params=ALT).status_code == 422


def test_invoice_to_pay_by_text_is_made_and_sent_in_one_go(crm):
    user = crm.app.store.rows("users")[0]["id"]

    done = crm.post("/invoices/text2pay", {**bill(crm), "userId": user, "action": "send"})

    assert done["invoice"]["status"] == "sent"
    assert done["invoiceUrl"].endswith(done["invoice"]["_id"])
    assert [event for event, _ in told(crm)] == ["InvoiceCreate", "InvoiceSent"]


def test_webhook_has_the_number_as_a_text_and_no_location_but_its_owner(crm):
    invoice = make(crm)
    crm.quiet()

    (body,) = crm.receiver.bodies
    assert body["invoiceNumber"] == f"{invoice['invoiceNumber']:04d}"
    assert (body["altId"], "locationId" in body) == (LOCATION, False)


def test_person_sends_pays_and_voids_an_invoice_and_an_order_comes_in(crm):
    invoice, other = make(crm), make(crm)
    person, price = crm.app.store.rows("contacts")[0]["id"], crm.app.store.rows("prices")[0]["_id"]

    crm.do("send_invoice", id=invoice["_id"])
    crm.do("pay_invoice", id=invoice["_id"], amount="6.25")
    crm.do("pay_invoice", id=invoice["_id"])
    crm.do("void_invoice", id=other["_id"])
    order = crm.do("place_order", contact=person, price=price)["record"]["id"]
    crm.do("pay_order", id=order)
    crm.quiet()

    assert [body["type"] for body in crm.receiver.bodies][2:] == [
        "InvoiceSent", "InvoicePartiallyPaid", "InvoicePaid", "InvoiceVoid", "OrderCreate", "OrderStatusUpdate",
    ]  # fmt: skip
    assert crm.call("POST", "/_sandbox/do", {"do": "pay_invoice", "id": other["_id"]}).status_code == 422
    shown = {one["key"]: one["rows"][0] for one in crm.app.lists() if one["rows"]}
    assert (shown["invoices"]["status"], shown["orders"]["status"]) == ("void", "completed")


def test_deleted_invoice_is_gone_and_told(crm):
    invoice = make(crm)
    crm.call("DELETE", f"/invoices/{invoice['_id']}", params=ALT)

    assert crm.call("GET", f"/invoices/{invoice['_id']}", params=ALT).status_code == 400
    assert told(crm)[-1] == ("InvoiceDelete", "draft")


def test_next_number_and_settings_are_those_that_invoices_get(crm):
    told = crm.get("/invoices/generate-invoice-number", params=ALT)["invoiceNumber"]
    settings = crm.get("/invoices/settings", params=ALT)

    assert make(crm)["invoiceNumber"] == told
    assert (settings["businessDetails"]["name"], settings["dueAfterXDays"]) == ("Brightwater Studio", 14)
