"""A record of the API as a sighting, from a search or read again by its id."""

from dataclasses import replace

from connectors.errors import Forbidden, NotFound
from connectors.ghl import choices, odd, records
from connectors.ghl.records import Record
from connectors.notation import fill
from connectors.spec import Context, Conversation, Sighting


def contact(record: Record) -> Sighting:
    return Sighting(
        "contact",
        str(record["id"]),
        records.contact_values(record),
        records.person(record),
        stamp=contact_stamp(record),
        created=records.created(record),
        complete=False,
        owner=str(record.get("locationId") or ""),
    )


def opportunity(record: Record) -> Sighting:
    return Sighting(
        "opportunity",
        str(record["id"]),
        records.opportunity_values(record),
        records.deal(record),
        stamp=opportunity_stamp(record),
        created=records.created(record),
        complete=False,
        owner=str(record.get("locationId") or ""),
    )


def contact_stamp(record: Record) -> str:
    return records.moment(record.get("dateUpdated") or record.get("dateAdded"))


def opportunity_stamp(record: Record) -> str:
    return records.moment(record.get("updatedAt") or record.get("createdAt"))


def reread_contact(record_id: str, context: Context) -> Conversation[Sighting]:
    record = yield from odd.read(fill("/contacts/{id}", {"id": record_id}), "contact", context)
    return replace(contact({**record, "id": record_id}), complete=True)


def reread_opportunity(record_id: str, context: Context) -> Conversation[Sighting]:
    """The opportunity, its contact, and the names of its pipeline and stage: three calls."""
    record = yield from odd.read(fill("/opportunities/{id}", {"id": record_id}), "opportunity", context)
    record = {**record, "id": record_id}
    person = yield from person_of(record, context)
    pipelines = yield from _pipelines(context)
    return replace(opportunity(record), data=records.deal(record, person, pipelines), complete=True)


def person_of(record: Record, context: Context) -> Conversation[Record | None]:
    """The whole contact of a record; None where the little that the record tells must do."""
    if not record.get("contactId"):
        return None
    try:
        return (yield from odd.read(fill("/contacts/{id}", {"id": record["contactId"]}), "contact", context))
    except (NotFound, Forbidden):
        return None


def _pipelines(context: Context) -> Conversation[list[Record]]:
    try:
        return list((yield from choices.listed("/opportunities/pipelines", "pipelines", context)))
    except (NotFound, Forbidden):
        return []
