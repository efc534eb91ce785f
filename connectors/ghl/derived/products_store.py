"""Products store: derived from products.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import ALT_TYPE, done
from connectors.ghl.derived.shared import ALT, ALT_QUERY, DONE, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("products_store")

OPERATIONS = resource(
    "products_store", "",
    get("get_product_store_stats", "/products/store/{storeId}/stats", "Get a store's figures", ALT_QUERY, ALT_TYPE,
        f.text("search"), f.text("collectionIds"), sample=S["get_product_store_stats"], scopes="products.readonly"),
    post("update_store_status", "/products/store/{storeId}", "Put products into a store or take them out", ALT,
        ALT_TYPE, need(f.choice("action", choices=options("include exclude"))), need(f.choices("productIds")),
        sample=S["update_store_status"], scopes="products.write"),
    post("update_display_priority", "/products/store/{storeId}/priority", "Set the order of products in a store", ALT,
        ALT_TYPE, need(f.json("products", example='[[{}]]')), sample=DONE, read=done),
    get("get_product_collection", "/products/collections", "List product collections", ALT_QUERY, ALT_TYPE,
        f.number("limit"), f.number("offset"), f.text("collectionIds"), f.text("name"),
        sample=S["get_product_collection"], scopes="products/collection.readonly"),
    post("create_product_collection", "/products/collections", "Create a product collection", ALT, ALT_TYPE,
        need(f.text("name")), need(f.text("slug")), ref("collectionId"), f.text("image"),
        f.object_("seo", fields=(f.text("title"), f.note("description"),)), sample=S["create_product_collection"],
        scopes="products/collection.write"),
    get("get_product_collection_id", "/products/collections/{collectionId}",
        "Get a product collection", ALT_QUERY, sample=S["get_product_collection_id"],
        scopes="products/collection.readonly"),
    put("update_product_collection", "/products/collections/{collectionId}", "Update a product collection", ALT,
        ALT_TYPE, f.text("name"), f.text("slug"), f.text("image"), f.object_("seo", fields=(f.text("title"),
        f.note("description"),)), sample=S["update_product_collection"], scopes="products/collection.write"),
    delete("delete_product_collection", "/products/collections/{collectionId}", "Delete a product collection",
        ALT_QUERY, ALT_TYPE, scopes="products/collection.write"),
    get("get_product_reviews", "/products/reviews", "List product reviews", ALT_QUERY, ALT_TYPE, f.number("limit"),
        f.number("offset"), f.choice("sortField", choices=options("createdAt rating")),
        f.choice("sortOrder", choices=options("asc desc")), f.number("rating"), f.text("startDate"),
        f.text("endDate", more=True), ref("productId", more=True), ref("storeId", more=True),
        sample=S["get_product_reviews"], scopes="products.readonly"),
    get("get_reviews_count", "/products/reviews/count", "Count product reviews", ALT_QUERY, ALT_TYPE,
        f.number("rating"), f.text("startDate"), f.text("endDate"), ref("productId"), ref("storeId"),
        sample=S["get_reviews_count"], scopes="products.readonly"),
    put("update_product_review", "/products/reviews/{reviewId}", "Update a product review", ALT, ALT_TYPE,
        need(ref("productId")), need(f.text("status")), f.lines("reply", fields=(need(f.text("headline")),
        need(f.text("comment")), need(f.json("user", example='{"name": "text", "email": "text"}')),)),
        f.number("rating"), f.text("headline"), f.text("detail"), sample=S["update_product_review"],
        scopes="products.write"),
    delete("delete_product_review", "/products/reviews/{reviewId}", "Delete a product review", ALT_QUERY, ALT_TYPE,
        need(ref("productId")), scopes="products.write"),
    post("bulk_update_product_review", "/products/reviews/bulk-update", "Update many product reviews", ALT, ALT_TYPE,
        need(f.lines("reviews", fields=(need(ref("reviewId")), need(ref("productId")), need(ref("storeId")),))),
        need(f.json("status", example='{"key": "value"}')), sample=S["bulk_update_product_review"],
        scopes="products.write"),
    version="2021-07-28", source="products.json", object="products store",
)
