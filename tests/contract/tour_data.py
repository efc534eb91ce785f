"""The part of the HighLevel tour that leads through forms and surveys, custom objects and documents."""

from connectors.ghl.sandbox import LOCATION
from tests.contract.wire import Wire

PLACE = {"locationId": LOCATION}
AT = f"locationId={LOCATION}"


async def data(w: Wire) -> None:
    for kind in ("form", "survey"):
        await _filled_in(w, kind)
    await _objects(w)


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
