"""The store of files and folders. What lies in a file is counted, not kept."""

import hashlib
from typing import Any

from connectors.ghl.sandbox.refusals import bad, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import size_of
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.sandbox_kit.http import Answer, Call, Part

Record = dict[str, Any]
READ, WRITE = "medias.readonly", "medias.write"
ONE = "/medias/{id}"
LARGEST = 25 * 1024 * 1024
PLACE: Shape = {"altId": "text*", "altType": "text*"}
SORTS = ("createdAt", "updatedAt", "name", "size")


def plant(box: Any) -> None:
    folder = _keep(box, "folder", "Offers", "")
    _keep(box, "file", "price-list.pdf", folder["_id"], size=20_610)


def _keep(box: Any, kind: str, name: str, parent: str, **more: Any) -> Record:
    number = box.store.next("medias")
    key = hashlib.sha256(f"media|{number}".encode()).hexdigest()[:24]
    own = {"id": key, "_id": key, "altId": box.location(), "altType": "location", "name": name, "type": kind}
    where = {"parentId": parent, "path": f"location/{box.location()}/media/{key}"}
    web = {"url": f"https://storage.example/{box.location()}/media/{key}/{name}"} if kind == "file" else {}
    return box.store.put("medias", {**own, **where, **web, "createdAt": box.now(), "updatedAt": box.now(), **more})


def _here(box: Any, data: Any) -> None:
    if data.get("altType") != "location":
        raise unfit("altType must be one of the following values: location")
    if data.get("altId") != box.location():
        raise bad("altId is not a location of this token")


def _parent(box: Any, key: str) -> str:
    if key and (box.store.get("medias", key) or {}).get("type") != "folder":
        raise bad(f"Folder with id {key} not found")
    return key


@ROUTES.on("GET", "/medias/files", scope=READ)
def listed(box: Any, call: Call) -> Any:
    _here(box, call.query)
    missing = [f"{name} should not be empty" for name in ("sortBy", "sortOrder", "type") if not call.query.get(name)]
    if missing:
        raise unfit(*missing)
    if call.query["sortBy"] not in SORTS:
        raise unfit(f"sortBy must be one of the following values: {', '.join(SORTS)}")
    wanted, parent = call.query.get("query", "").lower(), call.query.get("parentId", "")
    everywhere = wanted or call.query.get("fetchAll") == "true"
    rows = [row for row in box.store.rows("medias") if row["type"] == call.query["type"]]
    rows = [row for row in rows if wanted in row["name"].lower() and (everywhere or row["parentId"] == parent)]
    rows.sort(key=lambda row: str(row.get(call.query["sortBy"], "")), reverse=call.query["sortOrder"] == "desc")
    start, size = int(call.query.get("offset") or 0), size_of(int(call.query.get("limit") or 20), "limit", 100)
    return {"files": [{k: v for k, v in row.items() if k != "sha256"} for row in rows[start : start + size]]}


@ROUTES.on("POST", "/medias/upload-file", scope=WRITE)
def upload(box: Any, call: Call) -> Any:
    parts = {part.name: part for part in call.parts()}
    told = {name: part.content.decode("utf-8", "replace") for name, part in parts.items() if not part.filename}
    wrong = [
        f"property {name} should not exist" for name in told if name not in ("hosted", "fileUrl", "name", "parentId")
    ]
    if wrong:
        raise unfit(*wrong)
    file = parts.get("file")
    if told.get("hosted") == "true":
        file = Part("file", b"", told.get("fileUrl", "").rsplit("/", 1)[-1])
    if file is None or not file.filename:
        raise bad("file is required")
    if len(file.content) > LARGEST:
        raise bad("File size exceeds the limit of 25 MB")
    kept = {"size": len(file.content), "contentType": file.type, "sha256": hashlib.sha256(file.content).hexdigest()}
    made = _keep(box, "file", told.get("name") or file.filename, _parent(box, told.get("parentId", "")), **kept)
    box.effect("media.uploaded", made["id"], kept)
    return {"fileId": made["id"], "url": made["url"]}


@ROUTES.on("POST", "/medias/folder", scope=WRITE)
def make_folder(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {**PLACE, "name": "text*", "parentId": "text"})
    _here(box, data)
    made = _keep(box, "folder", data["name"], _parent(box, data.get("parentId", "")), deleted=False, isPrivate=False)
    box.effect("media.folder_made", made["id"], data)
    return made


@ROUTES.on("POST", ONE, scope=WRITE)
def rename(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {**PLACE, "name": "text*"})
    _here(box, data)
    _rename(box, call.args["id"], data["name"])
    return {"updated": True}


@ROUTES.on("PUT", "/medias/update-files", scope=WRITE)
def rename_many(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {**PLACE, "filesToBeUpdated": "list*"})
    _here(box, data)
    rows = [checked(one, {"id": "text*", "name": "text"}) for one in data["filesToBeUpdated"]]
    for one in rows:
        _rename(box, one["id"], one.get("name", ""))
    return [{"updated": True, "id": one["id"]} for one in rows]


@ROUTES.on("PUT", "/medias/delete-files", scope=WRITE)
def delete_many(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {**PLACE, "filesToBeDeleted": "list*", "status": "text*"})
    _here(box, data)
    if data["status"] not in ("deleted", "trashed"):
        raise unfit("status must be one of the following values: deleted, trashed")
    rows = [checked(one, {"_id": "text*"})["_id"] for one in data["filesToBeDeleted"]]
    for key in rows:
        _delete(box, key)
    return [{"deleted": True, "id": key} for key in rows]


@ROUTES.on("DELETE", ONE, scope=WRITE)
def delete(box: Any, call: Call) -> Answer:
    _here(box, call.query)
    _delete(box, call.args["id"])
    return Answer(200)


def _rename(box: Any, key: str, name: str) -> None:
    held = box.find("medias", "File", key)
    if name:
        box.store.put("medias", held | {"name": name, "updatedAt": box.now()})
        box.effect("media.renamed", key, {"name": name})


def _delete(box: Any, key: str) -> None:
    gone = box.find("medias", "File", key)
    box.store.drop("medias", gone["id"])
    box.effect("media.deleted", gone["id"], {})
