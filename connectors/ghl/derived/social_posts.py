"""The social planner: posts, uploads and categories: derived from social-media-posting.json; names and types are the service's own."""  # noqa: E501

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH
from connectors.ghl.derived.shared import COMPANY_QUERY, folded, need, ref, resource, samples
from connectors.notation import delete, get, patch, post, put

S = samples("social_posts")
MEDIA = f.lines("media", fields=(need(f.text("url")), f.text("caption"), f.text("type"), f.text("thumbnail"),
    f.text("defaultThumb"), f.text("id", "Its ID, as an earlier step gives it."),))
POST_APPROVAL_DETAILS = f.object_("postApprovalDetails", fields=(f.text("approver"), f.text("requesterNote"),
    f.text("approverNote"), f.json("approvalStatus", example='{"key": "value"}'),))
TIKTOK_POST_DETAILS = f.object_("tiktokPostDetails", fields=(f.json("privacyLevel", example='{"key": "value"}'),
    f.boolean("promoteOtherBrand"), f.boolean("enableComment"), f.boolean("enableDuet"), f.boolean("enableStitch"),
    f.boolean("videoDisclosure"), f.boolean("promoteYourBrand"),))
GMB_POST_DETAILS = f.object_("gmbPostDetails", fields=(f.text("gmbEventType"), f.text("title"), f.text("offerTitle"),
    f.json("startDate", example='{"startDate": {"year": 1, "month": 1, "day": 1}}'),
    f.json("endDate", example='{"endDate": {"year": 1, "month": 1, "day": 1}}'), f.text("termsConditions"),
    f.text("url"), f.text("couponCode"), f.text("redeemOnlineUrl"),
    f.json("actionType", example='{"key": "value"}'),))
SHARED = (f.object_("ogTagsDetails", fields=(f.text("metaImage"), f.text("metaLink"),), more=True),
    folded(POST_APPROVAL_DETAILS), f.boolean("scheduleTimeUpdated", more=True), f.choices("tags", more=True),
    ref("categoryId", more=True), folded(TIKTOK_POST_DETAILS), folded(GMB_POST_DETAILS))

OPERATIONS = resource(
    "social_posts", "",
    post("get_posts", "/social-media-posting/{locationId}/posts/list", "List social posts", LOCATION_PATH,
        need(f.text("skip")), need(f.text("limit")), need(f.text("fromDate")), need(f.text("toDate")),
        need(f.text("includeUsers")), f.text("type"), f.text("accounts"),
        f.json("postType", example='{"key": "value"}'), sample=S["get_posts"], reads=True,
        scopes="socialplanner/post.readonly"),
    post("create_post", "/social-media-posting/{locationId}/posts", "Create a social post", LOCATION_PATH,
        need(f.choices("accountIds")), need(f.json("type", example='{"key": "value"}')), need(ref("userId")),
        f.text("summary"), MEDIA, f.json("status", example='{"key": "value"}'), f.text("scheduleDate"),
        f.text("createdBy"), f.text("followUpComment"), *SHARED, sample=S["create_post"],
        scopes="socialplanner/post.write"),
    get("get_post", "/social-media-posting/{locationId}/posts/{id}", "Get a social post", LOCATION_PATH,
        sample=S["get_post"]),
    put("edit_post", "/social-media-posting/{locationId}/posts/{id}", "Update a social post", LOCATION_PATH,
        need(f.json("type", example='{"key": "value"}')), f.choices("accountIds"), f.text("summary"), MEDIA,
        f.json("status", example='{"key": "value"}'), f.text("scheduleDate"), f.text("createdBy"),
        f.text("followUpComment", more=True), *SHARED, ref("userId", more=True), sample=S["edit_post"]),
    delete("delete_post", "/social-media-posting/{locationId}/posts/{id}", "Delete a social post", LOCATION_PATH),
    post("bulk_delete_social_planner_posts", "/social-media-posting/{locationId}/posts/bulk-delete",
        "Delete many social posts", LOCATION_PATH, f.choices("postIds"),
        sample=S["bulk_delete_social_planner_posts"]),
    get("get_account", "/social-media-posting/{locationId}/accounts", "List social accounts", LOCATION_PATH,
        sample=S["get_account"], scopes="socialplanner/account.readonly"),
    delete("delete_account", "/social-media-posting/{locationId}/accounts/{id}", "Disconnect a social account",
        LOCATION_PATH, COMPANY_QUERY, ref("userId")),
    get("get_upload_status", "/social-media-posting/{locationId}/csv", "List uploads of social posts", LOCATION_PATH,
        f.text("skip"), f.text("limit"), f.text("includeUsers"), ref("userId"), sample=S["get_upload_status"]),
    post("set_accounts", "/social-media-posting/{locationId}/set-accounts", "Choose accounts for an upload of posts",
        LOCATION_PATH, need(f.choices("accountIds")), need(f.text("filePath")), need(f.number("rowsCount")),
        need(f.text("fileName")), f.text("approver"), ref("userId"), sample=S["set_accounts"],
        scopes="socialplanner/csv.write"),
    get("get_csv_post", "/social-media-posting/{locationId}/csv/{id}", "List posts of an upload", LOCATION_PATH,
        f.text("skip"), f.text("limit"), sample=S["get_csv_post"]),
    patch("start_csv_finalize", "/social-media-posting/{locationId}/csv/{id}", "Schedule the posts of an upload",
        LOCATION_PATH, ref("userId"), sample=S["start_csv_finalize"]),
    delete("delete_csv", "/social-media-posting/{locationId}/csv/{id}", "Delete an upload of posts", LOCATION_PATH),
    delete("delete_csv_post", "/social-media-posting/{locationId}/csv/{csvId}/post/{postId}",
        "Delete a post of an upload", LOCATION_PATH),
    get("get_categories_location_id", "/social-media-posting/{locationId}/categories",
        "List categories of social posts", LOCATION_PATH, f.text("searchText"), f.text("limit"), f.text("skip"),
        sample=S["get_categories_location_id"], scopes="socialplanner/category.readonly"),
    get("get_categories_id", "/social-media-posting/{locationId}/categories/{id}", "Get a category of social posts",
        LOCATION_PATH, sample=S["get_categories_id"]),
    version="2021-07-28", source="social-media-posting.json", object="social post",
)
