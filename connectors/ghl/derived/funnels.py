"""Funnels: derived from funnels.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY, done
from connectors.ghl.derived.shared import DONE, need, options, ref, resource, samples
from connectors.notation import delete, get, patch, post

S = samples("funnels")

OPERATIONS = resource(
    "funnels", "",
    post("create_redirect", "/funnels/lookup/redirect", "Create a redirect", LOCATION, need(f.text("domain")),
        need(f.text("path")), need(f.text("target")),
        need(f.choice("action", choices=options("funnel website url all"))), sample=S["create_redirect"],
        scopes="funnels/redirect.write"),
    patch("update_redirect", "/funnels/lookup/redirect/{id}", "Update a redirect", LOCATION, need(f.text("target")),
        need(f.choice("action", choices=options("funnel website url all"))), sample=S["update_redirect"],
        scopes="funnels/redirect.write"),
    delete("delete_redirect", "/funnels/lookup/redirect/{id}", "Delete a redirect", LOCATION_QUERY,
        scopes="funnels/redirect.write"),
    get("fetch_redirects_list", "/funnels/lookup/redirect/list", "List redirects", LOCATION_QUERY,
        need(f.number("limit")), need(f.number("offset")), f.text("search"), sample=DONE, read=done,
        scopes="funnels/redirect.readonly"),
    get("get_funnels", "/funnels/funnel/list", "List funnels", LOCATION_QUERY, f.text("type"), f.text("category"),
        f.text("offset"), f.text("limit"), ref("parentId"), f.text("name"), sample=S["get_funnels"]),
    get("get_pages_by_funnel_id", "/funnels/page", "List pages of a funnel", LOCATION_QUERY, need(ref("funnelId")),
        need(f.number("limit")), need(f.number("offset")), f.text("name"), sample=S["get_pages_by_funnel_id"]),
    get("get_pages_count_by_funnel_id", "/funnels/page/count", "Count pages of a funnel", LOCATION_QUERY,
        need(ref("funnelId")), f.text("name"), sample=S["get_pages_count_by_funnel_id"]),
    version="2021-07-28", source="funnels.json", object="funnel",
)
