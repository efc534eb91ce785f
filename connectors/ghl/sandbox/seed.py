"""The sub-account of a small agency on the first day. All names and addresses are made up."""

from typing import Any

from connectors.ghl.sandbox import (
    businesses,
    contacts,
    fields,
    forms,
    installs,
    labels,
    medias,
    messages,
    objects,
    opportunities,
    proposals,
    seed_calendars,
    seed_money,
    social,
    workflows,
)
from connectors.ghl.sandbox.box import COMPANY, LOCATION
from connectors.ghl.sandbox.times import identity, iso

DAY = 86_400
USERS = (("Maren", "Holtby"), ("Jonas", "Fell"), ("Priya", "Sandoval"))
TAGS = ("lead", "newsletter", "client", "referral", "vip", "onboarding")
PIPELINES = (
    ("Website projects", ("New enquiry", "Discovery call", "Proposal sent", "Negotiation", "Signed")),
    ("Care plans", ("Interested", "Trial month", "Active")),
)
PEOPLE = (
    ("Ottilie", "Brandvold", "Harbour & Pine Joinery", "harbourpine", "Portland", "OR", "US", "client vip"),
    ("Desmond", "Aroyo", "Quillfeather Books", "quillfeather", "Bath", "", "GB", "client"),
    ("Rosalba", "Keene", "Sundial Bakery", "sundialbakery", "Tucson", "AZ", "US", "client newsletter"),
    ("Friederike", "Amsel", "Nordlicht Yoga", "nordlicht-yoga", "Kiel", "", "DE", "client"),
    ("Tobias", "Wren", "Copperkettle Brewing", "copperkettle", "Duluth", "MN", "US", "client"),
    ("Ingrid", "Marlowe", "Marlowe Dental", "marlowedental", "Boise", "ID", "US", "client"),
    ("Callum", "Ferris", "Tidewise Surveyors", "tidewise", "Oban", "", "GB", "lead"),
    ("Beatrix", "Lund", "Fernhollow Kennels", "fernhollow", "Eugene", "OR", "US", "lead newsletter"),
    ("Mateo", "Quirke", "Ironleaf Garden Supply", "ironleaf", "Sacramento", "CA", "US", "lead"),
    ("Saskia", "Vandermeer", "Bluegate Physio", "bluegate", "Madison", "WI", "US", "lead referral"),
    ("Olumide", "Hartigan", "Larkspur Legal", "larkspurlegal", "Richmond", "VA", "US", "lead"),
    ("Wilhelmina", "Stroud", "Old Mill Ceramics", "oldmillceramics", "Asheville", "NC", "US", "newsletter"),
    ("Teodor", "Blume", "Blume & Daughters", "blume-daughters", "Bremen", "", "DE", "lead"),
    ("Aurelia", "Finch", "Saltmarsh Kayaks", "saltmarsh", "Astoria", "OR", "US", "lead"),
    ("Hamish", "Calder", "Calder Roofing", "calderroofing", "Stirling", "", "GB", "lead"),
    ("Noor", "Ellsworth", "Juniper Montessori", "junipermontessori", "Boulder", "CO", "US", "lead referral"),
    ("Leopold", "Grange", "Grange Cycle Works", "grangecycles", "Davis", "CA", "US", ""),
    ("Philippa", "Osei", "Osei Interiors", "oseiinteriors", "Leeds", "", "GB", "newsletter"),
    ("Anselm", "Rowe", "Rowe & Co Accountants", "rowe-accountants", "Salem", "OR", "US", "referral"),
    ("Cosima", "Delgado", "Verano Florist", "veranoflorist", "Santa Fe", "NM", "US", "lead"),
    ("Ivo", "Thackeray", "Thackeray Audio", "thackerayaudio", "Hove", "", "GB", ""),
    ("Margit", "Solberg", "Fjordlight Optics", "fjordlight", "Duluth", "MN", "US", "newsletter"),
    ("Rufus", "Penhale", "Penhale Farm Shop", "penhalefarm", "Truro", "", "GB", "lead"),
    ("Delphine", "Okoro", "Okoro Catering", "okorocatering", "Durham", "NC", "US", "lead"),
    ("Gideon", "Marsh", "Marshlight Films", "marshlight", "Ithaca", "NY", "US", "vip"),
)
OPTIONS = {
    "Interests": ("Web design", "Care plan", "Photos, film", "Print"),
    "Billing": ("Once", "Monthly", "Yearly"),
}
DEALS = (
    (0, 0, 4, "won", 8200, "Joinery shop and portfolio"),
    (1, 0, 4, "won", 4600, "Bookshop relaunch"),
    (2, 0, 3, "open", 3950, "Bakery pre-order site"),
    (6, 0, 2, "open", 6400, "Survey booking portal"),
    (7, 0, 1, "open", 2800, "Kennel booking pages"),
    (8, 0, 2, "open", 5150, "Garden supply web shop"),
    (10, 0, 0, "open", 7300, "Law firm website"),
    (13, 0, 0, "open", 2450, "Kayak hire website"),
    (14, 0, 1, "lost", 3100, "Roofing landing pages"),
    (3, 1, 2, "won", 1788, "Care plan, Nordlicht Yoga"),
    (4, 1, 1, "open", 1788, "Care plan, Copperkettle"),
    (9, 1, 0, "open", 0, "Care plan, Bluegate Physio"),
)


def plant(box: Any) -> None:
    _places(box)
    people = [_person(box, at, *row) for at, row in enumerate(PEOPLE)]
    pipelines = box.store.rows("pipelines")
    users = box.store.rows("users")
    for at, (who, where, stage, status, value, name) in enumerate(DEALS):
        pipeline = pipelines[where]
        data = {"pipelineId": pipeline["id"], "pipelineStageId": pipeline["stages"][stage]["id"], "status": status}
        own = {"contactId": people[who]["id"], "monetaryValue": value, "name": name}
        made = opportunities.make(box, {**data, **own, "assignedTo": users[at % len(users)]["id"]})
        _aged(box, "opportunities", made, 40 - 3 * at)
    seed_calendars.plant(box, people, users)
    businesses.plant(box)
    workflows.plant(box)
    messages.plant(box)
    seed_money.plant(box, people, users)
    forms.plant(box)
    objects.plant(box)
    medias.plant(box)
    social.plant(box)
    proposals.plant(box)
    box.pending.clear()
    box.effects.clear()
    for index in (box.contacts, box.opportunities):
        index.reload()


def _places(box: Any) -> None:
    box.store.put("locations", _location())
    installs.plant(box)
    for first, last in USERS:
        box.store.put("users", _user(first, last))
    labels.kept(box, TAGS)
    for name, stages in PIPELINES:
        box.store.put("pipelines", _pipeline(name, stages))
    for name in ("Price", "Timing", "Went with someone else"):
        stamps = {"createdAt": box.now(), "updatedAt": box.now()}
        box.store.put("lost_reasons", {"id": identity("reason", name), "name": name, "locationId": LOCATION, **stamps})
    for name, kind, model in (
        ("Billing client", "TEXT", "contact"),
        ("Industry", "TEXT", "contact"),
        ("Reference", "TEXT", "contact"),
        ("Contract", "FILE_UPLOAD", "contact"),
        ("Start date", "DATE", "opportunity"),
        ("Reference", "TEXT", "opportunity"),
        ("Interests", "MULTIPLE_OPTIONS", "contact"),
        ("Employees", "NUMERICAL", "contact"),
        ("Customer since", "DATE", "contact"),
        ("Billing", "SINGLE_OPTIONS", "opportunity"),
        ("Running costs", "MONETORY", "opportunity"),
    ):
        told = {"picklistOptions": list(OPTIONS[name])} if name in OPTIONS else {}
        fields.make(box, {"name": name, "dataType": kind, "model": model, **told})
    fields.make_value(box, "Studio phone", "+12025550100")


def _location() -> dict[str, Any]:
    place = {"address": "18 Alder Wharf", "city": "Portland", "state": "OR", "country": "US", "postalCode": "97209"}
    web = {"website": "https://brightwater-studio.example", "timezone": "America/Los_Angeles"}
    reach = {"email": "hello@brightwater-studio.example", "phone": "+12025550100"}
    business = {"name": "Brightwater Studio", **place, **web}
    return {
        "id": LOCATION,
        "companyId": COMPANY,
        "name": "Brightwater Studio",
        **place,
        **web,
        **reach,
        "business": business,
    }


def _user(first: str, last: str) -> dict[str, Any]:
    mail = f"{first.lower()}@brightwater-studio.example"
    roles = {"type": "account", "role": "admin", "locationIds": [LOCATION]}
    own = {"name": f"{first} {last}", "firstName": first, "lastName": last, "email": mail, "phone": "", "extension": ""}
    return {
        "id": identity("user", first),
        **own,
        "roles": roles,
        "permissions": {"contactsEnabled": True},
        "deleted": False,
    }


def _pipeline(name: str, stages: tuple[str, ...]) -> dict[str, Any]:
    rows = [
        {
            "id": identity("stage", name, stage),
            "name": stage,
            "position": at,
            "showInFunnel": True,
            "showInPieChart": True,
        }
        for at, stage in enumerate(stages)
    ]
    own = {"id": identity("pipeline", name), "name": name, "stages": rows, "locationId": LOCATION}
    return {**own, "showInFunnel": False, "showInPieChart": True}


def _person(
    box: Any, at: int, first: str, last: str, firm: str, host: str, city: str, state: str, country: str, tagged: str
) -> Any:
    name = {"firstName": first, "lastName": last, "companyName": firm, "email": f"{first.lower()}@{host}.example"}
    place = {"city": city, "state": state, "country": country, "website": f"https://{host}.example"}
    reach = {"phone": f"+1202555{100 + at + 1:04d}", "tags": tagged.split(), "source": "website form"}
    made = contacts.make(box, {**name, **place, **reach, "locationId": LOCATION})
    return _aged(box, "contacts", made, 90 - 3 * at)


def _aged(box: Any, table: str, record: dict[str, Any], days: int) -> dict[str, Any]:
    """The record as if it had been made days ago."""
    then = iso(box.clock() - days * DAY)
    dated = {k: then for k in record if k.endswith("At") or (k.startswith("date") and k != "dateOfBirth")}
    return box.store.put(table, record | dated)
