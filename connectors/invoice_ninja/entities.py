"""Entities that are plain records: declared by their fields, the same seven operations follow for each."""

from collections.abc import Callable
from typing import Any

from connectors.errors import Unclear
from connectors.fields import Field, integer, required, text
from connectors.frozen import Frozen
from connectors.invoice_ninja.documents import alive
from connectors.invoice_ninja.odd import (
    begun,
    delete,
    find_marked,
    is_active,
    is_archived,
    marked,
    name_of,
    overlaid,
    safe_update,
    state_change,
)
from connectors.invoice_ninja.service import Record, body, given, needed, resource, rows, samples, write
from connectors.notation import Draft, Perform, Reconcile, get, post, put, reconcile
from connectors.notation import delete as dropped
from connectors.spec import Choice, Choices, Context, Conversation, Operation, Retry

PER_PAGE = integer("per_page", "At most 100.", label="How many", default=20, more=True)


class Entity(Frozen):
    """A table of Invoice Ninja with the calls that all of them have."""

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
    unique: str = ""
    """Name of a field that no two records share: a create that may be lost is looked for by it."""
    bulk: bool = True
    """There are bulk actions: it can be archived and restored."""
    hidden: tuple[str, ...] = ()
    """What of a record no step may see: secrets."""
    called: str = ""
    """By people, where it isn't the name in the path."""
    more: tuple[Draft, ...] = ()

    @property
    def name(self) -> str:
        return name_of(self.plural)

    @property
    def one(self) -> str:
        return f"{self.article} {self.spoken}"

    @property
    def several(self) -> str:
        return f"{self.called}s" if self.called else self.plural.replace("_", " ")

    @property
    def spoken(self) -> str:
        return self.called or self.name.replace("_", " ")

    @property
    def id(self) -> Field:
        shown = self.spoken[:1].upper() + self.spoken[1:]
        return text(f"{self.name}_id", f"The {self.spoken}'s id, as an earlier step gives it.", label=shown)

    @property
    def create(self) -> tuple[Field, ...]:
        return tuple(required(f) if f.name in self.demanded else f for f in self.fields)

    @property
    def update(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.name not in self.fixed)

    def shown(self, record: Record) -> Record:
        return {name: value for name, value in record.items() if name not in self.hidden}

    def result(self, record: Record) -> Record:
        return {self.name: self.shown(record)}


def operations(entity: Entity) -> dict[str, Operation]:
    sample = samples(entity.name)
    found = {entity.plural: [sample], entity.name: sample, "total": 1}
    shown = {"returns": entity.name}
    return resource(
        entity.plural,
        f"/api/v1/{entity.plural}",
        post(
            "create", "", f"Create {entity.one}", *entity.create,
            perform=_creator(entity), retry=_retry(entity),
            source=f"store{entity.model}", **shown,
        ),
        put(
            "update", f"/{{{entity.name}_id}}", f"Update {entity.one}", entity.id, *entity.update,
            perform=_updater(entity), source=f"update{entity.model}",
            help="Fields left empty stay as they are in Invoice Ninja.", **shown,
        ),
        get(
            "get", f"/{{{entity.name}_id}}", f"Get {entity.one}", entity.id, source=f"show{entity.model}",
            wrap=_without(entity), **shown,
        ),
        get(
            "search", "", f"Search {entity.several}", text("filter", entity.searched, label="Search for"),
            *entity.filters, PER_PAGE, perform=_searcher(entity), sample=found, source=f"get{entity.model}s",
            help="The newest first; the first one is also given by itself.", words=("list", "find"),
        ),
        *(_shelving(entity) if entity.bulk else ()),
        dropped(
            "delete", f"/{{{entity.name}_id}}", f"Delete {entity.one}", entity.id,
            perform=_deleter(entity), source=f"delete{entity.model}", words=("remove",),
            help="It can be restored." if entity.bulk else "Invoice Ninja offers no way back but its own pages.",
            sample={entity.name: sample | {"is_deleted": True}}, **shown,
        ),
        *entity.more,
        object=entity.called or entity.name,
        sample=sample,
        words=entity.words,
    )  # fmt: skip


def _shelving(entity: Entity) -> tuple[Draft, ...]:
    return (
        put(
            "archive", f"/{{{entity.name}_id}}", f"Archive {entity.one}", entity.id,
            perform=changer(entity, "archive", is_archived, alive), source=f"bulk{entity.model}s",
            help="Takes it off the lists; nothing is lost.", words=("hide",), returns=entity.name,
        ),
        put(
            "restore", f"/{{{entity.name}_id}}", f"Restore {entity.one}", entity.id,
            perform=changer(entity, "restore", is_active), source=f"bulk{entity.model}s",
            help="Brings an archived or deleted one back.", words=("unarchive", "undelete"), returns=entity.name,
        ),
    )  # fmt: skip


def _retry(entity: Entity) -> Reconcile | Retry:
    by = _finder(entity) if entity.marked else _named(entity) if entity.unique else None
    return reconcile(by=by, doubtful=entity.marked) if by else Retry.ONCE


def _without(entity: Entity) -> Callable[[Perform], Perform] | None:
    def wrap(perform: Perform) -> Perform:
        def bare(inputs: Record, context: Context) -> Conversation[Record]:
            given = yield from perform(inputs, context)
            return entity.result(given[entity.name])

        return bare

    return wrap if entity.hidden else None


def _creator(entity: Entity) -> Perform:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        needed(inputs, entity.create)
        sent = body(entity.fields, inputs)
        sent = marked(sent, context, entity.noted) if entity.marked else sent
        record = yield from write("POST", f"/{entity.plural}", f"create the {entity.spoken}", sent)
        return entity.result(record)

    return perform


def _finder(entity: Entity) -> Callable[[Record, Context], Conversation[list[Record]]]:
    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        sent = body(entity.fields, inputs)
        if marked(sent, context, entity.noted) == sent:
            raise Unclear(f"The {entity.spoken} bears no reference of ours to look by. Look there, then tell Recette.")
        found = yield from find_marked(entity.plural, context, f"look for the {entity.spoken}", sent)
        return [{entity.name: row} for row in found]

    return find


def _named(entity: Entity) -> Callable[[Record, Context], Conversation[list[Record]]]:
    """By the value that can't be given twice: one that was there before would have been refused."""

    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        wanted = str(inputs.get(entity.unique) or "").strip()
        states = {"status": "active,archived,deleted"}
        found = yield from rows(entity.plural, f"look for the {entity.spoken}", filter=wanted, **states)
        mine = [row for row in found if row.get(entity.unique) == wanted and begun(row, context)]
        return [entity.result(row) for row in mine]

    return find


def _updater(entity: Entity) -> Perform:
    what = f"update the {entity.spoken}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        sent = overlaid(body(entity.update, inputs))
        record = yield from safe_update(entity.plural, inputs.get(f"{entity.name}_id"), sent, what)
        return entity.result(record)

    return perform


def _searcher(entity: Entity) -> Perform:
    exact = tuple(f.name for f in entity.filters if f.name.endswith("_id"))

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        asked = {n: inputs[n] for n in ("filter", *(f.name for f in entity.filters)) if given(inputs, n)}
        size = min(int(inputs.get("per_page") or 20), 100)
        more = {"per_page": size, "sort": "id|desc", "status": "active"}
        found = yield from rows(entity.plural, f"search the {entity.several}", **more, **asked)
        found = [row for row in found if all(str(row.get(n)) == str(asked[n]) for n in exact if n in asked)]
        found = [entity.shown(row) for row in found]
        return {entity.plural: found, entity.name: found[0] if found else {}, "total": len(found)}

    return perform


def changer(
    entity: Entity,
    action: str,
    reached: Callable[[Record], bool],
    possible: Callable[[Record], str] = lambda record: "",
    what: str = "",
) -> Perform:
    what = what or f"{action} the {entity.spoken}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        found = inputs.get(f"{entity.name}_id")
        record = yield from state_change(entity.plural, found, action, what, reached, possible)
        return entity.result(record)

    return perform


def _deleter(entity: Entity) -> Perform:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        record = yield from delete(entity.plural, inputs.get(f"{entity.name}_id"), f"delete the {entity.spoken}")
        return entity.result(record)

    return perform


def listing(plural: str, shown: Callable[[Record], str], hint: str = "", key: str = "") -> Choices:
    """A live list of an entity's active records, by name."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from rows(plural, f"list the {plural.replace('_', ' ')}", status="active")
        chosen = [Choice(str(row["id"]), shown(row) or str(row["id"]), str(row.get(hint) or "")) for row in found]
        return sorted(chosen, key=lambda one: one.label.casefold())

    return Choices(key or plural, load)
