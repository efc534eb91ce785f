"""A template's file that nobody trusts: every problem of it, or the template."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import gallery, inputs, portable, secrets_found, template_file, yaml_file
from builder.actions.errors import Invalid
from builder.actions.template_file import SLOT, TYPES, Template
from builder.recipe import shape
from builder.recipe import tree as trees
from builder.recipe.errors import CantRender
from connectors import catalogue

LISTS = ("words", "sentence", "guards")
LENGTHS = {"title": 120, "summary": 400, "who": 400}
KNOWN = frozenset((*LENGTHS, *LISTS, "format", "key", "group", "apps", "troubles", "questions", "tree", "samples"))
QUESTION = frozenset(["key", "label", "help", "type", "source", "depends", "choices", "required", "default", "example"])
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ASKED = re.compile(r"[a-z_]{1,60}")
SOURCE = re.compile(r"([a-z_]{1,40}\.[a-z_]{1,60})?")
SCRIPT = re.compile(r"<\s*(script|iframe|object|embed)\b|javascript:|\bon(error|load|click)\s*=", re.IGNORECASE)
MOST_QUESTIONS = 60
MOST_LINES = 40
RESERVED = ("name", "step", "go", "fresh", "answered")
"""Names that the set-up uses itself."""


def trusted(data: bytes | str | Mapping[str, Any]) -> Template:
    """Raises Invalid with all that is wrong, under `file`."""
    raw = dict(data) if isinstance(data, Mapping) else yaml_file.read(data)
    found = list(dict.fromkeys(_problems(raw)))
    if found:
        raise Invalid(errors={"file": found})
    kept = {name: value for name, value in raw.items() if name not in ("samples", "apps")}
    kept["tree"] = _whole(kept["tree"])
    kept["apps"] = portable.apps_of(gallery.shown(template_file.of(dict(kept))))
    return template_file.of(kept)


def _problems(raw: dict[str, Any]) -> Iterator[str]:
    if raw.get("format") != 1 or raw.get("format") is True:
        yield _("It says format %(format)s; this version of Recette reads format 1.") % {
            "format": str(raw.get("format"))[:20]
        }
    for name in sorted(map(str, raw.keys() - KNOWN)):
        yield _("It has a part that templates don't: “%(name)s”.") % {"name": name[:40]}
    if not isinstance(raw.get("key"), str) or not SLUG.fullmatch(raw["key"]) or len(raw["key"]) > 60:
        yield _("Its key is missing, or holds more than small letters, digits and hyphens.")
    yield from _words(raw)
    asked = list(_questions(raw.get("questions")))
    yield from asked
    if not asked:
        yield from _tree(raw)
    if any(map(SCRIPT.search, secrets_found.texts(raw))):
        yield _("It holds a script. Take it out: texts are shown as they are, and nothing in a file is run.")


def _words(raw: dict[str, Any]) -> Iterator[str]:
    for name, limit in LENGTHS.items():
        value = raw.get(name, "" if name == "who" else None)
        if not isinstance(value, str) or (name != "who" and not value.strip()):
            yield _("“%(name)s” is missing, or is no text.") % {"name": name}
        elif len(value) > limit or shape.BAD_TEXT.search(value):
            yield _("“%(name)s” is longer than %(n)d characters, or holds one that can't be stored.") % {
                "name": name,
                "n": limit,
            }
    if raw.get("group") and raw["group"] not in template_file.GROUPS:
        yield _("Its group is none of %(groups)s.") % {"groups": ", ".join(template_file.GROUPS)}
    for name in LISTS:
        lines = raw.get(name, [])
        if not isinstance(lines, list) or len(lines) > MOST_LINES or not all(_short(line) for line in lines):
            yield _("“%(name)s” must be a list of at most %(n)d short texts.") % {"name": name, "n": MOST_LINES}
    rows = raw.get("troubles", [])
    fine = isinstance(rows, list) and all(isinstance(row, dict) and row.keys() == {"what", "then"} for row in rows)
    if not fine or not all(_short(text) for row in rows for text in row.values()):
        yield _("“troubles” must be a list, each with “what” and “then”.")


def _short(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= 500 and not shape.BAD_TEXT.search(text)


def _questions(given: Any) -> Iterator[str]:
    if not isinstance(given, list) or len(given) > MOST_QUESTIONS:
        yield _("“questions” must be a list of at most %(n)d.") % {"n": MOST_QUESTIONS}
        return
    seen: set[str] = set()
    for number, row in enumerate(given, 1):
        told = {"n": number}
        if not isinstance(row, dict) or row.keys() - QUESTION:
            yield _("Question %(n)d has a part that questions don't.") % told
            continue
        key = row.get("key")
        if not isinstance(key, str) or not ASKED.fullmatch(key) or key in RESERVED or key.startswith("connection_"):
            yield (
                _("The key of question %(n)d must be small letters and “_”, and none that Recette uses itself.") % told
            )
        elif key in seen:
            yield _("The key “%(key)s” stands for two questions.") % {"key": key}
        seen.add(str(key))
        if not _short(row.get("label")) or not str(row["label"]).strip():
            yield _("Question %(n)d has no label.") % told
        if row.get("type", "text") not in TYPES or not isinstance(row.get("required", False), bool):
            yield _("Question %(n)d is of a type that there isn't: %(types)s are there.") % {
                **told,
                "types": ", ".join(TYPES),
            }
        if not all(_short(row.get(name, "")) for name in ("help", "example")) or not _default(row.get("default", "")):
            yield _("Question %(n)d has a help, a default or an example that is no text, or too long.") % told
        if not SOURCE.fullmatch(str(row.get("source", ""))) or not _strings(row.get("depends", [])):
            yield _("The live list of question %(n)d can't be read.") % told
        pairs = row.get("choices", [])
        if not isinstance(pairs, list) or not all(_strings(pair) and len(pair) == 2 for pair in pairs):
            yield _("The choices of question %(n)d must be pairs of value and label.") % told


def _default(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= gallery.LONGEST


def _strings(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) <= 200 and all(_short(one) for one in value)


def _tree(raw: dict[str, Any]) -> Iterator[str]:
    tree = raw.get("tree")
    if not isinstance(tree, dict):
        yield _("It has no steps.")
        return
    if (count := _count(tree)) > shape.MAX_STEPS:
        yield _("It has %(n)d steps; a recipe may have %(most)d.") % {"n": count, "most": shape.MAX_STEPS}
        return
    try:
        size = len(json.dumps(tree, default=str))
    except (TypeError, ValueError):
        yield _("Its steps can't be read.")
        return
    if size > shape.MAX_BYTES:
        yield _("Its steps are larger than %(n)d KB.") % {"n": shape.MAX_BYTES // 1024}
        return
    asked = {str(question["key"]) for question in raw["questions"]}
    try:
        bare = {**{name: raw.get(name, "") for name in ("key", "title", "summary")}, "format": 1}
        whole = template_file.of({**bare, "questions": [dict(q) for q in raw["questions"]], "tree": _whole(tree)})
        parsed = gallery.filled(whole, {q.key: "1 = 1" if q.type == "table" else "1" for q in whole.questions})
        gallery.shown(whole)
    except (trees.TreeError, CantRender) as problem:
        yield problem.message
        return
    except (ValueError, TypeError, KeyError, AttributeError):
        yield _("Its steps can't be read.")
        return
    yield from _conditional(tree, asked)
    yield from steps(parsed)
    if found := secrets_found.in_tree(parsed):
        yield secrets_found.sentence(found)
    if any(secrets_found.looks_so(text) for text in secrets_found.texts(raw["questions"])):
        yield _("A question holds something that looks like a secret. Take it out.")


def steps(parsed: dict[str, Any]) -> Iterator[str]:
    """Unknown operations, and values that fit into no field."""
    for step in (parsed["trigger"], *(row.step for row in trees.steps(parsed))):
        key = inputs.key_of(step) if step["id"] != "trigger" else step["operation"]
        known = inputs.known(key) if key else None
        if key and known is None:
            yield _("Step %(step)s does “%(key)s”, which this version of Recette doesn't know.") % {
                "step": step["id"],
                "key": key[:80],
            }
        elif key and known and (step["id"] == "trigger" or step.get("kind") == "wait") != _starts(key):
            yield _("“%(key)s” can't stand at step %(step)s.") % {"step": step["id"], "key": key[:80]}
        elif key and "operation" in step:
            for name, value in step["inputs"].items():
                try:
                    inputs.kept(step, name, value)
                except Invalid as problem:
                    yield _("Step %(step)s: %(problem)s") % {"step": step["id"], "problem": problem.message}


def _starts(key: str) -> bool:
    return catalogue.operation(key) is None


def _whole(tree: dict[str, Any]) -> dict[str, Any]:
    """With connections and called recipes emptied: a file can't know this workspace's."""
    text: dict[str, Any] = json.loads(json.dumps(tree, default=str))
    trigger: Any = text.get("trigger")
    pending: list[Any] = [text]
    while pending:
        held: Any = pending.pop()
        if isinstance(held, dict):
            if "kind" in held or held is trigger:
                held.update({name: "" for name in ("connection", "recipe") if name in held})
            pending.extend(held.values())
        elif isinstance(held, list):
            pending.extend(held)
    return text


def _count(value: Any) -> int:
    pending, count = [value], 0
    while pending:
        held = pending.pop()
        if isinstance(held, dict):
            count += "kind" in held
            pending.extend(held.values())
        elif isinstance(held, list):
            pending.extend(held)
    return count


def _conditional(tree: dict[str, Any], asked: set[str]) -> Iterator[str]:
    pending: list[Any] = [tree]
    while pending:
        held = pending.pop()
        if isinstance(held, dict):
            if "kind" in held and "when" in held and str(held["when"]) not in asked:
                yield _("A step hangs on the answer “%(key)s”, and nobody asks for it.") % {
                    "key": str(held["when"])[:40]
                }
            pending.extend(held.values())
        elif isinstance(held, list):
            pending.extend(held)
        elif isinstance(held, str):
            whole = SLOT.fullmatch(held)
            if whole and whole[1] not in asked:
                yield _("“{%(key)s}” stands for an answer that nobody asks for.") % {"key": whole[1][:40]}
