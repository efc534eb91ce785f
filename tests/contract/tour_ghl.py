"""Once through every route of the HighLevel sandbox, and through the ways it says no."""

import httpx

from connectors.ghl.sandbox import COMPANY, LOCATION, make_app
from tests.contract import tour_calendars, tour_data, tour_money
from tests.contract.documents import Service
from tests.contract.wire import BASE, Wire

PLACE = {"locationId": LOCATION}
AT = f"locationId={LOCATION}"


def wire(service: Service) -> Wire:
    app = make_app(rate_max=0, search_lag=0)
    headers = {
        "Authorization": f"Bearer {app.settings['token']}",
        "Version": "2021-07-28",
        "Accept": "application/json",
    }
    return Wire(service, app, headers)


async def tour(service: Service) -> Wire:
    w = wire(service)
    contact = await _contacts(w)
    await _beside(w, contact)
    await _opportunities(w)
    await tour_calendars.calendars(w)
    await _businesses(w, contact.split("/")[-1])
    await _conversations(w, contact.split("/")[-1])
    await tour_money.money(w)
    await tour_data.data(w)
    await _social(w)
    await _location(w)
    await _sign_in(w)
    await _refusals(w)
    return w


async def _contacts(w: Wire) -> str:
    person = {**PLACE, "firstName": "Odile", "lastName": "Farrow", "email": "odile@farrow.example", "tags": ["Lead"]}
    made = await w.go("POST", "/contacts/", 201, {**person, "dateOfBirth": "1988-04-12", "phone": "+12025550190"})
    one = f"/contacts/{made['contact']['id']}"
    await w.go("POST", "/contacts/", 400, person)
    await w.go("POST", "/contacts/", 422, {**PLACE, "shoeSize": 40})
    await w.go("POST", "/contacts/upsert", 200, {**PLACE, "email": "odile@farrow.example", "city": "Lyme"})
    await w.go("POST", "/contacts/upsert", 200, {**PLACE, "email": "new@farrow.example"})
    await w.go("GET", one)
    await w.go("GET", "/contacts/nobody", 400)
    await w.go("PUT", one, 200, {"city": "Lyme Regis", "customFields": [{"key": "industry", "field_value": "Sails"}]})
    await w.go("PUT", one, 422, {"companyName": "Farrow Sails"})
    await w.go("GET", f"/contacts/?{AT}&limit=5")
    await w.go("GET", f"/contacts/search/duplicate?{AT}&email=odile@farrow.example")
    find = {"field": "tags", "operator": "eq", "value": "lead"}
    await w.go("POST", "/contacts/search", 200, {**PLACE, "pageLimit": 5, "filters": [find]})
    await w.go("POST", "/contacts/search", 422, {**PLACE, "pageLimit": 501})
    for path in (f"{one}/workflow/w1", f"{one}/campaigns/c1"):
        await w.go("POST", path, 201 if "campaigns" in path else 200, {})
        await w.go("DELETE", path)
    await w.go("DELETE", f"{one}/campaigns/removeAll")
    other = await w.go("POST", "/contacts/", 201, {**PLACE, "name": "Short Lived"})
    await w.go("DELETE", f"/contacts/{other['contact']['id']}")
    return one


async def _beside(w: Wire, one: str) -> None:
    user = w.app.store.rows("users")[0]["id"]
    await w.go("POST", f"{one}/tags", 201, {"tags": ["vip", "sailor"]})
    await w.go("DELETE", f"{one}/tags", 200, {"tags": ["vip"]})
    await w.go("POST", f"{one}/tags", 422, {})
    bulk = {**PLACE, "contacts": [one.split("/")[-1], "gone"], "tags": ["season"]}
    await w.go("POST", "/contacts/bulk/tags/update/add", 201, bulk)
    note = await w.go("POST", f"{one}/notes", 201, {"body": "Called back.", "userId": user})
    path = f"{one}/notes/{note['note']['id']}"
    await w.go("GET", f"{one}/notes")
    await w.go("GET", path)
    await w.go("PUT", path, 200, {"body": "Called back twice."})
    await w.go("DELETE", path)
    task = {"title": "Send an offer", "dueDate": "2026-12-01T09:00:00Z", "completed": False, "assignedTo": user}
    made = await w.go("POST", f"{one}/tasks", 201, task)
    path = f"{one}/tasks/{made['task']['id']}"
    await w.go("GET", f"{one}/tasks")
    await w.go("GET", path)
    await w.go("PUT", path, 200, {"title": "Send the offer"})
    await w.go("PUT", f"{path}/completed", 200, {"completed": True})
    await w.go("POST", f"/locations/{LOCATION}/tasks/search", 200, {"completed": True})
    await w.go("DELETE", path)
    await w.go("POST", f"{one}/followers", 201, {"followers": [user]})
    await w.go("DELETE", f"{one}/followers", 200, {"followers": [user]})
    await w.go("GET", f"{one}/appointments")


async def _businesses(w: Wire, contact: str) -> None:
    made = await w.go("POST", "/businesses/", 201, {**PLACE, "name": "Farrow Sails", "city": "Lyme"})
    business = made["buiseness"]["id"]
    one = f"/businesses/{business}"
    await w.go("POST", "/businesses/", 422, PLACE)
    await w.go("GET", f"/businesses/?{AT}&limit=3&skip=1")
    await w.go("GET", one)
    await w.go("GET", "/businesses/nowhere", 400)
    await w.go("PUT", one, 200, {"phone": "+12025550191"})
    bulk = {**PLACE, "ids": [contact, "gone"]}
    await w.go("POST", "/contacts/bulk/business", 200, {**bulk, "businessId": business})
    await w.go("GET", f"/contacts/business/{business}?{AT}")
    await w.go("POST", "/contacts/bulk/business", 200, {**bulk, "businessId": None})
    await w.go("POST", "/contacts/bulk/business", 422, bulk)
    await w.go("DELETE", one)
    await w.go("GET", f"/workflows/?{AT}")
    await w.go("GET", f"/campaigns/?{AT}&status=draft")


async def _social(w: Wire) -> None:
    home = f"/social-media-posting/{LOCATION}"
    listed = await w.go("GET", f"{home}/tags?limit=2&skip=1&searchText=")
    await w.go("GET", f"{home}/tags?limit=many", 422)
    one = listed["results"]["tags"][0]["_id"]
    await w.go("POST", f"{home}/tags/details", 201, {"tagIds": [one, "gone"]})
    await w.go("POST", f"{home}/tags/details", 422, {})
    accounts = (await w.go("GET", f"{home}/accounts"))["results"]["accounts"]
    profiles = {"profileIds": [row["profileId"] for row in accounts]}
    await w.go("POST", f"/social-media-posting/statistics?{AT}", 201, {**profiles, "platforms": ["facebook"]})
    await w.go("POST", f"/social-media-posting/statistics?{AT}", 422, {"profileIds": []})


async def _conversations(w: Wire, contact: str) -> None:
    text = {"type": "SMS", "contactId": contact, "message": "Your sails are ready."}
    sent = await w.go("POST", "/conversations/messages", 200, text)
    mail = {
        **text,
        "type": "Email",
        "subject": "Sails",
        "html": "<p>Ready.</p>",
        "attachments": ["https://a.example/b"],
    }
    letter = await w.go("POST", "/conversations/messages", 200, mail)
    await w.go("POST", "/conversations/messages", 400, {**text, "message": ""})
    await w.go("GET", f"/conversations/search?{AT}&contactId={contact}&limit=3&status=read")
    one = f"/conversations/{sent['conversationId']}"
    await w.go("GET", one)
    await w.go("PUT", one, 200, {**PLACE, "unreadCount": 1, "starred": True})
    await w.go("GET", f"{one}/messages?type=TYPE_SMS&limit=1")
    await w.go("GET", f"/conversations/messages/{sent['messageId']}")
    await w.go("GET", f"/conversations/messages/email/{letter['emailMessageId']}")
    for channel in ("", "&channel=Email", "&channel=Call"):
        await w.go("GET", f"/conversations/messages/export?{AT}&limit=10&sortBy=createdAt&sortOrder=asc{channel}")
    await w.go("PUT", f"/conversations/messages/{sent['messageId']}/status", 403, {"status": "read"})
    call = next(row["id"] for row in w.app.store.rows("messages") if row["messageType"] == "TYPE_CALL")
    await w.go("PUT", f"/conversations/messages/{call}/status", 200, {"status": "read"})
    await w.go("GET", f"/conversations/messages/{call}/locations/{LOCATION}/recording")
    said = f"/conversations/locations/{LOCATION}/messages/{call}/transcription"
    await w.go("GET", said)
    await w.go("GET", f"{said}/download")
    typing = {**PLACE, "isTyping": "true", "visitorId": "v1", "conversationId": sent["conversationId"]}
    await w.go("POST", "/conversations/providers/live-chat/typing", 201, typing)


async def _opportunities(w: Wire) -> None:
    pipeline = (await w.go("GET", f"/opportunities/pipelines?{AT}"))["pipelines"][0]
    contact = (await w.go("POST", "/contacts/", 201, {**PLACE, "email": "ruta@quay.example"}))["contact"]["id"]
    deal = {**PLACE, "pipelineId": pipeline["id"], "contactId": contact, "name": "Quay signs", "status": "open"}
    field = {"key": "reference", "field_value": "A-1"}
    made = await w.go("POST", "/opportunities/", 201, {**deal, "monetaryValue": 1250.5, "customFields": [field]})
    one = f"/opportunities/{made['opportunity']['id']}"
    await w.go("POST", "/opportunities/", 400, deal)
    await w.go("POST", "/opportunities/", 422, {**deal, "probability": 1})
    await w.go("GET", one)
    stage = pipeline["stages"][1]["id"]
    await w.go("PUT", one, 200, {"pipelineStageId": stage, "monetaryValue": 1300})
    await w.go("PUT", f"{one}/status", 200, {"status": "won"})
    await w.go("POST", "/opportunities/upsert", 200, {**PLACE, "pipelineId": pipeline["id"], "contactId": contact})
    await w.go("GET", f"/opportunities/search?location_id={LOCATION}&status=won&limit=3")
    moved = {"field": "last_status_change_date", "operator": "range", "value": {"gte": "2020-01-01T00:00:00Z"}}
    await w.go("POST", "/opportunities/search", 200, {**PLACE, "limit": 5, "page": 1, "filters": [moved]})
    user = w.app.store.rows("users")[0]["id"]
    await w.go("POST", f"{one}/followers", 201, {"followers": [user]})
    await w.go("DELETE", f"{one}/followers", 200, {"followers": [user]})
    await w.go("GET", f"/opportunities/lost-reason?{AT}")
    await w.go("DELETE", one)


async def _location(w: Wire) -> None:
    here = f"/locations/{LOCATION}"
    company = (await w.go("GET", here))["location"]["companyId"]
    await w.go("GET", "/locations/search")
    await w.go("GET", f"{here}/timezones")
    tag = (await w.go("POST", f"{here}/tags", 200, {"name": "Harbour"}))["tag"]["id"]
    await w.go("GET", f"{here}/tags")
    await w.go("GET", f"{here}/tags/{tag}")
    await w.go("PUT", f"{here}/tags/{tag}", 200, {"name": "Port"})
    await w.go("DELETE", f"{here}/tags/{tag}")
    for kind, body in (
        ("customFields", {"name": "Hull", "dataType": "TEXT"}),
        ("customValues", {"name": "Pier", "value": "4"}),
    ):
        made = await w.go("POST", f"{here}/{kind}", 201, body)
        one = f"{here}/{kind}/{made[kind[:-1]]['id']}"
        await w.go("GET", f"{here}/{kind}")
        await w.go("GET", one)
        await w.go("PUT", one, 200, {k: v for k, v in body.items() if k != "dataType"})
        await w.go("DELETE", one)
    user = (await w.go("GET", f"/users/?{AT}"))["users"][0]["id"]
    await w.go("GET", f"/users/{user}")
    await w.go("GET", f"/users/search?companyId={company}")


async def _sign_in(w: Wire) -> None:
    app = w.app.store.get("app", "app")
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    w.app.store.put("refreshes", {"id": "old", "scopes": app["scopes"], "used": False, "until": w.app.clock() + 60})
    form = {**keys, "grant_type": "refresh_token", "refresh_token": "old"}
    await w.go("POST", "/oauth/token", 200, data=form)
    await w.go("POST", "/oauth/token", 400, data=form)
    await w.go("POST", "/oauth/token", 401, data={**form, "client_secret": "wrong"})
    await w.go("POST", "/oauth/token", 422, data={**form, "user_type": "Agency"})
    await _agency(w, keys)


async def _agency(w: Wire, keys: dict[str, str]) -> None:
    back = {"response_type": "code", "client_id": keys["client_id"], "redirect_uri": "http://us.test/back"}
    query = str(httpx.QueryParams(back))
    request = httpx.Request("POST", f"{BASE}/v2/oauth/chooselocation?{query}", data={"company": COMPANY})
    code = (await w.send(request, outgoing=False)).headers["location"].rpartition("code=")[2]
    form = {**keys, "grant_type": "authorization_code", "code": code}
    made = await w.go("POST", "/oauth/token", data=form)
    agency = {"Authorization": f"Bearer {made['access_token']}"}
    app = keys["client_id"].split("-")[0]
    listed = f"/oauth/installedLocations?companyId={COMPANY}&appId={app}&isInstalled=true"
    await w.go("GET", listed, headers=agency)
    await w.go("GET", f"/oauth/installedLocations?companyId={COMPANY}", 422, headers=agency)
    await w.go("GET", listed, 403)
    place = {"companyId": COMPANY, "locationId": LOCATION}
    await w.go("POST", "/oauth/locationToken", data=place, headers=agency)
    await w.go("POST", "/oauth/locationToken", 400, data={**place, "locationId": "nowhere"}, headers=agency)
    await w.go("POST", "/oauth/locationToken", 403, data=place)


async def _refusals(w: Wire) -> None:
    here = f"/locations/{LOCATION}"
    await w.go("GET", here, 401, headers={"Authorization": "Bearer wrong"})
    await w.go("GET", here, 401, headers={"Version": "1999-01-01"})
    await w.go("GET", "/locations/elsewhere", 403)
    await w.go("POST", "/locations/", 403, {})
    await w.go("PUT", here, 403, {})
    await w.go("DELETE", here, 403)
    await w.go("POST", "/users/search/filter-by-email", 403, {})
    w.app.grant("narrow", "pit", "contacts.readonly", None)
    await w.go("GET", here, 401, headers={"Authorization": "Bearer narrow"})
    w.app.settings["rate_max"] = 1
    await w.go("GET", here)
    await w.go("GET", here, 429)
    w.app.settings["rate_max"] = 0
