"""HighLevel as its API shows it: who may come in, how often, and what goes out when something changes."""

import uuid
from typing import Any

from connectors.ghl.sandbox import deliver, elsewhere, keys, refusals
from connectors.ghl.sandbox.addresses import addresses
from connectors.ghl.sandbox.index import Index
from connectors.ghl.sandbox.refusals import Refusal
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import REACH
from connectors.ghl.sandbox.times import identity, iso
from connectors.sandbox_kit.app import Sandbox
from connectors.sandbox_kit.http import Answer, BadJson, Call
from connectors.sandbox_kit.lookup import Lookup
from connectors.sandbox_kit.routes import Route, run

Record = dict[str, Any]
VERSIONS = ("2021-07-28", "2021-04-15", "2023-02-21", "v3")
LOCATION = identity("location", 1)
COMPANY = identity("company", 1)
SCOPES = (
    "contacts.readonly contacts.write opportunities.readonly opportunities.write locations.readonly users.readonly "
    "locations/tags.readonly locations/tags.write locations/tasks.readonly locations/customFields.readonly "
    "locations/customFields.write locations/customValues.readonly locations/customValues.write "
    "calendars.readonly calendars.write calendars/groups.readonly calendars/groups.write calendars/events.readonly "
    "calendars/events.write calendars/resources.readonly calendars/resources.write businesses.readonly "
    "businesses.write workflows.readonly campaigns.readonly conversations.readonly conversations.write "
    "conversations/message.readonly conversations/message.write conversations/livechat.write "
    "invoices.readonly invoices.write payments/transactions.readonly products.readonly "
    "products.write products/prices.readonly products/prices.write products/collection.readonly "
    "products/collection.write "
    "payments/orders.readonly payments/orders.write payments/orders.collectPayment payments/subscriptions.readonly "
    "invoices/estimate.readonly invoices/estimate.write "
    "forms.readonly surveys.readonly objects/schema.readonly objects/schema.write objects/record.readonly "
    "objects/record.write forms.write medias.readonly medias.write documents_contracts/list.readonly "
    "documents_contracts/sendLink.write documents_contracts_template/list.readonly "
    "documents_contracts_template/sendLink.write "
    "socialplanner/tag.readonly socialplanner/account.readonly socialplanner/statistics.readonly "
    "oauth.readonly oauth.write"
)


class HighLevel(Sandbox):
    service = "ghl"
    version = "2021-07-28"
    routes = ROUTES
    kept = ("tokens", "refreshes", "codes", "installs", "app")
    defaults = {
        "token": "pit-5a4db0c5-0000-4000-8000-000000000001",
        "client_id": "6578278e879ad2646715ba9c-lr4k1x2p",
        "client_secret": "4a8f3c1e-0000-4000-8000-000000000002",
        "redirect_uri": "",
        "webhook_url": "",
        "allow_duplicates": False,
        "allow_duplicate_opportunities": False,
        "search_lag": 2.0,
        "search_reach": REACH,
        "rate_max": 100,
        "rate_interval_ms": 10_000,
        "rate_daily": 200_000,
        "token_seconds": 86_399,
        "location_refresh": True,
        "old_signature": False,
        "retry_base": 1.0,
        "retry_longest": 600.0,
        "retry_max": 12,
    }
    """rate_max 0: no limit. retry_base: seconds before a webhook's second attempt, doubled each time up to
    retry_longest, retry_max attempts in all. location_refresh: a location's token that an agency's asked for brings a
    refresh token of its own, which the document doesn't say and the service does."""

    def prepare(self) -> None:
        self.pending: list[tuple[str, Record]] = []
        self.windows: dict[str, tuple[float, int, float, int]] = {}
        self.keys = keys.Keys(self.folder)
        self.contacts = Index(self, "contacts")
        self.opportunities = Index(self, "opportunities")
        self.people = Lookup(self.store, "contacts", addresses)
        self.deals = Lookup(self.store, "opportunities", lambda row: [(row["contactId"], row["pipelineId"])])
        names = ("client_id", "client_secret", "webhook_url", "redirect_uri")
        if not self.store.get("app", "app"):
            app = {name: self.settings[name] for name in names}
            more = {"events": None, "scopes": SCOPES, "version_id": app["client_id"].split("-")[0], "installed": True}
            self.store.put("app", {**app, **more, "id": "app"})
        own = self.store.get("tokens", self.settings["token"])
        if not own or own["scopes"] != SCOPES:  # it was made before the sandbox knew all it knows today
            self.grant(self.settings["token"], "pit", SCOPES, None)

    def grant(self, token: str, kind: str, scopes: str, seconds: float | None, **more: Any) -> Record:
        """A token that opens this location."""
        until = None if seconds is None else self.clock() + seconds
        record = {"id": token, "kind": kind, "scopes": scopes, "location_id": LOCATION, "until": until}
        return self.store.put("tokens", record | more)

    def reset(self, **settings: Any) -> None:
        super().reset(**settings)
        self.windows.clear()

    def wake(self) -> None:
        deliver.resume(self)

    # Records ---------------------------------------------------------------------------------------------------------

    def new_id(self, table: str) -> str:
        return identity(table, self.store.next(table))

    def location(self) -> str:
        return LOCATION

    def app_id(self) -> str:
        app = self.store.get("app", "app") or {}
        return str(app["client_id"]).split("-")[0]

    def now(self) -> str:
        return iso(self.clock())

    def find(self, table: str, what: str, record_id: str) -> Record:
        record = self.store.get(table, record_id)
        if record is None:
            raise refusals.not_found(what, record_id)
        return record

    # Webhooks --------------------------------------------------------------------------------------------------------

    def fire(self, event: str, body: Record) -> None:
        self.pending.append((event, body))

    async def flush(self) -> None:
        """Starts the deliveries of what the call set off; they run on by themselves."""
        events, self.pending = self.pending, []
        for event, body in events:
            deliver.start(self, event, body)

    # Calls -----------------------------------------------------------------------------------------------------------

    async def respond(self, call: Call) -> Answer:
        rate: dict[str, str] = {}
        try:
            answer = await self._handled(call, rate)
        except BadJson:
            answer = _answer(refusals.bad("Unexpected token in JSON"))
        except Refusal as refusal:
            answer = _answer(refusal)
        await self.flush()
        answer.headers = {**rate, **answer.headers}
        if isinstance(answer.body, dict):
            answer.body = {**answer.body, "traceId": str(uuid.uuid4())}
        return answer

    async def _handled(self, call: Call, rate: dict[str, str]) -> Answer:
        found = ROUTES.find(call.method, call.path)
        if found and found[0].facts.get("open"):
            call.args = found[1]
            return _made(await run(found[0], self, call))
        self._let_in(call)
        rate |= self._counted(call.token["location_id"] + call.token["kind"])
        if not found:
            raise refusals.NO_ROUTE
        route, call.args = found
        self._admit(route, call)
        place = call.token["location_id"]
        if place not in (LOCATION, COMPANY) and self.store.get("locations", place):
            return _made(elsewhere.answer(self, route, call))
        return _made(await run(route, self, call))

    def _let_in(self, call: Call) -> None:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        record = self.store.get("tokens", token.strip()) if scheme.lower() == "bearer" else None
        if not record:
            raise refusals.BAD_TOKEN
        if record["until"] is not None and record["until"] <= self.clock():
            raise refusals.EXPIRED
        version = call.headers.get("version")
        if not version:
            raise refusals.NO_VERSION
        if version not in VERSIONS:
            raise refusals.WRONG_VERSION
        call.token = record

    def _admit(self, route: Route, call: Call) -> None:
        scope = route.facts.get("scope")
        of_agency = call.token["location_id"] == COMPANY
        if route.facts.get("agency") or (route.facts.get("company") and not of_agency):
            raise refusals.AGENCY_ONLY
        if scope and scope not in call.token["scopes"].split():
            raise refusals.NO_SCOPE
        place = route.facts.get("place")
        if of_agency and not route.facts.get("company"):
            raise refusals.NO_LOCATION
        if place and _location(call, place) != call.token["location_id"]:
            raise refusals.NO_LOCATION

    def _counted(self, key: str) -> dict[str, str]:
        """The rate headers. Raises a 429 when the burst or the day is used up."""
        most, interval, daily = (self.settings[k] for k in ("rate_max", "rate_interval_ms", "rate_daily"))
        if not most:
            return {}
        now = self.clock()
        start, used, day, today = self.windows.get(key) or (now, 0, now, 0)
        if now - start >= interval / 1000:
            start, used = now, 0
        if now - day >= 86_400:
            day, today = now, 0
        over = used >= most or today >= daily
        self.windows[key] = (start, used + (not over), day, today + (not over))
        if over:
            raise refusals.too_many(_headers(most, most, interval, daily, today))
        return _headers(most, used + 1, interval, daily, today + 1)

    # Pages -----------------------------------------------------------------------------------------------------------

    def connect(self) -> dict[str, str]:
        app = self.store.get("app", "app") or {}
        own = {name: app[name] for name in ("client_id", "client_secret", "webhook_url")}
        return {"token": self.settings["token"], "location_id": LOCATION, "public_key": self.keys.public(), **own}


def _headers(most: int, used: int, interval: int, daily: int, today: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit-Daily": str(daily),
        "X-RateLimit-Daily-Remaining": str(daily - today),
        "X-RateLimit-Interval-Milliseconds": str(interval),
        "X-RateLimit-Max": str(most),
        "X-RateLimit-Remaining": str(most - used),
    }


def _location(call: Call, place: str) -> str:
    if place == "path":
        return call.args["locationId"]
    if place == "body":
        return str(call.fields().get("locationId") or call.fields().get("altId") or "")
    return call.query.get("locationId") or call.query.get("location_id") or call.query.get("altId") or ""


def _made(result: Any) -> Answer:
    return result if isinstance(result, Answer) else Answer(200, result)


def _answer(refusal: Refusal) -> Answer:
    return Answer(refusal.status, refusal.body, dict(refusal.headers))
