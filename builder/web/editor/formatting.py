"""What a pill can be sent through: every formatter that fits, with what would come out of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from builder.recipe import formats
from builder.web.editor import pills
from builder.web.editor.desk import Desk

KINDS = ("any", "text", "number", "date", "list")
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
EXAMPLE = re.compile(r"\|\s*(\w+):\s*([^|}]*?)\s*(?=[|}])")
UNSAFE = re.compile(r"[\"{}|\n]")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Offer:
    label: str
    help: str
    result: str
    pill: pills.Pill


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
        told = _told(each, given)
        if told is None:
            continue
        text = ref[:-2].rstrip().removesuffix("-").rstrip() + f" | {each.name}{f': {told}' if told else ''} }}}}"
        label = f"{each.label} {told}" if told else each.label
        if offer := _offer(desk, step_id, text, label, each.help):
            yield offer


def _told(each: formats.Filter, given: str) -> str | None:
    """What stands behind its colon; None where what was typed is not enough for it."""
    if not each.least and (not each.most or not given) and each.name != "default":
        return ""
    if not given:
        return next((told for name, told in EXAMPLE.findall(each.example) if name == each.name), None)
    parts = [part.strip() for part in given.split(",")] if each.most > 1 else [given.strip()]
    if not each.least <= len(parts) <= each.most:
        return None
    return ", ".join(part if NUMBER.fullmatch(part) else f'"{UNSAFE.sub("", part)[:LONGEST]}"' for part in parts)


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
