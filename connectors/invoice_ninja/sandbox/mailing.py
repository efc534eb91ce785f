"""Reports: nothing is really mailed, the effect log has it."""

from typing import Any

from connectors.invoice_ninja.sandbox import refusals
from connectors.invoice_ninja.sandbox.resource import body
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

REPORTS = words("""clients contacts credit documents expense invoices invoice_items payments products product_sales
    profitloss quotes quote_items recurring_invoices tasks""")


@ROUTES.on("POST", "/api/v1/reports/{name}", admin=True)
def report(box: Any, call: Call) -> Any:
    """Made in the background and mailed, when that was asked for; as a file it isn't simulated."""
    if call.args["name"] not in REPORTS:
        raise refusals.not_found("Report", call.args["name"])
    data = body(call)
    if not data.get("send_email"):
        raise refusals.bad("This sandbox only mails reports.")
    box.effect("report.mailed", call.args["name"], data)
    return {"message": "working..."}
