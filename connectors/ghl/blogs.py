"""Blogs of the location's sites: who writes, under what headings, and the posts."""

from typing import Any

from connectors import fields as f
from connectors.errors import Unclear
from connectors.fields import required
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, resource, sample
from connectors.notation import get, post, put, reconcile
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request

BLOG = f.choice("blogId", "Which blog.", source="blogs", label="Blog", required=True)
SLUG = f.text("urlSlug", "The last part of the post's address, such as autumn-offers.", label="Address")
LIMIT = f.integer("limit", "At most so many.", default=25, more=True)
OFFSET = f.integer("offset", "Leave out so many from the start.", default=0, more=True)
LOOKED_AT = 50
STATUSES = (("DRAFT", "Draft"), ("PUBLISHED", "Published"), ("SCHEDULED", "Scheduled"), ("ARCHIVED", "Archived"))
POST = (
    f.text("title", "The headline."),
    BLOG,
    f.note("rawHTML", "The post itself, as HTML.", label="Text"),
    f.note("description", "One or two sentences for search engines and lists.", label="Summary"),
    SLUG,
    f.choice("author", "Who is shown as its author.", source="blog_authors"),
    f.choices("categories", "One or more.", source="blog_categories"),
    f.url("imageUrl", "Address of the picture on top.", label="Picture"),
    f.text("imageAltText", "What the picture shows, for those who can't see it.", label="Picture in words"),
    f.datetime("publishedAt", "When it appears, or appeared.", label="Published at"),
    f.choice("status", "Only a published post can be seen.", choices=STATUSES, default="DRAFT"),
)
MORE = (
    f.tags("tags", more=True),
    f.url("canonicalLink", "Where the text was published first.", label="First published at", more=True),
)
WHOLE = (*map(required, POST), *MORE)
record = sample("blog_post")


def find_post(values: dict[str, Any], context: Context) -> Conversation[list[dict[str, Any]]]:
    """The blog's posts at exactly this address."""
    query = {
        "locationId": odd.location(context),
        "blogId": values.get("blogId"),
        "limit": str(LOOKED_AT),
        "offset": "0",
    }
    query["searchTerm"] = values.get("title")
    request = Request("GET", "/blogs/posts/all", query=query, headers=odd.VERSION)
    response = yield from ask(request, explain, "look for the blog post")
    posts = (response.json or {}).get("blogs") or []
    if len(posts) >= LOOKED_AT and not any(one.get("urlSlug") == values.get("urlSlug") for one in posts):
        raise Unclear("More posts are called alike than Recette looks at. Look in HighLevel, then tell Recette.")
    return [{"data": one} for one in posts if one.get("urlSlug") == values.get("urlSlug")]


OPERATIONS = resource(
    "blogs",
    "/blogs",
    get(
        "list",
        "/site/all",
        "List blogs",
        LOCATION_QUERY,
        f.text("searchTerm", "A part of the blog's name.", label="Search"),
        LIMIT,
        f.integer("skip", "Leave out so many from the start.", default=0, more=True),
        returns="data",
        sample={"data": [sample("blog")]},
        scopes="blogs/list.readonly",
        words=("get blogs by location",),
    ),
    get(
        "list_authors",
        "/authors",
        "List blog authors",
        LOCATION_QUERY,
        LIMIT,
        OFFSET,
        returns="authors",
        sample={"authors": [sample("blog_author")]},
        scopes="blogs/author.readonly",
        words=("get",),
    ),
    get(
        "list_categories",
        "/categories",
        "List blog categories",
        LOCATION_QUERY,
        LIMIT,
        OFFSET,
        returns="categories",
        sample={"categories": [sample("blog_category")]},
        scopes="blogs/category.readonly",
        words=("get",),
    ),
    get(
        "list_posts",
        "/posts/all",
        "List blog posts",
        LOCATION_QUERY,
        BLOG,
        f.text("searchTerm", "A part of the title.", label="Search"),
        f.choice("status", "Only posts that stand there.", choices=STATUSES),
        LIMIT,
        OFFSET,
        returns="blogs",
        sample={"blogs": [record]},
        scopes="blogs/posts.readonly",
        words=("get",),
    ),
    get(
        "check_address",
        "/posts/url-slug-exists",
        "Check whether a blog address is taken",
        LOCATION_QUERY,
        required(SLUG),
        f.text("postId", "A post that may have it: its own address is not in its way.", label="Post ID", more=True),
        sample={"exists": False},
        scopes="blogs/check-slug.readonly",
        words=("check blog url slug",),
    ),
    post(
        "create_post",
        "/posts",
        "Create a blog post",
        LOCATION,
        *WHOLE,
        returns="data",
        retry=reconcile(by=find_post, lag=10, doubtful=True),
        scopes="blogs/post.write",
    ),
    put(
        "update_post",
        "/posts/{postId}",
        "Update a blog post",
        f.text("postId", "The post's ID; List blog posts gives it.", label="Post ID"),
        LOCATION,
        *WHOLE,
        returns="updatedBlogPost",
        scopes="blogs/post-update.write",
        help="HighLevel takes the whole post: what is filled in here stands there afterwards.",
    ),
    version=DATED,
    source="blogs.json",
    object="blog",
    sample=record,
    words=("article", "website"),
)


def _listing(path: str, key: str, label: str) -> Choices:
    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        paging = {"limit": "100", "skip" if path.endswith("all") else "offset": "0"}
        query = {"locationId": odd.location(context), **paging}
        response = yield from ask(Request("GET", path, query=query, headers=odd.VERSION), explain, f"list the {label}")
        rows = (response.json or {}).get(key) or []
        return [Choice(r["_id"], r.get("name") or r.get("label") or r["_id"]) for r in rows if r.get("_id")]

    return Choices(label.replace(" ", "_"), load)


CHOICES = {
    one.key: one
    for one in (
        _listing("/blogs/site/all", "data", "blogs"),
        _listing("/blogs/authors", "authors", "blog authors"),
        _listing("/blogs/categories", "categories", "blog categories"),
    )
}
