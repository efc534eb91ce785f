"""The catalogue as text: every operation with what it takes, gives, needs, and may be repeated as."""

from collections.abc import Iterator, Sequence

from connectors import catalogue
from connectors.fields import Field
from connectors.spec import Connector, Operation, Retry, Trigger

REPEATED = {
    Retry.READ: "only reads",
    Retry.IDEMPOTENT: "may be repeated",
    Retry.KEYED: "may be repeated under its key",
    Retry.RECONCILE: "looked for before it is repeated",
    Retry.ONCE: "never repeated by itself",
}
BAR = r"\|"
WORDS = {"sub-account": "location", "subaccount": "location"}
"""What the services' documents say, and what a page says for it (house.md §4)."""
SHOWN = 12
"""Outputs of an operation that are named; the others are counted."""


def plain(connectors: Sequence[Connector]) -> Iterator[str]:
    """A line each: key, kind and label."""
    for home in connectors:
        rows = [(t.key, "trigger", t.label) for t in home.triggers.values()]
        rows += [(o.key, o.kind, o.label) for o in home.operations.values()]
        yield from (f"{key:44} {kind:8} {label}" for key, kind, label in rows)


def markdown(connectors: Sequence[Connector]) -> Iterator[str]:
    for home in connectors:
        yield f"# {home.label}\n"
        yield f"{len(home.triggers)} triggers, {len(home.operations)} operations.\n"
        for trigger in home.triggers.values():
            yield from _trigger(trigger)
        for operation in home.operations.values():
            yield from _operation(operation)


def lint(connectors: Sequence[Connector]) -> tuple[list[str], int, int]:
    """(what the entries owe to people, a line each; how many hand-made ones owe nothing; how many of those there are).
    One that was derived owes no more than the words of the house."""
    entries = [item for home in connectors for item in (*home.triggers.values(), *home.operations.values())]
    handmade = [item for item in entries if not getattr(item, "derived", False)]
    made = {item.key for item in handmade}
    owed = {item.key: [*(_owed(item) if item.key in made else ()), *_worded(item)] for item in entries}
    lines = [f"{key}: {lack}" for key, lacks in owed.items() for lack in lacks]
    return lines, sum(not owed[key] for key in made), len(made)


def _owed(item: Operation | Trigger) -> Iterator[str]:
    raw = item.key.split(".")[-1].replace("_", " ")
    if item.label.lower() == raw or not item.label[:1].isupper():
        yield "the label is only its name"
    for field in item.fields:
        if field.required and not (field.help or field.choices):
            yield f"{field.name} is needed, and nothing says what it is"
    if not item.sample:
        yield "there is no sample"
    if not item.outputs:
        yield "nothing says what it gives"
    if isinstance(item, Operation) and item.connector != "tools" and not item.source:
        yield "no document is named"


def _worded(item: Operation | Trigger) -> Iterator[str]:
    """Labels, helps and choices; what people search by may be any word."""
    parts = [item, *_fields(item.fields)]
    said = [text for part in parts for text in (part.label, part.help)]
    said += [label for field in _fields(item.fields) for _, label in field.choices]
    for word, ours in WORDS.items():
        if any(word in text.lower() for text in said):
            yield f"it says “{word}” for “{ours}”"


def _fields(fields: Sequence[Field]) -> Iterator[Field]:
    """With those inside of others."""
    for field in fields:
        yield field
        yield from _fields(field.fields)


def chosen(key: str) -> Sequence[Connector]:
    """That connector, or all. Raises KeyError."""
    return [catalogue.CONNECTORS[key]] if key else catalogue.ALL


def _trigger(trigger: Trigger) -> Iterator[str]:
    yield f"## When {trigger.label[:1].lower()}{trigger.label[1:]}\n"
    yield f"`{trigger.key}` · trigger\n"
    yield from _rest(trigger)


def _operation(operation: Operation) -> Iterator[str]:
    yield f"## {operation.label}\n"
    facts = [f"`{operation.key}`", operation.kind, REPEATED[operation.retry]]
    home = catalogue.CONNECTORS[operation.connector]
    named = any(one.permission for one in home.operations.values())
    unnamed = [f"{home.label}'s documents name no permission for it"] if named else []
    facts += [f"permission `{operation.permission}`"] if operation.permission else unnamed
    facts += [f"from {operation.source}"] if operation.source else []
    yield f"{' · '.join(facts)}\n"
    yield from _rest(operation)


def _rest(item: Operation | Trigger) -> Iterator[str]:
    if item.help:
        yield f"{item.help}\n"
    if item.fields:
        yield "| Input | Type | Needed | What it is |\n| --- | --- | --- | --- |"
        yield from (_row(field) for field in item.fields)
        yield ""
    paths = [output.path for output in item.outputs]
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    yield f"Gives {', '.join(f'`{path}`' for path in paths[:SHOWN])}{more}.\n"


def _row(field: Field) -> str:
    values = ", ".join(value for value, _ in field.choices)
    kind = f"{field.type}: {values}" if values else f"{field.type} from a live list" if field.source else field.type
    cells = (f"{field.label} (`{field.name}`)", kind, "yes" if field.required else "", field.help)
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"
