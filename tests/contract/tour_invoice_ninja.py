"""Once through every route of the Invoice Ninja sandbox, and through the ways it says no."""

from typing import Any

from connectors.invoice_ninja.sandbox import files, make_app
from tests.contract.documents import Service
from tests.contract.wire import Wire

API = "/api/v1"


def wire(service: Service) -> Wire:
    app = make_app(guard=0)
    return Wire(service, app, {"X-API-TOKEN": app.settings["token"], "X-Requested-With": "XMLHttpRequest"})


async def tour(service: Service) -> Wire:
    w = wire(service)
    client = await _clients(w)
    invoice = await _invoices(w, client)
    await _quotes(w, client)
    await _payments(w, client, invoice)
    await _products(w)
    await _papers(w, client)
    await _costs(w, client)
    await _setup(w, client)
    await _files(w, client, invoice)
    await _company(w)
    await _webhooks(w)
    await _refusals(w)
    return w


async def _resource(w: Wire, table: str, made: dict[str, Any], change: dict[str, Any]) -> str:
    """The routes that every entity has; returns the path of one record, active at the end."""
    path = f"{API}/{table}"
    one = f"{path}/{(await w.go('POST', path, 200, made))['data']['id']}"
    await w.go("GET", f"{path}?per_page=3&sort=id|desc")
    await w.go("GET", f"{path}/create")
    await w.go("GET", one)
    await w.go("GET", f"{one}/edit")
    await w.go("PUT", one, 200, change)
    await w.go("PATCH", one, 200, change)
    await w.go("GET", f"{path}/nothing00", 400)
    await w.go("DELETE", one)
    await w.go("PUT", one, 400, change)
    await w.go("POST", f"{path}/bulk", 200, {"action": "restore", "ids": [one.split("/")[-1]]})
    return one


async def _clients(w: Wire) -> str:
    person = {"first_name": "Odile", "last_name": "Farrow", "email": "odile@farrow.example"}
    made = {"name": "Farrow Sails", "country_id": 826, "id_number": "GHL-1", "contacts": [person]}
    one = await _resource(w, "clients", made, {"city": "Lyme", "settings": {"currency_id": "2"}})
    await w.go("POST", f"{API}/clients", 422, made)
    await w.go("GET", f"{API}/clients?email=odile@farrow.example&filter=farrow&include=activities")
    await w.go("GET", f"{one}?include=shoes", 400)
    other = (await w.go("POST", f"{API}/clients", 200, {"name": "Short Lived"}))["data"]["id"]
    await w.go("POST", f"{one}/updateTaxData", 200)
    twin = (await w.go("POST", f"{API}/clients", 200, {"name": "Twin"}))["data"]["id"]
    await w.go("POST", f"{one}/{twin}/merge", 412)
    await w.go("POST", f"{one}/{twin}/merge", 200, headers={"X-API-PASSWORD": "x"})
    await w.go("POST", f"{API}/clients/{other}/purge", 412)
    await w.go("POST", f"{API}/clients/{other}/purge", 200, headers={"X-API-PASSWORD": "x"})
    return one.split("/")[-1]


def _bill(client: str) -> dict[str, Any]:
    line = {
        "quantity": 2,
        "cost": 120.5,
        "product_key": "SAIL",
        "notes": "Sail repair",
        "tax_name1": "VAT",
        "tax_rate1": 20,
    }
    return {"client_id": client, "line_items": [line], "date": "2026-11-20", "due_date": "2026-12-20"}


async def _invoices(w: Wire, client: str) -> str:
    one = await _resource(w, "invoices", _bill(client), {"po_number": "PO-7"})
    await w.go("POST", f"{API}/invoices", 422, {})
    await w.go("GET", f"{API}/invoices?client_status=unpaid&include=client")
    await w.go("GET", f"{one}/mark_sent")
    await w.go("GET", f"{one}/dance", 400)
    await w.go("POST", f"{API}/invoices/bulk", 200, {"action": "email", "ids": [one.split("/")[-1]]})
    await w.go("POST", f"{API}/emails", 200, {"entity": "invoice", "entity_id": one.split("/")[-1], "template": "x"})
    return one.split("/")[-1]


async def _quotes(w: Wire, client: str) -> None:
    one = await _resource(w, "quotes", _bill(client), {"po_number": "PO-8"})
    await w.go("GET", f"{one}/approve")
    await w.go("POST", f"{API}/quotes/bulk", 200, {"action": "convert_to_invoice", "ids": [one.split("/")[-1]]})
    await w.go("POST", f"{API}/quotes/bulk", 422, {"action": "fold", "ids": [one.split("/")[-1]]})


async def _payments(w: Wire, client: str, invoice: str) -> None:
    part = {"invoice_id": invoice, "amount": 20}
    paid = {"client_id": client, "amount": 20, "invoices": [part], "idempotency_key": "tour-1", "type_id": "1"}
    await w.go("POST", f"{API}/payments", 200, paid)
    await w.go("POST", f"{API}/payments", 422, paid)
    one = await _resource(w, "payments", {**paid, "idempotency_key": "tour-2"}, {"private_notes": "by hand"})
    await w.go("GET", f"{one}/email")
    refund = {"id": one.split("/")[-1], "amount": 5, "date": "2026-11-22"}
    await w.go("POST", f"{API}/payments/refund", 200, refund)
    w.app.settings["guard"] = 60.0
    free = {"client_id": client, "amount": 7}
    await w.go("POST", f"{API}/payments", 200, free)
    await w.go("POST", f"{API}/payments", 400, free)
    w.app.settings["guard"] = 0.0


async def _papers(w: Wire, client: str) -> None:
    credit = await _resource(w, "credits", {**_bill(client), "due_date": ""}, {"po_number": "PO-8"})
    await w.go("GET", f"{credit}/mark_sent")
    await w.go("POST", f"{API}/credits/bulk", 200, {"action": "email", "ids": [credit.split("/")[-1]]})
    monthly = {**_bill(client), "frequency_id": 5, "remaining_cycles": -1}
    retainer = await _resource(w, "recurring_invoices", monthly, {"po_number": "PO-9"})
    for action in ("start", "stop", "send_now"):
        what = {"action": action, "ids": [retainer.split("/")[-1]]}
        await w.go("POST", f"{API}/recurring_invoices/bulk", 200, what)
    await w.go("POST", f"{API}/recurring_invoices", 422, _bill(client))


async def _costs(w: Wire, client: str) -> None:
    person = {"first_name": "Jule", "last_name": "Petersen", "email": "jule@print.example"}
    vendor = await _resource(w, "vendors", {"name": "Print", "contacts": [person]}, {"city": "Lyme"})
    spent = {"amount": 12.5, "vendor_id": vendor.split("/")[-1], "client_id": client, "date": "2026-11-20"}
    await _resource(w, "expenses", spent, {"public_notes": "Paper"})
    ordered = {"vendor_id": vendor.split("/")[-1], "line_items": [{"notes": "Paper", "cost": 12.5, "quantity": 2}]}
    order = await _resource(w, "purchase_orders", ordered, {"po_number": "PO-1"})
    for action in ("mark_sent", "cancel"):
        await w.go("POST", f"{API}/purchase_orders/bulk", 200, {"action": action, "ids": [order.split("/")[-1]]})
        await w.go("GET", f"{order}/{action}")
    await w.go("POST", f"{API}/purchase_orders", 422, {})
    project = await _resource(w, "projects", {"name": "Sails", "client_id": client}, {"task_rate": 80})
    done = {"description": "Sew", "project_id": project.split("/")[-1], "time_log": "[[1764000000,1764003600]]"}
    task = await _resource(w, "tasks", done, {"rate": 90})
    for action in ("start", "stop"):
        await w.go("POST", f"{API}/tasks/bulk", 200, {"action": action, "ids": [task.split("/")[-1]]})
    await _resource(w, "expense_categories", {"name": "Rigging"}, {"color": "#123456"})
    await _resource(w, "task_statuses", {"name": "Waiting"}, {"color": "#123456"})
    await _resource(w, "payment_terms", {"num_days": 10}, {"num_days": 12})
    booked = {"amount": 12.5, "base_type": "DEBIT", "date": "2026-11-20", "description": "Paper"}
    await _resource(w, "bank_transactions", booked, {**booked, "description": "Paper and ink"})
    await _resource(w, "recurring_expenses", {"amount": 49, "frequency_id": 5}, {"public_notes": "Hosting"})
    await w.go("POST", f"{API}/recurring_expenses", 422, {"amount": 49})
    await w.go("POST", f"{API}/reports/clients", 200, {"send_email": True, "report_keys": []})
    await w.go("POST", f"{API}/projects", 422, {"name": "Nobody's"})
    await w.go("POST", f"{API}/expenses", 422, {"amount": 1, "vendor_id": "nothing000"})


async def _setup(w: Wire, client: str) -> None:
    link = {"name": "Care", "steps": "cart", "promo_discount": 5}
    await _resource(w, "subscriptions", link, {"promo_code": "MAY", "steps": "cart"})
    await w.go("GET", f"{API}/subscriptions/steps")
    await w.go("POST", f"{API}/subscriptions/steps/check", 200, {"steps": "cart"})
    await w.go("POST", f"{API}/subscriptions/steps/check", 422, {"steps": "dance"})
    await _resource(w, "group_settings", {"name": "Firms"}, {"settings": {"currency_id": "2"}})
    design = await _resource(w, "designs", {"name": "Bare", "design": {"body": "<p>x</p>"}}, {"is_active": False})
    usual = {"design_id": design.split("/")[-1], "entity": "invoice"}
    await w.go("POST", f"{API}/designs/set/default", 200, usual)
    gateway = await _resource(w, "company_gateways", {"gateway_key": "k1"}, {"label": "Card"})
    card = {
        "client_id": client,
        "company_gateway_id": gateway.split("/")[-1],
        "gateway_type_id": "1",
        "meta": {"a": "b"},
    }
    one = (await w.go("POST", f"{API}/client_gateway_tokens", 200, card))["data"]["id"]
    path = f"{API}/client_gateway_tokens"
    for tail in ("", "/create", f"/{one}", f"/{one}/edit"):
        await w.go("GET", path + tail)
    for method in ("PUT", "PATCH"):
        await w.go(method, f"{path}/{one}", 200, {"is_default": True})
    await w.go("DELETE", f"{path}/{one}")
    await _resource(w, "bank_integrations", {"bank_account_name": "Savings"}, {"auto_sync": True})
    rule = {"name": "Rent", "rules": [{"search_key": "description", "operator": "is", "value": "Rent"}]}
    await _resource(w, "bank_transaction_rules", rule, {"name": "Rent", "matches_on_all": False})
    booking = w.app.store.rows("bank_transactions")[0]["id"]
    pair = {"transactions": [{"id": booking, "invoice_ids": w.app.store.rows("invoices")[0]["id"]}]}
    await w.go("POST", f"{API}/bank_transactions/match", 200, pair)
    monthly = {"template": "email_statement", "next_run": "2026-12-01"}
    await _resource(w, "task_schedulers", monthly, {**monthly, "name": "Monthly"})
    await _resource(w, "tokens", {"name": "Cash desk"}, {"name": "Till"})
    await _resource(w, "recurring_quotes", {**_bill(client), "frequency_id": 5}, {"po_number": "PO-10"})
    await w.go("POST", f"{API}/recurring_quotes", 422, _bill(client))
    await w.go("POST", f"{API}/tokens", 422, {})
    await w.go("POST", f"{API}/designs", 422, {"name": "Bare", "design": {"body": "x"}})


async def _files(w: Wire, client: str, invoice: str) -> None:
    for one, table, electronic in (
        ("invoice", "invoices", "download_e_invoice"),
        ("quote", "quotes", "download_e_quote"),
        ("credit", "credits", "download_e_credit"),
        ("purchase_order", "purchase_orders", "download_e_purchase_order"),
    ):
        key = w.app.store.rows(table)[0]["invitations"][0]["key"]
        await w.go("GET", f"{API}/{one}/{key}/download")
        await w.go("GET", f"{API}/{one}/{key}/{electronic}")
    await w.go("GET", f"{API}/invoices/{invoice}/delivery_note")
    span = {"client_id": client, "start_date": "2026-11-01", "end_date": "2026-11-30"}
    await w.go("POST", f"{API}/client_statement", 200, span)
    await w.go("POST", f"{API}/client_statement", 200, span | {"send_email": True})
    await w.go("POST", f"{API}/live_preview", 200, {"client_id": client})
    await w.go("POST", f"{API}/live_preview/purchase_order", 200, {"number": ""})
    await w.go("POST", f"{API}/live_design", 200, {"entity_type": "invoice", "settings_type": "company"})
    await w.go("GET", f"{API}/activities/download_entity/{w.app.store.rows('activities')[0]['id']}")
    await w.go("GET", f"{API}/companies/{w.app.company()['id']}/logo")
    await w.go("POST", f"{API}/clients/{client}/documents")
    path = f"{API}/documents"
    one = f"{path}/{w.app.store.rows('documents')[0]['id']}"
    for tail in (path, one, f"{one}/edit", f"{one}/download"):
        await w.go("GET", tail)
    for method in ("PUT", "PATCH"):
        await w.go(method, one, 200, {"name": "contract.pdf"})
    for action in ("archive", "restore"):
        await w.go("POST", f"{path}/bulk", 200, {"action": action, "ids": [one.split("/")[-1]]})
    await w.go("POST", f"{path}/bulk", 200, {"action": "download", "ids": [one.split("/")[-1]]})
    await w.go("POST", f"{API}/invoices/bulk", 200, {"action": "bulk_download", "ids": [invoice]})
    await w.go("DELETE", one, 412)
    await w.go("DELETE", one, headers={"X-API-PASSWORD": "x"})
    text, put = {"documents[]": ("terms.txt", b"Terms")}, {"_method": "PUT"}
    for table in files.TAKING:
        where = f"{API}/{table}/{w.app.store.rows(table)[0]['id']}/upload"
        await w.go("POST", where, 200, data=put, files=text)
    await w.go("POST", where, 404, files=text)
    await w.go("POST", where, 422, data=put, files={"documents[]": ("terms.exe", b"x")})
    await w.go("GET", f"{API}/clients/{w.app.store.rows('clients')[0]['id']}")
    rows = {"files[client]": ("clients.csv", b"Name,E-mail\nFarrow,odile@farrow.example\n")}
    told = await w.go("POST", f"{API}/preimport", 200, data={"import_type": "csv"}, files=rows)
    columns = {"client": {"mapping": {"0": "client.name"}}}
    asked = {"hash": told["hash"], "import_type": "csv", "skip_header": True, "column_map": columns}
    await w.go("POST", f"{API}/import", 200, asked)
    for fetched in ("reports/preview", "exports/preview"):
        told = await w.go("POST", f"{API}/reports/clients", 200, {"send_email": False, "report_keys": []})
        await w.go("POST", f"{API}/{fetched}/{told['message']}")
    sheet = {"action": "template", "ids": [invoice], "template_id": w.app.store.rows("designs")[0]["id"]}
    told = await w.go("POST", f"{API}/invoices/bulk", 200, sheet)
    await w.go("POST", f"{API}/templates/preview/{told['message']}")


async def _products(w: Wire) -> None:
    await _resource(w, "products", {"product_key": "SAIL", "price": 120.5}, {"notes": "Sail repair", "quantity": 3})
    await _resource(w, "tax_rates", {"name": "Harbour tax", "rate": 3}, {"rate": 4})


async def _company(w: Wire) -> None:
    await w.go("GET", f"{API}/ping")
    await w.go("GET", f"{API}/health_check")
    await w.go("GET", f"{API}/statics")
    await w.go("GET", f"{API}/activities?per_page=5")
    invoice = w.app.store.rows("invoices")[0]["id"]
    await w.go("POST", f"{API}/activities/entity", 200, {"entity": "invoice", "entity_id": invoice})
    user = (await w.go("GET", f"{API}/users"))["data"][0]["id"]
    await _users(w, user)
    company = (await w.go("GET", f"{API}/companies"))["data"][0]["id"]
    await w.go("GET", f"{API}/companies/{company}")
    await w.go("POST", f"{API}/companies/current")
    await w.go("PUT", f"{API}/companies/{company}", 200, {"custom_fields": {"client1": "Reference"}})


async def _users(w: Wire, user: str) -> None:
    signed = {"headers": {"X-API-PASSWORD": "x"}}
    await w.go("GET", f"{API}/users/{user}", 412)
    await w.go("GET", f"{API}/users/{user}", **signed)
    person = {"first_name": "Odile", "last_name": "Farrow", "email": "odile@studio.example"}
    made = (await w.go("POST", f"{API}/users", 200, person, **signed))["data"]["id"]
    await w.go("POST", f"{API}/users", 422, person, **signed)
    await w.go("PUT", f"{API}/users/{made}", 200, {"company_user": {"is_admin": True}}, **signed)
    for action in ("archive", "restore"):
        await w.go("POST", f"{API}/users/bulk", 200, {"action": action, "ids": [made]}, **signed)
    await w.go("POST", f"{API}/users/{made}/invite", **signed)
    await w.go("POST", f"{API}/user/{made}/reconfirm")
    await w.go("DELETE", f"{API}/users/{made}/detach_from_company", **signed)


async def _webhooks(w: Wire) -> None:
    hook = {"target_url": "http://hook.test/in", "event_id": "2", "rest_method": "post", "headers": {"X-Secret": "s"}}
    one = await _resource(w, "webhooks", hook, hook)
    await w.go("POST", f"{API}/webhooks", 422, {"event_id": "2"})
    invoice = w.app.store.rows("invoices")[0]["id"]
    await w.go("POST", f"{one}/retry", 200, {"entity": "invoice", "entity_id": invoice})


async def _refusals(w: Wire) -> None:
    await w.go("GET", f"{API}/clients", 403, headers={"X-API-TOKEN": "wrong"})
    w.app.store.put("tokens", {"id": "reader", "can": "view", "user_id": ""})
    await w.go("POST", f"{API}/clients", 401, {"name": "No"}, headers={"X-API-TOKEN": "reader"})
    w.app.settings["rate_max"] = 1
    await w.go("GET", f"{API}/clients")
    await w.go("GET", f"{API}/clients", 429)
    w.app.settings["rate_max"] = 0
