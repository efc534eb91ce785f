"""Invoice Ninja as its API shows it: who may come in, where answers go wrong, what is sent on."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from connectors.invoice_ninja.sandbox import deliver, refusals
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.refusals import Refusal
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.invoice_ninja.sandbox.times import day_of
from connectors.sandbox_kit.app import Sandbox
from connectors.sandbox_kit.http import Answer, BadJson, Call, html
from connectors.sandbox_kit.lookup import Lookup
from connectors.sandbox_kit.routes import Route, run
from connectors.sandbox_kit.words import words

PAGE = "<!doctype html><title>Invoice Ninja</title><div id=root></div>"
Record = dict[str, Any]
ACTIVITY: Record = {
    **dict.fromkeys(
        words("""client_id recurring_invoice_id recurring_expense_id purchase_order_id vendor_id vendor_contact_id
        company_id user_id invoice_id quote_id payment_id credit_id expense_id contact_id task_id token_id notes ip"""),
        "",
    ),
    "activity_type_id": "",
    "is_system": False,
}


def _held(*columns: str) -> Callable[[Record], list[tuple[str, str]]]:
    return lambda row: [(name, str(row[name]).lower()) for name in columns if row[name]]


def _client_held(row: Record) -> list[tuple[str, str]]:
    mails = [("email", one["email"].lower()) for one in row["contacts"] if one["email"]]
    return _held("id_number", "number")(row) + mails


REFERENCE = re.compile(r"wf-[A-Za-z0-9]{20}")


def _references(row: Record) -> list[tuple[str, str]]:
    """Those in its own texts and in its lines': nobody searches for one elsewhere."""
    texts = [value for value in row.values() if isinstance(value, str)]
    texts += [str(line.get("notes", "")) for line in row.get("line_items", ())]
    return [("reference", one) for one in REFERENCE.findall(" ".join(texts))]


NUMBERED = words(
    "credits purchase_orders recurring_invoices recurring_quotes expenses recurring_expenses vendors projects tasks"
)
EXACT = {
    "clients": _client_held,
    "invoices": _held("number"),
    "quotes": _held("number"),
    "payments": _held("number", "idempotency_key"),
    "products": _held("product_key"),
    "tax_rates": _held("name"),
    **dict.fromkeys(NUMBERED, _held("number")),
}
"""What each table can be asked for without looking at every row."""


class InvoiceNinja(Sandbox):
    service = "invoice_ninja"
    version = "5.10.17"
    routes = ROUTES
    kept = ("tokens",)
    defaults = {
        "token": "sandbox-invoice-ninja-token-012345678901234567890123456789012345",
        "base_path": "",
        "guard": 1.0,
        "queue": "sync",
        "payment_gap": 0.0,
        "counter_number_applied": "when_saved",
        "refuse_private_targets": False,
        "rate_max": 0,
    }
    """guard: seconds of the double-click guard. queue: sync (webhooks go out inside the call, as on a self-hosted
    install) or worker. payment_gap: seconds between a payment's check and its row, the race of two equal keys.
    rate_max: calls a minute as on the hosted service, 0 for none."""

    def prepare(self) -> None:
        self.pending: list[tuple[int, str, str]] = []
        self.locks: dict[str, float] = {}
        self.exact = {table: Lookup(self.store, table, held) for table, held in EXACT.items()}
        self.references = {table: Lookup(self.store, table, _references) for table in EXACT}
        token = self.settings["token"]
        if not self.store.get("tokens", token):
            self.store.put("tokens", {"id": token, "can": "all", "user_id": encode(1)})

    # Records ---------------------------------------------------------------------------------------------------------

    def make(self, table: str, blank: Record) -> Record:
        """A new record with its id and times; not yet stored."""
        now = self.clock()
        times = {"created_at": int(now), "updated_at": int(now), "archived_at": 0, "is_deleted": False}
        return {**blank, **times, "id": encode(self.store.next(table)), "_created": now, "_updated": now}

    def save(self, table: str, record: Record) -> Record:
        now = self.clock()
        return self.store.put(table, {**record, "updated_at": int(now), "_updated": now})

    def find(self, table: str, model: str, record_id: str) -> Record:
        record = self.store.get(table, record_id)
        if record is None:
            raise refusals.not_found(model, record_id)
        return record

    def holding(self, table: str, name: str, value: str) -> list[Record]:
        """The rows with exactly this value, whatever its case."""
        return self.exact[table].find((name, value.lower()))

    def holding_reference(self, table: str, value: str) -> list[Record] | None:
        """The rows whose texts hold a reference such as `wf-…`; None for anything else: all have to be looked at."""
        if table not in self.references or not REFERENCE.fullmatch(value):
            return None
        return self.references[table].find(("reference", value))

    def company(self) -> Record:
        return self.store.rows("companies")[0]

    def number(self, table: str) -> str:
        """The next number in the series of this table."""
        return f"{self.store.next('number_' + table):04d}"

    def today(self) -> str:
        return day_of(self.clock())

    def activity(self, kind: int, **about: str) -> None:
        ids = {f"{name}_id": value for name, value in about.items()}
        self.store.put("activities", self.make("activities", ACTIVITY) | ids | {"activity_type_id": str(kind)})

    # Webhooks --------------------------------------------------------------------------------------------------------

    def fire(self, event: int, table: str, record_id: str) -> None:
        self.pending.append((event, table, record_id))

    async def flush(self) -> None:
        """Sends what the call set off: inside the call, or after it when there is a queue worker."""
        events, self.pending = self.pending, []
        if not events:
            return
        work = deliver.all_of(self, events)
        if self.settings["queue"] == "sync":
            await work
        else:
            self.sender.later(work)

    # Calls -----------------------------------------------------------------------------------------------------------

    async def respond(self, call: Call) -> Answer:
        base = self.settings["base_path"].rstrip("/")
        if not (call.path + "/").startswith(base + "/"):
            return html(404, "<!doctype html><title>404 Not Found</title><h1>Not Found</h1>")
        call.path = call.path[len(base) :] or "/"
        if call.path == "/":
            return html(200, PAGE)
        try:
            answer = await self._handled(call)
        except BadJson:
            answer = _error(call, refusals.BROKEN, base)
        except Refusal as refusal:
            answer = _error(call, refusal, base)
        await self.flush()
        versions = {"X-APP-VERSION": self.version, "X-MINIMUM-CLIENT-VERSION": "5.0.16", "X-Api-Version": self.version}
        answer.headers = {**versions, **answer.headers}
        return answer

    async def _handled(self, call: Call) -> Answer:
        self._throttle(call)
        found = ROUTES.find(call.method, call.path)
        if not found:
            known = ROUTES.methods(call.path)
            message = "Method not supported for this route" if known else "Route does not exist"
            raise Refusal(404, {"message": message})
        route, call.args = found
        self._admit(route, call)
        result = await run(route, self, call)
        return result if isinstance(result, Answer) else Answer(200, result)

    def _admit(self, route: Route, call: Call) -> None:
        token = self.store.get("tokens", call.headers.get("x-api-token", ""))
        if not token:
            raise refusals.BAD_TOKEN
        call.token = token
        if token["can"] != "all" and (call.method != "GET" or route.facts.get("admin")):
            raise refusals.NOT_ALLOWED
        given = call.headers.get("x-api-password") or call.headers.get("x-api-password-base64")
        if route.facts.get("password") and not given:
            raise refusals.NO_PASSWORD

    def _throttle(self, call: Call) -> None:
        most, now = self.settings["rate_max"], self.clock()
        if not most:
            return
        since = [at for at in getattr(self, "_seen", []) if at > now - 60]
        if len(since) >= most:
            raise Refusal(429, {"message": "Too many requests"})
        self._seen = [*since, now]

    def locked(self, key: str) -> bool:
        """Whether the same was asked within the guard's time; asking locks it anew."""
        now = self.clock()
        until, self.locks[key] = self.locks.get(key, 0.0), now + self.settings["guard"]
        if len(self.locks) > 10_000:
            self.locks = {k: at for k, at in self.locks.items() if at > now}
        return now < until

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # Pages -----------------------------------------------------------------------------------------------------------

    def connect(self) -> dict[str, str]:
        return {"token": self.settings["token"], "path": self.settings["base_path"]}


def _error(call: Call, refusal: Refusal, base: str) -> Answer:
    """A caller that doesn't say it expects JSON gets a redirect or a page, as Laravel does it."""
    ajax = call.headers.get("x-requested-with", "").lower() == "xmlhttprequest"
    if ajax or "json" in call.headers.get("accept", "") or refusal.status == 403:
        return Answer(refusal.status, refusal.body)
    if refusal.status == 422:
        return html(302, "<!doctype html><title>Redirecting</title>", Location=base + "/")
    return html(refusal.status, f"<!doctype html><title>{refusal.status}</title><h1>{refusal.status}</h1>")
