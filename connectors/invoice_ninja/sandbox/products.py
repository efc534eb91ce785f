"""Products; an update without a quantity sets it to 1."""

from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.sandbox.casting import ZERO, filled, flag
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import holds, same
from connectors.invoice_ninja.sandbox.resource import Resource, body, register
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
TEXTS = words("""product_key notes tax_name1 tax_name2 tax_name3 custom_value1 custom_value2 custom_value3 custom_value4
    product_image tax_id""")
BLANK: Record = {
    **dict.fromkeys(TEXTS, ""),
    **dict.fromkeys(words("cost price tax_rate1 tax_rate2 tax_rate3"), ZERO),
    **dict.fromkeys(words("user_id assigned_user_id project_id vendor_id"), ""),
    "user_id": encode(1),
    "quantity": Decimal(1),
    "in_stock_quantity": 0,
    "stock_notification": True,
    "stock_notification_threshold": 0,
    "max_quantity": 0,
    "tax_id": "1",
}
WRITABLE = (
    *TEXTS,
    *words("cost price tax_rate1 tax_rate2 tax_rate3 quantity"),
    *words("stock_notification stock_notification_threshold max_quantity"),
)


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    made = box.make("products", BLANK) | filled(BLANK, data, (*WRITABLE, "in_stock_quantity"))
    box.save("products", made)
    box.effect("product.created", made["id"], data)
    box.fire(50, "products", made["id"])
    return box.store.get("products", made["id"])


def update(box: Any, product: Record, data: Record, call: Call | None = None) -> Record:
    fields = (*WRITABLE, *(("in_stock_quantity",) if flag(data.get("update_in_stock_quantity")) else ()))
    saved = box.save("products", product | {"quantity": Decimal(1)} | filled(BLANK, data, fields))
    box.effect("product.updated", saved["id"], data)
    box.fire(51, "products", saved["id"])
    return saved


def tax(box: Any, product: Record, call: Call | None) -> Record:
    wanted = str((body(call) if call else {}).get("tax_id") or "")
    return box.save("products", product | {"tax_id": wanted})


COLUMNS = words("product_key notes custom_value1 custom_value2 custom_value3 custom_value4")
PRODUCTS = register(
    Resource(
        "products",
        "Product",
        lambda box: BLANK,
        store,
        update,
        events={"archive": 54, "delete": 52, "restore": 53},
        filters={"product_key": same("product_key"), "filter": holds(*COLUMNS)},
        actions={"set_tax_id": tax},
        bulk_only=True,
    )
)
