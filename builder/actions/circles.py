"""What keeps a step from calling the recipe it names: that one is gone, can't be called, or leads back here."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from builder.actions import inputs
from builder.models import Recipe, RecipeState, access
from builder.recipe import summary
from builder.recipe.check import Problem
from builder.runner import called
from connectors.tools import hook

Tree = dict[str, Any]
DRAFTED = f'"operation":"{hook.RECEIVED.key}"'
"""Stands in the draft of a recipe that is going to start from whatever it is sent."""


def problems(recipe: Recipe, tree: Tree) -> Iterator[Problem]:
    calls = called.calls_in(tree)
    known = _reached(recipe, [public_id for _row, public_id in calls])
    for row, public_id in calls:
        other = recipe if public_id == recipe.public_id else known.get(public_id)
        title = f"{row.number} {summary.title(row.step, inputs.known)}"
        if told := _why_not(recipe, other, known):
            code, message, params = told
            yield Problem(row.step["id"], "recipe", code, f"%(step)s: {message}", {"step": title, **params})


def callable_by(recipe: Recipe) -> list[tuple[str, str]]:
    """(public id, name) of the recipes that start from whatever they are sent."""
    fitting = Q(live_trigger=hook.RECEIVED.key) | Q(draft__contains=DRAFTED)
    return list(_others(recipe).filter(fitting).order_by("name").values_list("public_id", "name"))


def _others(recipe: Recipe) -> "QuerySet[Recipe]":
    return Recipe.objects.filter(workspace=recipe.workspace_id, deleted_at=None).exclude(pk=recipe.pk)


def _reached(recipe: Recipe, ids: Iterable[str]) -> dict[str, Recipe]:
    """Those with these public ids, and whom they call as they are live, and so on, by public id; without this one."""
    known: dict[str, Recipe] = {}
    asked, wanted = {recipe.public_id}, set(ids)
    while wanted := wanted - asked:
        with access.unveiled():  # what it calls is in it for all to see, though it may lie in a closed folder
            rows = _others(recipe).filter(public_id__in=wanted).select_related("live")
        found = {row.public_id: row for row in rows.only("public_id", "name", "state", "live_trigger", "live__tree")}
        asked, known = asked | wanted, known | found
        trees = [row.live.tree for row in found.values() if row.live]
        wanted = {public_id for tree in trees for _row, public_id in called.calls_in(tree)}
    return known


def _callable(recipe: Recipe) -> bool:
    key = hook.RECEIVED.key
    return recipe.live_trigger == key or recipe.draft["trigger"]["operation"] == key


def _why_not(recipe: Recipe, other: Recipe | None, known: dict[str, Recipe]) -> tuple[str, str, dict[str, str]] | None:
    if other is None:
        return "unknown_recipe", "the recipe it calls is no longer there. Choose another one.", {}
    if circle := _way_back(recipe, other, known):
        names = " → ".join(f"“{name}”" for name in circle)
        message = "recipes would call each other without end: %(names)s. Choose another one."
        return "circle", message, {"names": names}
    if not _callable(other):
        message = "“%(name)s” can't be called, since it doesn't start when a webhook comes in. Choose another one."
        return "not_callable", message, {"name": other.name}
    if other.state != RecipeState.LIVE or other.live_trigger != hook.RECEIVED.key:
        return "not_live", "“%(name)s” isn't live. Publish or resume it first.", {"name": other.name}
    return None


def _way_back(recipe: Recipe, other: Recipe, known: dict[str, Recipe]) -> list[str]:
    """Names from this recipe over the other one and those it calls, as they are live, back to this one."""
    seen: set[str] = set()
    everybody = {**known, recipe.public_id: recipe}
    ways = [(other, [recipe.name])]
    while ways:
        at, names = ways.pop()
        if at.public_id == recipe.public_id:
            return [*names, recipe.name]
        if at.public_id in seen or at.live is None:
            continue
        seen.add(at.public_id)
        following = [public_id for _row, public_id in called.calls_in(at.live.tree)]
        ways += [(everybody[one], [*names, at.name]) for one in following if one in everybody]
    return []


def remembered(public_id: str) -> list[str]:
    """The names of what the live version remembers: what a call of it gives back."""
    with access.unveiled():
        found = Recipe.objects.filter(public_id=public_id, deleted_at=None).select_related("live").first()
    return called.names_in(found.live.tree) if found and found.live else []
