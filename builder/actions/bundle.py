"""A workspace, or one of its folders, as files: a recipe each, readable, the same bytes as long as nothing changes.

    recette.yaml                      what this is, and the folders
    connections.yaml                  name and app of each account that is used; nothing to sign in with
    recipes/<folder>/<recipe>.yaml
    templates/<key>.yaml              the team's own
    alerts.yaml                       where alerts go; without addresses that are secrets
Accounts and called recipes are named, never numbered. Secrets are left out, and so is how many of the first runs
still wait for a look: that changes by itself.
"""

import io
import zipfile
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.text import slugify

from builder.actions import audit, guarding, secrets_found, template_saving, template_values, yaml_file
from builder.actions.actor import Actor, action, sight_of
from builder.models import AlertRoute, Capability, Connection, Folder, Recipe, TeamTemplate
from builder.recipe import shape
from builder.recipe import tree as trees

FORMAT = 1
KIND = "recette.workspace"
RECIPE = "recette.recipe"
BEGAN = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the archive: the same whenever it is made."""
NAMED = ("inputs", "values", "options")
"""Parts of a step whose names have no order of their own."""


@action(Capability.EDIT)
def export(by: Actor, folder: Folder | None = None) -> bytes:
    """A zip archive."""
    found = files(by, folder)
    if folder:
        audit.write(by, "folder.exported", folder, folder.name)
    else:
        audit.write(by, "workspace.exported", None, by.workspace.name)
    return packed(found)


def packed(found: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(found):
            entry = zipfile.ZipInfo(path, BEGAN)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, found[path])
    return out.getvalue()


def files(by: Actor, folder: Folder | None = None) -> dict[str, str]:
    """Text by path, of what they see: what a recipe calls is named, too, where it lies in a folder that is closed to
    them. Inside the scope."""
    rows, hidden = kept(), sight_of(by).without(Capability.VIEW)
    labels, names = recipe_labels(rows), connection_labels()
    seen = [row for row in rows if row.folder_id not in hidden]
    chosen = [row for row in seen if folder is None or row.folder_id == folder.pk]
    told = {row.pk: recipe_told(row, labels, names) for row in chosen}
    used = _used(told.values())
    found = {
        "recette.yaml": yaml_file.write(_head(folder, hidden)),
        "connections.yaml": _connections(names, used, folder),
    }
    found |= dict(zip(_paths(chosen), (yaml_file.write(told[row.pk]) for row in chosen), strict=True))
    if folder is None:
        templates = TeamTemplate.objects.order_by("slug")
        found |= {f"templates/{row.slug}.yaml": template_saving.text(row) for row in templates}
        if by.may(Capability.MEMBERS):
            found["alerts.yaml"] = yaml_file.write({"routes": routes()})
    return found


def left_out() -> list[tuple[Recipe, list[secrets_found.Secret]]]:
    """Recipes that hold what looks like a secret. Inside the scope."""
    found = [(row, secrets_found.in_tree(row.draft)) for row in kept()]
    return [(row, secrets) for row, secrets in found if secrets]


def kept() -> list[Recipe]:
    """In the order of their names; of several that bear one the oldest first."""
    rows = Recipe.objects.filter(deleted_at=None).select_related("folder", "live")
    return sorted(rows, key=lambda row: (row.name.lower(), row.name, row.pk))


def recipe_labels(rows: Iterable[Recipe]) -> dict[str, str]:
    """By public id, what a recipe is called in files: `Name`, and `Name (2)` for the second of that name."""
    return _numbered((row.public_id, row.name) for row in rows)


def connection_labels() -> dict[str, tuple[Connection, str]]:
    """By public id; accounts of one app don't share a label."""
    rows = list(Connection.objects.filter(deleted_at=None).order_by("connector", "name", "pk"))
    names = _numbered((row.public_id, f"{row.connector}|{row.name}") for row in rows)
    return {row.public_id: (row, names[row.public_id].partition("|")[2]) for row in rows}


def recipe_told(
    recipe: Recipe, labels: Mapping[str, str], names: Mapping[str, tuple[Connection, str]]
) -> dict[str, Any]:
    """As it stands in its file."""
    draft = canonical(recipe.draft, labels, names)
    told: dict[str, Any] = {"format": FORMAT, "kind": RECIPE, "name": recipe.name}
    label = labels.get(recipe.public_id, recipe.name)
    if label != recipe.name:
        told["called"] = label
    if recipe.folder:
        told["folder"] = recipe.folder.name
    if limits := guarding.lasting(recipe):
        told["guards"] = {name: str(limit) for name, limit in sorted(limits.items())}
    if recipe.never_pause:
        told["never_pause"] = True
    told["recipe"] = draft
    if recipe.live and (live := canonical(recipe.live.tree, labels, names)) != draft:
        told["live"] = live
    return told


def canonical(
    tree: dict[str, Any], labels: Mapping[str, str], names: Mapping[str, tuple[Connection, str]]
) -> dict[str, Any]:
    """Without defaults and secrets, references by name, what has no order in that of the alphabet."""
    bare = template_values.without_secrets(tree)
    for step in _steps(bare):
        if step.get("connection"):
            step["connection"] = names[step["connection"]][1] if step["connection"] in names else ""
        if step.get("recipe"):
            step["recipe"] = labels.get(step["recipe"], "")
    return {"format": 1, "trigger": _short(bare["trigger"]), "steps": [_short(step) for step in bare["steps"]]}


def routes() -> list[dict[str, Any]]:
    """Where alerts go, as files say it."""
    told = [_route(row) for row in AlertRoute.objects.all()]
    return sorted(told, key=lambda row: yaml_file.write(row))


def _route(row: AlertRoute) -> dict[str, Any]:
    told: dict[str, Any] = {"way": row.way, "kinds": sorted(row.kinds)}
    if row.people:
        told["people"] = sorted(row.people)
    if row.host:
        told["host"] = row.host
    if row.quiet_from and row.quiet_to:
        told["quiet"] = f"{row.quiet_from:%H:%M}-{row.quiet_to:%H:%M}"
    return told if row.active else {**told, "active": False}


def _head(folder: Folder | None, hidden: Collection[int]) -> dict[str, Any]:
    seen = Folder.objects.exclude(pk__in=hidden).values_list("name", flat=True)
    names = [folder.name] if folder else sorted(seen)
    return {"format": FORMAT, "kind": KIND, "folders": names}


def _connections(names: Mapping[str, tuple[Connection, str]], used: set[tuple[str, str]], folder: Folder | None) -> str:
    """Of a folder those that its recipes use; of a workspace all."""
    rows = [(row.connector, label) for row, label in names.values() if folder is None or (row.connector, label) in used]
    return yaml_file.write({"connections": [{"app": app, "name": label} for app, label in sorted(rows)]})


def _used(told: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    found = set()
    for each in told:
        for name in ("recipe", "live"):
            if name in each:
                found |= {(app, label) for app, label in accounts(trees.parse(each[name]))}
    return found


def accounts(tree: dict[str, Any]) -> set[tuple[str, str]]:
    """App and name of each account that a file's tree asks for."""
    return {(app_of(step), step["connection"]) for step in _steps(tree) if step.get("connection")}


def app_of(step: dict[str, Any]) -> str:
    return str(step.get("operation") or step.get("trigger") or "").split(".")[0]


def _short(value: dict[str, Any]) -> dict[str, Any]:
    """A step or the trigger without what is written out by default."""
    start = shape.blank(value["kind"], value["id"]) if "kind" in value else {}
    told: dict[str, Any] = {}
    for name, part in value.items():
        if name not in ("id", "kind") and (part == start.get(name) or part in ("", {}, [])):
            continue
        if name in NAMED:
            part = dict(sorted(part.items()))
        elif name == "paths":
            part = [{**path, "steps": [_short(step) for step in path["steps"]]} for path in part]
        elif name == "steps":
            part = [_short(step) for step in part]
        elif name == "otherwise":
            part = {"steps": [_short(step) for step in part["steps"]]}
        told[name] = part
    return told if told.get("id") != "trigger" else {name: part for name, part in told.items() if name != "id"}


def _paths(rows: list[Recipe]) -> list[str]:
    """A path for each, no two alike."""
    found: dict[str, None] = {}
    for row in rows:
        place = f"recipes/{_slug(row.folder.name, 'folder')}/" if row.folder else "recipes/"
        base = path = f"{place}{_slug(row.name, 'recipe')}"
        number = 2
        while f"{path}.yaml" in found:
            path, number = f"{base}-{number}", number + 1
        found[f"{path}.yaml"] = None
    return list(found)


def _slug(name: str, otherwise: str) -> str:
    return slugify(name)[:60].strip("-") or otherwise


def _numbered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names made different: `x`, `x (2)`."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in pairs:
        label, number = name, 2
        while label in taken:
            label, number = f"{name} ({number})", number + 1
        taken.add(label)
        found[key] = label
    return found


def _steps(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [tree["trigger"], *(row.step for row in trees.steps(tree))]
