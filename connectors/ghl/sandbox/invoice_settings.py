"""How the location bills: its own name, headings, days until payment; and the next number."""

from typing import Any

from connectors.ghl.sandbox.invoices import READ
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]


def settings(box: Any) -> Record:
    place = box.store.get("locations", box.location()) or {}
    lines = {"addressLine1": "address", "city": "city", "state": "state", "countryCode": "country"}
    address = {ours: place.get(theirs, "") for ours, theirs in {**lines, "postalCode": "postalCode"}.items()}
    reach = {"name": place.get("name", ""), "phoneNo": place.get("phone", ""), "website": place.get("website", "")}
    return {
        "altId": box.location(),
        "altType": "location",
        "title": "INVOICE",
        "estimatesTitle": "ESTIMATE",
        "termsNote": "Payable within 14 days.",
        "estimatesTermsNote": "Valid for 30 days.",
        "invoiceNumberPrefix": "INV-",
        "estimateNumberPrefix": "EST-",
        "dueAfterXDays": 14,
        "estimatesExpireAfterXDays": 30,
        "minimumPercentagePartialPayment": 10,
        "customFields": [],
        "businessDetails": {**reach, "address": address},
        "senderConfiguration": {"fromName": place.get("name", ""), "fromEmail": place.get("email", "")},
        "productSettings": {"enableImportProductDescription": True, "descriptionOptional": True},
        "tipsConfiguration": {"tipsPercentage": ["5", "10"], "tipsEnabled": False},
        "paymentMethods": {"stripe": {"enableBankDebitOnly": False}},
    }


@ROUTES.on("GET", "/invoices/settings", scope=READ, place="query")
def read(box: Any, call: Call) -> Any:
    return settings(box)


@ROUTES.on("GET", "/invoices/generate-invoice-number", scope=READ, place="query")
def number(box: Any, call: Call) -> Any:
    return {"invoiceNumber": box.store.counts["invoice_numbers"] + 1}
