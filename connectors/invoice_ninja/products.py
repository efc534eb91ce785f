"""Products. `price` is what the client pays, `cost` what it costs us."""

from collections.abc import Callable

from connectors import fields as f
from connectors.invoice_ninja.odd import delete, find_marked, is_active, is_archived, marked, safe_update, state_change
from connectors.invoice_ninja.service import Record, body, given, needed, resource, rows, samples, write
from connectors.notation import get, post, put, reconcile
from connectors.spec import Choice, Choices, Context, Conversation

PRODUCT = f.choice("product_id", "The product, or its ID from an earlier step.", label="Product", source="product_ids")
KEY = f.text("product_key", "The short name that line items use.", label="Item")
FIELDS = (
    KEY,
    f.note("notes", "What the client reads.", label="Description"),
    f.money("price", "What the client pays for one."),
    f.money("cost", "What one costs you.", more=True),
    f.number("quantity", "How many a new line item starts with.", label="Usual quantity", more=True),
    f.choice("tax_name1", label="Tax", source="taxes", more=True),
    f.number("tax_rate1", "In percent.", label="Tax rate", more=True),
    f.integer("in_stock_quantity", label="In stock", more=True),
    f.integer("max_quantity", "The most a client may order at once.", label="Largest order", more=True),
    f.url("product_image", "Address of a picture.", label="Picture", more=True),
    *(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4)),
)
CATEGORIES = (
    ("1", "Goods"), ("2", "Services"), ("3", "Digital"), ("4", "Shipping"), ("5", "Exempt"), ("6", "Reduced rate"),
    ("7", "Its own rate"), ("8", "Zero rate"), ("9", "Reverse charge"),
)  # fmt: skip
SAMPLE = samples("product")


def product_by_key(key: str, what: str) -> Conversation[Record | None]:
    """The newest product of exactly this name: names aren't unique."""
    found = yield from rows("products", what, product_key=key, status="active")
    return next((row for row in found if row.get("product_key") == key), None)


def _create(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, (f.required(KEY),))
    sent = marked(body(FIELDS, inputs), context, notes=False)
    product = yield from write("POST", "/products", "create the product", sent)
    return {"product": product}


def _find(inputs: Record, context: Context) -> Conversation[list[Record]]:
    """By our reference; by name only where the recipe takes up the field for it."""
    sent = body(FIELDS, inputs)
    found = yield from find_marked("products", context, "look for the product", sent)
    if not found and marked(sent, context, notes=False) == sent:
        named = yield from product_by_key(str(inputs.get("product_key", "")), "look for the product")
        found = [named] if named else []
    return [{"product": row} for row in found]


def _update(inputs: Record, context: Context) -> Conversation[Record]:
    sent = body(FIELDS, inputs)
    stock = {"update_in_stock_quantity": "true"} if "in_stock_quantity" in sent else {}
    product = yield from safe_update("products", inputs.get("product_id"), sent, "update the product", stock)
    return {"product": product}


def _search(inputs: Record, context: Context) -> Conversation[Record]:
    asked = {n: inputs[n] for n in ("filter", "product_key") if given(inputs, n)}
    size = min(int(inputs.get("per_page") or 20), 100)
    found = yield from rows("products", "search the products", per_page=size, sort="id|desc", status="active", **asked)
    if "product_key" in asked:
        found = [row for row in found if row.get("product_key") == asked["product_key"]]
    return {"products": found, "product": found[0] if found else {}, "total": len(found)}


def _state(action: str, what: str, reached: Callable[[Record], bool]) -> Callable:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        product = yield from state_change("products", inputs.get("product_id"), action, what, reached)
        return {"product": product}

    return perform


def _delete(inputs: Record, context: Context) -> Conversation[Record]:
    product = yield from delete("products", inputs.get("product_id"), "delete the product")
    return {"product": product}


def _set_category(inputs: Record, context: Context) -> Conversation[Record]:
    wanted, what = str(inputs.get("tax_id") or ""), "set the tax category of the product"

    def reached(product: Record) -> bool:
        return str(product.get("tax_id") or "") == wanted

    found, more = inputs.get("product_id"), {"tax_id": wanted}
    product = yield from state_change("products", found, "set_tax_id", what, reached, more=more)
    return {"product": product}


PRODUCTS = resource(
    "products",
    "/api/v1/products",
    post(
        "create", "", "Create a product", f.required(KEY), *FIELDS[1:],
        perform=_create, retry=reconcile(by=_find, doubtful=True), returns="product", source="storeProduct",
    ),
    put(
        "update", "/{product_id}", "Update a product", PRODUCT, *FIELDS,
        perform=_update, returns="product", source="updateProduct",
        help="Fields left empty stay as they are in Invoice Ninja.", words=("stock", "price"),
    ),
    get("get", "/{product_id}", "Get a product", PRODUCT, returns="product", source="showProduct"),
    get(
        "search", "", "Search products",
        f.text("filter", "Part of a name, description or custom field.", label="Search for"),
        f.text("product_key", "Exactly this name.", label="Item"),
        f.integer("per_page", "At most 100.", label="How many", default=20, more=True),
        perform=_search, sample={"products": [SAMPLE], "product": SAMPLE, "total": 1}, source="getProducts",
        help="The newest first; the first one is also given by itself.", words=("list", "find"),
    ),
    put(
        "archive", "/{product_id}", "Archive a product", PRODUCT,
        perform=_state("archive", "archive the product", is_archived), returns="product", source="bulkProducts",
        help="Takes it off the lists; nothing is lost.", words=("hide",),
    ),
    put(
        "restore", "/{product_id}", "Restore a product", PRODUCT,
        perform=_state("restore", "restore the product", is_active), returns="product", source="bulkProducts",
        help="Brings an archived or deleted product back.", words=("unarchive", "undelete"),
    ),
    put(
        "delete", "/{product_id}", "Delete a product", PRODUCT,
        perform=_delete, returns="product", source="deleteProduct", words=("remove",),
        help="It can be restored; documents that have it stay as they are.",
    ),
    put(
        "set_tax_category", "/{product_id}", "Set the tax category of a product", PRODUCT,
        f.choice("tax_id", "What kind of thing it is.", choices=CATEGORIES, label="Tax category", required=True),
        perform=_set_category, returns="product", source="bulkProducts", words=("vat", "exempt", "reverse charge"),
        help="Invoice Ninja works out taxes by it, where it does so by itself.",
    ),
    object="product",
    sample=SAMPLE,
    words=("item", "service", "article"),
)  # fmt: skip


def _choose(by: str) -> Callable[[Record, Context], Conversation[list[Choice]]]:
    def load(inputs: Record, context: Context) -> Conversation[list[Choice]]:
        found = yield from rows("products", "list the products", status="active", sort="product_key|asc")
        return [Choice(str(row[by]), str(row["product_key"]), str(row.get("notes") or "")[:80]) for row in found]

    return load


CHOICES = {
    "products": Choices("products", _choose("product_key")),
    "product_ids": Choices("product_ids", _choose("id")),
}
