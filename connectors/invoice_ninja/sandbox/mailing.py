"""Reports: nothing is really mailed, the effect log has it."""

from typing import Any

from connectors.invoice_ninja.sandbox import errands, refusals
from connectors.invoice_ninja.sandbox.resource import body
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

REPORTS = words("""clients contacts credit documents expense invoices invoice_items payments products product_sales
    profitloss quotes quote_items recurring_invoices tasks credits expenses activities client_contacts vendors
    client_balance_report client_sales_report ar_summary_report ar_detail_report tax_summary_report user_sales_report
    purchase_orders purchase_order_items""")


@ROUTES.on("POST", "/api/v1/reports/{name}", admin=True)
def report(box: Any, call: Call) -> Any:
    """Made in the background and mailed, when that was asked for; else kept until it is fetched, once."""
    if call.args["name"] not in REPORTS:
        raise refusals.not_found("Report", call.args["name"])
    data = body(call)
    if not data.get("send_email"):
        return {"message": errands.kept(box, call.args["name"])}
    box.effect("report.mailed", call.args["name"], data)
    return {"message": "working..."}


@ROUTES.on("POST", "/api/v1/reports/preview/{hash}")
def preview(box: Any, call: Call) -> Any:
    name = errands.fetched(box, call.args["hash"])["name"]
    column = {"identifier": f"{name}.name", "display_value": "Name"}
    return {"columns": [column], "0": [{**column, "value": name, "display_value": name}]}


@ROUTES.on("POST", "/api/v1/exports/preview/{hash}")
def exported(box: Any, call: Call) -> Answer:
    name = errands.fetched(box, call.args["hash"])["name"]
    return Answer(200, f"Name\n{name}\n", {"Content-Disposition": f"attachment; filename={name}.csv"}, "text/csv")
