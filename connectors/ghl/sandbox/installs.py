"""In which of the agency's locations the app is installed, and what becomes of its tokens when it is taken out."""

from typing import Any

from connectors.ghl.sandbox.box import COMPANY
from connectors.ghl.sandbox.times import identity

Record = dict[str, Any]
OTHERS = (
    ("Brightwater Portraits", "4 Cannery Row", "Astoria"),
    ("Brightwater Weddings", "71 Orchard Lane", "Hood River"),
)
"""Beside the one with all the records; these two are empty."""


def plant(box: Any) -> None:
    for name, street, city in OTHERS:
        place = {"address": street, "city": city, "state": "OR", "country": "US", "timezone": "America/Los_Angeles"}
        box.store.put("locations", {"id": identity("location", name), "companyId": COMPANY, "name": name, **place})


def ids(box: Any) -> list[str]:
    return [row["id"] for row in box.store.rows("installs")]


def rows(box: Any) -> list[Record]:
    """The agency's locations as the list of installations shows them."""
    found = []
    for row in box.store.rows("locations"):
        held = box.store.get("installs", row["id"])
        told = {"installedAt": held["at"], "versionId": box.app_id()} if held else {}
        address = ", ".join(row[name] for name in ("address", "city", "state", "country") if row.get(name))
        found.append({"_id": row["id"], "name": row["name"], "address": address, "isInstalled": bool(held), **told})
    return found


def install(box: Any, place: str | None) -> None:
    """In one location, or (None) in all the agency has."""
    box.store.put("app", box.store.get("app", "app") | {"installed": True})
    for row in box.store.rows("locations"):
        if place in (None, row["id"]) and row["id"] not in ids(box):
            box.store.put("installs", {"id": row["id"], "at": box.now()})


def uninstall(box: Any, place: str | None) -> None:
    """Out of one location, or of the agency and all it has: its tokens end, and the app is told."""
    gone = [COMPANY, *ids(box)] if place is None else [place]
    owner = {"companyId": COMPANY} | ({} if place is None else {"locationId": place})
    box.fire("UNINSTALL", owner)
    for one in gone:
        box.store.drop("installs", one)
    for row in box.store.rows("tokens"):
        if row["kind"] == "oauth" and row["location_id"] in gone:
            box.store.drop("tokens", row["id"])
    for row in box.store.rows("refreshes"):
        if row.get("place") in gone:
            box.store.drop("refreshes", row["id"])
