"""Clients and their contacts, with the two traps of the update: the currency and the list of contacts."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from connectors.invoice_ninja.sandbox.casting import ZERO, cast, decimal, filled
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import holds, like, same
from connectors.invoice_ninja.sandbox.refusals import invalid
from connectors.invoice_ninja.sandbox.render import plain
from connectors.invoice_ninja.sandbox.resource import Resource, body, register, unique
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
TEXTS = words("""name website private_notes public_notes address1 address2 city state postal_code phone country_id
    industry_id size_id custom_value1 custom_value2 custom_value3 custom_value4 shipping_address1 shipping_address2
    shipping_city shipping_state shipping_postal_code shipping_country_id vat_number id_number number assigned_user_id
    group_settings_id routing_id classification""")
BLANK: Record = {
    **dict.fromkeys(TEXTS, ""),
    "user_id": encode(1),
    "client_hash": "",
    "balance": ZERO,
    "paid_to_date": ZERO,
    "payment_balance": ZERO,
    "credit_balance": ZERO,
    "last_login": 0,
    "is_tax_exempt": False,
    "has_valid_vat_number": False,
    "display_name": "",
    "contacts": [],
    "settings": {"currency_id": "1"},
    "tax_info": {},
    "e_invoice": {},
}
WRITABLE = (*TEXTS, "is_tax_exempt", "has_valid_vat_number")
CONTACT: Record = {
    **dict.fromkeys(
        words("first_name last_name email phone custom_value1 custom_value2 custom_value3 custom_value4"), ""
    ),
    "password": "",
    "is_primary": False,
    "send_email": False,
}
SEARCHED = words("name id_number number custom_value1 custom_value2 custom_value3 custom_value4")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@cache
def statics() -> dict[str, list[Record]]:
    """Countries, currencies and the like, as version 5.10.17 is installed with."""
    return json.loads(Path(__file__).with_name("statics.json").read_text())


def static_id(kind: str, code: Any, *columns: str) -> str:
    """The id of a country, currency or language by its code; empty when unknown."""
    wanted = str(code).lower()
    return next((str(row["id"]) for row in statics()[kind] if wanted in [str(row[c]).lower() for c in columns]), "")


def currency(box: Any, client: Mapping[str, Any] | None) -> Record:
    """The currency a client pays in."""
    chosen = (client or {}).get("settings", {}).get("currency_id") or box.company()["settings"]["currency_id"]
    return next(row for row in statics()["currencies"] if str(row["id"]) == chosen)


def blank(box: Any) -> Record:
    return {**BLANK, "settings": {"currency_id": box.company()["settings"]["currency_id"]}}


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    _checked(box, data, "")
    client = box.make("clients", blank(box)) | filled(BLANK, data, WRITABLE) | _coded(data)
    client["settings"] = _settings(box, data, {})
    if not client["number"]:
        client["number"] = box.number("clients")
    client["client_hash"] = encode(box.store.next("hashes"))
    client = _named(client | {"contacts": _contacts(box, data.get("contacts"), [])})
    box.save("clients", client)
    box.effect("client.created", client["id"], data)
    box.fire(1, "clients", client["id"])
    box.activity(1, client=client["id"])
    return box.store.get("clients", client["id"])


def update(box: Any, client: Record, data: Record, call: Call | None = None) -> Record:
    if data.get("documents"):
        return client  # the real one returns early here and forgets every other field
    _checked(box, data, client["id"])
    changed = client | filled(BLANK, data, WRITABLE) | _coded(data)
    changed["settings"] = _settings(box, data, client["settings"])
    if isinstance(data.get("contacts"), list):
        changed["contacts"] = _contacts(box, data["contacts"], client["contacts"])
    changed = _named(changed)
    fields = {k: v for k, v in changed.items() if k != "contacts"} != {
        k: v for k, v in client.items() if k != "contacts"
    }
    box.save("clients", changed)
    box.effect("client.updated", client["id"], data)
    if fields:
        box.fire(10, "clients", client["id"])
        box.activity(61, client=client["id"])
    return box.store.get("clients", client["id"])


def owe(box: Any, client_id: str, balance: Any = ZERO, paid: Any = ZERO, free: Any = ZERO) -> None:
    """Moves a client's balances without an event, as the real one does."""
    client = box.store.get("clients", client_id)
    moved = {
        "balance": decimal(client["balance"]) + balance,
        "paid_to_date": decimal(client["paid_to_date"]) + paid,
        "payment_balance": decimal(client["payment_balance"]) + free,
    }
    box.save("clients", client | moved)


def _checked(box: Any, data: Record, own: str) -> None:
    for name in ("id_number", "number"):
        unique(box, "clients", name, str(data.get(name) or ""), own)
    contacts = data.get("contacts")
    for at, contact in enumerate(contacts if isinstance(contacts, list) else []):
        mail = str(contact.get("email") or "")
        if mail and not MAIL.fullmatch(mail):
            raise invalid(**{f"contacts.{at}.email": f"The contacts.{at}.email must be a valid email address."})
    if data.get("country_id") and not static_id("countries", data["country_id"], "id"):
        raise invalid(country_id="The selected country id is invalid.")


def _coded(data: Record) -> Record:
    """Countries that were given by code; an unknown code empties the field."""
    pairs = (("country_code", "country_id"), ("shipping_country_code", "shipping_country_id"))
    columns = ("iso_3166_2", "iso_3166_3")
    return {target: static_id("countries", data[code], *columns) for code, target in pairs if data.get(code)}


def _settings(box: Any, data: Record, old: Record) -> Record:
    """Without a currency in the input it is the company's again, whatever it was."""
    given: Record = data["settings"] if isinstance(data.get("settings"), dict) else {}
    settings = {**old, **{k: v for k, v in given.items() if v is not None}}
    coded = static_id("currencies", data.get("currency_code", ""), "code") if not old else ""
    settings["currency_id"] = str(given.get("currency_id") or coded or box.company()["settings"]["currency_id"])
    if data.get("language_code"):
        settings["language_id"] = static_id("languages", data["language_code"], "locale")
    return settings


def _contacts(box: Any, given: Any, old: list[Record]) -> list[Record]:
    """The list that stands afterwards: known ids keep their contact, the others go, entries without id are new."""
    known = {contact["id"]: contact for contact in old}
    done = [_contact(box, one, known.get(str(one.get("id", "")))) for one in given or [{}]]
    done.sort(key=lambda contact: not contact["is_primary"])
    done = [contact | {"is_primary": at == 0} for at, contact in enumerate(done)]
    if not any(contact["send_email"] for contact in done):
        done[0]["send_email"] = True
    return done


def _contact(box: Any, given: Record, old: Record | None) -> Record:
    now = int(box.clock())
    fields = {name: cast(given[name], empty, name) for name, empty in CONTACT.items() if name in given}
    if old:
        return {**old, **fields, "updated_at": now}
    row = encode(box.store.next("contacts"))
    stamps = {"created_at": now, "updated_at": now, "archived_at": 0, "last_login": 0, "is_locked": False}
    key = f"key{row}{row}{row}"
    return {
        **CONTACT,
        **stamps,
        "send_email": True,
        **fields,
        "id": row,
        "contact_key": key,
        "link": f"/client/key_login/{key}",
    }


def _named(client: Record) -> Record:
    first = client["contacts"][0]
    person = f"{first['first_name']} {first['last_name']}".strip() or first["email"]
    return client | {"display_name": client["name"] or person}


def _balance(box: Any, row: Record, value: str) -> bool:
    """5.10.17 takes the parts of `gt:10` the wrong way round and compares with the word, which counts as 0."""
    amount, _, operator = value.partition(":")
    owed, wanted = row["balance"], decimal(amount)
    return {"gt": owed > wanted, "gte": owed >= wanted, "lt": owed < wanted, "lte": owed <= wanted}.get(
        operator, owed == wanted
    )


def _between(box: Any, row: Record, value: str) -> bool:
    low, _, high = value.partition(":")
    return decimal(low) <= row["balance"] <= decimal(high)


def _any(box: Any, row: Record, value: str) -> bool:
    match = like(value)
    own = [
        row[c]
        for c in ("name", "id_number", "number", "custom_value1", "custom_value2", "custom_value3", "custom_value4")
    ]
    return any(map(match, own + [c[k] for c in row["contacts"] for k in ("first_name", "last_name", "email", "phone")]))


def _mail(box: Any, row: Record, value: str) -> bool:
    return any(contact["email"].lower() == value.lower() for contact in row["contacts"])


def _group(box: Any, client: Record, call: Call | None) -> Record:
    wanted = str((body(call) if call else {}).get("group_settings_id") or "")
    if not box.store.get("group_settings", wanted):
        raise invalid(group_settings_id="The selected group settings id is invalid.")
    return box.save("clients", client | {"group_settings_id": wanted})


CLIENTS = register(
    Resource(
        "clients",
        "Client",
        blank,
        store,
        update,
        events={"archive": 37, "delete": 11, "restore": 45},
        marks={"archive": 2, "delete": 3, "restore": 26},
        filters={
            "name": holds("name"),
            "email": _mail,
            "id_number": same("id_number"),
            "number": same("number"),
            "client_id": same("id"),
            "balance": _balance,
            "between_balance": _between,
            "filter": _any,
        },
        actions={"assign_group": _group},
        bulk_only=True,
    )
)


@ROUTES.on("POST", "/api/v1/clients/{id}/purge", password=True)
def purge(box: Any, call: Call) -> Answer:
    client = box.find("clients", "Client", call.args["id"])
    box.store.drop("clients", client["id"])
    box.effect("client.purged", client["id"], plain("clients", client))
    return Answer(200, {"message": "Success"})


@ROUTES.on("POST", "/api/v1/clients/{id}/{other}/merge", password=True)
def merge(box: Any, call: Call) -> Any:
    """What belonged to the other one is this one's now; the other is gone."""
    client = box.find("clients", "Client", call.args["id"])
    other = box.find("clients", "Client", call.args["other"])
    for table in ("invoices", "quotes", "credits", "payments"):
        for row in box.store.rows(table):
            if row["client_id"] == other["id"]:
                box.save(table, row | {"client_id": client["id"]})
    box.store.drop("clients", other["id"])
    box.effect("client.merged", client["id"], {"other": other["id"]})
    return CLIENTS.show(box, client, call)


@ROUTES.on("POST", "/api/v1/clients/{id}/updateTaxData")
def tax_data(box: Any, call: Call) -> Any:
    return CLIENTS.show(box, box.find("clients", "Client", call.args["id"]), call)
