"""Files of a workspace brought back: looked at first, then carried out as chosen, all of it or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import (
    alerts,
    archive,
    audit,
    bundle,
    drafts,
    guarding,
    recipes,
    template_check,
    template_saving,
    yaml_file,
)
from builder.actions.actor import Actor, action, sight_of, within
from builder.actions.errors import Gone, Invalid
from builder.models import (
    AlertWay,
    Brought,
    Capability,
    Connection,
    Folder,
    Recipe,
    RecipeState,
    TeamTemplate,
    Version,
    access,
)
from builder.recipe import tree as trees

NEW, SAME, DIFFERENT = "new", "same", "different"
SKIP, REPLACE, COPY, ADD = "skip", "replace", "copy", "add"
KEPT = timedelta(days=1)
PARTS = frozenset(["format", "kind", "name", "called", "folder", "guards", "never_pause", "recipe", "live"])


@dataclass
class Item:
    """A recipe or a template of the files."""

    path: str
    name: str
    label: str
    folder: str
    told: dict[str, Any]
    status: str = NEW
    existing: Recipe | None = None

    @property
    def offered(self) -> tuple[str, ...]:
        """What may be done with it; the first is proposed."""
        if self.status == NEW:
            return (ADD, SKIP)
        return (SKIP, COPY) if self.status == SAME else (SKIP, REPLACE, COPY)


@dataclass
class Wanted:
    """An account that the recipes name."""

    app: str
    label: str
    rows: list[Connection]
    chosen: str = ""

    @property
    def key(self) -> str:
        return f"{self.app}:{self.label}"


@dataclass
class Look:
    """What the files hold, held against the workspace."""

    recipes: list[Item] = field(default_factory=list)
    templates: list[Item] = field(default_factory=list)
    accounts: list[Wanted] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    """Alerts by e-mail that don't go there yet: they are added."""
    routes: list[dict[str, Any]] = field(default_factory=list)
    """Other alert routes that aren't there: no file holds their addresses, so they are added by hand; those to people
    who aren't members, too, and all where the person may not manage alerts."""
    problems: list[str] = field(default_factory=list)


@action(Capability.PUBLISH)
def bring(by: Actor, packed: bytes, name: str = "") -> Brought:
    """Raises Invalid. Nothing of the workspace is touched."""
    found = archive.opened(packed)
    Brought.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return Brought.objects.create(workspace=by.workspace, by=by.user, name=name[:120], files=found)


def of(by: Actor, public_id: str) -> Brought:
    """Inside the scope. Raises Gone."""
    found = Brought.objects.filter(public_id=public_id, by=by.user, at__gte=timezone.now() - KEPT).first()
    if found is None:
        raise Gone(_("These files were carried out, or brought more than a day ago. Bring them again."))
    return found


def look(by: Actor, files: Mapping[str, str], chosen: Mapping[str, str] | None = None) -> Look:
    """Inside the scope. Every problem is named with its file."""
    found = Look()
    head = _parsed(found, "recette.yaml", files["recette.yaml"]) or {}
    if head and (head.get("kind") != bundle.KIND or head.get("format") != bundle.FORMAT):
        found.problems.append(_("recette.yaml: it is of a format that this version of Recette doesn't read."))
    found.folders = _folders(found, head)
    rows = bundle.kept()
    labels, names = bundle.recipe_labels(rows), bundle.connection_labels()
    there = {labels[row.public_id]: row for row in rows}
    for path in sorted(files):
        if path.startswith("recipes/") and (told := _parsed(found, path, files[path])) is not None:
            _recipe(found, path, told, there, labels, names)
        elif path.startswith("templates/"):
            _template(found, path, files[path])
    found.recipes.sort(key=lambda item: (item.name.lower(), item.name, len(item.label), item.label))
    _same_labels(found)
    found.accounts = _accounts(found.recipes, names, chosen or {})
    if "alerts.yaml" in files and (told := _parsed(found, "alerts.yaml", files["alerts.yaml"])) is not None:
        _routes(found, told.get("routes"), by)
    return found


@action(Capability.PUBLISH)
def carry_out(by: Actor, brought: Brought, choices: Mapping[str, str], accounts: Mapping[str, str]) -> tuple[int, int]:
    """How many recipes were made or replaced, and templates. `choices` by path; `accounts` by `Wanted.key`. What was
    live in the files comes paused: it runs once somebody resumes it. Recipes in folders that are closed to them aren't
    there, as they weren't in the look."""
    with access.looking(sight_of(by)):
        return _carry_out(by, brought, choices, accounts)


def _carry_out(by: Actor, brought: Brought, choices: Mapping[str, str], accounts: Mapping[str, str]) -> tuple[int, int]:
    brought = Brought.objects.select_for_update().filter(pk=brought.pk).first() or _gone()
    found = look(by, brought.files, accounts)
    if found.problems:
        raise Invalid(errors={"": found.problems})
    wrong = {
        wanted.key: [_("This connection is not there any more. Choose another one.")]
        for wanted in found.accounts
        if accounts.get(wanted.key) and wanted.chosen != accounts[wanted.key]
    }
    done = [(item, choices.get(item.path, item.offered[0])) for item in (*found.recipes, *found.templates)]
    wrong |= {item.path: [_("Choose what becomes of it.")] for item, do in done if do not in item.offered}
    if wrong:
        raise Invalid(errors=wrong)
    for name in sorted({*found.folders} - {*Folder.objects.values_list("name", flat=True)}):
        recipes.create_folder(by, name)
    made = _recipes(by, found, {item.path: do for item, do in done})
    templates = 0
    for item in found.templates:
        if choices.get(item.path, item.offered[0]) != SKIP:
            template_saving.import_(by, brought.files[item.path], replaces=True)
            templates += 1
    for row in found.mails:
        route, _secret = alerts.add(by, AlertWay.EMAIL, _hours(row))
        alerts.switch(by, route, bool(row.get("active", True)))
    audit.write(by, "workspace.imported", None, brought.name, recipes=made, templates=templates)
    brought.delete()
    return made, templates


def _gone() -> Brought:
    raise Gone(_("These files were carried out, or brought more than a day ago. Bring them again."))


def _recipes(by: Actor, found: Look, choices: Mapping[str, str]) -> int:
    """Rows first, so that one can call the other whatever their order."""
    accounts = {(wanted.app, wanted.label): wanted.chosen for wanted in found.accounts}
    rows = bundle.kept()
    ids = {label: public_id for public_id, label in bundle.recipe_labels(rows).items()}
    folders = {folder.name: folder for folder in Folder.objects.all()}
    pending: list[tuple[Item, Recipe, bool]] = []
    for item in found.recipes:
        do = choices[item.path]
        if do == SKIP:
            continue
        for place in {folders.get(item.folder), item.existing.folder if do == REPLACE and item.existing else None}:
            within(by, place.pk if place else None).require(Capability.PUBLISH)
        if do == REPLACE and item.existing:
            row, fresh = drafts.locked(item.existing), False
        else:
            row, fresh = recipes.add(by, trees.empty(), item.name, folder=folders.get(item.folder)), True
        ids[item.label] = row.public_id
        pending.append((item, row, fresh))
    for item, row, fresh in pending:
        draft = _resolved(item.told["recipe"], accounts, ids)
        if fresh:
            _fill(by, item, row, draft, accounts, ids)
        else:
            drafts.put(by, row, draft, "bring", undoable=True)
            row.folder = folders.get(item.folder)
            row.save(update_fields=["folder"])
        audit.write(by, "recipe.imported", row)
    return len(pending)


def _fill(
    by: Actor, item: Item, row: Recipe, draft: dict[str, Any], accounts: Mapping[Any, str], ids: Mapping[str, str]
) -> None:
    row.draft = draft
    row.guards, row.never_pause = _limits(item.told), bool(item.told.get("never_pause"))
    if live := item.told.get("live"):
        tree = _resolved(live, accounts, ids)
        row.live = Version.objects.create(
            workspace=by.workspace, recipe=row, number=1, tree=tree, note=_("From files"), published_by=by.user
        )
        row.live_trigger = tree["trigger"]["operation"]
        row.live_connection = Connection.objects.filter(public_id=tree["trigger"]["connection"]).first()
        row.state, row.paused_because = RecipeState.PAUSED, _("It came from files. Resume it when you like.")
        row.paused_at = timezone.now()
    row.save()


def _limits(told: Mapping[str, Any]) -> dict[str, Any] | None:
    return guarding.limits({name: str(value) for name, value in told.get("guards", {}).items()}) or None


def _resolved(told: Any, accounts: Mapping[Any, str], ids: Mapping[str, str]) -> dict[str, Any]:
    tree = trees.parse(told)
    for step in (tree["trigger"], *(row.step for row in trees.steps(tree))):
        if step.get("connection"):
            step["connection"] = accounts.get((bundle.app_of(step), step["connection"]), "")
        if step.get("recipe"):
            step["recipe"] = ids.get(step["recipe"], "")
    return tree


def _parsed(found: Look, path: str, text: str) -> dict[str, Any] | None:
    try:
        return yaml_file.read(text)
    except Invalid as problem:
        found.problems.append(f"{path}: {problem.message}")
        return None


def _routes(found: Look, given: Any, by: Actor) -> None:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        found.problems.append(_("alerts.yaml: “routes” must be a list."))
        return
    known = bundle.routes()
    room = alerts.MOST - len(known) if by.may(Capability.MEMBERS) else 0
    for row in given:
        if row in known:
            continue
        fits = len(found.mails) < room and row.get("way") == AlertWay.EMAIL and alerts.fits(by, _hours(row))
        (found.mails if fits else found.routes).append(row)


def _hours(row: Mapping[str, Any]) -> dict[str, Any]:
    since, _dash, until = str(row.get("quiet") or "").partition("-")
    given = (row.get(name) for name in ("kinds", "people"))
    kinds, people = ([str(one) for one in some] if isinstance(some, list) else [] for some in given)
    return {"kinds": kinds, "people": people, "quiet_from": since, "quiet_to": until}


def _folders(found: Look, head: Mapping[str, Any]) -> list[str]:
    names = head.get("folders", [])
    if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() and len(n) <= 80 for n in names):
        found.problems.append(_("recette.yaml: “folders” must be a list of names of at most 80 characters."))
        return []
    return names


def _recipe(found: Look, path: str, told: dict[str, Any], there: Mapping[str, Recipe], labels: Any, names: Any) -> None:
    problems = list(_wrong(told))
    found.problems += [f"{path}: {problem}" for problem in problems]
    if problems:
        return
    label, folder = told.get("called", told["name"]), told.get("folder", "")
    told = {**told, "recipe": trees.parse(told["recipe"])}
    if folder and folder not in found.folders:
        found.folders.append(folder)
    item = Item(path, told["name"], label, folder, told, existing=there.get(label))
    if item.existing:
        mine = bundle.recipe_told(item.existing, labels, names)
        alike = trees.parse(mine["recipe"]) == told["recipe"] and mine.get("folder", "") == folder
        item.status = SAME if alike else DIFFERENT
    found.recipes.append(item)


def _wrong(told: dict[str, Any]) -> Iterator[str]:
    if told.get("kind") != bundle.RECIPE or told.get("format") != bundle.FORMAT or told.keys() - PARTS:
        yield _("it is no recipe's file, or one of another version of Recette.")
        return
    for name, limit in (("name", 120), ("called", 140), ("folder", 80)):
        text = told.get(name, "x")
        if not isinstance(text, str) or not text.strip() or len(text) > limit:
            yield _("“%(name)s” must be a text of at most %(n)d characters.") % {"name": name, "n": limit}
    if not isinstance(told.get("never_pause", False), bool) or not _guards(told.get("guards", {})):
        yield _("its guards can't be read.")
    for name in ("recipe", "live"):
        if name not in told and name == "live":
            continue
        given = told.get(name)
        try:
            tree = trees.parse(given if isinstance(given, dict) else {"format": None})
        except trees.TreeError as problem:
            yield problem.message
        else:
            yield from template_check.steps(tree)


def _guards(given: Any) -> bool:
    if not isinstance(given, dict):
        return False
    try:
        guarding.limits({name: str(value) for name, value in given.items()})
    except Invalid:
        return False
    return given.keys() <= set(guarding.NAMES)


def _template(found: Look, path: str, text: str) -> None:
    try:
        template = template_check.trusted(text)
    except Invalid as problem:
        found.problems += [f"{path}: {one}" for some in problem.errors.values() for one in some]
        return
    row = TeamTemplate.objects.filter(slug=template.key).first()
    status = NEW if row is None else SAME if template_saving.text(row) == text else DIFFERENT
    found.templates.append(Item(path, template.title, template.key, "", {}, status))


def _same_labels(found: Look) -> None:
    seen: dict[str, str] = {}
    for item in found.recipes:
        if item.label in seen:
            found.problems.append(
                _("%(path)s: it is called “%(name)s” like the recipe in %(other)s. Give one of them another name.")
                % {"path": item.path, "name": item.label, "other": seen[item.label]}
            )
        seen[item.label] = item.path


def _accounts(items: list[Item], names: Any, chosen: Mapping[str, str]) -> list[Wanted]:
    """The one of the same name is proposed, else the app's only one."""
    asked = {one for item in items for name in ("recipe", "live") if name in item.told
             for one in bundle.accounts(trees.parse(item.told[name]))}  # fmt: skip
    found = []
    for app, label in sorted(asked):
        rows = [row for row, _name in names.values() if row.connector == app]
        named = [row.public_id for row, name in names.values() if (row.connector, name) == (app, label)]
        wanted = Wanted(app, label, rows, next(iter(named), rows[0].public_id if len(rows) == 1 else ""))
        if wanted.key in chosen:
            wanted.chosen = chosen[wanted.key] if chosen[wanted.key] in {row.public_id for row in rows} else ""
        found.append(wanted)
    return found
