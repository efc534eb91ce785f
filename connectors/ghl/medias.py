"""The location's store of files and folders."""

from typing import Any

from connectors import fields as f
from connectors import files
from connectors.errors import Unclear
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import ALT_TYPE, DATED, resource, samples
from connectors.notation import Given, Values, delete, get, post, put, reconcile
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request, Retry

S = samples("medias")
ALT, ALT_QUERY = (Given("altId", "location_id", where) for where in ("body", "query"))
FOLDER = f.choice(
    "parentId", "The folder it lies in; left empty, none.", source="media_folders", label="Folder", more=True
)
FILE = f.text("id", "ID of the file or folder; List files gives it.", label="File ID")
NAME = f.text("name", "As people shall see it, with its ending.", required=True)
SORTS = (("createdAt", "When it was added"), ("updatedAt", "When it was changed"), ("name", "Name"), ("size", "Size"))
ORDERS = (("desc", "Newest or largest first"), ("asc", "Oldest or smallest first"))
KINDS = (("file", "Files"), ("folder", "Folders"))
STATES = (("trashed", "Into the bin"), ("deleted", "For good"))


def listed(context: Context, kind: str, query: str = "") -> Conversation[list[Values]]:
    """The newest hundred, those that fit first."""
    asked = {"altId": odd.location(context), "altType": "location", "type": kind, "sortBy": "createdAt"}
    asked |= {"sortOrder": "desc", "limit": "100", **({"query": query} if query else {})}
    request = Request("GET", "/medias/files", query=asked, headers=odd.VERSION)
    response = yield from ask(request, explain, f"list the {kind}s")
    return [one for one in (response.json or {}).get("files") or [] if isinstance(one, dict) and id_of(one)]


def id_of(one: Values) -> str:
    return str(one.get("_id") or one.get("id") or "")


def marked(values: Values, context: Context) -> Values:
    """The file's name with our reference before its ending: many files are called the same, and are not. One that is
    named by its address's answer alone keeps that name, and can't be looked for."""
    name = str(values.get("name") or "") or files.called(values)
    stem, dot, ending = name.rpartition(".")
    return values | ({"name": f"{stem or ending} (ref {context.marker}){dot}{ending if stem else ''}"} if name else {})


def made(kind: str, shape: Any) -> Any:
    """Finds files or folders of exactly this name that were added since the step began."""

    def find(values: Values, context: Context) -> Conversation[list[Values]]:
        name = str((marked(values, context) if kind == "file" else values).get("name") or "")
        if not name:
            raise Unclear("The file was given no name to look by. Look in HighLevel, then tell Recette.")
        rows = [one for one in (yield from listed(context, kind, name)) if one.get("name") == name]
        if any(not one.get("createdAt") for one in rows):
            raise Unclear(f"HighLevel doesn't tell when {name} was added. Look there, then tell Recette.")
        return [shape(one) for one in rows if odd.since(one, context)]

    return find


def _as_upload(one: Values) -> Values:
    return {"fileId": id_of(one), "url": str(one.get("url") or "")}


def changed(answer: Any, values: Values) -> Values:
    """One by one, where HighLevel tells it."""
    rows = answer if isinstance(answer, list) else []
    return {"done": True, "files": [one for one in rows if isinstance(one, dict)]}


def renamed(answer: Any, values: Values) -> Values:
    return {"done": True, "id": values["id"], "name": values["name"]}


OPERATIONS = resource(
    "medias",
    "/medias",
    post(
        "upload_media_content", "/upload-file", "Upload a file", *files.FIELDS,
        f.text("name", "As people shall see it; left empty, the file's own name.", more=True), FOLDER,
        help="Its name bears a short reference (ref wf-…), so that a lost answer is never taken for another file.",
        prepare=marked, upload=lambda values, context, name: "file", one_of=files.EITHER, sample=S["uploaded"],
        retry=reconcile(by=made("file", _as_upload), lag=10, doubtful=True), scopes="medias.write",
        words=("media", "picture", "image", "document", "pdf"),
    ),
    get(
        "fetch_media_content", "/files", "List files", ALT_QUERY, ALT_TYPE,
        f.text("query", "A part of the name.", label="Search"),
        f.choice("type", "Files or folders.", choices=KINDS, default="file", label="Kind"), FOLDER,
        f.choice("sortBy", choices=SORTS, default="createdAt", label="Sorted by", more=True),
        f.choice("sortOrder", choices=ORDERS, default="desc", label="Order", more=True),
        f.integer("limit", "At most so many.", default=20, more=True),
        f.integer("offset", "Leave out so many from the start.", more=True),
        f.choice("fetchAll", "Those inside folders as well.", choices=(("true", "Yes"), ("false", "No")),
                 label="All of them", more=True),
        sample=S["files"], words=("find", "media", "folders"),
    ),
    post(
        "update_media_object", "/{id}", "Rename a file or folder", ALT, ALT_TYPE, FILE, NAME, sample=S["renamed"],
        read=renamed, retry=Retry.IDEMPOTENT, scopes="medias.write", words=("update", "media"),
    ),
    delete(
        "delete_media_content", "/{id}", "Delete a file or folder", ALT_QUERY, ALT_TYPE, FILE, scopes="medias.write",
        words=("media",),
    ),
    post(
        "create_media_folder", "/folder", "Create a folder of files", ALT, ALT_TYPE,
        f.text("name", "As people shall see it.", required=True), FOLDER, sample=S["folder"],
        retry=reconcile(by=made("folder", dict), lag=10, doubtful=True), scopes="medias.write", words=("media",),
    ),
    put(
        "bulk_update_media_objects", "/update-files", "Rename many files or folders", ALT, ALT_TYPE,
        f.lines("filesToBeUpdated", "A line for each.", label="Files", required=True, fields=(
            f.text("id", "The file's ID, as List files gives it.", label="File ID", required=True),
            f.text("name", label="New name"),
        )),
        sample=S["many"], read=changed, scopes="medias.write", words=("update", "media"),
    ),
    put(
        "bulk_delete_media_objects", "/delete-files", "Delete many files or folders", ALT, ALT_TYPE,
        f.lines("filesToBeDeleted", "A line for each.", label="Files", required=True, fields=(
            f.text("_id", "The file's ID, as List files gives it.", label="File ID", required=True),
        )),
        f.choice("status", "The bin can be emptied, or brought back from, in HighLevel.", choices=STATES,
                 default="trashed", label="How", required=True),
        sample=S["many_gone"], read=changed, scopes="medias.write", words=("remove", "trash", "media"),
    ),
    version=DATED,
    scopes="medias.readonly",
    source="medias.json",
    object="file",
)  # fmt: skip


def _folders(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed(context, "folder")
    return [Choice(id_of(one), str(one.get("name") or id_of(one))) for one in found]


CHOICES = {"media_folders": Choices("media_folders", _folders)}
