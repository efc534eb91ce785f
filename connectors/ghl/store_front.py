"""What the online store shows: collections of products, what buyers say of them, which are in it and in what order."""

from connectors import fields as f
from connectors.fields import required
from connectors.ghl.base import DATED, done, samples
from connectors.ghl.odd import since
from connectors.ghl.paper_lists import every, place
from connectors.ghl.papers import ALT, ALT_QUERY, MANY, PAGE
from connectors.notation import Values, delete, get, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

S = samples("store_front")
COLLECTIONS_READ, COLLECTIONS_WRITE = "products/collection.readonly", "products/collection.write"
READ, WRITE = "products.readonly", "products.write"
COLLECTION = f.choice("collectionId", "Which collection.", source="product_collections", label="Collection")
STORE = f.text("storeId", "The online store's ID, as the address of its page in HighLevel has it.", label="Store ID")
PRODUCT = f.choice("productId", "Which product.", source="products", label="Product")
REVIEW = f.choice("reviewId", "Which review.", source="product_reviews", label="Review")
OF_COLLECTIONS = f.text("collectionIds", "Their IDs, with commas between.", label="Only of collections", more=True)
ACTION = f.choice("action", "What is done with them.", label="What to do", required=True,
                  choices=(("include", "Put into the store"), ("exclude", "Take out of the store")))  # fmt: skip
NAMED = (
    f.text("name", "As customers read it."),
    f.text("slug", "The end of its address in the store, which no other has: small letters, such as best-sellers."),
    f.url("image", "Address of its picture.", label="Picture"),
    f.object_("seo", "For search engines.", label="Search engines", fields=(f.text("title"), f.note("description")),
              more=True),
)  # fmt: skip
OF_REVIEWS = (
    f.integer("rating", "Only those with so many stars."),
    f.datetime("startDate", "Only those since.", label="Since"),
    f.datetime("endDate", "Only those until then.", label="Until"),
    f.choice("productId", "Only of this product.", source="products", label="Product", more=True),
    f.text("storeId", "Only of this online store.", label="Store ID", more=True),
)
STATUS = f.text("status", "Such as approved, as HighLevel shows it at a review.", label="State", required=True)
REPLY = f.lines(
    "reply",
    "What the business answers.",
    label="Answers",
    fields=(
        f.text("headline", "Above the answer.", required=True),
        f.note("comment", "The answer itself.", label="Text", required=True),
        f.text("user.name", "Who answers, as buyers read it.", label="From", required=True),
        f.email("user.email", "Of who answers.", label="E-mail", required=True),
    ),
    more=True,
)


def find_collection(values: Values, context: Context) -> Conversation[list[Values]]:
    """Collections of exactly this name and address that were made since the step began."""
    query = {**place(context), "name": str(values.get("name") or "")}
    found = yield from every("/products/collections", "data", "look for the collection", query)
    same = [row for row in found if all(row.get(name) == values.get(name) for name in ("name", "slug"))]
    return [{"data": row} for row in same if since(row, context)]


COLLECTIONS = MANY(
    "products_store",
    "/products/collections",
    get(
        "get_product_collection", "", "List product collections", *ALT_QUERY,
        f.text("name", "Part of a name.", label="Search for"),
        f.text("collectionIds", "Only these: IDs with commas between.", label="Collection IDs", more=True), *PAGE,
        sample=S["collections"], scopes=COLLECTIONS_READ, words=("find", "search"),
    ),
    get("get_product_collection_id", "/{collectionId}", "Get a product collection", ALT_QUERY[0], COLLECTION,
        sample=S["collection"], scopes=COLLECTIONS_READ),
    post(
        "create_product_collection", "", "Create a product collection", *ALT,
        *(required(field) if field.name in ("name", "slug") else field for field in NAMED),
        f.text("collectionId", "Left empty, HighLevel gives it one.", label="ID of your own", more=True),
        sample=S["made"], retry=reconcile(by=find_collection, lag=10), words=("new",),
        scopes=f"{COLLECTIONS_WRITE} {COLLECTIONS_READ}",
    ),
    put("update_product_collection", "/{collectionId}", "Update a product collection", *ALT, COLLECTION, *NAMED,
        sample=S["done"], words=("change", "rename")),
    delete("delete_product_collection", "/{collectionId}", "Delete a product collection", *ALT_QUERY, COLLECTION,
           help="Its products stay.", words=("remove",)),
    version=DATED,
    scopes=COLLECTIONS_WRITE,
    source="products.json",
    object="product collection",
    words=("category", "store", "shop"),
)  # fmt: skip

REVIEWS = MANY(
    "products_store",
    "/products/reviews",
    get(
        "get_product_reviews", "", "List product reviews", *ALT_QUERY, *OF_REVIEWS,
        f.choice("sortField", choices=(("createdAt", "Date"), ("rating", "Stars")), label="Sorted by", more=True),
        f.choice("sortOrder", choices=(("asc", "Smallest first"), ("desc", "Greatest first")), label="Order",
                 more=True),
        *PAGE, sample=S["reviews"], scopes=READ, words=("find", "search"),
    ),
    get("get_reviews_count", "/count", "Count product reviews", *ALT_QUERY, *OF_REVIEWS, sample=S["counts"],
        scopes=READ, help="How many there are in each state."),
    put(
        "update_product_review", "/{reviewId}", "Update a product review", *ALT, REVIEW,
        required(PRODUCT, help="The product that it is about."), STATUS, REPLY,
        f.number("rating", "How many stars.", more=True), f.text("headline", "What stands above it.", more=True),
        f.note("detail", "What it says.", label="Text", more=True), sample=S["done"],
        words=("approve", "reject", "answer", "reply"),
    ),
    post(
        "bulk_update_product_review", "/bulk-update", "Update many product reviews", *ALT,
        f.lines("reviews", "A row for each of them.", label="Reviews", required=True, fields=(
            f.choice("reviewId", "Which review.", source="product_reviews", label="Review", required=True),
            f.choice("productId", "The product that it is about.", source="products", label="Product", required=True),
            f.text("storeId", "Of the online store.", label="Store ID", required=True),
        )),
        STATUS, sample=S["done"], retry=Retry.IDEMPOTENT, words=("approve", "reject", "bulk"),
    ),
    delete("delete_product_review", "/{reviewId}", "Delete a product review", *ALT_QUERY, REVIEW,
           required(PRODUCT, help="The product that it is about."), words=("remove",)),
    version=DATED,
    scopes=WRITE,
    source="products.json",
    object="product review",
    words=("rating", "stars", "testimonial", "store"),
)  # fmt: skip

STORE_OF = MANY(
    "products_store",
    "/products/store/{storeId}",
    get(
        "get_product_store_stats", "/stats", "Count the products of a store", *ALT_QUERY, STORE,
        f.text("search", "Only those with this in their names.", label="Search for"), OF_COLLECTIONS,
        sample=S["stats"], scopes=READ, help="How many are in it and how many are not.", words=("statistics", "number"),
    ),
    post(
        "update_store_status", "", "Put products into a store or take them out", *ALT, STORE, ACTION,
        f.choices("productIds", "Which ones.", source="products", label="Products", required=True),
        sample=S["done"], retry=Retry.IDEMPOTENT, scopes=WRITE, words=("include", "exclude", "publish", "hide"),
    ),
    post(
        "update_display_priority", "/priority", "Set the order of products in a store", *ALT, STORE,
        f.json("products", "The products in the order they are to stand in, as HighLevel gives them.",
               example="[[{}]]", required=True),
        sample={"done": True}, read=done, retry=Retry.IDEMPOTENT, scopes=WRITE, words=("sort", "rank", "priority"),
    ),
    version=DATED,
    source="products.json",
    object="online store",
    words=("shop", "ecommerce", "products"),
)  # fmt: skip

OPERATIONS = {**COLLECTIONS, **REVIEWS, **STORE_OF}
