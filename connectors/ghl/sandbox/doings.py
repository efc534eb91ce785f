"""What a person can make happen in HighLevel by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.ghl.sandbox import (
    appointments,
    contacts,
    doings_money,
    events,
    forms,
    messages,
    opportunities,
    slots,
    social,
    tags,
)
from connectors.ghl.sandbox.refusals import Refusal
from connectors.sandbox_kit.doings import Doing, Input, Unfit, choice

Record = dict[str, Any]
Act = Callable[[Any, dict[str, str]], Record]


def _deals(box: Any) -> list[dict[str, str]]:
    """Open ones first, and of those the ones that are worth something: what one most likely wants to change."""
    rows = sorted(box.store.rows("opportunities"), key=lambda r: (r["status"] != "open", not r["monetaryValue"]))
    return [choice(r["id"], f"{r['name']} · {r['status']} · {r['monetaryValue']}") for r in rows]


def _people(box: Any) -> list[dict[str, str]]:
    return [
        choice(r["id"], f"{r['name']} · {r.get('companyName') or r.get('email', '')}")
        for r in box.store.rows("contacts")
    ]


def _stages(box: Any) -> list[dict[str, str]]:
    pairs = [(p, s) for p in box.store.rows("pipelines") for s in p["stages"]]
    return [choice(f"{p['id']}/{s['id']}", f"{p['name']} · {s['name']}") for p, s in pairs]


def _pipelines(box: Any) -> list[dict[str, str]]:
    return [choice(row["id"], row["name"]) for row in box.store.rows("pipelines")]


def _tags(box: Any) -> list[dict[str, str]]:
    return [choice(row["name"], row["name"]) for row in box.store.rows("tags")]


def _pick(box: Any, table: str, values: dict[str, str], name: str = "id") -> Record:
    record = box.store.get(table, values[name])
    if record is None:
        raise Unfit({name: "Choose one of the list; this one is gone."})
    return record


def _amount(text: str) -> Any:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Unfit({"value": "The value must be a number such as 1250.50."})
    return int(value) if value == value.to_integral_value() else value


def _deal(change: Callable[[dict[str, str]], Record], sentence: str) -> Act:
    def act(box: Any, values: dict[str, str]) -> Record:
        try:
            done = opportunities.change(box, _pick(box, "opportunities", values), change(values))
        except Refusal as refusal:
            raise Unfit({"id": str(refusal)}) from None
        return {"done": sentence.format(**done), "record": {"id": done["id"]}}

    return act


def _move(values: dict[str, str]) -> Record:
    pipeline, _, stage = values["stage"].partition("/")
    return {"pipelineId": pipeline, "pipelineStageId": stage}


def _new_deal(box: Any, values: dict[str, str]) -> Record:
    person = _pick(box, "contacts", values, "contact")
    pipeline = _pick(box, "pipelines", values, "pipeline")
    data = {"pipelineId": pipeline["id"], "contactId": person["id"], "name": values["name"], "status": "open"}
    if not box.settings["allow_duplicate_opportunities"] and opportunities.twin(box, data):
        raise Unfit({"contact": f"{person['name']} has a deal in this pipeline already; a contact can have one."})
    done = opportunities.make(box, {**data, "monetaryValue": _amount(values["value"])})
    return {"done": f"{done['name']} is a new deal.", "record": {"id": done["id"]}}


def _new_contact(box: Any, values: dict[str, str]) -> Record:
    given = {"name": values["name"], "email": values["email"], "phone": values.get("phone", "")}
    data = {**given, "companyName": values.get("company", ""), "locationId": box.location()}
    found = None if box.settings["allow_duplicates"] else contacts.twin(box, data)
    if found:
        raise Unfit({found[1]: f"{found[0]['name']} has this {found[1]} already."})
    try:
        done = contacts.make(box, data)
    except Refusal:
        raise Unfit({"email": "This is no e-mail address."}) from None
    return {"done": f"{done['name']} is a new contact.", "record": {"id": done["id"]}}


def _add_tag(box: Any, values: dict[str, str]) -> Record:
    done = tags.tag(box, _pick(box, "contacts", values), add=[values["tag"]])
    return {"done": f"{done['name']} has the tag {values['tag']}.", "record": {"id": done["id"]}}


def _remove_tag(box: Any, values: dict[str, str]) -> Record:
    done = tags.tag(box, _pick(box, "contacts", values), remove=[values["tag"]])
    return {"done": f"{done['name']} doesn't have the tag {values['tag']}.", "record": {"id": done["id"]}}


def _add_social_tag(box: Any, values: dict[str, str]) -> Record:
    done = social.add_tag(box, values["tag"].lower())
    return {"done": f"Posts can have the tag {done['tag']} now.", "record": {"id": done["id"]}}


def _calendars(box: Any) -> list[dict[str, str]]:
    return [choice(row["id"], row["name"]) for row in box.store.rows("calendars")]


def _booked(box: Any) -> list[dict[str, str]]:
    rows = [row for row in box.store.rows("appointments") if row["appointmentStatus"] != "cancelled"]
    return [choice(r["id"], f"{r['title']} · {r['startTime'][:16].replace('T', ' ')}") for r in rows]


def _book(box: Any, values: dict[str, str]) -> Record:
    """In the next slot that is free."""
    person = _pick(box, "contacts", values, "contact")
    calendar = _pick(box, "calendars", values, "calendar")
    start, user = slots.next_free(box, calendar)
    wish = {"calendarId": calendar["id"], "contactId": person["id"], "startTime": start, "title": values["title"]}
    done = appointments.make(box, {**wish, "assignedUserId": user})
    appointments.tell(box, "AppointmentCreate", done)
    return {"done": f"{done['title']} is booked.", "record": {"id": done["id"]}}


def _cancel(box: Any, values: dict[str, str]) -> Record:
    old = _pick(box, "appointments", values)
    now = slots.local(box, datetime.fromtimestamp(box.clock(), UTC))
    done = box.store.put("appointments", old | {"appointmentStatus": "cancelled", "dateUpdated": now})
    appointments.tell(box, "AppointmentUpdate", done)
    return {"done": f"{done['title']} is cancelled.", "record": {"id": done["id"]}}


def _write(box: Any, values: dict[str, str]) -> Record:
    person = _pick(box, "contacts", values)
    made = messages.add(box, person, "TYPE_SMS", values["text"], box.clock(), direction="inbound")
    events.message(box, made)
    return {"done": f"{person['name']} has sent a message.", "record": {"id": made["id"]}}


def _forms(box: Any) -> list[dict[str, str]]:
    return [choice(f"{kind}/{row['id']}", row["name"]) for kind in forms.NAMES for row in box.store.rows(f"{kind}s")]


def _fill_in(box: Any, values: dict[str, str]) -> Record:
    person = _pick(box, "contacts", values, "contact")
    kind, _, where = values["form"].partition("/")
    form = _pick(box, f"{kind}s", {"form": where}, "form")
    made = forms.fill_in(box, kind, form, person, values["text"])
    return {"done": f"{person['name']} has sent {form['name']}.", "record": {"id": made["id"]}}


DEAL = Input("id", "Deal", "choice", _deals)
PERSON = Input("id", "Contact", "choice", _people)
VALUE = Input("value", "Value", "money")
NEW_CONTACT = (
    Input("name", "Name"),
    Input("email", "E-mail", "email"),
    Input("phone", "Phone", "phone", required=False),
    Input("company", "Company", required=False),
)
NEW_DEAL = (
    Input("name", "Name"),
    Input("contact", "Contact", "choice", _people),
    Input("pipeline", "Pipeline", "choice", _pipelines),
    VALUE,
)
BOOKING = (
    Input("title", "What it is about"),
    Input("contact", "Contact", "choice", _people),
    Input("calendar", "Calendar", "choice", _calendars),
)
FILLED_IN = (
    Input("form", "Form or survey", "choice", _forms),
    Input("contact", "Contact", "choice", _people),
    Input("text", "Message"),
)
DOINGS = {
    one.do: one
    for one in (
        Doing("win_deal", "Win a deal", "opportunities", (DEAL,), _deal(lambda v: {"status": "won"}, "{name} is won.")),
        Doing(
            "lose_deal", "Lose a deal", "opportunities", (DEAL,), _deal(lambda v: {"status": "lost"}, "{name} is lost.")
        ),
        Doing(
            "reopen_deal",
            "Open a deal again",
            "opportunities",
            (DEAL,),
            _deal(lambda v: {"status": "open"}, "{name} is open again."),
        ),
        Doing(
            "change_value",
            "Change a deal's value",
            "opportunities",
            (DEAL, VALUE),
            _deal(lambda v: {"monetaryValue": _amount(v["value"])}, "{name} is worth {monetaryValue}."),
        ),
        Doing(
            "move_stage",
            "Move a deal",
            "opportunities",
            (DEAL, Input("stage", "Stage", "choice", _stages)),
            _deal(_move, "{name} has moved."),
        ),
        Doing("new_deal", "Add a deal", "opportunities", NEW_DEAL, _new_deal),
        Doing("new_contact", "Add a contact", "contacts", NEW_CONTACT, _new_contact),
        Doing("add_tag", "Add a tag", "contacts", (PERSON, Input("tag", "Tag")), _add_tag),
        Doing("remove_tag", "Remove a tag", "contacts", (PERSON, Input("tag", "Tag", "choice", _tags)), _remove_tag),
        Doing("add_social_tag", "Add a tag for posts", "social_tags", (Input("tag", "Tag"),), _add_social_tag),
        Doing("receive_message", "Write as a contact", "contacts", (PERSON, Input("text", "Message")), _write),
        Doing("fill_in", "Fill in a form", "submissions", FILLED_IN, _fill_in),
        Doing("book", "Book an appointment", "appointments", BOOKING, _book),
        Doing(
            "cancel_appointment",
            "Cancel an appointment",
            "appointments",
            (Input("id", "Appointment", "choice", _booked),),
            _cancel,
        ),
        *doings_money.DOINGS,
    )
}
