"""Products, what each costs, and how many there are."""

from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_products as odd
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, samples
from connectors.ghl.odd_papers import safely
from connectors.ghl.paper_lists import here
from connectors.ghl.papers import ALT, ALT_QUERY, MANY, ONE, PAGE, which
from connectors.notation import delete, get, post, put, reconcile
from connectors.spec import Retry

S = samples("products")
PRODUCT = which("productId", "product", "products")
PRICE = which("priceId", "price", "prices", depends=("productId",))
KINDS = (
    ("PHYSICAL", "A thing that is sent"),
    ("DIGITAL", "Something to download"),
    ("SERVICE", "A service"),
    ("PHYSICAL/DIGITAL", "Both a thing and a download"),
)
BILLED = (("one_time", "Once"), ("recurring", "Again and again"))
EVERY = (("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year"))
NAME = f.text("name", "As customers read it.", required=True)
KIND = f.choice("productType", "What it is.", choices=KINDS, label="Kind", required=True)
VARIANTS = f.lines(
    "variants",
    "Such as sizes or colours.",
    fields=(
        f.text("id", "Any text of your own that no other variant has.", label="ID", required=True),
        f.text("name", "Such as Size.", required=True),
        f.json("options", "What there is to choose from.", required=True, example='[{"id": "large", "name": "Large"}]'),
    ),
    more=True,
)
MEDIAS = f.lines(
    "medias",
    "Shown with the product.",
    label="Pictures and videos",
    fields=(
        f.text("id", "Any text of your own that no other has.", label="ID", required=True),
        f.text("title", "Shown with it."),
        f.url("url", "Where it is kept.", label="Address", required=True),
        f.choice(
            "type", "What it is.", choices=(("image", "Picture"), ("video", "Video")), label="Kind", required=True
        ),
        f.boolean("isFeatured", "Shown first.", label="Main one"),
        f.json("priceIds", "Only for these prices.", label="Prices", example="[[{}]]"),
    ),
    more=True,
)
PRODUCT_PARTS = (
    f.note("description", "What the store says of it."),
    f.url("image", "Address of a picture.", label="Picture"),
    f.boolean("availableInStore", "Whether the online store sells it.", label="In the store"),
    f.text("statementDescriptor", "What a card's statement shows.", label="On the statement", more=True),
    MEDIAS,
    VARIANTS,
    f.choices("collectionIds", "IDs of collections it belongs to.", label="Collections", more=True),
    f.boolean("isTaxesEnabled", label="Taxed", more=True),
    f.choices("taxes", "IDs of taxes.", more=True),
    f.text("automaticTaxCategoryId", "For taxes that HighLevel works out.", label="Tax category", more=True),
    f.boolean("taxInclusive", "Prices contain the tax.", label="Tax included", more=True),
    f.boolean("isLabelEnabled", label="With a badge", more=True),
    f.object_(
        "label",
        "Such as Sale.",
        label="Badge",
        fields=(
            f.text("title", "What it says.", required=True),
            f.date("startDate", label="From"),
            f.date("endDate", label="Until"),
        ),
        more=True,
    ),
    f.text("slug", "End of the product's address in the store.", more=True),
    f.object_("seo", "For search engines.", label="Search engines", fields=(f.text("title"), f.note("description")),
              more=True),
)  # fmt: skip
COSTS = (
    f.text("name", "Such as Monthly, or the variant it is for.", required=True),
    f.choice("type", "How it is paid.", choices=BILLED, label="Billed", required=True),
    f.money("amount", "What one costs.", label="Price", required=True),
    f.text("currency", "Three letters, such as USD.", required=True),
)
PRICE_PARTS = (
    f.object_(
        "recurring",
        "For one that is paid again and again.",
        label="How often",
        fields=(
            f.choice("interval", choices=EVERY, label="Every", required=True),
            f.integer("intervalCount", "1: each; 2: every other one.", label="So many", required=True, default=1),
        ),
    ),
    f.note("description", "What the customer reads below it."),
    f.integer("trialPeriod", "In days.", label="Trial"),
    f.integer("totalCycles", "Payments in all; empty: without end.", label="Payments"),
    f.money("setupFee", "Paid once, at the beginning.", label="Set-up fee"),
    f.money("compareAtPrice", "Shown crossed out.", label="Price before", more=True),
    f.text("sku", "Your own number for it.", label="SKU", more=True),
    f.boolean("trackInventory", "Whether HighLevel counts what is left.", label="Count the stock", more=True),
    f.number("availableQuantity", "How many there are.", label="In stock", more=True),
    f.boolean("allowOutOfStockPurchases", "Sold even where none is left.", label="Oversell", more=True),
    f.choices("variantOptionIds", "IDs of the variants' options that it is for.", label="Options", more=True),
    f.lines(
        "membershipOffers",
        "Courses that it opens.",
        fields=(
            f.text("label", "Its name.", required=True),
            f.text("value", "Its key.", required=True),
            f.text("_id", "Its ID.", label="ID", required=True),
        ),
        more=True,
    ),
    f.choice("userId", "Who is shown as having made it.", source="users", label="User", more=True),
    f.object_(
        "meta",
        "Where it came from.",
        label="Origin",
        fields=(
            f.choice("source", choices=(("stripe", "Stripe"), ("woocommerce", "WooCommerce"), ("shopify", "Shopify")),
                     required=True),
            f.text("sourceId", label="ID there"),
            f.text("stripePriceId", "Of the price at Stripe.", label="Stripe price ID", required=True),
            f.choice(
                "internalSource", label="Kept for", required=True,
                choices=(
                    ("agency_plan", "An agency's plan"), ("funnel", "A funnel"), ("membership", "A membership"),
                    ("communities", "A community"), ("gokollab", "Gokollab"), ("calendar", "A calendar"),
                ),
            ),
        ),
        more=True,
    ),
    f.object_(
        "shippingOptions",
        "For working out what sending it costs.",
        label="Weight and size",
        fields=(
            f.json("weight", example='{"value": 1, "unit": "kg"}'),
            f.json("dimensions", label="Size", example='{"height": 1, "width": 1, "length": 1, "unit": "cm"}'),
        ),
        more=True,
    ),
    f.boolean("isDigitalProduct", label="Something to download", more=True),
    f.choices("digitalDelivery", "Files that the customer gets.", label="Downloads", more=True),
)  # fmt: skip
KEEP = "Fields left empty stay as they are."
BULK = (
    ("bulk-update-price", "Change prices"),
    ("bulk-update-availability", "Put in the store, or take out"),
    ("bulk-update-product-collection", "Put in collections"),
    ("bulk-update-currency", "Change the currency"),
    ("bulk-delete-products", "Delete them"),
)
BY = (
    ("SET_NEW_PRICE", "To this price"),
    ("INCREASE_BY_AMOUNT", "More by this amount"),
    ("REDUCE_BY_AMOUNT", "Less by this amount"),
    ("INCREASE_BY_PERCENTAGE", "More by so many per cent"),
    ("REDUCE_BY_PERCENTAGE", "Less by so many per cent"),
)
STEP = (
    f.choice("type", "How it changes.", choices=BY, label="Change", required=True),
    f.number("value", "By how much, or to what.", label="Amount", required=True),
    f.boolean("roundToWhole", "Without cents.", label="Round"),
)


def many(name: str, help: str, label: str) -> f.Field:
    """A change of all the prices."""
    return f.object_(name, help, label=label, fields=STEP)


def _loose(fields: tuple[f.Field, ...]) -> tuple[f.Field, ...]:
    return tuple(replace(field, required=False) for field in fields)


OPERATIONS = {
    **ONE(
        "products", "/products",
        post(
            "create_product", "/", "Create a product", LOCATION, NAME, KIND, *PRODUCT_PARTS, sample=S["product"],
            retry=reconcile(by=odd.find_product, lag=10), scopes="products.write products.readonly",
            help="It has no price yet: a later step gives it one.",
            words=("new",),
        ),
        put(
            "update_product", "/{productId}", "Update a product", LOCATION, PRODUCT, *_loose((NAME, KIND)),
            *PRODUCT_PARTS, f.choices("prices", "IDs, in the order they are shown.", more=True),
            sample=S["product"], wrap=safely("/products/{productId}", odd.PRODUCT_KEPT, here), help=KEEP,
            scopes="products.write products.readonly",
            words=("change", "rename"),
        ),
        get("get_product", "/{productId}", "Get a product", LOCATION_QUERY, PRODUCT,
            f.boolean("sendWishlistStatus", label="With the wish list", more=True), sample=S["product"],
            scopes="products.readonly"),
        delete("delete_product", "/{productId}", "Delete a product", LOCATION_QUERY, PRODUCT,
               f.boolean("sendWishlistStatus", label="With the wish list", more=True),
               help="Its prices go with it.", words=("remove",)),
        post(
            "bulk_update", "/bulk-update", "Update many products", *ALT,
            f.choice("type", "What is done to all of them.", choices=BULK, label="What to do", required=True),
            f.choices("productIds", "Which ones.", source="products", label="Products", required=True),
            many("price", "For changing prices.", "Price"),
            many("compareAtPrice", "For changing prices.", "Price before"),
            f.boolean("availability", "For the store: in or out.", label="In the store"),
            f.choices("collectionIds", "For collections: their IDs.", label="Collections"),
            f.text("currency", "For the currency: three letters, such as USD."),
            f.object_(
                "filters", "Only those that fit this as well.", label="Narrowed to", more=True,
                fields=(f.choices("collectionIds", label="Collections"), f.text("productType", label="Kind"),
                        f.boolean("availableInStore", label="In the store"), f.text("search", label="Search for")),
            ),
            sample=S["many"], retry=Retry.ONCE, words=("bulk", "raise prices", "mass"),
            help="HighLevel works through them by and by. Raising prices is never repeated by itself.",
        ),
        post(
            "bulk_edit", "/bulk-update/edit", "Edit many products and prices", *ALT,
            required(f.lines(
                "products", "A row for each product; only what is filled in changes.", label="Products",
                fields=(
                    f.choice("_id", "Which product.", source="products", label="Product", required=True),
                    f.text("name"), f.note("description"), f.url("image", label="Picture"),
                    f.boolean("availableInStore", label="In the store"),
                    f.json("prices", "Its prices, by their IDs.", example='[{"_id": "6578278e879ad2646715ba02"}]'),
                    f.choices("collectionIds", label="Collections"), f.boolean("isLabelEnabled", label="With a badge"),
                    f.boolean("isTaxesEnabled", label="Taxed"),
                    f.json("seo", label="Search engines", example='{"title": "Print"}'), f.text("slug"),
                    f.text("automaticTaxCategoryId", label="Tax category"),
                    f.boolean("taxInclusive", label="Tax included"), f.json("taxes", example="[{}]"),
                    f.json("medias", label="Pictures and videos", example="[{}]"),
                    f.json("label", label="Badge", example='{"title": "Sale"}'),
                ),
            )),
            sample=S["edited"], retry=Retry.IDEMPOTENT, words=("bulk", "mass"),
        ),
        version=DATED, scopes="products.write", source="products.json", object="product", words=("item", "article"),
    ),
    **ONE(
        "products", "/products",
        post(
            "create_price_for_product", "/{productId}/price", "Create a price of a product", LOCATION, PRODUCT, *COSTS,
            *PRICE_PARTS, sample=S["price"], retry=reconcile(by=odd.find_price, lag=10), words=("new",),
            scopes="products/prices.write products/prices.readonly",
        ),
        put(
            "update_price", "/{productId}/price/{priceId}", "Update a price of a product", LOCATION, PRODUCT, PRICE,
            *_loose(COSTS), *PRICE_PARTS, sample=S["price"],
            wrap=safely("/products/{productId}/price/{priceId}", odd.PRICE_KEPT, here), help=KEEP, words=("change",),
            scopes="products/prices.write products/prices.readonly",
        ),
        get("get_price", "/{productId}/price/{priceId}", "Get a price of a product", LOCATION_QUERY, PRODUCT, PRICE,
            sample=S["price"], scopes="products/prices.readonly"),
        delete("delete_price", "/{productId}/price/{priceId}", "Delete a price of a product", LOCATION_QUERY, PRODUCT,
               PRICE, words=("remove",)),
        post(
            "update_inventory", "/inventory", "Set how many are in stock", *ALT,
            required(f.lines(
                "items", "A row for each price.", label="Stock",
                fields=(
                    f.text("priceId", "Whose stock it is.", label="Price ID", required=True),
                    f.number("availableQuantity", "How many there are now.", label="In stock"),
                    f.boolean("allowOutOfStockPurchases", label="Oversell"),
                ),
            )),
            sample=S["stock_set"], retry=Retry.IDEMPOTENT, words=("inventory", "stock", "quantity"),
        ),
        version=DATED, scopes="products/prices.write", source="products.json", object="price",
        words=("product", "cost", "amount"),
    ),
    **MANY(
        "products", "/products",
        get(
            "list_invoices", "/", "Search products", LOCATION_QUERY,
            f.text("search", "Part of a name.", label="Search for"),
            f.text("collectionIds", "IDs with commas between.", label="Collections", more=True),
            f.text("collectionSlug", "A collection by the end of its address.", label="Collection", more=True),
            f.text("productIds", "Only these: an ID.", label="Product ID", more=True),
            f.text("storeId", "The online store's ID.", label="Store ID", more=True),
            f.boolean("includedInStore", label="Of the store", more=True),
            f.boolean("availableInStore", label="Sold in the store", more=True),
            f.text("expand", "What is to be told besides, such as tax.", label="With", more=True),
            f.choice("sortOrder", choices=(("desc", "Newest first"), ("asc", "Oldest first")), label="Order",
                     more=True),
            *PAGE, sample=S["products"], scopes="products.readonly", words=("list", "find"),
        ),
        get("list_prices_for_product", "/{productId}/price", "Get the prices of a product", LOCATION_QUERY, PRODUCT,
            f.text("ids", "Only these, with commas between.", label="Price IDs", more=True), *PAGE, sample=S["prices"],
            words=("list",)),
        get("get_list_inventory", "/inventory", "Search what is in stock", *ALT_QUERY,
            f.text("search", "Part of a product's name.", label="Search for"), *PAGE, sample=S["stock"],
            words=("inventory", "list", "quantity")),
        version=DATED, scopes="products/prices.readonly", source="products.json", object="product",
        words=("item", "article", "price"),
    ),
}  # fmt: skip
