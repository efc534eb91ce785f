"""What a declaration can't say: looking before repeating, adopting what is there, and HighLevel's own turns."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from connectors.errors import Duplicate, NotFound, Unclear
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED
from connectors.notation import Perform, Values, fill
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request

VERSION = {"Version": DATED}
APART = 300
"""Seconds that two clocks may differ."""


def location(context: Context) -> str:
    return context.account.settings.get("location_id", "")


def upserted(answer: Any, values: Values) -> Values:
    """HighLevel follows the first of e-mail and phone that matches and drops the other without a word; say so."""
    contact = answer.get("contact", {})
    differs = [name for name in ("email", "phone") if _other(values.get(name), contact.get(name))]
    return {"contact": contact, "new": bool(answer.get("new")), "differs": ", ".join(differs)}


def _other(sent: Any, got: Any) -> bool:
    return bool(sent and got) and _bare(sent) != _bare(got)


def _bare(text: Any) -> str:
    return "".join(c for c in str(text).lower() if c.isalnum() or c in "@.")


def adopting(name: str, path: str) -> Callable[[Perform], Perform]:
    """The same operation, but the record that stood in the way is taken instead, when the input says so."""

    def wrap(perform: Perform) -> Perform:
        def adopt(values: Values, context: Context) -> Conversation[Values]:
            try:
                made = yield from perform(values, context)
            except Duplicate as there:
                if values.get("if_exists") == "fail":
                    raise
                found = yield from read(fill(path, {"id": there.record_id}), name, context)
                return {name: found, "existing": True}
            return {**made, "existing": False}

        return adopt

    return wrap


def read(path: str, name: str, context: Context) -> Conversation[Any]:
    """One record by its path."""
    response = yield from ask(Request("GET", path, headers=VERSION), explain, f"get the {name}")
    return (response.json or {}).get(name) or {}


def find_contact(values: Values, context: Context) -> Conversation[list[Values]]:
    """The contact with exactly this e-mail or phone. Raises Unclear without either: nobody can tell then."""
    if not values.get("email") and not values.get("phone"):
        raise Unclear("The contact has neither e-mail nor phone to look by. Look in HighLevel, then tell Recette.")
    found: dict[str, Values] = {}
    for parameter, name in (("email", "email"), ("number", "phone")):
        if values.get(name):
            contact = yield from duplicate_of({parameter: values[name]}, context)
            if contact and not _other(values[name], contact.get(name)):
                found[contact["id"]] = {"contact": contact, "existing": True}
    return list(found.values())


def duplicate_of(query: Values, context: Context) -> Conversation[Any]:
    request = Request(
        "GET", "/contacts/search/duplicate", query={"locationId": location(context), **query}, headers=VERSION
    )
    try:
        response = yield from ask(request, explain, "look for the contact")
    except NotFound:
        return None
    return (response.json or {}).get("contact")


def search_duplicate(values: Values, context: Context) -> Conversation[Values]:
    """Found or not, in words a condition can use; not finding is no error."""
    query = {"email": values.get("email") or None, "number": values.get("phone") or None}
    contact = yield from duplicate_of(query, context)
    return {"contact": contact or {}, "found": bool(contact)}


def marked(values: Values, context: Context) -> Values:
    """The text with our reference as its last line, by which a lost answer is found again."""
    if context.marker:
        values["body"] = f"{values.get('body') or ''}\n\nref {context.marker}".strip()
    return values


def bearing_marker(plural: str, name: str) -> Any:
    """Finds the contact's notes or tasks whose last line is our reference."""

    def find(values: Values, context: Context) -> Conversation[list[Values]]:
        listed = yield from read(fill("/contacts/{contactId}/", values) + plural, plural, context)
        return [{name: item} for item in listed or [] if last_line(item) == f"ref {context.marker}"]

    return find


def last_line(item: Values) -> str:
    return str(item.get("body") or "").rstrip().rsplit("\n", 1)[-1].strip()


def since(record: Values, context: Context, name: str = "createdAt", apart: float = APART) -> bool:
    """Whether it was made, or touched, since the step began, by clocks that may differ so much; true also when nobody
    can tell: better a person looks at two than a third is made."""
    try:
        at = datetime.fromisoformat(str(record.get(name)))
    except ValueError:
        return True
    return not at.tzinfo or at.timestamp() >= context.since - apart


def find_opportunity(values: Values, context: Context) -> Conversation[list[Values]]:
    """The contact's opportunities in the pipeline that bear exactly the same name."""
    found = yield from opportunities_of(values, context)
    return [{"opportunity": o, "existing": True} for o in found if o.get("name") == values.get("name")]


def find_upserted(values: Values, context: Context) -> Conversation[list[Values]]:
    """The contact's opportunities in the pipeline that are already as they were to become."""
    names = ("id", "name", "status", "pipelineStageId", "assignedTo", "monetaryValue")
    wanted = {name: values[name] for name in names if values.get(name) not in (None, "", "all")}
    found = yield from opportunities_of(values, context)
    return [{"opportunity": o, "new": False} for o in found if fits(o, wanted)]


def american(values: Values, context: Context) -> Values:
    """Days with the month first, as the older search wants them."""
    days = {name: date.fromisoformat(str(values[name])[:10]) for name in ("date", "endDate") if values.get(name)}
    return {**values, **{name: day.strftime("%m-%d-%Y") for name, day in days.items()}}


def found_by_itself(values: Values, context: Context) -> Conversation[list[Values]]:
    """For an operation that looks first: when the search has caught up it is simply repeated."""
    yield from ()
    return []


def opportunities_of(values: Values, context: Context) -> Conversation[list[Values]]:
    """A contact's opportunities in a pipeline. Filters are checked again: HighLevel has been seen to ignore them."""
    wanted = {"contactId": values.get("contactId"), "pipelineId": values.get("pipelineId")}
    query = {"location_id": location(context), "contact_id": wanted["contactId"], "pipeline_id": wanted["pipelineId"]}
    request = Request("GET", "/opportunities/search", query={**query, "limit": 100}, headers=VERSION)
    response = yield from ask(request, explain, "look for the opportunity")
    return [o for o in (response.json or {}).get("opportunities") or [] if fits(o, wanted)]


def fits(record: Values, wanted: Values) -> bool:
    return all(str(record.get(name)) == str(value) for name, value in wanted.items() if value)


def upserting(create: Perform, update: Perform) -> Perform:
    """The contact's newest open opportunity in the pipeline is updated; there is none: one is made. HighLevel's own
    upsert can't be told the contact, so what it would match is anybody's guess."""

    def upsert(values: Values, context: Context) -> Conversation[Values]:
        found = yield from opportunities_of(values, context)
        standing = sorted((o for o in found if o.get("status") == "open"), key=lambda o: str(o.get("createdAt")))
        if not standing:
            made = yield from create(values, context)
            return {"opportunity": made["opportunity"], "new": True}
        known = {name: value for name, value in values.items() if name != "contactId"}
        changed = yield from update({**known, "id": standing[-1]["id"]}, context)
        return {"opportunity": changed["opportunity"], "new": False}

    return upsert


def status_set(answer: Any, values: Values) -> Values:
    """The service only says that it worked."""
    return {"opportunity": {"id": values["id"], "status": values["status"]}}


def search_contacts(values: Values, context: Context) -> Conversation[Values]:
    wanted = {"tags": values.get("tag"), "email": values.get("email"), "assignedTo": values.get("assignedTo")}
    body = {
        "locationId": location(context),
        "pageLimit": min(int(values.get("limit") or 20), 500),
        "filters": [{"field": n, "operator": "eq", "value": v} for n, v in wanted.items() if v],
        "sort": [{"field": "dateAdded", "direction": "desc"}],
    }
    if values.get("query"):
        body["query"] = str(values["query"])[:75]
    request = Request("POST", "/contacts/search", json=body, headers=VERSION, reads=True)
    response = yield from ask(request, explain, "search contacts")
    return counted("contacts", response.json or {})


def search_opportunities(values: Values, context: Context) -> Conversation[Values]:
    names = {"status": "status", "pipelineId": "pipeline_id", "pipelineStageId": "pipeline_stage_id"}
    names |= {"contactId": "contact_id", "assignedTo": "assigned_to"}
    wanted = {name: values[name] for name in names if values.get(name)}
    body = opportunity_search(context, int(values.get("limit") or 20), str(values.get("query") or ""))
    body["filters"] = [{"field": names[n], "operator": "eq", "value": v} for n, v in wanted.items()]
    body["sort"] = [{"field": "date_added", "direction": "desc"}]
    request = Request("POST", "/opportunities/search", json=body, headers=VERSION, reads=True)
    response = yield from ask(request, explain, "search opportunities")
    found = counted("opportunities", response.json or {})
    found["opportunities"] = [o for o in found["opportunities"] if fits(o, wanted)]
    return found


def opportunity_search(context: Context, limit: int, query: str = "") -> Values:
    """The body; the document demands `query` and `additionalDetails` even when there is nothing to say."""
    details = dict.fromkeys(("notes", "tasks", "calendarEvents", "unReadConversations"), False)
    return {
        "locationId": location(context),
        "query": query[:75],
        "limit": min(limit, 500),
        "page": 1,
        "additionalDetails": details,
    }


def listed_old(answer: Any, values: Values) -> Values:
    """The list that HighLevel is giving up tells its total and the marks of the next page aside, in `meta`."""
    meta = answer.get("meta") or {}
    marks = {name: meta.get(name) for name in ("startAfter", "startAfterId")}
    return {**counted("contacts", {**answer, **meta}), **marks}


def counted(name: str, answer: Values) -> Values:
    listed = answer.get(name) or []
    return {name: listed, "total": answer.get("total", answer.get("count", len(listed)))}
