"""Brand boards: derived from brand-boards.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_PATH
from connectors.ghl.derived.shared import options, ref, resource, samples
from connectors.notation import delete, get, patch, post

S = samples("brand_boards")

OPERATIONS = resource(
    "brand_boards", "",
    get("get_brand_boards_by_location", "/brand-boards/{locationId}", "List brand boards", LOCATION_PATH,
        f.number("limit"), f.number("offset"), f.text("search"), f.boolean("deleted"),
        sample=S["get_brand_boards_by_location"], scopes="brand-boards/design-kit.readonly"),
    get("get_brand_board", "/brand-boards/{locationId}/{id}", "Get a brand board", LOCATION_PATH,
        sample=S["get_brand_board"], scopes="brand-boards/design-kit.readonly"),
    patch("update_brand_board", "/brand-boards/{locationId}/{id}", "Update a brand board", LOCATION_PATH,
        f.text("name"), f.lines("logos", fields=(f.text("id", "Its ID, as an earlier step gives it.", required=True),
        f.text("url", "A text.", required=True), f.text("label", "A text.", required=True), f.text("path", "A text.",
        required=True),)), f.lines("colors", fields=(f.text("id", "Its ID, as an earlier step gives it.",
        required=True), f.text("hexa", "A text.", required=True), f.text("rgba", "A text.", required=True),
        f.text("hex", "A text.", required=True), f.text("rgb", "A text.", required=True), f.text("label", "A text.",
        required=True),)), f.lines("fonts", fields=(f.text("id", "Its ID, as an earlier step gives it.",
        required=True), f.text("font", "A text.", required=True), f.text("fallback", "A text.", required=True),
        f.text("label", "A text.", required=True),)), f.boolean("default"), ref("parentId"),
        sample=S["update_brand_board"], scopes="brand-boards/design-kit.write"),
    delete("delete_brand_board", "/brand-boards/{locationId}/{id}", "Delete a brand board", LOCATION_PATH,
        scopes="brand-boards/design-kit.write"),
    post("create_brand_board", "/brand-boards/", "Create a brand board", LOCATION, f.text("name", "A text.",
        required=True), f.lines("logos", fields=(f.text("id", "Its ID, as an earlier step gives it.", required=True),
        f.text("url", "A text.", required=True), f.text("label", "A text.", required=True), f.text("path", "A text.",
        required=True),)), f.lines("colors", fields=(f.text("id", "Its ID, as an earlier step gives it.",
        required=True), f.text("hexa", "A text.", required=True), f.text("rgba", "A text.", required=True),
        f.text("hex", "A text.", required=True), f.text("rgb", "A text.", required=True), f.text("label", "A text.",
        required=True),)), f.lines("fonts", fields=(f.text("id", "Its ID, as an earlier step gives it.",
        required=True), f.text("font", "A text.", required=True), f.text("fallback", "A text.", required=True),
        f.text("label", "A text.", required=True),)), f.boolean("default"), ref("brandBoardId"), ref("parentId"),
        f.choice("type", choices=options("template blank snapshot"), more=True), sample=S["create_brand_board"],
        scopes="brand-boards/design-kit.write"),
    version="2021-07-28", source="brand-boards.json", object="brand board",
)
