"""Custom menus: derived from custom-menus.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_QUERY
from connectors.ghl.derived.shared import need, of_agency, options, resource, samples
from connectors.notation import delete, get, post, put

S = samples("custom_menus")

OPERATIONS = of_agency(resource(
    "custom_menus", "",
    get("get_custom_menu", "/custom-menus/{customMenuId}", "Get a custom menu link", sample=S["get_custom_menu"],
        scopes="custom-menu-link.readonly"),
    put("update_custom_menu", "/custom-menus/{customMenuId}", "Update a custom menu link", f.text("title"),
        f.text("url"), f.object_("icon", fields=(f.text("name"),
        f.choice("fontFamily", choices=options("fab fas far")),)), f.boolean("showOnCompany"),
        f.boolean("showOnLocation"), f.boolean("showToAllLocations"),
        f.choice("openMode", choices=options("iframe new_tab current_tab"), more=True),
        f.choices("locations", more=True), f.choice("userRole", choices=options("all admin user"), more=True),
        f.boolean("allowCamera", more=True), f.boolean("allowMicrophone", more=True), sample=S["update_custom_menu"],
        scopes="custom-menu-link.write"),
    delete("delete_custom_menu", "/custom-menus/{customMenuId}", "Delete a custom menu link",
        scopes="custom-menu-link.write"),
    get("get_custom_menus", "/custom-menus/", "List custom menu links", LOCATION_QUERY, f.number("skip", example=0),
        f.number("limit", example=10), f.text("query"), f.boolean("showOnCompany"), sample=S["get_custom_menus"],
        scopes="custom-menu-link.readonly"),
    post("create_custom_menu", "/custom-menus/", "Create a custom menu link", need(f.text("title")),
        need(f.text("url")), need(f.object_("icon", fields=(need(f.text("name")),
        need(f.choice("fontFamily", choices=options("fab fas far"))),))), need(f.boolean("showOnCompany")),
        need(f.boolean("showOnLocation")), need(f.boolean("showToAllLocations")),
        need(f.choice("openMode", choices=options("iframe new_tab current_tab"))), need(f.choices("locations")),
        need(f.choice("userRole", choices=options("all admin user"))), f.boolean("allowCamera"),
        f.boolean("allowMicrophone"), sample=S["create_custom_menu"], scopes="custom-menu-link.write"),
    version="2021-07-28", source="custom-menus.json", object="custom menu",
))
