"""The part of the HighLevel tour that leads through forms and surveys, custom objects and documents."""

from connectors.ghl.sandbox import LOCATION
from tests.contract.wire import Wire

PLACE = {"locationId": LOCATION}
AT = f"locationId={LOCATION}"


async def data(w: Wire) -> None:
    for kind in ("form", "survey"):
        await _filled_in(w, kind)
    await _objects(w)
    await _files(w)


async def _filled_in(w: Wire, kind: str) -> None:
    one = (await w.go("GET", f"/{kind}s/?{AT}&limit=5&skip=0"))[f"{kind}s"][0]["id"]
    await w.go("GET", f"/{kind}s/submissions?{AT}&{kind}Id={one}&limit=1&page=2&startAt=2020-01-01&endAt=2099-01-01")
    await w.go("GET", f"/{kind}s/submissions?{AT}&q=nobody")
    await w.go("GET", f"/{kind}s/submissions?{AT}&startAt=yesterday", 422)


async def _objects(w: Wire) -> None:
    main = {"key": "name", "name": "Name", "dataType": "TEXT"}
    made = {**PLACE, "labels": {"singular": "Boat", "plural": "Boats"}, "primaryDisplayPropertyDetails": main}
    key = (await w.go("POST", "/objects/", 201, {**made, "key": "boats"}))["object"]["key"]
    await w.go("POST", "/objects/", 400, {**made, "key": "boats"})
    await w.go("GET", f"/objects/?{AT}")
    await w.go("GET", f"/objects/{key}?{AT}&fetchProperties=true")
    await w.go("GET", f"/objects/nothing?{AT}", 400)
    await w.go("PUT", f"/objects/{key}", 200, {**PLACE, "searchableProperties": [f"{key}.name"]})
    records = f"/objects/{key}/records"
    one = (await w.go("POST", records, 201, {**PLACE, "properties": {"name": "Gull"}}))["record"]["id"]
    await w.go("POST", records, 400, {**PLACE, "properties": {"sails": 3}})
    await w.go("GET", f"{records}/{one}")
    await w.go("PUT", f"{records}/{one}?{AT}", 200, {"properties": {"name": "Tern"}})
    search = {**PLACE, "page": 1, "pageLimit": 10, "query": "name:tern", "searchAfter": []}
    await w.go("POST", f"{records}/search", 200, search)
    await w.go("DELETE", f"{records}/{one}")
    await w.go("GET", f"{records}/{one}", 400)


async def _files(w: Wire) -> None:
    alt = {"altId": LOCATION, "altType": "location"}
    folder = (await w.go("POST", "/medias/folder", 200, {**alt, "name": "Scans"}))["name"]
    asked = f"altId={LOCATION}&altType=location&sortBy=createdAt&sortOrder=desc"
    parent = (await w.go("GET", f"/medias/files?{asked}&type=folder&query={folder}"))["files"][0]["_id"]
    scan = {"file": ("scan.pdf", b"%PDF-1.7", "application/pdf")}
    one = (await w.go("POST", "/medias/upload-file", 200, files=scan, data={"parentId": parent}))["fileId"]
    await w.go("POST", "/medias/upload-file", 400, data={"name": "x"})
    await w.go("GET", f"/medias/files?{asked}&type=file&parentId={parent}")
    await w.go("POST", f"/medias/{one}", 200, {**alt, "name": "scan-1.pdf"})
    await w.go("PUT", "/medias/update-files", 200, {**alt, "filesToBeUpdated": [{"id": one, "name": "scan-2.pdf"}]})
    await w.go("PUT", "/medias/delete-files", 200, {**alt, "filesToBeDeleted": [{"_id": one}], "status": "trashed"})
    await w.go("DELETE", f"/medias/{parent}?altId={LOCATION}&altType=location")
    contact = w.app.store.rows("contacts")[3]["id"]
    field = next(row["id"] for row in w.app.store.rows("fields") if row["dataType"] == "FILE_UPLOAD")
    upload = f"/forms/upload-custom-files?{AT}&contactId={contact}"
    await w.go("POST", upload, 200, files={f"{field}_1": scan["file"]})
    await w.go("POST", upload, 400, files={"nothing": scan["file"]})
