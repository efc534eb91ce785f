"""Brand boards: derived from brand-boards.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_PATH
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import delete, get, patch, post

S = samples("brand_boards")
LOGOS = f.lines("logos", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")), need(f.text("url")),
    need(f.text("label")), need(f.text("path")),))
COLORS = f.lines("colors", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")), need(f.text("hexa")),
    need(f.text("rgba")), need(f.text("hex")), need(f.text("rgb")), need(f.text("label")),))
FONTS = f.lines("fonts", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")), need(f.text("font")),
    need(f.text("fallback")), need(f.text("label")),))

OPERATIONS = resource(
    "brand_boards", "",
    get("get_brand_boards_by_location", "/brand-boards/{locationId}", "List brand boards", LOCATION_PATH,
        f.number("limit"), f.number("offset"), f.text("search"), f.boolean("deleted"),
        sample=S["get_brand_boards_by_location"], scopes="brand-boards/design-kit.readonly"),
    get("get_brand_board", "/brand-boards/{locationId}/{id}", "Get a brand board", LOCATION_PATH,
        sample=S["get_brand_board"], scopes="brand-boards/design-kit.readonly"),
    patch("update_brand_board", "/brand-boards/{locationId}/{id}", "Update a brand board", LOCATION_PATH,
        f.text("name"), LOGOS, COLORS, FONTS, f.boolean("default"), ref("parentId"), sample=S["update_brand_board"],
        scopes="brand-boards/design-kit.write"),
    delete("delete_brand_board", "/brand-boards/{locationId}/{id}", "Delete a brand board", LOCATION_PATH,
        scopes="brand-boards/design-kit.write"),
    post("create_brand_board", "/brand-boards/", "Create a brand board", LOCATION, need(f.text("name")), LOGOS,
        COLORS, FONTS, f.boolean("default"), ref("brandBoardId"), ref("parentId"),
        f.choice("type", choices=options("template blank snapshot"), more=True), sample=S["create_brand_board"],
        scopes="brand-boards/design-kit.write"),
    version="2021-07-28", source="brand-boards.json", object="brand board",
)
