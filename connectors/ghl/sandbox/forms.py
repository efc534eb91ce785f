"""Forms and surveys that people made, and what contacts wrote into them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.ghl.sandbox import contacts
from connectors.ghl.sandbox.refusals import bad, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import size_of
from connectors.ghl.sandbox.times import identity, iso
from connectors.sandbox_kit.http import Call, Part

Record = dict[str, Any]
HOUR = 3600
NAMES = {
    "form": ("Project enquiry", "Call me back"),
    "survey": ("After the project",),
}
WRITTEN = {
    "form": ("We would like a new website.", "Can you look after our shop?", "Please call me in the morning."),
    "survey": ("Friendly and quick.", "All as promised."),
}


def plant(box: Any) -> None:
    """Two forms and a survey, filled in by a few contacts in the days before."""
    people = box.store.rows("contacts")
    for kind, names in NAMES.items():
        for name in names:
            box.store.put(f"{kind}s", {"id": identity(kind, name), "name": name, "locationId": box.location()})
        for at, text in enumerate(WRITTEN[kind]):
            where = box.store.rows(f"{kind}s")[at % len(names)]
            fill_in(box, kind, where, people[6 + at], text, box.clock() - (at + 1) * 20 * HOUR)


def fill_in(box: Any, kind: str, where: Record, person: Record, text: str, at: float | None = None) -> Record:
    """What a contact sends by the form or survey `where`."""
    industry = next(row["id"] for row in box.store.rows("fields") if row["name"] == "Industry")
    asked = {"full_name": person["name"], "email": person["email"], "phone": person.get("phone", ""), "message": text}
    page = {"url": f"https://brightwater-studio.example/{kind}", "title": where["name"]}
    event = {"page": page, "source": "Direct traffic", "medium": kind, "parentName": where["name"]}
    own = {"id": box.new_id(f"{kind}_submissions"), "contactId": person["id"], f"{kind}Id": where["id"]}
    others = {**asked, industry: "Services", "eventData": event, "fieldsOriSequance": [*asked, industry]}
    told = {"name": person["name"], "email": person["email"], "others": others}
    return box.store.put(f"{kind}_submissions", {**own, "createdAt": iso(box.clock() if at is None else at), **told})


def _listed(kind: str) -> Any:
    def listed(box: Any, call: Call) -> Any:
        size, skip = size_of(_whole(call, "limit", 10), "limit", 50), _whole(call, "skip", 0)
        rows = box.store.rows(f"{kind}s") if call.query.get("type") in (None, "", kind) else []
        return {f"{kind}s": rows[skip : skip + size], "total": len(rows)}

    return listed


def _submissions(kind: str) -> Any:
    def submissions(box: Any, call: Call) -> Any:
        size, page = size_of(_whole(call, "limit", 20), "limit", 100), _whole(call, "page", 1)
        rows = [row for row in _within(box, call, box.store.rows(f"{kind}_submissions")) if _meant(row, kind, call)]
        rows.sort(key=lambda row: str(row["createdAt"]), reverse=True)
        start = (page - 1) * size
        follows = start + size < len(rows)
        meta = {"total": len(rows), "currentPage": page, "nextPage": page + 1 if follows else None}
        meta["prevPage"] = page - 1 if page > 1 else None
        return {"submissions": rows[start : start + size], "meta": meta}

    return submissions


def _within(box: Any, call: Call, rows: list[Record]) -> list[Record]:
    """Whole days; of the last month, when nothing else is said."""
    today = datetime.fromtimestamp(box.clock(), UTC).date()
    first, last = _date(call, "startAt", today - timedelta(days=31)), _date(call, "endAt", today)
    return [row for row in rows if first.isoformat() <= row["createdAt"][:10] <= last.isoformat()]


def _meant(row: Record, kind: str, call: Call) -> bool:
    only, wanted = call.query.get(f"{kind}Id"), call.query.get("q", "").lower()
    spoken = f"{row['contactId']} {row['name']} {row['email']} {row['others']['phone']}".lower()
    return only in (None, "", row[f"{kind}Id"]) and wanted in spoken


def _date(call: Call, name: str, usual: date) -> date:
    try:
        return date.fromisoformat(call.query[name]) if call.query.get(name) else usual
    except ValueError:
        raise unfit(f"{name} must be a valid date string") from None


def _whole(call: Call, name: str, usual: int) -> int:
    text = call.query.get(name) or str(usual)
    if not text.isdigit():
        raise unfit(f"{name} must be a number conforming to the specified constraints")
    return int(text)


for _kind in NAMES:
    ROUTES.on("GET", f"/{_kind}s/", scope=f"{_kind}s.readonly", place="query")(_listed(_kind))
    ROUTES.on("GET", f"/{_kind}s/submissions", scope=f"{_kind}s.readonly", place="query")(_submissions(_kind))


@ROUTES.on("POST", "/forms/upload-custom-files", scope="forms.write", place="query")
def upload(box: Any, call: Call) -> Any:
    """Each part is called by the custom field and an id that the sender made up: `<field>_<file>`."""
    person = box.find("contacts", "Contact", call.query.get("contactId", ""))
    files = [part for part in call.parts() if part.filename]
    if not files:
        raise bad("No files found in the request")
    held = {one["id"]: one["value"] for one in person["customFields"]}
    for part in files:
        field, _, key = part.name.partition("_")
        if not key or (box.store.get("fields", field) or {}).get("dataType") != "FILE_UPLOAD":
            raise bad(f"{part.name} names no custom field of type FILE_UPLOAD")
        held[field] = {**(held.get(field) or {}), key: _file(box, part, key)}
    kept = [{"id": field, "value": value} for field, value in held.items()]
    done = contacts.put(box, person, person | {"customFields": kept}, {"files": len(files)}, "contact.file_added")
    return {"contact": contacts.shown(done)}


def _file(box: Any, part: Part, key: str) -> Record:
    meta = {"originalname": part.filename, "mimetype": part.type, "size": len(part.content), "uuid": key}
    document = box.new_id("documents")
    return {"meta": meta, "url": f"https://storage.example/documents/{document}", "documentId": document}
