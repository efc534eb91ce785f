"""Files that are put to records, and lists of records that come in as a file."""

from connectors import fields as f
from connectors import files
from connectors.errors import Unclear
from connectors.fields import Field
from connectors.invoice_ninja.answers import explain
from connectors.invoice_ninja.odd import begun, name_of, said
from connectors.invoice_ninja.service import API, Record, call, needed, read, resource, samples, unwrap
from connectors.notation import Find, Perform, Reconcile, fill, post, reconcile
from connectors.pages import ask
from connectors.spec import Context, Conversation, Operation, Part, Request, Retry

PUBLIC = f.boolean("is_public", label="The client may see it", default=True, where="none", more=True)
SAMPLE = samples("document")
OBJECTS = {
    **dict.fromkeys(("clients", "invoices", "quotes", "credits", "payments", "products", "expenses", "vendors"), ""),
    **dict.fromkeys(("projects", "tasks", "purchase_orders", "recurring_invoices", "recurring_expenses"), ""),
    "group_settings": "group",
}
"""Tables whose records take files, and what people call one where the name differs."""
MODELS = {"credits": "Credits", "group_settings": "GroupSetting"}


def upload(path: str, what: str, inputs: Record) -> Conversation[tuple[Record, Record]]:
    """(the record, the file as it is kept with it). The service takes files by PUT, and PHP reads them from a POST
    alone: so a POST that says it is a PUT."""
    file = yield from files.given(inputs)
    seen = b"0" if str(inputs.get("is_public", True)).lower() in ("false", "no", "0") else b"1"
    parts = (
        Part("_method", b"PUT"),
        Part("is_public", seen),
        Part("documents[]", file.content, file.name, file.type),
    )
    response = yield from ask(Request("POST", API + path, parts=parts), explain, what)
    record = unwrap(response.json)
    record = record if isinstance(record, dict) else {}
    return record, _kept(record, file.name)


def _uploader(plural: str, one: str) -> Perform:
    what, key = f"add the file to the {one}", f"{name_of(plural)}_id"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        record, kept = yield from upload(fill(f"/{plural}/{{{key}}}/upload", inputs), what, inputs)
        return {name_of(plural): record, "document": kept}

    return perform


def _kept(record: Record, name: str) -> Record:
    """The newest of the name; where the service called it otherwise, the newest."""
    rows = [row for row in record.get("documents") or () if isinstance(row, dict)]
    rows.sort(key=lambda row: int(row.get("created_at") or 0))
    named = [row for row in rows if row.get("name") == name]
    return (named or rows or [{}])[-1]


def _finder(plural: str, one: str) -> Find:
    key = f"{name_of(plural)}_id"

    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        """By its name, among those that came since the step began."""
        name = files.called(inputs)
        if not name:
            raise Unclear("The file has no name to look for it by. Look there, then tell Recette.")
        record = yield from read(plural, inputs.get(key), f"look at the files of the {one}")
        kept = [row for row in record.get("documents") or () if row.get("name") == name and begun(row, context)]
        return [{name_of(plural): record, "document": kept[-1]}] if kept else []

    return find


def _retry(plural: str, one: str) -> Reconcile:
    return reconcile(by=_finder(plural, one), doubtful=True)


def _added(plural: str) -> dict[str, Operation]:
    one = OBJECTS[plural] or said(plural)
    article = "an" if one[0] in "aeiou" else "a"
    which: Field = f.text(
        f"{name_of(plural)}_id", f"The {one}'s ID, as an earlier step gives it.", label=one[:1].upper() + one[1:]
    )
    model = MODELS.get(plural) or "".join(word.capitalize() for word in name_of(plural).split("_"))
    return resource(
        plural,
        f"{API}/{plural}",
        post(
            "upload", f"/{{{which.name}}}", f"Add a file to {article} {one}", which, *files.FIELDS, PUBLIC,
            perform=_uploader(plural, one), retry=_retry(plural, one), one_of=files.EITHER, source=f"upload{model}",
            sample={name_of(plural): samples(name_of(plural)) | {"documents": [SAMPLE]}, "document": SAMPLE},
            words=("attach", "document", "upload", "receipt"),
            help="It stays with the record; mails may bring it along.",
        ),
        object=name_of(plural) if plural == "recurring_expenses" else one,
    )  # fmt: skip


def _logo(inputs: Record, context: Context) -> Conversation[Record]:
    what = "add the file to the company"
    company = yield from call("POST", "/companies/current", what, reads=True)
    _record, kept = yield from upload(fill("/companies/{id}/upload", company), what, inputs)
    return {"document": kept}


COMPANY = resource(
    "companies",
    f"{API}/companies",
    post(
        "upload", "", "Add a file to the company", *files.FIELDS, PUBLIC, perform=_logo, retry=Retry.ONCE,
        one_of=files.EITHER, sample={"document": SAMPLE}, source="uploadCompanies", words=("attach", "document"),
        help="Such as general terms, which mails may bring along.",
    ),
    object="company",
)  # fmt: skip


# Lists as files

KINDS = tuple(
    (name, name.replace("_", " ").capitalize() + "s")
    for name in ("client", "invoice", "quote", "payment", "product", "expense", "vendor", "task", "recurring_invoice")
)
KIND = f.choice("entity", "What its rows are.", choices=KINDS, label="Kind of records", required=True, where="none")
HASH = f.text("hash", "As “Prepare an import” gives it.", label="Reference", required=True)
COLUMNS = f.tags(
    "mapping", "What each column is, from the first one, by commas, such as client.name, contact.email.",
    label="Columns", required=True, where="none", example=["client.name", "contact.email"],
)  # fmt: skip
SKIP = f.boolean("skip_header", label="The first row has the names", default=True, where="none")
READ = {
    "hash": "Xy7dQw",
    "headers": [["Name", "E-mail"], ["Farrow Sails", "odile@farrow.example"]],
    "available": ["client.name", "contact.email"],
}


def _prepare(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, (KIND,))
    what, kind = "prepare the import", str(inputs["entity"])
    file = yield from files.given(inputs)
    parts = (Part("import_type", b"csv"), Part(f"files[{kind}]", file.content, file.name, "text/csv"))
    response = yield from ask(Request("POST", f"{API}/preimport", parts=parts, reads=True), explain, what)
    told = response.json if isinstance(response.json, dict) else {}
    found = (told.get("mappings") or {}).get(kind) or {}
    columns = {"headers": found.get("headers") or [], "available": found.get("available") or []}
    return {"hash": str(told.get("hash") or ""), **columns}


def _import(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, (HASH, KIND, COLUMNS))
    given = inputs["mapping"]
    names = [str(one).strip() for one in (given if isinstance(given, list | tuple) else str(given).split(","))]
    mapping = {str(at): name for at, name in enumerate(names) if name}
    skips = str(inputs.get("skip_header", True)).lower() not in ("false", "no", "0")
    sent = {"hash": str(inputs["hash"]), "import_type": "csv", "skip_header": skips}
    said_ = yield from call("POST", "/import", "import the list", {**sent, "column_map": _mapped(inputs, mapping)})
    return {"message": str(said_.get("message") or "") if isinstance(said_, dict) else ""}


def _mapped(inputs: Record, mapping: dict[str, str]) -> Record:
    return {str(inputs["entity"]): {"mapping": mapping}}


IMPORTS = resource(
    "imports",
    f"{API}/preimport",
    post(
        "prepare", "", "Prepare an import", KIND, *files.FIELDS, perform=_prepare, reads=True, one_of=files.EITHER,
        sample=READ, source="preimport", words=("csv", "upload", "migrate"),
        help="Hands over a CSV, and tells its columns and what each may be. Nothing is made yet.",
    ),
    post(
        "run", "", "Import a list", HASH, KIND, COLUMNS, SKIP, perform=_import, retry=Retry.ONCE,
        sample={"message": "Importing data, email will be sent on completion"}, source="import",
        words=("csv", "migrate"), help="Made in the background; the owner of the token gets a mail about it.",
    ),
    object="import",
)  # fmt: skip
OPERATIONS = {key: one for plural in OBJECTS for key, one in _added(plural).items()} | COMPANY | IMPORTS
