"""The social planner's posts, the accounts they go to, their categories, and posts that came as a list."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import fields as f
from connectors.fields import Field, required
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION_PATH, resource, samples
from connectors.ghl.social import results
from connectors.notation import Given, Values, delete, get, once, patch, post, put
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request, Retry

S = samples("social_posts")
BASE = "/social-media-posting/{locationId}"
PLANNER = ("social planner", "social media")
COMPANY_QUERY = Given("companyId", "company_id", "query")
KINDS = (("post", "Post"), ("story", "Story"), ("reel", "Reel"))
STATES = (("draft", "Draft"), ("scheduled", "Scheduled"), ("published", "Published"), ("in_review", "In review"))
LISTED = (
    ("all", "All"), ("recent", "Recent"), *STATES, ("in_progress", "Under way"), ("failed", "Failed"),
    ("deleted", "Deleted"),
)  # fmt: skip
APPROVALS = (("pending", "Pending"), ("approved", "Approved"), ("rejected", "Rejected"), ("not_required", "Not needed"))
SEEN_BY = (
    ("PUBLIC_TO_EVERYONE", "Everybody"), ("MUTUAL_FOLLOW_FRIENDS", "Friends"), ("SELF_ONLY", "Only oneself"),
)  # fmt: skip
GOOGLE = (("STANDARD", "News"), ("EVENT", "Event"), ("OFFER", "Offer"))
BUTTONS = (
    ("none", "None"), ("order", "Order"), ("book", "Book"), ("shop", "Shop"), ("learn_more", "Learn more"),
    ("call", "Call"), ("sign_up", "Sign up"),
)  # fmt: skip
YES = (("true", "Yes"), ("false", "No"))
POST = f.text("id", "The post's ID; List social posts gives it.", label="Post ID")
UPLOAD = f.choice("id", "Which upload.", source="social_uploads", label="Upload")
ACCOUNTS = f.choices("accountIds", "One or more accounts.", source="social_account_ids", label="Accounts")
KIND = f.choice("type", "What it is.", choices=KINDS, default="post", label="Kind", required=True)
AUTHOR = f.choice("userId", "The user in whose name it goes.", source="users", label="User")


def yes(name: str, label: str) -> Field:
    return f.boolean(name, label=label)


WORDS = f.note("summary", "What it says; each network has a length of its own.", label="Text")
MEDIA = f.lines(
    "media",
    "Pictures or films, by addresses that anybody may open.",
    fields=(
        f.url("url", label="Address", required=True), f.text("caption"),
        f.text("type", "Such as image/png or video/mp4.", label="Kind"), f.url("thumbnail", label="Small picture"),
        f.url("defaultThumb", label="Usual small picture"), f.text("id", label="File ID"),
    ),
)  # fmt: skip
DETAILS = (
    f.choice("status", "Left empty, HighLevel decides by the time.", choices=STATES, label="State"),
    f.datetime("scheduleDate", "When it goes out.", label="Goes out"),
    f.choice("categoryId", "Which category.", source="social_categories", label="Category", more=True),
    f.choices("tags", "The planner's own tags.", source="social_tags", more=True),
    f.text("followUpComment", "Written below it at once; not on TikTok and Google.", label="First comment", more=True),
    f.choice("createdBy", "The user who is shown as its author.", source="users", label="Author", more=True),
    f.boolean("scheduleTimeUpdated", "Yes, when the time is another one than before.", label="Time changed", more=True),
    f.object_(
        "ogTagsDetails", "What a link in it shows.", label="Link",
        fields=(f.url("metaImage", label="Picture"), f.url("metaLink", label="Address")), more=True,
    ),
    f.object_(
        "postApprovalDetails", "Where somebody has to agree first.", label="Approval",
        fields=(
            f.choice("approver", source="users"), f.note("requesterNote", label="Note to the approver"),
            f.note("approverNote", label="The approver's note"),
            f.choice("approvalStatus", choices=APPROVALS, label="State"),
        ),
        more=True,
    ),
    f.object_(
        "tiktokPostDetails", "For TikTok.", label="TikTok",
        fields=(
            f.choice("privacyLevel", choices=SEEN_BY, label="Seen by"), yes("enableComment", "Comments"),
            yes("enableDuet", "Duets"), yes("enableStitch", "Stitches"), yes("videoDisclosure", "Advertisement"),
            yes("promoteOtherBrand", "For another brand"), yes("promoteYourBrand", "For your own brand"),
        ),
        more=True,
    ),
    f.object_(
        "gmbPostDetails", "For Google Business.", label="Google Business",
        fields=(
            f.choice("gmbEventType", choices=GOOGLE, label="Kind"), f.text("title"), f.text("offerTitle"),
            f.datetime("startDate", label="Begins"), f.datetime("endDate", label="Ends"),
            f.url("termsConditions", label="Terms"), f.url("url", label="Address"), f.text("couponCode"),
            f.url("redeemOnlineUrl", label="Where to redeem it"),
            f.choice("actionType", choices=BUTTONS, label="Button"),
        ),
        more=True,
    ),
)  # fmt: skip


def written(body: Values) -> Values:
    """Google's times in parts, as the service wants them."""
    google = body.get("gmbPostDetails")
    if google:
        told = {name: _in_parts(name, google[f"{name}Date"]) for name in ("start", "end") if google.get(f"{name}Date")}
        body["gmbPostDetails"] = {**google, **{f"{name}Date": parts for name, parts in told.items()}}
    return body


def _in_parts(name: str, moment: str) -> Values:
    at = datetime.fromisoformat(moment)
    day = {"year": at.year, "month": at.month, "day": at.day}
    return {f"{name}Date": day, f"{name}Time": {"hours": at.hour, "minutes": at.minute, "seconds": at.second}}


def asked(body: Values) -> Values:
    """Numbers as texts and accounts in one, as the service wants them."""
    body |= {name: str(body[name]) for name in ("skip", "limit") if name in body}
    return body | ({"accounts": ", ".join(body["accounts"])} if body.get("accounts") else {})


def find_post(values: Values, context: Context) -> Conversation[list[Values]]:
    """Posts of these words for these accounts that were made since the step began."""
    begun = datetime.fromtimestamp(context.since, UTC)
    times = {"fromDate": begun - timedelta(days=1), "toDate": begun + timedelta(days=366)}
    body = {"type": "all", "skip": "0", "limit": "100", "includeUsers": "false"}
    body |= {name: at.isoformat().replace("+00:00", "Z") for name, at in times.items()}
    path = f"/social-media-posting/{odd.location(context)}/posts/list"
    response = yield from ask(
        Request("POST", path, json=body, headers=odd.VERSION, reads=True), explain, "look for the post"
    )
    rows = results(response.json, {}).get("posts") or []
    wanted, to = str(values.get("summary") or ""), {str(one) for one in values["accountIds"]}
    fit = [one for one in rows if str(one.get("summary") or "") == wanted and _goes_to(one) & to]
    return [{"post": one} for one in fit if odd.since(one, context)]


def _goes_to(record: Values) -> set[str]:
    return {str(one) for one in (*(record.get("accountIds") or []), record.get("accountId")) if one}


def removed(answer: Any, values: Values) -> Values:
    told = results(answer, values)
    return {"deletedCount": told.get("deletedCount", 0), "message": str(told.get("message") or "")}


POSTS = resource(
    "social_posts",
    BASE,
    post(
        "get_posts", "/posts/list", "List social posts", LOCATION_PATH,
        f.datetime("fromDate", "Those since.", label="Since", required=True),
        f.datetime("toDate", "Those until then.", label="Until", required=True),
        f.choice("type", "Only those that stand so.", choices=LISTED, label="State"),
        f.choices("accounts", "Only those of these accounts.", source="social_account_ids", more=True),
        f.choice("postType", "Only of this kind.", choices=KINDS, label="Kind", more=True),
        f.choice("includeUsers", "With what is known of their authors.", choices=YES, default="true", label="Authors",
                 more=True),
        f.integer("limit", "At most so many.", default=20, more=True),
        f.integer("skip", "Leave out so many from the start.", default=0, more=True),
        shape=asked, read=results, sample=S["posts"], reads=True, scopes="socialplanner/post.readonly",
        words=("find", *PLANNER),
    ),
    get(
        "get_post", "/posts/{id}", "Get a social post", LOCATION_PATH, POST, read=results, sample=S["post"],
        scopes="socialplanner/post.readonly", words=PLANNER,
    ),
    post(
        "create_post", "/posts", "Create a social post", LOCATION_PATH, required(ACCOUNTS), KIND, required(AUTHOR),
        WORDS, MEDIA, *DETAILS, shape=written, read=results, sample=S["post"], retry=once(by=find_post, lag=10),
        words=("publish", "schedule", "facebook", "instagram", "linkedin", "tiktok", "google", *PLANNER),
    ),
    put(
        "edit_post", "/posts/{id}", "Update a social post", LOCATION_PATH, POST, KIND, ACCOUNTS, WORDS, MEDIA, *DETAILS,
        AUTHOR, shape=written, sample=S["done"], words=("edit", "reschedule", *PLANNER),
        help="One that is out already can't be changed.",
    ),
    delete("delete_post", "/posts/{id}", "Delete a social post", LOCATION_PATH, POST, words=PLANNER),
    post(
        "bulk_delete_social_planner_posts", "/posts/bulk-delete", "Delete many social posts", LOCATION_PATH,
        f.choices("postIds", "IDs of the posts, fifty at most.", label="Post IDs", required=True), read=removed,
        sample=S["deleted"], retry=Retry.IDEMPOTENT, words=("remove", *PLANNER),
        help="They leave the planner; what is out already stays at the networks.",
    ),
    version=DATED,
    scopes="socialplanner/post.write",
    source="social-media-posting.json",
    object="social post",
)  # fmt: skip

ACCOUNT_OPERATIONS = resource(
    "social_posts",
    BASE,
    get(
        "get_account", "/accounts", "List social accounts", LOCATION_PATH, read=results, sample=S["accounts"], cache=60,
        scopes="socialplanner/account.readonly", words=("profiles", "groups", *PLANNER),
    ),
    delete(
        "delete_account", "/accounts/{id}", "Disconnect a social account", LOCATION_PATH, COMPANY_QUERY,
        f.choice("id", "Which account.", source="social_account_ids", label="Account"), AUTHOR,
        scopes="socialplanner/account.write", words=("remove", *PLANNER),
        help="It leaves the planner and its groups; nothing happens to it at the network.",
    ),
    version=DATED,
    source="social-media-posting.json",
    object="social account",
)  # fmt: skip

CATEGORIES = resource(
    "social_posts",
    f"{BASE}/categories",
    get(
        "get_categories_location_id", "", "List categories of social posts", LOCATION_PATH,
        f.text("searchText", "A part of the name.", label="Search"),
        f.integer("limit", "At most so many.", default=20, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        read=results, sample=S["categories"], cache=60, words=PLANNER,
    ),
    get(
        "get_categories_id", "/{id}", "Get a category of social posts", LOCATION_PATH,
        f.choice("id", "Which category.", source="social_categories", label="Category"), read=results,
        sample=S["category"], words=PLANNER,
    ),
    version=DATED,
    scopes="socialplanner/category.readonly",
    source="social-media-posting.json",
    object="social post",
)  # fmt: skip

UPLOADS = resource(
    "social_posts",
    BASE,
    post(
        "set_accounts", "/set-accounts", "Choose accounts for an upload of posts", LOCATION_PATH, required(ACCOUNTS),
        f.text("filePath", "As Upload a list of social posts gave it.", label="File path", required=True),
        f.integer("rowsCount", "As Upload a list of social posts gave it.", label="Number of posts", required=True),
        f.text("fileName", "As Upload a list of social posts gave it.", label="File name", required=True),
        f.choice("approver", "The user who has to agree first.", source="users", more=True), AUTHOR,
        sample=S["done"], retry=Retry.ONCE,
    ),
    get(
        "get_upload_status", "/csv", "List uploads of social posts", LOCATION_PATH,
        f.choice("includeUsers", "With what is known of their authors.", choices=YES, label="Authors", more=True),
        f.choice("userId", "Only those of this user.", source="users", label="User", more=True),
        f.integer("limit", "At most so many.", default=20, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        read=results, sample=S["uploads"], scopes="socialplanner/csv.readonly", words=("status",),
    ),
    get(
        "get_csv_post", "/csv/{id}", "List posts of an upload", LOCATION_PATH, UPLOAD,
        f.integer("limit", "At most so many.", default=20, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        read=results, sample=S["upload"], scopes="socialplanner/csv.readonly",
    ),
    patch(
        "start_csv_finalize", "/csv/{id}", "Schedule the posts of an upload", LOCATION_PATH, UPLOAD, AUTHOR,
        sample=S["done"], retry=Retry.ONCE, words=("finalize",),
    ),
    delete("delete_csv", "/csv/{id}", "Delete an upload of posts", LOCATION_PATH, UPLOAD),
    delete(
        "delete_csv_post", "/csv/{csvId}/post/{postId}", "Delete a post of an upload", LOCATION_PATH,
        f.choice("csvId", "Which upload.", source="social_uploads", label="Upload"),
        f.text("postId", "The post's ID; List posts of an upload gives it.", label="Post ID"),
    ),
    version=DATED,
    scopes="socialplanner/csv.write",
    source="social-media-posting.json",
    object="social post",
    words=("csv", *PLANNER),
)  # fmt: skip

OPERATIONS = {**POSTS, **ACCOUNT_OPERATIONS, **CATEGORIES, **UPLOADS}


# Live lists


def _read(context: Context, what: str, key: str, words: str) -> Conversation[list[Values]]:
    path = f"/social-media-posting/{odd.location(context)}/{what}"
    query = {} if what == "accounts" else {"limit": "100", "skip": "0"}
    response = yield from ask(Request("GET", path, query=query, headers=odd.VERSION), explain, words)
    found = results(response.json, {}).get(key) or []
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def _accounts(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from _read(context, "accounts", "accounts", "list the social accounts")
    return [
        Choice(one["id"], one.get("name") or one["id"], one.get("platform") or "") for one in found if one.get("id")
    ]


def _categories(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from _read(context, "categories", "categories", "list the categories of social posts")
    return [Choice(one["_id"], one.get("name") or one["_id"]) for one in found if one.get("_id")]


def _uploads(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """The document shows one where the name says: a list."""
    found = yield from _read(context, "csv", "csvs", "list the uploads of social posts")
    return [
        Choice(one["_id"], one.get("fileName") or one["_id"], one.get("status") or "")
        for one in found
        if one.get("_id")
    ]


CHOICES = {
    one.key: one
    for one in (
        Choices("social_account_ids", _accounts),
        Choices("social_categories", _categories),
        Choices("social_uploads", _uploads),
    )
}
