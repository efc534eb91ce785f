"""The four lists of contacts and opportunities; all of them read the index, not the records."""

from typing import Any

from connectors.ghl.sandbox import contacts, opportunities
from connectors.ghl.sandbox.refusals import unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import (
    CONTAINS,
    EQUAL,
    EXISTS,
    Catalogue,
    Column,
    date,
    ordered,
    size_of,
    text,
    window,
)
from connectors.ghl.sandbox.shapes import SEARCH_CONTACTS, SEARCH_OPPORTUNITIES, checked
from connectors.ghl.sandbox.times import millis
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
LOWER = {"firstNameLowerCase": "firstName", "lastNameLowerCase": "lastName"}
EMPTY = Column(lambda row: None, (*EQUAL, *EXISTS))
CONTACTS = Catalogue(
    columns={
        "id": Column(lambda row: row["id"], EQUAL),
        "contactName": text("name"),
        "email": text("email"),
        "phone": text("phone", *CONTAINS),
        "address": text("address1", *CONTAINS),
        "tags": text("tags", *CONTAINS),
        **{name: text(name, *CONTAINS) for name in ("city", "companyName", "postalCode", "source", "state")},
        **{name: text(name) for name in ("assignedTo", "country", "dnd", "followers", "timezone", "type", "website")},
        **{low: text(name, *CONTAINS) for low, name in LOWER.items()},
        **{name: date(name) for name in ("dateAdded", "dateUpdated", "dateOfBirth")},
        **{name: date(name) for name in ("lastEmailClickedDate", "lastEmailOpenedDate", "lastAppointment")},
        **dict.fromkeys(("validEmail", "isValidWhatsapp", "activeWorkflows", "finishedWorkflows"), EMPTY),
        "businessName": text("companyName", *CONTAINS),
    },
    custom="customFields.",
    sorts=frozenset(
        (
            "dateAdded",
            "dateUpdated",
            "firstNameLowerCase",
            "lastNameLowerCase",
            "businessName",
            "email",
            "source",
            "dnd",
        )
    ),
    spoken=lambda row: [row.get(k) for k in ("name", "email", "phone", "companyName")] + row["tags"],
)


def _deals(box: Any) -> Catalogue:
    def person(name: str) -> Column:
        def get(row: Record) -> Any:
            return (box.store.get("contacts", row["contactId"]) or {}).get(name)

        return Column(get, (*EQUAL, *CONTAINS, *EXISTS))

    def said(row: Record) -> list[Any]:
        held = box.store.get("contacts", row["contactId"]) or {}
        return [row["name"], *[held.get(k) for k in ("name", "email", "phone", "companyName")]]

    plain = {
        "status": "status",
        "pipeline_id": "pipelineId",
        "pipeline_stage_id": "pipelineStageId",
        "lost_reason_id": "lostReasonId",
        "source": "source",
        "assigned_to": "assignedTo",
        "contact_id": "contactId",
    }
    dates = {"date_added": "createdAt", "date_updated": "updatedAt"}
    dates |= {"last_status_change_date": "lastStatusChangeAt", "last_stage_change_date": "lastStageChangeAt"}
    columns = {
        "id": Column(lambda row: row["id"], EQUAL),
        "name": text("name", *CONTAINS),
        "monetary_value": text("monetaryValue", "range"),
        "followers": text("followers", *CONTAINS),
        **{name: text(key) for name, key in plain.items()},
        **{name: date(key) for name, key in dates.items()},
        **{name: person(key) for name, key in (("contact_name", "name"), ("company_name", "companyName"))},
        **{name: person(name) for name in ("email", "phone")},
    }
    return Catalogue(columns, "custom_fields.", frozenset((*dates, "name", "monetary_value")), said)


def _contact_row(record: Record, position: list[Any]) -> Record:
    row = contacts.shown(record)
    row.pop("dndSettings", None)
    return {**row, "contactName": record["name"], "searchAfter": position}


@ROUTES.on("POST", "/contacts/search", scope=contacts.READ, place="body")
def search_contacts(box: Any, call: Call) -> Any:
    data = checked(call.fields(), SEARCH_CONTACTS)
    size = size_of(data["pageLimit"], "pageLimit", 500)
    rows = CONTACTS.said(CONTACTS.keep(box.contacts.rows(), data.get("filters", [])), data.get("query", ""))
    found = ordered(rows, CONTACTS, CONTACTS.order(data.get("sort", []), "dateAdded"))
    part = window(found, size, data.get("page"), data.get("searchAfter"), box.settings["search_reach"])
    shown = [_contact_row(row, at) for row, at in zip(found.rows[part], found.positions[part], strict=True)]
    return {"contacts": shown, "total": len(rows)}


@ROUTES.on("POST", "/opportunities/search", scope=opportunities.READ, place="body")
def search_opportunities(box: Any, call: Call) -> Any:
    data = checked(call.fields(), SEARCH_OPPORTUNITIES)
    size = size_of(data["limit"], "limit", 500)
    catalogue = _deals(box)
    rows = catalogue.said(catalogue.keep(box.opportunities.rows(), data.get("filters", [])), data.get("query", ""))
    found = ordered(rows, catalogue, catalogue.order(data.get("sort", []), "date_added"))
    part = window(found, size, data.get("page"), data.get("searchAfter"), box.settings["search_reach"])
    pairs = zip(found.rows[part], found.positions[part], strict=True)
    shown = [{**opportunities.shown(box, row), "searchAfter": [str(one) for one in at]} for row, at in pairs]
    return {"opportunities": shown, "total": len(rows), "aggregations": {}}


@ROUTES.on("GET", "/contacts/", scope=contacts.READ, place="query")
def list_contacts(box: Any, call: Call) -> Any:
    """Deprecated; the first names come in small letters here."""
    rows = CONTACTS.said(box.contacts.rows(), call.query.get("query", ""))
    rows.sort(key=lambda row: (row["dateAdded"], row["id"]), reverse=True)
    part, meta = _cursor(call, rows, "dateAdded", 100)
    shown = [contacts.shown(row) for row in part]
    return {"contacts": [row | {"firstName": row.get("firstName", "").lower()} for row in shown], "meta": meta}


ORDERS = {"added": "createdAt", "name": "name"}


@ROUTES.on("GET", "/opportunities/search", scope=opportunities.READ, place="query")
def list_opportunities(box: Any, call: Call) -> Any:
    """The dates of the query are passed over, as they are there."""
    rows = _deals(box).said(box.opportunities.rows(), call.query.get("q", ""))
    plain = {"pipeline_id": "pipelineId", "pipeline_stage_id": "pipelineStageId", "contact_id": "contactId"}
    plain |= {"assigned_to": "assignedTo", "id": "id", "status": "status"}
    for name, key in plain.items():
        wanted = call.query.get(name, "")
        if wanted and wanted != "all":
            rows = [row for row in rows if row.get(key) == wanted]
    column, _, direction = call.query.get("order", "added_desc").partition("_")
    if column not in ORDERS or direction not in ("asc", "desc"):
        raise unfit("order must be one of the following values: added_asc, added_desc, name_asc, name_desc")
    rows.sort(key=lambda row: (str(row[ORDERS[column]]).lower(), row["id"]), reverse=direction == "desc")
    part, meta = _cursor(call, rows, "createdAt", 100)
    return {"opportunities": [opportunities.shown(box, row) for row in part], "meta": meta, "aggregations": {}}


def _cursor(call: Call, rows: list[Record], dated: str, most: int) -> tuple[list[Record], Record]:
    """A page by `startAfter` with `startAfterId` (one alone leads nowhere) or by number, and its meta."""
    size = size_of(_number(call, "limit", 20), "limit", most)
    page = max(_number(call, "page", 1), 1)
    start = (page - 1) * size
    if call.query.get("startAfter") and call.query.get("startAfterId"):
        ids = [row["id"] for row in rows]
        start = ids.index(call.query["startAfterId"]) + 1 if call.query["startAfterId"] in ids else len(rows)
    part = rows[start : start + size]
    meta: Record = {"total": len(rows), "currentPage": page}
    if start + size < len(rows):
        last = part[-1]
        meta |= {"startAfterId": last["id"], "startAfter": millis(last[dated]), "nextPage": page + 1}
        meta["nextPageUrl"] = f"http://localhost:5066{call.path}?limit={size}&startAfterId={last['id']}"
    return part, meta | ({"prevPage": page - 1} if page > 1 else {})


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if text and not text.isdigit():
        raise unfit(f"{name} must be a number conforming to the specified constraints")
    return int(text or default)
