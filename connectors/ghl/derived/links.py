"""Links: derived from links.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import need, resource, samples
from connectors.notation import delete, get, post, put

S = samples("links")

FIRST = resource(
    "links", "",
    get("get_link", "/links/id/{linkId}", "Get a trigger link", LOCATION_QUERY, sample=S["get_link"]),
    put("update_link", "/links/{linkId}", "Update a trigger link", need(f.text("name")), need(f.text("redirectTo")),
        sample=S["update_link"], scopes="links.write"),
    delete("delete_link", "/links/{linkId}", "Delete a trigger link", scopes="links.write"),
    get("get_links", "/links/", "List trigger links", LOCATION_QUERY, sample=S["get_links"], scopes="links.readonly"),
    post("create_link", "/links/", "Create a trigger link", LOCATION, need(f.text("name")),
        need(f.text("redirectTo")), sample=S["create_link"], scopes="links.write"),
    version="2021-07-28", source="links.json", object="link",
)
SECOND = resource(
    "links", "",
    get("search_trigger_links", "/links/search", "Search trigger links", LOCATION_QUERY, f.text("query"),
        f.number("skip"), f.number("limit"), sample=S["search_trigger_links"]),
    version="2021-04-15", source="links.json", object="link",
)
OPERATIONS = {**FIRST, **SECOND}
