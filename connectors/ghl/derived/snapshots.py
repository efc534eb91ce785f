"""Snapshots: derived from snapshots.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH
from connectors.ghl.derived.shared import COMPANY_QUERY, need, of_agency, options, ref, resource, samples
from connectors.notation import get, post

S = samples("snapshots")

OPERATIONS = of_agency(resource(
    "snapshots", "",
    post("create_snapshot_share_link", "/snapshots/share/link", "Create a snapshot share link", COMPANY_QUERY,
        need(ref("snapshot_id")), need(f.choice("share_type",
        choices=options("link permanent_link agency_link location_link"))), f.text("relationship_number"),
        ref("share_location_id"), sample=S["create_snapshot_share_link"]),
    get("get_snapshot_push", "/snapshots/snapshot-status/{snapshotId}", "List pushes of a snapshot", COMPANY_QUERY,
        need(f.text("from")), need(f.text("to")), need(f.text("lastDoc")), need(f.text("limit")),
        sample=S["get_snapshot_push"]),
    get("get_latest_snapshot_push", "/snapshots/snapshot-status/{snapshotId}/location/{locationId}",
        "Get the latest push of a snapshot", LOCATION_PATH, COMPANY_QUERY, sample=S["get_latest_snapshot_push"]),
    version="2021-07-28", source="snapshots.json", object="snapshot",
))
