"""Opportunities and the pipelines they move through."""

from collections.abc import Mapping
from typing import Any

from connectors.ghl.sandbox import events, fields, refusals
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import (
    CREATE_OPPORTUNITY,
    OPPORTUNITY_STATUS,
    STATUSES,
    UPDATE_OPPORTUNITY,
    UPSERT_OPPORTUNITY,
    checked,
)
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "opportunities.readonly", "opportunities.write"
STEERING = ("followersActionType", "isRemoveAllFollowers", "followers", "id", "locationId", "customFields")


def shown(box: Any, record: Record) -> Record:
    own = {k: v for k, v in record.items() if v is not None and v != ""}
    held = box.store.get("contacts", record["contactId"]) or {}
    contact = {
        k: held[k] for k in ("id", "name", "companyName", "email", "phone", "tags") if held.get(k) not in (None, "")
    }
    return {**own, "contact": contact, "notes": [], "tasks": [], "calendarEvents": []}


def pipeline(box: Any, pipeline_id: str) -> Record:
    found = box.store.get("pipelines", pipeline_id)
    if not found:
        raise refusals.bad(f"Pipeline with id {pipeline_id} not found")
    return found


def stage_in(found: Record, stage_id: str | None) -> str:
    """The stage, or the first one when none is named."""
    ids = [stage["id"] for stage in found["stages"]]
    if stage_id and stage_id not in ids:
        raise refusals.bad("The pipeline stage id is invalid.")
    return stage_id or ids[0]


def _fit(box: Any, data: Mapping[str, Any]) -> None:
    if data.get("status", "open") not in STATUSES:
        raise refusals.unfit(f"status must be one of the following values: {', '.join(STATUSES)}")
    if data.get("assignedTo") and not box.store.get("users", data["assignedTo"]):
        raise refusals.bad("The assigned user id is invalid.")
    if data.get("contactId") and not box.store.get("contacts", data["contactId"]):
        raise refusals.bad("The contact id is invalid.")


def twin(box: Any, data: Mapping[str, Any]) -> Record | None:
    """The contact's opportunity in the same pipeline, whatever its status."""
    return next(iter(box.deals.find((data.get("contactId"), data.get("pipelineId")))), None)


def make(box: Any, data: Record) -> Record:
    _fit(box, data)
    found = pipeline(box, data["pipelineId"])
    now = box.now()
    own = {k: v for k, v in data.items() if k not in STEERING}
    stamps = dict.fromkeys(("createdAt", "updatedAt", "lastStatusChangeAt", "lastStageChangeAt", "lastActionDate"), now)
    blank = {
        "id": box.new_id("opportunities"),
        "monetaryValue": 0,
        "source": "",
        "followers": data.get("followers", []),
    }
    record = {**blank, "status": "open", "locationId": box.location(), **own, **stamps, "indexVersion": "1"}
    record["pipelineStageId"] = stage_in(found, data.get("pipelineStageId"))
    record["customFields"] = fields.merged(box, "opportunity", [], data.get("customFields", []), "fieldValue")
    box.store.put("opportunities", record)
    box.effect("opportunity.created", record["id"], data)
    events.opportunity(box, "OpportunityCreate", record)
    return record


def change(box: Any, old: Record, data: Record, kind: str = "opportunity.updated") -> Record:
    _fit(box, data)
    new = old | {k: v for k, v in data.items() if k not in STEERING}
    if {"pipelineId", "pipelineStageId"} & set(data):
        moved = data.get("pipelineId", old["pipelineId"]) != old["pipelineId"]
        wanted = data.get("pipelineStageId") or (None if moved else old["pipelineStageId"])
        new["pipelineStageId"] = stage_in(pipeline(box, new["pipelineId"]), wanted)
    if "customFields" in data:
        held = old["customFields"]
        new["customFields"] = fields.merged(box, "opportunity", held, data["customFields"], "fieldValue")
    box.store.put("opportunities", new | _stamps(box, old, new))
    done = box.store.get("opportunities", old["id"])
    box.effect(kind, old["id"], data)
    events.opportunity_changed(box, old, done)
    return done


def _stamps(box: Any, old: Record, new: Record) -> Record:
    now = box.now()
    stamps = {"updatedAt": now, "lastActionDate": now, "indexVersion": str(int(old["indexVersion"]) + 1)}
    if new["status"] != old["status"]:
        stamps["lastStatusChangeAt"] = now
    if new["pipelineStageId"] != old["pipelineStageId"]:
        stamps["lastStageChangeAt"] = now
    return stamps


def get(box: Any, call: Call) -> Record:
    return box.find("opportunities", "Opportunity", call.args["id"])


@ROUTES.on("POST", "/opportunities/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), CREATE_OPPORTUNITY)
    found = None if box.settings["allow_duplicate_opportunities"] else twin(box, data)
    if found:
        message = "Can not create duplicate opportunity for the contact."
        raise refusals.bad(message, code="OPPORTUNITY_NO_DUPLICATE", meta={"existingId": found["id"]})
    return Answer(201, {"opportunity": shown(box, make(box, data))})


@ROUTES.on("POST", "/opportunities/upsert", scope=WRITE, place="body")
def upsert(box: Any, call: Call) -> Any:
    data = checked(call.fields(), UPSERT_OPPORTUNITY)
    old = box.store.get("opportunities", data["id"]) if data.get("id") else twin(box, data)
    if old:
        return {"new": False, "opportunity": shown(box, change(box, old, data))}
    missing = [f"{name} should not be empty" for name in ("contactId", "name") if not data.get(name)]
    if missing:
        raise refusals.unfit(*missing)
    return {"new": True, "opportunity": shown(box, make(box, data))}


@ROUTES.on("GET", "/opportunities/{id}", scope=READ)
def read(box: Any, call: Call) -> Any:
    return {"opportunity": shown(box, get(box, call))}


@ROUTES.on("PUT", "/opportunities/{id}", scope=WRITE)
def update(box: Any, call: Call) -> Any:
    data = checked(call.fields(), UPDATE_OPPORTUNITY)
    return {"opportunity": shown(box, change(box, get(box, call), data))}


@ROUTES.on("PUT", "/opportunities/{id}/status", scope=WRITE)
def set_status(box: Any, call: Call) -> Any:
    change(box, get(box, call), checked(call.fields(), OPPORTUNITY_STATUS), "opportunity.status")
    return {"succeded": True}


@ROUTES.on("DELETE", "/opportunities/{id}", scope=WRITE)
def delete(box: Any, call: Call) -> Any:
    gone = get(box, call)
    box.store.drop("opportunities", gone["id"])
    box.effect("opportunity.deleted", gone["id"], {})
    events.opportunity(box, "OpportunityDelete", gone)
    return {"succeded": True}


@ROUTES.on("GET", "/opportunities/pipelines", scope=READ, place="query")
def pipelines(box: Any, call: Call) -> Any:
    return {"pipelines": box.store.rows("pipelines")}


@ROUTES.on("GET", "/opportunities/lost-reason", scope=READ, place="query")
def lost_reasons(box: Any, call: Call) -> Any:
    rows = box.store.rows("lost_reasons")
    return {"lostReasons": rows, "total": len(rows)}
