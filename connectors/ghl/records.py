"""HighLevel's records as a trigger gives them to a recipe: one shape, whichever way they came in."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Record = Mapping[str, Any]
MAPPED = {
    "first_name": "firstName",
    "last_name": "lastName",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "company": "companyName",
    "address1": "address1",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
    "website": "website",
    "source": "source",
    "assigned_to": "assignedTo",
}
"""Ours to theirs; also what a change of a contact is noticed by. Everything else in a record moves by itself."""


def moment(value: Any) -> str:
    """A time as HighLevel gives it (ISO text or epoch milliseconds) in one spelling, `2026-11-22T09:30:00.000Z`, that
    sorts as it runs; empty when it is none."""
    try:
        if isinstance(value, int | float | Decimal) or str(value).isdigit():
            at = datetime.fromtimestamp(int(value) / 1000, UTC)
        else:
            at = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return ""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_since(at: str, since: str) -> bool:
    """Whether a `moment` is not before an ISO time, to the second; an unknown one is."""
    return bool(at) and at[:19] >= moment(since)[:19]


def person(record: Record) -> dict[str, Any]:
    """A contact."""
    data = {ours: record.get(theirs) or "" for ours, theirs in MAPPED.items()}
    data["name"] = data["name"] or f"{data['first_name']} {data['last_name']}".strip()
    return {
        "id": str(record.get("id") or ""),
        **data,
        "tags": [str(tag) for tag in record.get("tags") or []],
        "date_of_birth": record.get("dateOfBirth") or "",
        "do_not_disturb": bool(record.get("dnd")),
        "created_at": moment(record.get("dateAdded")),
        "custom": custom(record),
    }


def deal(record: Record, contact: Record | None = None, pipelines: list[Record] | None = None) -> dict[str, Any]:
    """An opportunity with its contact and the names of its pipeline and stage, as far as they are known."""
    status_at = moment(record.get("lastStatusChangeAt"))
    status = str(record.get("status") or "")
    pipeline, stage = _named(record, pipelines or [])
    return {
        "id": str(record.get("id") or ""),
        "name": record.get("name") or "",
        "status": status,
        "value": amount(record.get("monetaryValue")),
        "pipeline": pipeline,
        "stage": stage,
        "assigned_to": record.get("assignedTo") or "",
        "source": record.get("source") or "",
        "created_at": created(record),
        "status_changed_at": status_at,
        "won_at": status_at if status == "won" else "",
        "contact": person(contact or _contact_of(record)),
        "custom": custom(record),
    }


def created(record: Record) -> str:
    return moment(record.get("createdAt") or record.get("dateAdded"))


def amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value if value not in (None, "") else 0))
    except InvalidOperation:
        return Decimal(0)


def custom(record: Record) -> dict[str, Any]:
    """Custom fields by their id; each resource calls the value something else."""
    fields = [c for c in record.get("customFields") or [] if isinstance(c, Mapping) and c.get("id")]
    return {str(c["id"]): next((c[n] for n in ("value", "fieldValue", "field_value") if n in c), "") for c in fields}


def fingerprint(record: Record) -> str:
    """Changes when something about a contact changes that a recipe can see, tags aside."""
    seen = person(record)
    told = {name: str(seen[name]).strip().lower() for name in MAPPED}
    told |= {f"custom.{key}": str(value) for key, value in seen["custom"].items() if value not in ("", None, [])}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def tags_of(record: Record) -> list[str]:
    return sorted({str(tag).strip().lower() for tag in record.get("tags") or []})


def contact_values(record: Record) -> dict[str, Any]:
    undisturbed = {"dnd": bool(record["dnd"])} if "dnd" in record else {}
    return {"tags": tags_of(record), "fields": fingerprint(record), **undisturbed}


def opportunity_values(record: Record) -> dict[str, Any]:
    """What tells a change; the times only where the record has them (webhooks have none)."""
    value = amount(record.get("monetaryValue"))
    told = {
        "status": str(record.get("status") or "").lower(),
        "stage": str(record.get("pipelineStageId") or ""),
        "pipeline": str(record.get("pipelineId") or ""),
        "value": format(value.normalize() if value else Decimal(0), "f"),
        "assigned_to": str(record.get("assignedTo") or ""),
        "name": str(record.get("name") or ""),
    }
    times = {"status_at": moment(record.get("lastStatusChangeAt")), "stage_at": moment(record.get("lastStageChangeAt"))}
    return told | {name: at for name, at in times.items() if at}


def _contact_of(record: Record) -> Record:
    inner = record.get("contact")
    return inner if isinstance(inner, Mapping) else {"id": record.get("contactId")}


def _named(record: Record, pipelines: list[Record]) -> tuple[dict[str, str], dict[str, str]]:
    ids = str(record.get("pipelineId") or ""), str(record.get("pipelineStageId") or "")
    pipeline: Record = next((p for p in pipelines if p.get("id") == ids[0]), {})
    stages = [s for s in pipeline.get("stages") or [] if isinstance(s, Mapping)]
    stage: Record = next((s for s in stages if s.get("id") == ids[1]), {})
    return {"id": ids[0], "name": pipeline.get("name") or ""}, {"id": ids[1], "name": stage.get("name") or ""}
