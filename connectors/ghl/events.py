"""Webhooks: whether a delivery is genuine, what it is called, what it shows (facts read 2026-11-22)."""

from collections.abc import Mapping
from typing import Any

from connectors.ghl import records
from connectors.spec import Sighting

PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=
-----END PUBLIC KEY-----
"""
"""HighLevel's own, published in its webhook guide; a connection's `public_key` replaces it."""

OLD_KEY = """-----BEGIN PUBLIC KEY-----
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC
Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6
dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB
csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv
uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF
3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU
J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp
IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN
h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC
HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ
PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk
T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==
-----END PUBLIC KEY-----
"""

CONTACT_EVENTS = ("ContactCreate", "ContactUpdate", "ContactTagUpdate", "ContactDndUpdate", "ContactDelete")
OPPORTUNITY_EVENTS = (
    "OpportunityCreate",
    "OpportunityUpdate",
    "OpportunityStatusUpdate",
    "OpportunityStageUpdate",
    "OpportunityMonetaryValueUpdate",
    "OpportunityAssignedToUpdate",
    "OpportunityDelete",
)


OPPORTUNITY_FIELDS = {
    "status": "status",
    "stage": "pipelineStageId",
    "pipeline": "pipelineId",
    "value": "monetaryValue",
    "assigned_to": "assignedTo",
    "name": "name",
}


def verify(headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str]) -> bool:
    """Secrets: `public_key` (PEM, several while a key is changed), `old_signature` = yes to take the RSA header that
    HighLevel gave up in September 2026, `old_public_key`."""
    from connectors import public_keys  # noqa: PLC0415 -- a large library, which nobody needs who only declares

    if "x-ghl-signature" in headers:
        return public_keys.ed25519(secrets.get("public_key") or PUBLIC_KEY, headers["x-ghl-signature"], body)
    if secrets.get("old_signature") == "yes" and "x-wh-signature" in headers:
        return public_keys.rsa_sha256(secrets.get("old_public_key") or OLD_KEY, headers["x-wh-signature"], body)
    return False


def event_of(body: Mapping[str, Any], tail: str) -> str:
    return str(body.get("type") or "")


def delivery_of(body: Mapping[str, Any]) -> str:
    return str(body.get("webhookId") or "")


def payload(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record of an envelope: live deliveries are flat, the guide's sample nests it below `data`."""
    inner = body.get("data")
    return {**body, **inner} if isinstance(inner, Mapping) else body


def read_contact(body: Mapping[str, Any], event: str) -> Sighting | None:
    record = payload(body)
    if event not in CONTACT_EVENTS or not record.get("id"):
        return None
    told = _told(record, event)
    values = {"gone": True} if told["gone"] else records.contact_values(record)
    return Sighting("contact", str(record["id"]), values, records.person(record), **told)


def read_opportunity(body: Mapping[str, Any], event: str) -> Sighting | None:
    record = payload(body)
    if event not in OPPORTUNITY_EVENTS or not record.get("id"):
        return None
    told = _told(record, event)
    values = {"gone": True} if told["gone"] else records.opportunity_values(record)
    return Sighting("opportunity", str(record["id"]), values, records.deal(record), complete=told["gone"], **told)


def told_contact(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """A contact as our own write left it; the answer about tags has nothing but those."""
    record = output.get("contact")
    if isinstance(record, Mapping) and record.get("id"):
        values = records.contact_values(record)
        return str(record["id"]), values if "tags" in record else {"fields": values["fields"]}
    if inputs.get("contactId") and isinstance(output.get("tags"), list):
        return str(inputs["contactId"]), {"tags": records.tags_of(output)}
    return None


def told_opportunity(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    record = output.get("opportunity")
    if not isinstance(record, Mapping) or not record.get("id"):
        return None
    values = records.opportunity_values(record)
    return str(record["id"]), {name: values[name] for name, theirs in OPPORTUNITY_FIELDS.items() if theirs in record}


def _told(record: Mapping[str, Any], event: str) -> dict[str, Any]:
    return {
        "stamp": records.moment(record.get("dateUpdated") or record.get("updatedAt") or record.get("timestamp")),
        "created": records.created(record),
        "hint": event,
        "gone": event.endswith("Delete"),
        "owner": str(record.get("locationId") or ""),
    }
