"""What the sandbox's page shows: a list per kind of record."""

from typing import Any

from connectors.sandbox_kit import lists as kit

Record = dict[str, Any]
DEALS = (
    ("name", "Deal", "text"),
    ("contact", "Contact", "text"),
    ("pipeline", "Pipeline", "text"),
    ("stage", "Stage", "text"),
    ("value", "Value", "money"),
    ("status", "Status", "status"),
)
CONTACTS = (
    ("name", "Name", "text"),
    ("company", "Company", "text"),
    ("email", "E-mail", "text"),
    ("phone", "Phone", "text"),
    ("tags", "Tags", "tags"),
)
NOTES = (("contact", "Contact", "text"), ("body", "Note", "text"), ("added", "Added", "time"))
TASKS = (
    ("contact", "Contact", "text"),
    ("title", "Task", "text"),
    ("due", "Due", "time"),
    ("status", "Status", "status"),
)
APPOINTMENTS = (
    ("title", "Appointment", "text"),
    ("contact", "Contact", "text"),
    ("calendar", "Calendar", "text"),
    ("starts", "Starts", "time"),
    ("status", "Status", "status"),
)
MESSAGES = (
    ("contact", "Contact", "text"),
    ("channel", "Channel", "text"),
    ("body", "Message", "text"),
    ("added", "Added", "time"),
    ("status", "Status", "status"),
)
INVOICES = (
    ("number", "Number", "text"),
    ("name", "Invoice", "text"),
    ("contact", "Contact", "text"),
    ("total", "Total", "money"),
    ("due", "Due", "money"),
    ("status", "Status", "status"),
)
ORDERS = (
    ("contact", "Contact", "text"),
    ("items", "Items", "text"),
    ("total", "Total", "money"),
    ("status", "Status", "status"),
)
RECORDS = (
    ("object", "Object", "text"),
    ("name", "Record", "text"),
    ("fields", "Fields", "text"),
    ("changed", "Changed", "time"),
)
SOCIAL_TAGS = (("tag", "Tag of posts", "text"), ("added", "Added", "time"))
DOCUMENTS = (
    ("name", "Document", "text"),
    ("contact", "Contact", "text"),
    ("added", "Made", "time"),
    ("status", "Status", "status"),
)
FILLED_IN = (
    ("form", "Form or survey", "text"),
    ("contact", "Contact", "text"),
    ("text", "Message", "text"),
    ("added", "Sent", "time"),
)


def lists(box: Any) -> list[Record]:
    names = {row["id"]: row["name"] for row in box.store.rows("contacts")}
    stages = {s["id"]: (p["name"], s["name"]) for p in box.store.rows("pipelines") for s in p["stages"]}

    def deal(row: Record) -> Record:
        pipeline, stage = stages.get(row["pipelineStageId"], ("", ""))
        own = {"name": row["name"], "value": row["monetaryValue"], "currency": "USD", "status": row["status"]}
        return {**own, "contact": names.get(row["contactId"], ""), "pipeline": pipeline, "stage": stage}

    def note(row: Record) -> Record:
        return {"contact": names.get(row["contactId"], ""), "body": row["body"], "added": row["dateAdded"]}

    def task(row: Record) -> Record:
        state = "done" if row["completed"] else "open"
        return {
            "contact": names.get(row["contactId"], ""),
            "title": row["title"],
            "due": row["dueDate"],
            "status": state,
        }

    def appointment(row: Record) -> Record:
        calendar = box.store.get("calendars", row["calendarId"]) or {}
        own = {"title": row["title"], "starts": row["startTime"], "status": row["appointmentStatus"]}
        return {**own, "contact": names.get(row["contactId"], ""), "calendar": calendar.get("name", "")}

    def message(row: Record) -> Record:
        way = f"{row['messageType'].removeprefix('TYPE_').replace('_', ' ')}, {row['direction']}"
        own = {"body": row["body"], "added": row["dateAdded"], "status": row["status"]}
        return {"contact": names.get(row["contactId"], ""), "channel": way, **own}

    def filled_in(row: Record) -> Record:
        where = box.store.get("forms", row.get("formId", "")) or box.store.get("surveys", row.get("surveyId", ""))
        own = {"text": row["others"]["message"], "added": row["createdAt"]}
        return {"form": (where or {}).get("name", ""), "contact": row["name"], **own}

    def record(row: Record) -> Record:
        told = dict(row["properties"])
        own = {"object": row["objectKey"].removeprefix("custom_objects."), "name": str(told.pop("name", ""))}
        return {**own, "fields": ", ".join(f"{k} {v}" for k, v in told.items()), "changed": row["updatedAt"]}

    def document(row: Record) -> Record:
        who = ", ".join(one["contactName"] for one in row["recipients"])
        return {"name": row["name"], "contact": who, "added": row["createdAt"], "status": row["status"][0]}

    written = [row for kind in ("form", "survey") for row in box.store.rows(f"{kind}_submissions")]
    written.sort(key=lambda row: str(row["createdAt"]))
    return [
        kit.table("opportunities", "Opportunities", DEALS, box.store.rows("opportunities"), deal),
        kit.table("contacts", "Contacts", CONTACTS, box.store.rows("contacts"), _contact),
        kit.table("invoices", "Invoices", INVOICES, _named(box, "invoices"), _invoice),
        kit.table("orders", "Orders", ORDERS, _named(box, "orders"), _order),
        kit.table("notes", "Notes", NOTES, box.store.rows("notes"), note),
        kit.table("tasks", "Tasks", TASKS, box.store.rows("tasks"), task),
        kit.table("appointments", "Appointments", APPOINTMENTS, box.store.rows("appointments"), appointment),
        kit.table("messages", "Messages", MESSAGES, box.store.rows("messages"), message),
        kit.table("social_tags", "Tags of social posts", SOCIAL_TAGS, box.store.rows("social_tags"), _social_tag),
        kit.table("submissions", "Forms and surveys filled in", FILLED_IN, written, filled_in),
        kit.table("records", "Records of custom objects", RECORDS, box.store.rows("records"), record),
        kit.table("documents", "Documents and contracts", DOCUMENTS, box.store.rows("documents"), document),
    ]


def _social_tag(row: Record) -> Record:
    return {"tag": row["tag"], "added": row["createdAt"]}


def _contact(row: Record) -> Record:
    own = {name: row.get(name) or "" for name in ("name", "email", "phone")}
    return {**own, "company": row.get("companyName") or "", "tags": row["tags"]}


def _named(box: Any, table: str) -> list[Record]:
    """Records of money have their id under another name."""
    return [{**row, "id": row["_id"]} for row in box.store.rows(table)]


def _invoice(row: Record) -> Record:
    own = {"number": str(row["invoiceNumber"]), "name": row["name"], "contact": row["contactDetails"]["name"]}
    sums = {"total": row["total"], "due": row["amountDue"], "currency": row["currency"]}
    return {**own, **sums, "status": row["status"]}


def _order(row: Record) -> Record:
    own = {"contact": row["contactSnapshot"]["name"], "items": ", ".join(item["name"] for item in row["items"])}
    return {**own, "total": row["amount"], "currency": row["currency"], "status": row["status"]}
