"""What keeps a step from calling the recipe it names: that one is gone, can't be called, or leads back here."""

from collections.abc import Iterator
from typing import Any

from builder.actions import inputs
from builder.models import Recipe, RecipeState
from builder.recipe import summary
from builder.recipe.check import Problem
from builder.runner import called
from connectors.tools import hook

Tree = dict[str, Any]


def problems(recipe: Recipe, tree: Tree) -> Iterator[Problem]:
    calls = called.calls_in(tree)
    known = _all(recipe) if calls else {}
    for row, public_id in calls:
        other = recipe if public_id == recipe.public_id else known.get(public_id)
        title = f"{row.number} {summary.title(row.step, inputs.known)}"
        if told := _why_not(recipe, other, known):
            code, message, params = told
            yield Problem(row.step["id"], "recipe", code, f"%(step)s: {message}", {"step": title, **params})


def callable_by(recipe: Recipe) -> list[tuple[str, str]]:
    """(public id, name) of the recipes that start from whatever they are sent."""
    rows = Recipe.objects.filter(workspace=recipe.workspace_id, deleted_at=None).exclude(pk=recipe.pk).order_by("name")
    return [(r.public_id, r.name) for r in rows if hook.RECEIVED.key in (r.live_trigger, _draft_trigger(r))]


def _draft_trigger(recipe: Recipe) -> str:
    return str(recipe.draft["trigger"]["operation"])


def _all(recipe: Recipe) -> dict[str, Recipe]:
    rows = Recipe.objects.filter(workspace=recipe.workspace_id, deleted_at=None).exclude(pk=recipe.pk)
    return {row.public_id: row for row in rows.select_related("live")}


def _why_not(recipe: Recipe, other: Recipe | None, known: dict[str, Recipe]) -> tuple[str, str, dict[str, str]] | None:
    if other is None:
        return "unknown_recipe", "the recipe it calls is no longer there. Choose another one.", {}
    if circle := _way_back(recipe, other, known):
        names = " → ".join(f"“{name}”" for name in circle)
        message = "recipes would call each other without end: %(names)s. Choose another one."
        return "circle", message, {"names": names}
    if hook.RECEIVED.key not in (other.live_trigger, _draft_trigger(other)):
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
    found = Recipe.objects.filter(public_id=public_id, deleted_at=None).select_related("live").first()
    return called.names_in(found.live.tree) if found and found.live else []
