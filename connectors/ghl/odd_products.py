"""Products and prices of HighLevel: looking for what a lost answer left behind."""

from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.ghl.odd import since
from connectors.ghl.paper_lists import every, here
from connectors.notation import Values, fill
from connectors.spec import Context, Conversation

PRODUCT_KEPT = (
    *("name", "productType", "description", "image", "statementDescriptor", "availableInStore", "medias", "variants"),
    *("collectionIds", "isTaxesEnabled", "taxes", "automaticTaxCategoryId", "isLabelEnabled", "label", "slug", "seo"),
    "taxInclusive",
)
"""What an update sends out again as it is."""
PRICE_KEPT = (
    *("name", "type", "currency", "amount", "recurring", "description", "membershipOffers", "trialPeriod"),
    *("totalCycles", "setupFee", "variantOptionIds", "compareAtPrice", "userId", "trackInventory"),
    *("availableQuantity", "allowOutOfStockPurchases", "sku", "isDigitalProduct", "digitalDelivery"),
)


def find_product(values: Values, context: Context) -> Conversation[list[Values]]:
    """Products of exactly this name that were made since the step began."""
    query = {**here(context), "search": str(values.get("name") or "")}
    found = yield from every("/products/", "products", "look for the product", query)
    return [row for row in found if row.get("name") == values.get("name") and since(row, context)]


def find_price(values: Values, context: Context) -> Conversation[list[Values]]:
    """The product's prices of exactly this name and amount that were made since the step began."""
    path = fill("/products/{productId}/price", values)
    found = yield from every(path, "prices", "look for the price", here(context))
    return [row for row in found if _same(row, values) and since(row, context)]


def _same(row: Values, values: Values) -> bool:
    names = all(row.get(name) == values.get(name) for name in ("name", "type"))
    currency = str(row.get("currency") or "").upper() == str(values.get("currency") or "").upper()
    return names and currency and _number(row.get("amount")) == _number(values.get("amount"))


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
