"""What a pill can be sent through: every formatter that fits, with what would come out of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder.recipe import formats
from builder.web.editor import pills
from builder.web.editor.desk import Desk

KINDS = ("any", "text", "number", "date", "list")
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
EXAMPLE = re.compile(r"\|\s*(\w+):\s*([^|}]*?)\s*(?=[|}])")
UNSAFE = re.compile(r"[\"{}|\n]")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """One of the things that a formatter is told."""

    label: Any
    start: str = ""
    least: int = 0
    """Characters; or for a number the smallest, where it is one."""
    number: bool = False

    def fault(self, text: str) -> str:
        """Why it can't be this; empty where it can."""
        if self.number and not (NUMBER.fullmatch(text) and "." not in text and int(text) >= self.least):
            return _("Type a whole number, %(least)d or more.") % {"least": self.least}
        if len(text) > LONGEST:
            return _("At most %(n)d characters.") % {"n": LONGEST}
        if UNSAFE.search(text):
            return _("Quotation marks, braces and | can’t stand here.")
        return _("Type it: it can’t be empty.") if len(text) < self.least else ""


ASKS = {
    "replace": (Ask(lazy("Text to replace"), least=1), Ask(lazy("Text to put in its place"))),
    "truncate": (Ask(lazy("Most characters"), "50", 1, number=True), Ask(lazy("End of what is shortened"), "…")),
}
"""Formatters that are told more than one thing: each has a field of its own."""


@dataclass(frozen=True, slots=True)
class Told:
    ask: Ask
    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A formatter with the fields of what it is told."""

    name: str
    label: str
    help: str
    told: list[Told]
    result: str = ""
    trouble: str = ""
    """Why nothing comes out of it with the sample."""
    pill: pills.Pill | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    label: str
    help: str
    result: str = ""
    pill: pills.Pill | None = None
    form: str = ""
    """The formatter whose fields come next, instead of a pill."""


def offers(desk: Desk, step_id: str, ref: str, wanted: str = "", given: str = "") -> list[tuple[str, list[Offer]]]:
    """By kind, those of the value's own type first. `given` is what a formatter is told, such as a number of days; its
    example's where that is empty. Empty where `ref` is no pill."""
    match = pills.PILL.fullmatch(ref)
    if not match:
        return []
    own = _kind(pills.type_of(desk, match[1] + match[2]))
    names = {"any": _("Any value"), "text": _("Text"), "number": _("Number"), "date": _("Date"), "list": _("List")}
    found = [
        (names[kind], list(_of(desk, step_id, ref, kind, wanted, given)))
        for kind in sorted(KINDS, key=lambda kind: (kind != "any", kind != own))
    ]
    bare = f"{{{{ {match[1]}{match[2]} }}}}"
    if match[3].strip() and not wanted and (plain := _offer(desk, step_id, bare, _("As it comes"), "")):
        found.insert(0, (_("Without formatters"), [plain]))
    return [(name, rows) for name, rows in found if rows]


def _of(desk: Desk, step_id: str, ref: str, kind: str, wanted: str, given: str) -> Iterator[Offer]:
    for each in formats.FILTERS.values():
        words = f"{each.label} {each.help}".lower()
        if each.kind != kind or not all(word in words for word in wanted.lower().split()):
            continue
        if each.name in ASKS:
            yield Offer(f"{each.label}…", each.help, form=each.name)
            continue
        told = _told(each, given)
        if told is None:
            continue
        text = _through(ref, each.name, told)
        label = f"{each.label} {told}" if told else each.label
        if offer := _offer(desk, step_id, text, label, each.help):
            yield offer


def _told(each: formats.Filter, given: str) -> str | None:
    """What stands behind its colon; None where what was typed is not enough for it."""
    if not each.least and (not each.most or not given) and each.name != "default":
        return ""
    if not given:
        return next((told for name, told in EXAMPLE.findall(each.example) if name == each.name), None)
    given = given.strip()
    return given if NUMBER.fullmatch(given) else f'"{UNSAFE.sub("", given)[:LONGEST]}"'


def _through(ref: str, name: str, told: str) -> str:
    return ref[:-2].rstrip().removesuffix("-").rstrip() + f" | {name}{f': {told}' if told else ''} }}}}"


def form(desk: Desk, step_id: str, ref: str, name: str, given: Sequence[str] | None = None) -> Form | None:
    """What one of ASKS is told, and what comes of it. `given` is what was typed; None at first, when nothing is wrong
    yet. None where `ref` is no pill, or the formatter is none of them."""
    if name not in ASKS or not pills.PILL.fullmatch(ref):
        return None
    each, asks = formats.FILTERS[name], ASKS[name]
    texts = [ask.start for ask in asks] if given is None else [*given, *[""] * len(asks)][: len(asks)]
    told = [Told(ask, text, ask.fault(text)) for ask, text in zip(asks, texts, strict=True)]
    if any(one.fault for one in told):
        quiet = [Told(one.ask, one.text) for one in told] if given is None else told
        return Form(name, each.label, each.help, quiet)
    written = ", ".join(one.text if one.ask.number else f'"{one.text}"' for one in told)
    text = _through(ref, name, written)
    result, trouble = pills.reads(desk, text)
    made = pills.pill(desk, text, step_id)
    return Form(name, each.label, each.help, told, result, trouble, made if isinstance(made, pills.Pill) else None)


def _offer(desk: Desk, step_id: str, text: str, label: str, help: str) -> Offer | None:
    """None where nothing would come out of it."""
    result, trouble = pills.reads(desk, text)
    made = pills.pill(desk, text, step_id)
    return None if trouble or not isinstance(made, pills.Pill) else Offer(label, help, result, made)


def _kind(type: str) -> str:
    if type in ("number", "money", "integer", "decimal"):
        return "number"
    if type in ("date", "datetime"):
        return "date"
    return "list" if type in ("list", "lines", "tags", "choices") else "text"
