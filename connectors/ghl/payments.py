"""Orders, what was paid, subscriptions; and the coupons that make it less."""

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_payments as odd
from connectors.ghl.base import DATED, LOCATION_QUERY, done, samples
from connectors.ghl.odd_invoices import by_way, paid
from connectors.ghl.papers import ALT, ALT_QUERY, BETWEEN, MANY, ONE, PAGE, PAID_BY, which
from connectors.notation import delete, get, once, post, put, reconcile

S = samples("payments")
ORDER = which("orderId", "order", "orders")
TRANSACTION = which("transactionId", "transaction", "transactions")
SUBSCRIPTION = which("subscriptionId", "subscription", "subscriptions")
COUPON = f.choice("id", "Which coupon.", source="coupons", label="Coupon", required=True)
OF_CONTACT = f.choice("contactId", "Only this contact's.", source="contacts", label="Contact")
SEARCH = f.text("search", "Part of a name or an e-mail address.", label="Search for")
MODE = f.choice("paymentMode", choices=(("live", "Real ones"), ("test", "Test ones")), label="Which", more=True)
SOURCES = tuple(
    (name, label)
    for name, label in (
        ("funnel", "Funnel"), ("website", "Website"), ("invoice", "Invoice"), ("calendar", "Calendar"),
        ("text2Pay", "Text to pay"), ("document_contracts", "Document or contract"), ("membership", "Membership"),
        ("mobile_app", "Mobile app"), ("communities", "Community"), ("point_of_sale", "Point of sale"),
        ("manual", "By hand"), ("form", "Form"), ("survey", "Survey"), ("payment_link", "Payment link"),
        ("external", "Another service"),
    )
)  # fmt: skip
SOURCE = f.choice("entitySourceType", "What it was paid for.", choices=SOURCES, label="From", more=True)
HAS_PAID = (
    ("paid", "Paid"),
    ("unpaid", "Not paid"),
    ("partially_paid", "Paid in part"),
    ("refunded", "Refunded"),
)
TERMS = (
    f.text("name", "What you call it.", required=True),
    f.text("code", "What customers type in, such as SPRING20.", required=True),
    f.choice("discountType", "How it is counted.", choices=(("percentage", "Per cent"), ("amount", "An amount")),
             label="Counted in", required=True),
    f.number("discountValue", "How much is taken off.", label="Discount", required=True),
    f.datetime("startDate", "From when on it counts.", label="From", required=True),
    f.datetime("endDate", "Empty: it never ends.", label="Until"),
    f.integer("usageLimit", "Empty: as often as wanted.", label="Uses in all"),
    f.choices("productIds", "Only on these.", source="products", label="Products"),
    f.boolean("limitPerCustomer", "Each customer may use it once.", label="Once each"),
    f.boolean("applyToFuturePayments", "A subscription's later payments are less, too.", label="Later payments"),
    f.object_(
        "applyToFuturePaymentsConfig",
        "For how long.",
        label="How long",
        fields=(
            f.choice("type", choices=(("forever", "For ever"), ("fixed", "For some months")), label="How long",
                     required=True),
            f.integer("duration", "How many months.", label="Months", required=True),
            f.choice("durationType", choices=(("months", "Months"),), label="Counted in", required=True,
                     default="months"),
        ),
        more=True,
    ),
)  # fmt: skip

ORDERS = {
    **ONE(
        "payments", "/payments/orders",
        get("get_order", "/{orderId}", "Get an order", LOCATION_QUERY, ALT_QUERY[0], ORDER, sample=S["order"]),
        post(
            "record_order_payment", "/{orderId}/record-payment", "Record a payment of an order", *ALT, ORDER,
            f.choice("mode", "How it was paid.", choices=PAID_BY, label="Paid by", required=True),
            f.money("amount", "Empty: all that is due."),
            f.boolean("isPartialPayment", "The rest is paid later.", label="A part only"),
            f.note("notes", "Kept with the payment, such as the bank's reference."),
            f.object_("card", "Where it was paid by card.", fields=(
                f.choice("type", choices=(("visa", "Visa"), ("mastercard", "Mastercard"), ("other", "Another")),
                         label="Kind", required=True),
                f.text("last4", "The last four digits.", label="Ends with", required=True),
            ), more=True),
            f.object_("cheque", "Where it was paid by cheque.",
                      fields=(f.text("number", "The cheque's number.", required=True),), more=True),
            f.json("meta", "Anything else to be kept with it.", example='{"receipt": "R-17"}', more=True),
            sample=S["recorded"], wrap=by_way, retry=once(by=paid("order"), lag=10),
            scopes="payments/orders.collectPayment payments/transactions.readonly",
            help="Nobody is charged: it notes what was paid outside of HighLevel.", words=("paid", "settle"),
        ),
        post(
            "create_order_fulfillment", "/{orderId}/fulfillments", "Fulfil an order", *ALT, ORDER,
            required(f.lines("items", "What was sent, a row for each price.", label="Items", fields=(
                f.text("priceId", "As the order's items have it.", label="Price ID", required=True),
                f.integer("qty", "How many.", label="Quantity", required=True, default=1),
            ))),
            required(f.lines("trackings", "How it was sent, a row for each parcel.", label="Parcels", fields=(
                f.text("trackingNumber", "The carrier's number."),
                f.text("shippingCarrier", "Such as DHL.", label="Carrier"),
                f.url("trackingUrl", "Where the customer can follow it.", label="Address"),
            ))),
            f.boolean("notifyCustomer", "Whether HighLevel tells the customer.", label="Tell the customer",
                      required=True, default=True),
            sample=S["fulfilled"], retry=reconcile(by=odd.find_fulfilment, lag=10),
            scopes="payments/orders.write payments/orders.readonly",
            words=("ship", "send", "parcel", "tracking"),
        ),
        version=DATED, scopes="payments/orders.readonly", source="payments.json", object="order",
        words=("sale", "purchase", "shop"),
    ),
    **MANY(
        "payments", "/payments/orders",
        get(
            "list_orders", "", "Search orders", LOCATION_QUERY, ALT_QUERY[0],
            f.choice("paymentStatus", "Only those.", choices=HAS_PAID, label="Payment"), OF_CONTACT, SEARCH, *BETWEEN,
            f.text("status", "As HighLevel has it, such as completed.", more=True), MODE,
            f.text("funnelProductIds", "IDs with commas between.", label="Products of funnels", more=True),
            f.text("sourceId", "ID of the funnel, website … it came from.", label="Source ID", more=True),
            *PAGE, sample=S["orders"], words=("list", "find"),
        ),
        get("list_order_fulfillment", "/{orderId}/fulfillments", "Get the fulfilments of an order", *ALT_QUERY, ORDER,
            sample=S["fulfilments"], words=("list", "shipped", "tracking")),
        get("list_order_notes", "/{orderId}/notes", "Get the notes of an order", *ALT_QUERY, ORDER,
            sample={"done": True}, read=done, words=("list", "comment"),
            help="HighLevel doesn't describe what it gives: try the step to see."),
        version=DATED, scopes="payments/orders.readonly", source="payments.json", object="order",
        words=("sale", "purchase", "shop"),
    ),
}  # fmt: skip

PAYMENTS = {
    **ONE(
        "payments", "/payments",
        get("get_transaction", "/transactions/{transactionId}", "Get a transaction", LOCATION_QUERY, *ALT_QUERY,
            TRANSACTION, sample=S["transaction"], scopes="payments/transactions.readonly"),
        version=DATED, source="payments.json", object="transaction", words=("payment", "charge", "refund"),
    ),
    **MANY(
        "payments", "/payments",
        get(
            "list_transactions", "/transactions", "Search transactions", LOCATION_QUERY, *ALT_QUERY, OF_CONTACT, SEARCH,
            *BETWEEN, SOURCE, MODE,
            f.text("entitySourceSubType", "Such as two_step_order_form.", label="Kind of source", more=True),
            f.text("entityId", "ID of the invoice, order … it paid.", label="Paid for: ID", more=True),
            f.text("subscriptionId", "Only payments of this subscription.", label="Subscription ID", more=True),
            *PAGE, sample=S["transactions"], scopes="payments/transactions.readonly", words=("list", "find"),
        ),
        version=DATED, source="payments.json", object="transaction", words=("payment", "charge", "refund"),
    ),
    **ONE(
        "payments", "/payments",
        get("get_subscription", "/subscriptions/{subscriptionId}", "Get a subscription", *ALT_QUERY, SUBSCRIPTION,
            sample=S["subscription"], scopes="payments/subscriptions.readonly"),
        version=DATED, source="payments.json", object="subscription", words=("recurring", "plan"),
    ),
    **MANY(
        "payments", "/payments",
        get(
            "list_subscriptions", "/subscriptions", "Search subscriptions", *ALT_QUERY, OF_CONTACT, SEARCH, *BETWEEN,
            SOURCE, MODE, f.text("entityId", "ID of what it is for.", label="For: ID", more=True),
            f.text("id", "Only this one.", label="Subscription ID", more=True),
            f.boolean("getPaymentsCollectedCount", "How many payments came in.", label="Count payments", more=True),
            *PAGE, sample=S["subscriptions"], scopes="payments/subscriptions.readonly", words=("list", "find"),
        ),
        version=DATED, source="payments.json", object="subscription", words=("recurring", "plan"),
    ),
}  # fmt: skip

COUPONS = ONE(
    "payments", "/payments/coupon",
    get("list_coupons", "/list", "Search coupons", *ALT_QUERY,
        f.choice("status", "Only those.",
                 choices=(("active", "Active"), ("scheduled", "Not yet"), ("expired", "No longer"))),
        f.text("search", "Part of a name or a code.", label="Search for"), *PAGE, sample=S["coupons"],
        scopes="payments/coupons.readonly", words=("list", "find")),
    get("get_coupon", "", "Get a coupon", *ALT_QUERY, COUPON,
        f.text("code", "What customers type in; HighLevel wants both.", required=True), sample=S["coupon"],
        scopes="payments/coupons.readonly"),
    post("create_coupon", "", "Create a coupon", *ALT, *TERMS, sample=S["coupon"],
         retry=reconcile(by=odd.find_coupon, lag=10), words=("new",),
         scopes="payments/coupons.write payments/coupons.readonly"),
    put("update_coupon", "", "Update a coupon", *ALT, COUPON, *TERMS, sample=S["coupon"],
        help="HighLevel takes the whole coupon each time: fill in what stays, too.", words=("change",)),
    delete("delete_coupon", "", "Delete a coupon", *ALT, COUPON, body=True, sample=S["coupon_gone"],
           words=("remove",)),
    version=DATED, scopes="payments/coupons.write", source="payments.json", object="coupon",
    words=("discount", "voucher", "promo code"),
)  # fmt: skip

OPERATIONS = {**ORDERS, **PAYMENTS, **COUPONS}
