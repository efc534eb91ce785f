"""Clients with their contacts. The primary contact is the person; the others are left alone."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import Duplicate, Refused
from connectors.invoice_ninja.matching import clients_by, has_email, look, taken_by
from connectors.invoice_ninja.odd import (
    bears,
    find_marked,
    marked,
    safe_update,
)
from connectors.invoice_ninja.service import Record, body, given, needed, resource, rows, samples, write
from connectors.invoice_ninja.statics import currency_of
from connectors.notation import get, post, put, reconcile
from connectors.spec import Choice, Choices, Context, Conversation, LinkKind

CLASSES = tuple(
    (name, name.capitalize())
    for name in ["individual", "business", "company", "partnership", "trust", "charity", "government", "other"]
)
CODE = "Choose one, or map a code such as {}."
CONTACT = ("first_name", "last_name", "email", "phone")
CLIENT = f.choice("client_id", "The client, or its ID from an earlier step.", label="Client", source="clients")

PERSON = (
    f.text("first_name", "Of the primary contact."),
    f.text("last_name", "Of the primary contact."),
    f.email("email", "Of the primary contact: invoices are sent there.", label="E-mail"),
    f.phone("phone"),
)
ADDRESS = (
    f.text("address1", label="Street", more=True),
    f.text("address2", label="Apartment, suite", more=True),
    f.text("city", more=True),
    f.text("state", label="State or province", more=True),
    f.text("postal_code", more=True),
    f.choice("country_id", CODE.format("DE or US"), label="Country", source="countries", more=True),
)
SHIPPING = (
    f.text("shipping_address1", label="Shipping street", more=True),
    f.text("shipping_address2", label="Shipping apartment, suite", more=True),
    f.text("shipping_city", more=True),
    f.text("shipping_state", label="Shipping state or province", more=True),
    f.text("shipping_postal_code", more=True),
    f.choice("shipping_country_id", CODE.format("DE or US"), label="Shipping country", source="countries", more=True),
)
DETAILS = (
    f.text("vat_number", label="VAT number", more=True),
    f.text("number", "Leave empty to let Invoice Ninja count.", label="Client number", more=True),
    f.url("website", more=True),
    f.choice("classification", choices=CLASSES, more=True),
    f.choice("settings.currency_id", CODE.format("EUR"), label="Currency", source="currencies", more=True),
    f.text("language_code", "A locale such as en, de or pt_BR.", label="Language", more=True),
    f.integer("settings.payment_terms", "Days until an invoice is due.", label="Payment terms", more=True),
    f.boolean("is_tax_exempt", label="Free of tax", more=True),
    f.choice("assigned_user_id", "Who looks after the client.", label="Assigned to", source="users", more=True),
    f.note("public_notes", "Shown to the client.", more=True),
    f.note("private_notes", "Never shown to the client.", more=True),
    *(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4)),
)
NAME = f.text("name", "The company, or the person's whole name.", label="Name")
ID_NUMBER = f.text(
    "id_number",
    "Unique in Invoice Ninja, and printed by some invoice designs.",
    label="ID number",
    more=True,
)
FIELDS = (NAME, *PERSON, *ADDRESS, ID_NUMBER, *DETAILS, *SHIPPING)
LOOK = (
    f.text(
        "source_id",
        "ID of the person in the other app, such as HighLevel's contact ID. Recette remembers which client belongs to "
        "it, so the same person always gets the same client.",
        label="ID in the other app",
        where="none",
    ),
    f.boolean(
        "match_email",
        "Take a client that has the same e-mail address.",
        label="Also look by e-mail",
        default=True,
        where="none",
        more=True,
    ),
)
NAMED = ("name", "first_name", "last_name", "email")
"""A client needs one of them."""
LINK = LinkKind("client", key="source_id", id="client.id")
SAMPLE = samples("client")
FOUND = {"client": SAMPLE, "found": "email", "several": 1}


# What is sent


def _create(inputs: Record, context: Context, what: str) -> Conversation[Record]:
    sent = _coded(body(FIELDS, inputs))
    currency = sent.get("settings", {}).get("currency_id", "")
    if currency and not currency.isdigit():
        sent["currency_code"] = sent["settings"].pop("currency_id").upper()
    sent["contacts"] = [{**_person(inputs), "is_primary": True, "send_email": True}]
    record = yield from write("POST", "/clients", what, marked(_tidy(sent), context))
    return record


def _update(record_id: str, inputs: Record, what: str) -> Conversation[Record]:
    sent = _tidy(_coded(body(FIELDS, inputs)))
    currency = sent.get("settings", {}).get("currency_id", "")
    if currency and not currency.isdigit():
        sent["settings"]["currency_id"] = yield from currency_of(currency, what)
    record = yield from safe_update("clients", record_id, _overlay(sent, _person(inputs)), what)
    return record


def _overlay(sent: Record, person: Record) -> Callable[[Record], Record]:
    """PUT replaces settings as a whole and deletes the contacts it doesn't list, so both go out complete."""

    def wanted(current: Record) -> Record:
        changes = dict(sent)
        if "settings" in sent:
            changes["settings"] = {**(current.get("settings") or {}), **sent["settings"]}
        if person:
            changes["contacts"] = _contacts(current.get("contacts") or [], person)
        return changes

    return wanted


def _contacts(current: list[Record], person: Record) -> list[Record]:
    kept = [_contact(contact) for contact in current]
    primary = next((c for c in kept if c.get("is_primary")), kept[0] if kept else None)
    if primary is None:
        return [{**person, "is_primary": True, "send_email": True}]
    primary.update(person)
    return kept


def _contact(contact: Mapping[str, Any]) -> Record:
    """What of a contact has to be sent so that it stays as it is. Two empty e-mails would count as doubles."""
    names = ("id", *CONTACT, "custom_value1", "custom_value2", "custom_value3", "custom_value4")
    told = {name: contact[name] for name in names if contact.get(name)}
    return {**told, "is_primary": bool(contact.get("is_primary")), "send_email": bool(contact.get("send_email"))}


def _person(inputs: Record) -> Record:
    return {name: str(inputs[name]).strip() for name in CONTACT if given(inputs, name)}


def _coded(sent: Record) -> Record:
    """Countries by id or by ISO code, each under its own name."""
    for name in ("country_id", "shipping_country_id"):
        country = str(sent.pop(name, "")).strip()
        if country.isdigit():
            sent[name] = int(country)
        elif country.isalpha() and len(country) in (2, 3):
            sent[name.replace("_id", "_code")] = country.upper()
        elif country:
            raise Refused(f"{country!r} is no country code: use one such as DE or US.", field=name)
    return sent


def _tidy(sent: Record) -> Record:
    """Names and e-mail belong to the contact, the phone to both."""
    kept = {name: value for name, value in sent.items() if name not in ("first_name", "last_name", "email")}
    if "settings" in kept:
        terms = kept["settings"].get("payment_terms")
        kept["settings"] = {**kept["settings"], **({"payment_terms": str(terms)} if terms is not None else {})}
    return {name: value for name, value in kept.items() if value != {}}


# Looking


def _find_created(inputs: Record, context: Context) -> Conversation[list[Record]]:
    what = "look for the client"
    found = yield from find_marked("clients", context, what, inputs)
    return [{"client": c, "found": "created", "several": 0} for c in found]


def _find(inputs: Record, context: Context) -> Conversation[list[Record]]:
    """Our reference first, then the unique number."""
    found = yield from find_marked("clients", context, "look for the client", inputs)
    if not found and given(inputs, "id_number"):
        found = yield from clients_by("id_number", str(inputs["id_number"]).strip(), "look for the client")
    return [{"client": c} for c in found]


# Operations


def _find_or_create(inputs: Record, context: Context) -> Conversation[Record]:
    what = "find or create the client"
    found, by = yield from look(inputs, context, what)
    if found:
        return _result(found, by, context)
    result = yield from _made(inputs, context, what)
    return result


def _create_or_update(inputs: Record, context: Context) -> Conversation[Record]:
    what = "create or update the client"
    found, by = yield from look(inputs, context, what)
    if not found:
        result = yield from _made(inputs, context, what)
        return result
    client = yield from _update(found[0]["id"], inputs, what)
    return {**_result(found, by, context), "client": client}


def _made(inputs: Record, context: Context, what: str) -> Conversation[Record]:
    try:
        client = yield from _create(inputs, context, what)
    except Duplicate as taken:
        others = yield from taken_by(inputs, taken, what)
        return _result(others, "id_number", context)
    return {"client": client, "found": "created", "several": 0}


def _result(found: list[Record], by: str, context: Context) -> Record:
    """A client with our own reference is one that an earlier attempt of this step made."""
    if bears(found[0], context.marker):
        return {"client": found[0], "found": "created", "several": 0}
    return {"client": found[0], "found": by, "several": len(found)}


def _create_client(inputs: Record, context: Context) -> Conversation[Record]:
    client = yield from _create(inputs, context, "create the client")
    return {"client": client}


def _update_client(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, (f.required(CLIENT),))
    client = yield from _update(inputs["client_id"], inputs, "update the client")
    return {"client": client}


def _search(inputs: Record, context: Context) -> Conversation[Record]:
    asked = {name: inputs[name] for name in ("filter", "email", "id_number", "number") if given(inputs, name)}
    size = min(int(inputs.get("per_page") or 20), 100)
    found = yield from rows("clients", "search the clients", per_page=size, sort="id|desc", status="active", **asked)
    if given(inputs, "email"):
        found = [client for client in found if has_email(client, str(inputs["email"]))]
    return {"clients": found, "client": found[0] if found else {}, "total": len(found)}


CLIENTS = resource(
    "clients",
    "/api/v1/clients",
    post(
        "find_or_create", "", "Find or create a client", NAME, LOOK[0], *PERSON, ID_NUMBER, LOOK[1],
        *ADDRESS, *DETAILS, *SHIPPING,
        perform=_find_or_create, retry=reconcile(by=_find_created, doubtful=True),
        link=LINK, sample=FOUND, one_of=NAMED,
        help="Looks for the client that belongs to the person, then for the ID number, then for the e-mail address; "
        "makes a new client when there is none. A client that is found is not changed.",
        words=("get or create", "upsert", "match"),
        source="storeClient",
    ),
    post(
        "create_or_update", "", "Create or update a client", NAME, LOOK[0], *PERSON, ID_NUMBER, LOOK[1],
        *ADDRESS, *DETAILS, *SHIPPING,
        perform=_create_or_update, retry=reconcile(by=_find_created, doubtful=True),
        link=LINK, sample=FOUND, one_of=NAMED,
        help="Looks like “Find or create a client”, and changes the client it finds. Fields left empty stay as they "
        "are in Invoice Ninja.",
        words=("upsert", "sync"),
        source="updateClient",
    ),
    post(
        "create", "", "Create a client", *FIELDS,
        perform=_create_client, retry=reconcile(by=_find, doubtful=True),
        returns="client", source="storeClient", one_of=NAMED,
        help="Always makes a new client. “Find or create a client” avoids doubles.",
    ),
    put(
        "update", "/{client_id}", "Update a client", CLIENT, *FIELDS,
        perform=_update_client, returns="client", source="updateClient",
        help="Fields left empty stay as they are in Invoice Ninja, and so do the other contacts.",
    ),
    get("get", "/{client_id}", "Get a client", CLIENT, returns="client", source="showClient"),
    get(
        "search", "", "Search clients",
        f.text("filter", "Part of a name, number, e-mail, phone or custom field.", label="Search for"),
        f.email("email", "Exactly this address.", label="E-mail"),
        f.text("id_number", "Exactly this number.", label="ID number", more=True),
        f.text("number", "Exactly this number.", label="Client number", more=True),
        f.integer("per_page", "At most 100.", label="How many", default=20, more=True),
        perform=_search, sample={"clients": [SAMPLE], "client": SAMPLE, "total": 1}, source="getClients",
        help="The newest first; the first one is also given by itself.",
        words=("list", "find"),
    ),
    object="client",
    sample=SAMPLE,
    words=("customer", "company", "buyer"),
)  # fmt: skip


def _choose(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    asked = {"filter": str(inputs["search"])} if given(inputs, "search") else {}
    found = yield from rows("clients", "list the clients", status="active", sort="name|asc", **asked)
    return [Choice(c["id"], str(c.get("display_name") or c.get("name") or c["id"]), _mail(c)) for c in found]


def _mail(client: Record) -> str:
    return next((str(c["email"]) for c in client.get("contacts") or () if c.get("email")), "")


CHOICES = {"clients": Choices("clients", _choose, 60)}
