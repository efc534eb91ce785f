"""Products: derived from products.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import ALT, ALT_QUERY, ALT_TYPE, folded, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("products")
RECURRING = f.object_("recurring", fields=(need(f.choice("interval", choices=options("day month week year"))),
    need(f.number("intervalCount")),))
MEMBERSHIP_OFFERS = f.lines("membershipOffers", fields=(need(f.text("label")), need(f.text("value")),
    need(f.text("_id", "Its ID, as an earlier step gives it.")),))
META = f.object_("meta", fields=(need(f.choice("source", choices=options("stripe woocommerce shopify"))),
    ref("sourceId"), need(ref("stripePriceId")),
    need(f.choice("internalSource",
    choices=options("agency_plan funnel membership communities gokollab calendar"))),))
SHIPPING_OPTIONS = f.object_("shippingOptions", fields=(f.json("weight", example='{"value": 1, "unit": "kg"}'),
    f.json("dimensions", example='{"height": 1, "width": 1, "length": 1, "unit": "cm"}'),))
MEDIAS = f.lines("medias", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")), f.text("title"),
    need(f.text("url")), need(f.choice("type", choices=options("image video"))), f.boolean("isFeatured"),
    f.json("priceIds", example='[[{}]]'),))
VARIANTS = f.lines("variants", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.json("options", example='[{"id": "text", "name": "text"}]')),))
LABEL = f.object_("label", fields=(need(f.text("title")), f.text("startDate"), f.text("endDate"),))
SHARED = (LOCATION, need(f.text("name")), need(f.choice("type", choices=options("one_time recurring"))),
    need(f.text("currency")), need(f.number("amount")), RECURRING, f.note("description"), MEMBERSHIP_OFFERS,
    f.number("trialPeriod"), f.number("totalCycles"), f.number("setupFee"), f.choices("variantOptionIds", more=True),
    f.number("compareAtPrice", more=True), ref("userId", more=True), folded(META),
    f.boolean("trackInventory", more=True), f.number("availableQuantity", more=True),
    f.boolean("allowOutOfStockPurchases", more=True), f.text("sku", more=True), folded(SHIPPING_OPTIONS),
    f.boolean("isDigitalProduct", more=True), f.choices("digitalDelivery", more=True))
SHARED_2 = (LOCATION, need(f.text("name")),
    need(f.choice("productType", choices=options("DIGITAL PHYSICAL SERVICE PHYSICAL/DIGITAL"))),
    f.note("description"), f.text("image"), f.text("statementDescriptor"), f.boolean("availableInStore"), MEDIAS,
    VARIANTS, f.choices("collectionIds", more=True), f.boolean("isTaxesEnabled", more=True),
    f.choices("taxes", more=True), ref("automaticTaxCategoryId", more=True), f.boolean("isLabelEnabled", more=True),
    folded(LABEL), f.text("slug", more=True), f.object_("seo", fields=(f.text("title"),
    f.note("description"),), more=True), f.boolean("taxInclusive", more=True))

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
    get("list_prices_for_product", "/products/{productId}/price", "List prices of a product", LOCATION_QUERY,
        f.number("limit"), f.number("offset"), f.text("ids"), sample=S["list_prices_for_product"],
        scopes="products/prices.readonly"),
    post("create_price_for_product", "/products/{productId}/price", "Create a price of a product", *SHARED,
        sample=S["create_price_for_product"], scopes="products/prices.write"),
    get("get_list_inventory", "/products/inventory", "List inventory", ALT_QUERY, ALT_TYPE, f.number("limit"),
        f.number("offset"), f.text("search"), sample=S["get_list_inventory"], scopes="products/prices.readonly"),
    post("update_inventory", "/products/inventory", "Update inventory", ALT, ALT_TYPE,
        need(f.lines("items", fields=(need(ref("priceId")), f.number("availableQuantity"),
        f.boolean("allowOutOfStockPurchases"),))), sample=S["update_inventory"], scopes="products/prices.write"),
    get("get_price", "/products/{productId}/price/{priceId}", "Get a price of a product", LOCATION_QUERY,
        sample=S["get_price"], scopes="products/prices.readonly"),
    put("update_price", "/products/{productId}/price/{priceId}", "Update a price of a product", *SHARED,
        sample=S["update_price"], scopes="products/prices.write"),
    delete("delete_price", "/products/{productId}/price/{priceId}", "Delete a price of a product", LOCATION_QUERY,
        scopes="products/prices.write"),
    get("get_product", "/products/{productId}", "Get a product", LOCATION_QUERY, f.boolean("sendWishlistStatus"),
        sample=S["get_product"], scopes="products.readonly"),
    put("update_product", "/products/{productId}", "Update a product", *SHARED_2, f.choices("prices", more=True),
        sample=S["update_product"], scopes="products.write"),
    delete("delete_product", "/products/{productId}", "Delete a product", LOCATION_QUERY,
        f.boolean("sendWishlistStatus"), scopes="products.write"),
    get("list_invoices", "/products/", "List products", LOCATION_QUERY, f.number("limit"), f.number("offset"),
        f.text("search"), f.text("collectionIds"), f.text("collectionSlug"), f.text("expand"),
        f.text("productIds", more=True), ref("storeId", more=True), f.boolean("includedInStore", more=True),
        f.boolean("availableInStore", more=True), f.choice("sortOrder", choices=options("asc desc"), more=True),
        sample=S["list_invoices"], scopes="products.readonly"),
    post("create_product", "/products/", "Create a product", *SHARED_2, sample=S["create_product"],
        scopes="products.write"),
    version="2021-07-28", source="products.json", object="product",
)
