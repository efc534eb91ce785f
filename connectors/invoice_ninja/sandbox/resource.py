"""What every entity of the API has alike: list, read, write, archive, and the same in bulk."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.invoice_ninja.sandbox import errands, paging, refusals, render
from connectors.invoice_ninja.sandbox.paging import Keep
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, BadJson, Call

Record = dict[str, Any]
EXACT_FILTERS = ("email", "id_number", "number", "product_key")
Action = Callable[[Any, Record, Call], Record]
"""(sandbox, record, call) to the record after it; raises a Refusal when it can't be done."""


@dataclass(frozen=True, slots=True)
class Resource:
    table: str
    model: str
    blank: Callable[[Any], Record]
    store: Callable[[Any, Record, Call], Record | Awaitable[Record]]
    """(sandbox, body, call) makes and returns the record."""
    update: Callable[[Any, Record, Record, Call], Record]
    """(sandbox, record, body, call)"""
    events: Mapping[str, int] = field(default_factory=dict)
    """archive, delete and restore to the webhook event."""
    marks: Mapping[str, int] = field(default_factory=dict)
    """The same to the activity's type."""
    filters: Mapping[str, Keep] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    """What bulk and `GET /{id}/{action}` know besides archive, restore and delete."""
    after: Callable[[Any, str, Record], Record] = lambda box, action, record: record
    """What archive, delete or restore brings about, before it is saved."""
    bulk_only: bool = False
    """There is no `GET /{id}/{action}`."""
    lenient: bool = False
    """An unknown bulk action passes in silence."""
    admin: bool = False
    for_good: bool = False
    """What is deleted is gone, and DELETE wants a password."""
    called: str = ""
    """In the path, where that isn't the table's name."""
    bulk: bool = True
    made: bool = True
    """One can be made by a body of JSON."""

    @property
    def path(self) -> str:
        return f"/api/v1/{self.called or self.table}"

    @property
    def one(self) -> str:
        return self.table[:-1]

    def show(self, box: Any, record: Record, call: Call) -> Record:
        return {"data": render.whole(box, self.table, record, call.query.get("include", ""))}

    def change(self, box: Any, record: Record, action: str) -> Record:
        """Archives, deletes or restores."""
        now = int(box.clock())
        if action == "delete" and self.for_good:
            box.store.drop(self.table, record["id"])
            self.tell(box, action, record)
            return record
        done = {
            "archive": {"archived_at": record["archived_at"] or now},
            "delete": {"archived_at": record["archived_at"] or now, "is_deleted": True},
            "restore": {"archived_at": 0, "is_deleted": False},
        }[action]
        if all(record[name] == value for name, value in done.items()):
            return record
        saved = box.save(self.table, self.after(box, action, record) | done)
        self.tell(box, action, saved)
        return saved

    def tell(self, box: Any, action: str, record: Record) -> None:
        box.effect(f"{self.one}.{action}", record["id"], render.plain(self.table, record))
        if action in self.events:
            box.fire(self.events[action], self.table, record["id"])
        if action in self.marks:
            ids = {self.one: record["id"]}
            box.activity(self.marks[action], **({"client": record["client_id"]} if "client_id" in record else {}) | ids)

    def act(self, box: Any, record: Record, action: str, call: Call) -> Record:
        if action in ("archive", "delete", "restore"):
            return self.change(box, record, action)
        if action not in self.actions:
            raise refusals.bad(f"The requested action `{action}` is not available.")
        return self.actions[action](box, record, call)


def register(resource: Resource) -> Resource:
    facts = {"admin": True} if resource.admin else {}
    bulk = [("POST", "/bulk", _bulk)] if resource.bulk else []
    for method, tail, handler in (
        *bulk,
        ("GET", "", _index),
        *([("POST", "", _store), ("GET", "/create", _blank)] if resource.made else []),
        ("GET", "/{id}", _show),
        ("GET", "/{id}/edit", _show),
        ("PUT", "/{id}", _update),
        ("PATCH", "/{id}", _update),
        ("DELETE", "/{id}", _delete),
    ):
        guarded = {"password": True} if resource.for_good and method == "DELETE" else {}
        ROUTES.on(method, resource.path + tail, **facts, **guarded)(_bound(handler, resource))
    if resource.actions and not resource.bulk_only:
        ROUTES.on("GET", resource.path + "/{id}/{action}")(_bound(_action, resource))
    return resource


def _bound(handler: Callable[..., Any], resource: Resource) -> Callable[[Any, Call], Any]:
    return lambda box, call: handler(resource, box, call)


def _index(resource: Resource, box: Any, call: Call) -> Any:
    rows = paging.kept(box, _rows(resource, box, call), call.query, resource.filters)
    rows = paging.ordered(rows, call.query.get("sort", ""))
    include = call.query.get("include", "")
    return paging.page(call, rows, lambda row: render.whole(box, resource.table, row, include))


def _rows(resource: Resource, box: Any, call: Call) -> list[Record]:
    """Those that an exact filter can leave over, else all."""
    for name in EXACT_FILTERS:
        if call.query.get(name) and name in resource.filters:
            return box.holding(resource.table, name, call.query[name])
    found = (
        box.holding_reference(resource.table, call.query.get("filter", "")) if "filter" in resource.filters else None
    )
    return box.store.rows(resource.table) if found is None else found


def _blank(resource: Resource, box: Any, call: Call) -> Any:
    times = {"created_at": 0, "updated_at": 0, "archived_at": 0, "is_deleted": False}
    return {"data": render.plain(resource.table, {**resource.blank(box), **times, "id": ""})}


def _store(resource: Resource, box: Any, call: Call) -> Any:
    made = resource.store(box, body(call), call)
    return resource.show(box, made, call) if isinstance(made, dict) else _later(resource, box, call, made)


async def _later(resource: Resource, box: Any, call: Call, made: Awaitable[Record]) -> Any:
    return resource.show(box, await made, call)


def _show(resource: Resource, box: Any, call: Call) -> Any:
    return resource.show(box, box.find(resource.table, resource.model, call.args["id"]), call)


def _update(resource: Resource, box: Any, call: Call) -> Any:
    record = box.find(resource.table, resource.model, call.args["id"])
    if record["is_deleted"]:
        raise refusals.deleted()
    return resource.show(box, resource.update(box, record, body(call), call), call)


def _delete(resource: Resource, box: Any, call: Call) -> Any:
    record = box.find(resource.table, resource.model, call.args["id"])
    return resource.show(box, resource.change(box, record, "delete"), call)


def _action(resource: Resource, box: Any, call: Call) -> Any:
    record = box.find(resource.table, resource.model, call.args["id"])
    return resource.show(box, resource.act(box, record, call.args["action"], call), call)


def _bulk(resource: Resource, box: Any, call: Call) -> Any:
    data = body(call)
    action, ids = str(data.get("action", "")), data.get("ids") or []
    if not ids:
        return Answer(200, {"message": "No Invoices Found" if resource.lenient else "No records found"})
    if resource.lenient and box.locked(f"bulk|{call.client}|{action}|{ids}"):
        raise refusals.TWICE
    if action == "template" and data.get("template_id"):
        return {"message": errands.kept(box, resource.table)}
    if action == "bulk_download" or (action == "download" and resource.for_good):
        box.effect(f"{resource.one}.mailed", str(ids[0]), {"ids": ids})
        return {"message": "Email sent!"}
    known = action in resource.actions or action in ("archive", "delete", "restore")
    if not known and not resource.lenient:
        raise refusals.invalid(action="The selected action is invalid.")
    rows = [row for one in ids if (row := box.store.get(resource.table, str(one)))]
    done = [_quiet(resource, box, row, action, call) for row in rows]
    done = [row for row in done if box.store.get(resource.table, row["id"])]
    return paging.page(call, done, lambda row: render.whole(box, resource.table, row, call.query.get("include", "")))


def _quiet(resource: Resource, box: Any, record: Record, action: str, call: Call) -> Record:
    """Bulk answers 200 whatever a row says; a row that refuses stays as it was."""
    try:
        return resource.act(box, record, action, call)
    except refusals.Refusal:
        return box.store.get(resource.table, record["id"]) or record


def body(call: Call) -> Record:
    """The body, and the query beside it as Laravel merges them; what is no JSON counts as empty."""
    try:
        return {**call.query, **call.fields()}
    except BadJson:
        return dict(call.query)


def unique(box: Any, table: str, name: str, value: str, own: str = "") -> None:
    """Raises a 422 when another row has it; archived and deleted ones count."""
    if value and any(row["id"] != own for row in box.holding(table, name, value)):
        raise refusals.invalid(**{name: f"The {name.replace('_', ' ')} has already been taken."})
