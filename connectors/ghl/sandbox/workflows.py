"""The workflows and campaigns that people made; the API can list them and no more."""

from typing import Any

from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.times import identity
from connectors.sandbox_kit.http import Call

WORKFLOWS = (
    ("Welcome series for new clients", "published"),
    ("Review request after payment", "published"),
    ("Win back quiet leads", "draft"),
)
CAMPAIGNS = (("Spring care plans", "published"), ("Autumn relaunch", "draft"))


def plant(box: Any) -> None:
    place = {"locationId": box.location()}
    for name, status in WORKFLOWS:
        stamps = {"version": 1, "createdAt": box.now(), "updatedAt": box.now()}
        box.store.put(
            "workflows", {"id": identity("workflow", name), "name": name, "status": status, **stamps, **place}
        )
    for name, status in CAMPAIGNS:
        box.store.put("campaigns", {"id": identity("campaign", name), "name": name, "status": status, **place})


@ROUTES.on("GET", "/workflows/", scope="workflows.readonly", place="query")
def workflows(box: Any, call: Call) -> Any:
    return {"workflows": box.store.rows("workflows")}


@ROUTES.on("GET", "/campaigns/", scope="campaigns.readonly", place="query")
def campaigns(box: Any, call: Call) -> Any:
    wanted = call.query.get("status")
    return {"campaigns": [row for row in box.store.rows("campaigns") if wanted in (None, row["status"])]}
