"""What HighLevel's invoices, estimates, schedules and templates have in common: fields, live choices, amounts."""

from dataclasses import replace
from typing import Any

from connectors import fields as f
from connectors.fields import Field
from connectors.ghl.base import SERVICE
from connectors.notation import Given

AMOUNTS = frozenset(
    ("amount", "amountPaid", "amountDue", "amountRefunded", "subTotal", "subtotal", "discountValue", "setupFee")
)
ONE = replace(SERVICE, money=AMOUNTS | {"total", "invoice.total", "estimate.total"}, known={}).resource
"""Of calls that give one record; in an answer with a list `total` is a number of records."""
MANY = replace(SERVICE, money=AMOUNTS, known={}).resource

ALT = (Given("altId", "location_id"), Given("altType", value="location"))
ALT_QUERY = (Given("altId", "location_id", "query"), Given("altType", where="query", value="location"))

REFERENCE = "Its name ends with a short reference (ref wf-…), so that a lost answer never makes a second one."

FIXED_OR_PERCENT = (("percentage", "Per cent"), ("fixed", "An amount"))
WAYS = (
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("sms_and_email", "E-mail and SMS"),
    ("send_manually", "Not at all: only mark it as sent"),
)
SENDING = f.object_(
    "sendEstimateDetails",
    "How a later sending is to go.",
    label="Sending",
    fields=(
        f.choice("action", choices=WAYS, label="By", required=True),
        f.boolean("liveMode", "Off: a test.", label="For real money", required=True, default=True),
        f.choice("userId", "In whose name.", source="users", label="Sent by", required=True),
        f.json("sentFrom", label="Sender shown", example='{"fromName": "Brightwater Studio"}'),
        f.text("estimateName", "What the contact reads.", label="Name in the message"),
    ),
    more=True,
)
PAID_BY = (
    ("cash", "Cash"),
    ("card", "Card"),
    ("cheque", "Cheque"),
    ("bank_transfer", "Bank transfer"),
    ("other", "Something else"),
)
MODES = (("live", "Real ones"), ("test", "Test ones"), ("default", "As the location is set"))
LIVE = f.boolean(
    "liveMode",
    "Off: a test, for which nobody can pay real money.",
    label="For real money",
    required=True,
    default=True,
    more=True,
)
CURRENCY = f.text("currency", "Three letters, such as USD; empty: the workspace's.", more=True)
CONTACT = f.choice(
    "contactId",
    "Who pays: the contact's ID, as a trigger or an earlier step gives it.",
    source="contacts",
    label="Contact",
    where="none",
)
SENDER = f.choice("userId", "In whose name it is sent.", source="users", label="Sent by", required=True)
SENT_FROM = f.object_(
    "sentFrom",
    "Empty: as the location is set.",
    label="Sender shown",
    fields=(f.text("fromName", label="Name"), f.email("fromEmail", label="E-mail")),
    more=True,
)


def folded(field: Field, **more: Any) -> Field:
    """Below "More fields"."""
    return replace(field, more=True, **more)


def which(name: str, what: str, source: str = "", **more: Any) -> Field:
    """The record that it is about, from a live list where there is one."""
    help = f"The {what}'s ID, as a trigger or an earlier step gives it."
    kind = f.choice(name, help, source=source, **more) if source else f.text(name, help, **more)
    return replace(kind, label=f"{what[:1].upper()}{what[1:]}" + ("" if source else " ID"), required=True)


ADDRESS = f.json(
    "address",
    "Line by line.",
    example='{"addressLine1": "Am Kai 4", "city": "Hamburg", "countryCode": "DE", "postalCode": "20457"}',
)
CONTACT_DETAILS = f.object_(
    "contactDetails",
    "Only for what is to be other than the contact has it.",
    label="Billed to",
    fields=(
        f.text("id", label="Contact ID"),
        f.text("name"),
        f.phone("phoneNo", "With the country's code.", label="Phone"),
        f.email("email"),
        f.json(
            "additionalEmails", "Who gets it as well.", label="More addresses", example='[{"email": "b@firm.example"}]'
        ),
        f.text("companyName", label="Company"),
        ADDRESS,
        f.choices("customFields", "IDs of custom fields to show."),
    ),
    more=True,
)
BUSINESS_DETAILS = f.object_(
    "businessDetails",
    "Empty: as HighLevel's invoice settings have it.",
    label="Your business",
    fields=(
        f.text("name"),
        f.url("logoUrl", label="Logo"),
        f.phone("phoneNo", label="Phone"),
        ADDRESS,
        f.text("website"),
        f.choices("customValues", "Lines of your own, such as a tax number."),
    ),
    more=True,
)
DISCOUNT = f.object_(
    "discount",
    "On the whole.",
    fields=(
        f.number("value", "How much."),
        f.choice("type", choices=FIXED_OR_PERCENT, label="Counted in", default="percentage"),
        f.choices("validOnProductIds", "Only on these products.", source="products", label="Products"),
    ),
    more=True,
)
SENT_TO = f.object_(
    "sentTo",
    "Empty: the contact's e-mail address and phone.",
    label="Sent to",
    fields=(
        f.choices("email", "One or more addresses.", label="E-mail"),
        f.choices("emailCc", label="Copies to"),
        f.choices("emailBcc", label="Hidden copies to"),
        f.choices("phoneNo", label="Phone"),
    ),
    more=True,
)


def items(name: str, *more: Field, kinds: bool = True) -> Field:
    """The table of what is billed."""
    kind = f.choice("type", choices=(("one_time", "Once"), ("recurring", "Again and again")), label="Billed", more=True)
    return f.lines(
        name,
        "What is billed, a row each.",
        label="Items",
        fields=(
            f.text("name", "What is sold; empty: the product's name.", label="Item"),
            f.note("description", "What the contact reads below it."),
            f.number("qty", "How many.", label="Quantity", default=1),
            f.money("amount", "Of one; empty: the product's price.", label="Price each"),
            f.choice("productId", "One of your products.", source="products", label="Product"),
            f.text("priceId", "For a product with several prices: which.", label="Price ID", more=True),
            f.text("currency", "Empty: that of the whole.", more=True),
            f.json(
                "taxes",
                "As the product has them in HighLevel: ID, name and rate in per cent.",
                example='[{"_id": "6578278e879ad2646715ba03", "name": "VAT", "rate": 19}]',
                more=True,
            ),
            f.boolean("taxInclusive", "The price contains the tax.", label="Tax included", more=True),
            f.text("automaticTaxCategoryId", "For taxes that HighLevel works out.", label="Tax category", more=True),
            f.boolean("isSetupFeeItem", "Billed once, at the beginning.", label="Set-up fee", more=True),
            *((kind,) if kinds else ()),
            *more,
        ),
    )


ITEMS = items("items")
TITLE = f.text("title", "The heading; empty: as HighLevel's settings have it, such as INVOICE.", more=True)
TERMS = f.note("termsNotes", "Empty: as HighLevel's settings have them.", label="Terms and notes", more=True)
AUTOMATIC_TAXES = f.boolean(
    "automaticTaxesEnabled", "HighLevel works the taxes out.", label="Automatic taxes", more=True
)
LATE_FEES = f.object_(
    "lateFeesConfiguration",
    "What is added when it isn't paid in time.",
    label="Late fees",
    fields=(
        f.boolean("enable", "Whether there are any.", label="Late fees", required=True, default=True),
        f.number("value", "How much is added each time.", label="Fee", required=True),
        f.choice("type", choices=FIXED_OR_PERCENT, label="Counted in", required=True),
        f.json(
            "frequency",
            "How often: once, or every so many days, weeks or months.",
            label="How often",
            required=True,
            example='{"intervalCount": 1, "interval": "week"}',
        ),
        f.json("grace", "Days that are waited first.", example='{"intervalCount": 3, "interval": "day"}'),
        f.json(
            "maxLateFees", "Never more than this in all.", label="At most", example='{"type": "fixed", "value": 50}'
        ),
    ),
)
TIPS = f.object_(
    "tipsConfiguration",
    "Whether the contact may add a tip.",
    label="Tips",
    fields=(
        f.boolean("tipsEnabled", "Whether tips are asked for.", label="Ask for tips", required=True, default=True),
        f.choices("tipsPercentage", "Rates offered, in per cent.", label="Offered", required=True),
    ),
    more=True,
)
PAYMENT_METHODS = f.object_(
    "paymentMethods",
    "Ways to pay.",
    fields=(
        f.json(
            "stripe",
            "Over Stripe: whether by bank debit alone.",
            label="Stripe",
            required=True,
            example='{"enableBankDebitOnly": true}',
        ),
    ),
    more=True,
)
ATTACHMENTS = f.lines(
    "attachments",
    "Files of HighLevel's media library.",
    fields=(
        f.text("id", "The file's ID.", label="File ID", required=True),
        f.text("name", "The file's name.", required=True),
        f.url("url", "Where it is kept.", label="Address", required=True),
        f.text("type", "Such as application/pdf.", label="Kind", required=True),
        f.number("size", "In bytes.", required=True),
    ),
    more=True,
)
CHARGES = f.object_(
    "miscellaneousCharges",
    "Such as delivery.",
    label="Other charges",
    fields=(
        f.json("charges", "As HighLevel has them.", required=True, example="[[{}]]"),
        f.money("collectedMiscellaneousCharges", label="Collected"),
        f.json("paidCharges", label="Paid", example='[{"name": "Delivery", "charge": 5, "amount": 5, "_id": "c1"}]'),
    ),
    more=True,
)
AUTO_PAYMENT = f.object_(
    "autoPayment",
    "Charges what the contact has on file.",
    label="Automatic payment",
    fields=(
        f.boolean("enable", "Whether it is charged by itself.", label="Charge by itself", required=True, default=True),
        f.text("type", "Such as card.", label="Kind"),
        f.text("paymentMethodId", "At the payment provider.", label="Payment method ID"),
        f.text("customerId", "At the payment provider.", label="Customer ID"),
        f.json("card", example='{"brand": "visa", "last4": "4242"}'),
        f.json("usBankAccount", label="US bank account", example='{"bank_name": "Harbor Bank", "last4": "6789"}'),
        f.json(
            "sepaDirectDebit",
            label="SEPA direct debit",
            example='{"bank_code": "37040044", "last4": "3000", "branch_code": ""}',
        ),
        f.json("bacsDirectDebit", label="Bacs direct debit", example='{"sort_code": "108800", "last4": "2345"}'),
        f.json("becsDirectDebit", label="BECS direct debit", example='{"bsb_number": "000000", "last4": "3456"}'),
        f.text("cardId", "At the payment provider.", label="Card ID"),
        f.json("provider", "As HighLevel has it.", example='{"type": "stripe"}'),
    ),
    more=True,
)
PAGE = (
    f.integer("limit", "At most so many at once.", label="How many", default=20, more=True),
    f.integer("offset", "Leave out so many from the start.", default=0, more=True),
)
BETWEEN = (
    f.date("startAt", "From this day on.", label="From"),
    f.date("endAt", "Until this day.", label="Until"),
)
