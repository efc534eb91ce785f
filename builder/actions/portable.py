"""A recipe as a file: out without anything that is only ours, in as something nobody trusts.

    {"format": 1, "kind": "recette.recipe", "name": "…", "apps": ["ghl", "invoice_ninja"], "recipe": TREE}
Connections are empty slots: an operation's name says which service it needs.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import audit, inputs, recipes, secrets_found
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Connection, Recipe
from builder.recipe import faults, shape
from builder.recipe import tree as trees
from connectors import catalogue
from connectors.redact import DOTS, redact

FORMAT = 1
KIND = "recette.recipe"
KEY = re.compile(r"[a-z_]{1,40}(\.[a-z0-9_]{1,60}){2}", re.ASCII)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
URL = re.compile(r"\bhttps?://[^\s\"'<>{}]+", re.IGNORECASE)


@action(Capability.VIEW)
def export(by: Actor, recipe: Recipe) -> dict[str, Any]:
    """Plain JSON. Addresses of people and of servers go too: they are this workspace's."""
    tree = trees.parse(recipe.draft)
    for step in _steps(tree):
        if "connection" in step:
            step["connection"] = ""
        if "recipe" in step:
            step["recipe"] = ""
        if "people" in step:
            step["people"] = []
    audit.write(by, "recipe.exported", recipe)
    name = _cleaned(recipe.name)
    return {"format": FORMAT, "kind": KIND, "name": name, "apps": apps_of(tree), "recipe": _cleaned(tree)}


@action(Capability.EDIT)
def import_(by: Actor, data: Any) -> Recipe:
    """A new draft named as the file says. Raises Invalid with all that is wrong, by step id. Each service's only
    connection is chosen, others stay empty."""
    if isinstance(data, str | bytes):
        data = _read(data)
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise Invalid(_('This is no recipe file: Recette\'s begin with {"format": 1, "kind": "recette.recipe"}.'))
    if data.get("format") != FORMAT or isinstance(data["format"], bool):
        message = _("This file has format %(format)s; this version of Recette reads format 1. Update Recette first.")
        raise Invalid(message % {"format": str(data.get("format"))[:20]}, "format")
    recipe = recipes.add(by, *_trusted(data.get("recipe"), data.get("name", "")))
    audit.write(by, "recipe.imported", recipe)
    return recipe


def connected(tree: dict[str, Any], chosen: dict[str, str] | None = None) -> dict[str, Any]:
    """Empty connections filled: with the chosen ones by connector, else with a service's only one."""
    tree, known = trees.parse(tree), chosen or only_ones()
    for step in _steps(tree):
        if "connection" in step and not step["connection"]:
            step["connection"] = known.get(_key(step).split(".")[0], "")
    return tree


def only_ones() -> dict[str, str]:
    """The connection of each service that has just one."""
    found: dict[str, list[str]] = {}
    for connector, public_id in Connection.objects.filter(deleted_at=None).values_list("connector", "public_id"):
        found.setdefault(connector, []).append(public_id)
    return {connector: ids[0] for connector, ids in found.items() if len(ids) == 1}


def apps_of(tree: dict[str, Any]) -> list[str]:
    """Connectors the recipe needs a connection of, in the order met."""
    keys = [_key(step) for step in _steps(tree)]
    homes = [catalogue.connector(key.split(".")[0]) for key in keys if key]
    return list(dict.fromkeys(home.key for home in homes if home and home.methods))


def _trusted(given: Any, name: Any) -> tuple[dict[str, Any], str]:
    """The tree and its name. Raises Invalid with every problem found."""
    wrong: list[tuple[str, str]] = []
    title = ""
    try:
        title = inputs.short(name, "name")
    except Invalid as problem:
        wrong.append(("name", problem.message))
    try:
        given = shape.read(given if isinstance(given, dict) else {"format": None})
    except trees.TreeError as problem:
        wrong.append((problem.step_id, problem.message))
    else:
        wrong += [(each.step_id, each.message) for each in faults.faults(given)]
    if wrong:
        raise _refused(wrong)
    tree = trees.parse(given)
    for step in _steps(tree):
        wrong += _unknown(step)
        for part in ("connection", "recipe"):
            if part in step:
                step[part] = ""
    message = _("Looks like a secret: %(where)s. Take it out of the file; it is typed here, once it is in.")
    wrong += [(each.place[0], message % {"where": each.where}) for each in secrets_found.in_tree(tree, surely=True)]
    if wrong:
        raise _refused(wrong)
    return connected(tree), title


def _refused(wrong: list[tuple[str, str]]) -> Invalid:
    errors: dict[str, list[str]] = {}
    for where, message in wrong:
        errors.setdefault(where, []).append(message)
    return Invalid(errors=errors)


def _unknown(step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Values that can stand in no field, and what is the name of no operation at all. An operation or a field that this
    version doesn't know is kept with its data: Checks names it, with the way out."""
    key = step.get("operation")
    if not key:
        return
    asked: list[Callable[[], Any]] = [partial(_insist_fits, key, step["id"] == "trigger")]
    asked += [partial(inputs.kept, step, name, value) for name, value in step["inputs"].items()]
    for each in asked:
        try:
            each()
        except Invalid as problem:
            message = _("Step %(step)s: %(problem)s") % {"step": step["id"], "problem": problem.message}
            yield step["id"], message


def _insist_fits(key: Any, starts: bool) -> None:
    if not isinstance(key, str) or not KEY.fullmatch(key) or catalogue.connector(key.split(".")[0]) is None:
        inputs.trigger(key) if starts else inputs.operation(key)
    elif starts and catalogue.operation(key):
        inputs.trigger(key)
    elif not starts and catalogue.trigger(key):
        inputs.operation(key)


def _read(data: str | bytes) -> Any:
    try:
        return shape.read(data)
    except shape.Unreadable as problem:
        raise Invalid(_unreadable(data, problem.at)) from problem
    except trees.TreeError as problem:
        raise Invalid(problem.message) from problem


def _unreadable(data: str | bytes, at: tuple[int, int] | None) -> str:
    if not data.strip():
        return _("This file is empty. Choose one that Recette exported.")
    if at is None:
        return _("This isn't a recipe file: it can't be read as text. Choose one that Recette exported.")
    message = _(
        "This isn't a recipe file, or it was damaged: line %(line)s can't be read from around character "
        "%(character)s on. Choose a file just as Recette exported it."
    )
    return message % {"line": at[0], "character": at[1]}


def _steps(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree["trigger"]
    yield from (row.step for row in trees.steps(tree))


def _key(step: dict[str, Any]) -> str:
    return str(step.get("operation") or step.get("trigger") or "")


def _cleaned(value: Any) -> Any:
    """Without e-mail addresses, web addresses, and whatever is named like a secret."""
    if isinstance(value, str):
        return URL.sub("", EMAIL.sub("", value)).strip() if EMAIL.search(value) or URL.search(value) else value
    if isinstance(value, dict):
        told = {value.get("name"): ""} if isinstance(value.get("name"), str) else {}
        return {name: "" if _telling(name, held, told) else _cleaned(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_cleaned(held) for held in value]
    return value


def _telling(name: str, held: Any, told: dict[Any, str]) -> bool:
    """`{"Authorization": "…"}` or, as a line, `{"name": "Authorization", "value": "…"}`."""
    names = [name, *(told if name == "value" else ())]
    return any(redact({one: "x"}) == {one: DOTS} for one in names)
