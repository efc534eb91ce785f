"""Products: derived from products.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.derived.shared import ALT, ALT_TYPE, need, options, ref, resource, samples
from connectors.notation import post

S = samples("products")
OPERATIONS = resource(
    "products", "",
    post("bulk_update", "/products/bulk-update", "Update many products", ALT, ALT_TYPE,
        need(f.choice("type",
        choices=options("bulk-update-price bulk-update-availability bulk-update-product-collection "
        "bulk-delete-products bulk-update-currency"))), need(f.choices("productIds")),
        f.object_("filters", fields=(f.choices("collectionIds"), f.text("productType"), f.boolean("availableInStore"),
        f.text("search"),)), f.object_("price", fields=(need(f.choice("type",
        choices=options("INCREASE_BY_AMOUNT REDUCE_BY_AMOUNT SET_NEW_PRICE INCREASE_BY_PERCENTAGE "
        "REDUCE_BY_PERCENTAGE"))), need(f.number("value")), f.boolean("roundToWhole"),)),
        f.object_("compareAtPrice", fields=(need(f.choice("type",
        choices=options("INCREASE_BY_AMOUNT REDUCE_BY_AMOUNT SET_NEW_PRICE INCREASE_BY_PERCENTAGE "
        "REDUCE_BY_PERCENTAGE"))), need(f.number("value")), f.boolean("roundToWhole"),)), f.boolean("availability"),
        f.choices("collectionIds"), f.text("currency"), sample=S["bulk_update"], scopes="products.write"),
    post("bulk_edit", "/products/bulk-update/edit", "Edit many products and prices", ALT, ALT_TYPE,
        need(f.lines("products", fields=(need(f.text("_id", "Its ID, as an earlier step gives it.")), f.text("name"),
        f.note("description"), f.text("image"), f.boolean("availableInStore"),
        f.json("prices", example='[{"_id": "text"}]'), f.choices("collectionIds"), f.boolean("isLabelEnabled"),
        f.boolean("isTaxesEnabled"), f.json("seo", example='{"title": "text"}'), f.text("slug"),
        ref("automaticTaxCategoryId"), f.boolean("taxInclusive"), f.json("taxes", example='[{}]'),
        f.json("medias", example='[{}]'), f.json("label", example='{"key": "value"}'),))), sample=S["bulk_edit"]),
    version="2021-07-28", source="products.json", object="product",
)
