"""Entities that are plain records: declared by their fields, the same seven operations follow for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.errors import Refused
from connectors.fields import Field, integer, required, text
from connectors.invoice_ninja.documents import alive
from connectors.invoice_ninja.odd import (
    delete,
    find_marked,
    is_active,
    is_archived,
    marked,
    name_of,
    safe_update,
    state_change,
)
from connectors.invoice_ninja.service import Record, body, given, needed, resource, rows, samples, write
from connectors.notation import Draft, Perform, get, post, put, reconcile
from connectors.notation import delete as dropped
from connectors.spec import Choice, Choices, Context, Conversation, Operation, Retry

PER_PAGE = integer("per_page", "At most 100.", label="How many", default=20, more=True)


@dataclass(frozen=True)
class Entity:
    plural: str
    """As in the path: `expenses`."""
    model: str
    """As in the document's operation ids: `Expense`."""
    fields: tuple[Field, ...]
    demanded: tuple[str, ...]
    """Names of the fields without which none can be made."""
    fixed: tuple[str, ...] = ()
    """Names of the fields that an update passes over in silence: it doesn't offer them."""
    filters: tuple[Field, ...] = ()
    words: tuple[str, ...] = ()
    article: str = "a"
    searched: str = "Part of a name, number or custom field."
    marked: bool = True
    """It has a field that takes our reference; else nobody can tell after a lost answer whether one was made."""
    noted: bool = True
    """It has private notes, which take our reference where the recipe fills the field for it."""
    more: tuple[Draft, ...] = ()

    @property
    def name(self) -> str:
        return name_of(self.plural)

    @property
    def one(self) -> str:
        return f"{self.article} {self.spoken}"

    @property
    def several(self) -> str:
        return self.plural.replace("_", " ")

    @property
    def spoken(self) -> str:
        return self.name.replace("_", " ")

    @property
    def id(self) -> Field:
        shown = self.spoken.capitalize()
        return text(f"{self.name}_id", f"The {self.spoken}'s id, as an earlier step gives it.", label=shown)

    @property
    def create(self) -> tuple[Field, ...]:
        return tuple(required(f) if f.name in self.demanded else f for f in self.fields)

    @property
    def update(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.name not in self.fixed)


def operations(entity: Entity) -> dict[str, Operation]:
    sample = samples(entity.name)
    found = {entity.plural: [sample], entity.name: sample, "total": 1}
    shown = {"returns": entity.name}
    return resource(
        entity.plural,
        f"/api/v1/{entity.plural}",
        post(
            "create", "", f"Create {entity.one}", *entity.create,
            perform=_creator(entity), retry=reconcile(by=_finder(entity)) if entity.marked else Retry.ONCE,
            source=f"store{entity.model}", **shown,
        ),
        put(
            "update", f"/{{{entity.name}_id}}", f"Update {entity.one}", entity.id, *entity.update,
            perform=_updater(entity), source=f"update{entity.model}",
            help="Fields left empty stay as they are in Invoice Ninja.", **shown,
        ),
        get(
            "get", f"/{{{entity.name}_id}}", f"Get {entity.one}", entity.id, source=f"show{entity.model}", **shown,
        ),
        get(
            "search", "", f"Search {entity.several}", text("filter", entity.searched, label="Search for"),
            *entity.filters, PER_PAGE, perform=_searcher(entity), sample=found, source=f"get{entity.model}s",
            help="The newest first; the first one is also given by itself.", words=("list", "find"),
        ),
        put(
            "archive", f"/{{{entity.name}_id}}", f"Archive {entity.one}", entity.id,
            perform=changer(entity, "archive", is_archived, alive), source=f"bulk{entity.model}s",
            help="Takes it off the lists; nothing is lost.", words=("hide",), **shown,
        ),
        put(
            "restore", f"/{{{entity.name}_id}}", f"Restore {entity.one}", entity.id,
            perform=changer(entity, "restore", is_active), source=f"bulk{entity.model}s",
            help="Brings an archived or deleted one back.", words=("unarchive", "undelete"), **shown,
        ),
        dropped(
            "delete", f"/{{{entity.name}_id}}", f"Delete {entity.one}", entity.id,
            perform=_deleter(entity), source=f"delete{entity.model}", help="It can be restored.", words=("remove",),
            sample={entity.name: sample | {"is_deleted": True}}, **shown,
        ),
        *entity.more,
        object=entity.name,
        sample=sample,
        words=entity.words,
    )  # fmt: skip


def _creator(entity: Entity) -> Perform:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        needed(inputs, entity.create)
        sent = body(entity.fields, inputs)
        sent = marked(sent, context, entity.noted) if entity.marked else sent
        record = yield from write("POST", f"/{entity.plural}", f"create the {entity.spoken}", sent)
        return {entity.name: record}

    return perform


def _finder(entity: Entity) -> Callable[[Record, Context], Conversation[list[Record]]]:
    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        sent = body(entity.fields, inputs)
        if marked(sent, context, entity.noted) == sent:
            raise Refused(f"the {entity.spoken} bears no reference of ours to look by. Look there, then tell Recette.")
        found = yield from find_marked(entity.plural, context, f"look for the {entity.spoken}", sent)
        return [{entity.name: row} for row in found]

    return find


def _updater(entity: Entity) -> Perform:
    what = f"update the {entity.spoken}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        sent = body(entity.update, inputs)
        record = yield from safe_update(entity.plural, inputs.get(f"{entity.name}_id"), sent, what)
        return {entity.name: record}

    return perform


def _searcher(entity: Entity) -> Perform:
    exact = tuple(f.name for f in entity.filters if f.name.endswith("_id"))

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        asked = {n: inputs[n] for n in ("filter", *(f.name for f in entity.filters)) if given(inputs, n)}
        size = min(int(inputs.get("per_page") or 20), 100)
        more = {"per_page": size, "sort": "id|desc", "status": "active"}
        found = yield from rows(entity.plural, f"search the {entity.several}", **more, **asked)
        found = [row for row in found if all(str(row.get(n)) == str(asked[n]) for n in exact if n in asked)]
        return {entity.plural: found, entity.name: found[0] if found else {}, "total": len(found)}

    return perform


def changer(
    entity: Entity,
    action: str,
    reached: Callable[[Record], bool],
    possible: Callable[[Record], str] = lambda record: "",
) -> Perform:
    what = f"{action} the {entity.spoken}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        found = inputs.get(f"{entity.name}_id")
        record = yield from state_change(entity.plural, found, action, what, reached, possible)
        return {entity.name: record}

    return perform


def _deleter(entity: Entity) -> Perform:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        record = yield from delete(entity.plural, inputs.get(f"{entity.name}_id"), f"delete the {entity.spoken}")
        return {entity.name: record}

    return perform


def listing(plural: str, shown: Callable[[Record], str], hint: str = "", key: str = "") -> Choices:
    """A live list of an entity's active records, by name."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from rows(plural, f"list the {plural.replace('_', ' ')}", status="active")
        chosen = [Choice(str(row["id"]), shown(row) or str(row["id"]), str(row.get(hint) or "")) for row in found]
        return sorted(chosen, key=lambda one: one.label.casefold())

    return Choices(key or plural, load)
