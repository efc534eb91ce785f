"""The draft engine: edits one after another, merged where they don't meet, taken back one by one.

Two editors never lose an edit: the recipe's row is held while one is applied (SQLite's transactions are IMMEDIATE).
What somebody else changed since the revision an editor saw is compared value by value, not draft by draft.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import audit, changes, edits, labels
from builder.actions.actor import Actor, action
from builder.actions.changes import Change
from builder.actions.errors import Conflict, Gone, Invalid, not_found
from builder.models import Capability, Connection, DraftEdit, Recipe, User
from builder.recipe import tree as trees

BURST = timedelta(seconds=5)
"""Keystrokes in one field that follow each other so closely are one entry of the undo list."""
SITTING = timedelta(hours=1)
"""The edit log has every edit; the audit log says once in so long that somebody was at it."""
NOTHING: changes.State = {"values": [], "places": []}
WHOLE = "*"
"""Touched by what puts another draft in the place of this one."""
TURNS = ("undo", "redo")
OURS = "~"
"""Begins the keys of edits that no browser sent."""


@dataclass(frozen=True, slots=True)
class Edited:
    recipe: Recipe
    changed: set[str] = field(default_factory=set)
    """Ids of the steps (or `trigger`, `recipe`) to draw again, other people's changes since `rev` among them."""
    structural: bool = False
    """Steps came, went or moved: draw the whole flow."""
    merged: bool = False
    """Somebody else's edit went in between."""
    focus: str = ""
    """The step that came into being, to open it."""
    equal: bool = False
    """Nothing was changed: the value was there already."""

    @property
    def rev(self) -> int:
        return self.recipe.draft_rev


@dataclass(frozen=True, slots=True)
class History:
    undo: str
    """What *Undo* would take back, in words; empty: nothing."""
    redo: str


@action(Capability.EDIT)
def edit(by: Actor, recipe: Recipe, op: str, args: Mapping[str, Any], rev: int, key: str) -> Edited:
    """Raises Conflict when somebody else changed the same value since `rev`. The same `key` is the same answer."""
    if not key or len(key) > 40 or key.startswith(OURS):
        raise Invalid(_("An edit needs a key of its own, at most 40 characters."), "key")
    recipe = locked(recipe)
    if done := DraftEdit.objects.filter(recipe=recipe, key=key).first():
        return _answer(recipe, rev, by, done)
    if rev > recipe.draft_rev:
        raise Invalid(_("This page is ahead of the draft. Reload it."), "rev")
    change = _planned(by, recipe, rev, op, args)
    others = list(_by_others(by, recipe, rev))
    _no_clash(recipe, others, change)
    if change.empty:
        return _answer(recipe, rev, by, None)
    _write(by, recipe, op, key, change, dict(args))
    return _answer(recipe, rev, by, recipe.edits.get(rev=recipe.draft_rev))


@action(Capability.EDIT)
def undo(by: Actor, recipe: Recipe) -> Edited:
    """Takes back my newest edit that isn't taken back yet. Raises Conflict when somebody else built on it, Gone when
    there is none."""
    recipe = locked(recipe)
    entry = _entry(by, recipe)
    if not entry:
        raise Gone(_("There is nothing of yours to undo."))
    _untouched(by, recipe, entry)
    _turn(by, recipe, "undo", entry)
    DraftEdit.objects.filter(pk__in=[e.pk for e in entry]).update(undone=True)
    return _answer(recipe, recipe.draft_rev - 1, by, recipe.edits.get(rev=recipe.draft_rev))


@action(Capability.EDIT)
def redo(by: Actor, recipe: Recipe) -> Edited:
    recipe = locked(recipe)
    turn = _turn_back(by, recipe)
    if turn is None:
        raise Gone(_("There is nothing of yours to redo."))
    _untouched(by, recipe, [turn])
    entry = list(DraftEdit.objects.filter(pk__in=turn.args["edits"]).order_by("rev"))
    _turn(by, recipe, "redo", entry)
    DraftEdit.objects.filter(pk=turn.pk).update(undone=True)
    DraftEdit.objects.filter(pk__in=turn.args["edits"]).update(undone=False)
    return _answer(recipe, recipe.draft_rev - 1, by, recipe.edits.get(rev=recipe.draft_rev))


@action(Capability.VIEW, atomic=False)
def history(by: Actor, recipe: Recipe) -> History:
    entry, turn = _entry(by, recipe), _turn_back(by, recipe)
    again = DraftEdit.objects.filter(pk__in=turn.args["edits"]).last() if turn else None
    return History(labels.of(entry[0], recipe.draft) if entry else "", labels.of(again, recipe.draft) if again else "")


@action(Capability.VIEW, atomic=False)
def since(by: Actor, recipe: Recipe, rev: int) -> Edited:
    """What changed since a revision: for the page that asks every few seconds."""
    return _answer(recipe, rev, by, None)


def locked(recipe: Recipe) -> Recipe:
    """The same object with what the row holds now; the row is held until the transaction ends. Raises NotFound when
    it was deleted."""
    rows = Recipe.objects.select_for_update(of=("self",)).filter(deleted_at=None)
    try:
        recipe.refresh_from_db(from_queryset=rows)
    except Recipe.DoesNotExist:
        raise not_found() from None
    return recipe


def put(by: Actor, recipe: Recipe, draft: dict[str, Any], op: str, undoable: bool = False) -> None:
    """Another draft in the place of this one (`recipe` is held); edits seen before it don't merge into it."""
    old, new = recipe.draft, trees.parse(draft)
    before, after = (_all(old), _all(new)) if undoable else (NOTHING, NOTHING)
    whole = Change(before, after, [WHOLE])
    recipe.draft = new
    _log(by, recipe, op, f"{OURS}{op}-{recipe.draft_rev + 1}", whole, {})


def _all(tree: dict[str, Any]) -> changes.State:
    return {"values": [{"of": WHOLE, "keys": [], "value": tree}], "places": []}


def newest_author(recipe: Recipe, rev: int = 0) -> str:
    row = recipe.edits.filter(rev__gt=rev).select_related("author").order_by("rev").last()
    return _who(row) if row else ""


def own_since(by: Actor, recipe: Recipe, rev: int) -> bool:
    """Whether this person alone moved the draft on: what was typed last may arrive after they asked to publish."""
    others = recipe.edits.filter(rev__gt=rev).exclude(author=by.user)
    return by.user is not None and rev < recipe.draft_rev and not others.exists()


def _planned(by: Actor, recipe: Recipe, rev: int, op: str, args: Mapping[str, Any]) -> Change:
    links = dict(Connection.objects.filter(deleted_at=None).values_list("public_id", "connector"))
    desk = edits.Desk(recipe.draft, recipe.name, links)
    try:
        return edits.change(desk, op, args)
    except Gone as gone:
        raise _gone(by, recipe, rev, args, gone) from gone
    except trees.TreeError as problem:
        raise Invalid(problem.message, problem.step_id) from problem


def _gone(by: Actor, recipe: Recipe, rev: int, args: Mapping[str, Any], gone: Gone) -> Gone | Conflict:
    """A clash with whoever deleted it, when that was somebody else since the editor looked."""
    named = [str(args.get(name) or "") for name in ("step", "after", "path")]
    named += [each for each in args.get("steps") or () if isinstance(each, str)]
    of = next((one for one in named if one and not changes.holder(recipe.draft, one)), "")
    row = next((r for r in reversed(list(_by_others(by, recipe, rev))) if of in _went(r) or WHOLE in r.touched), None)
    if row is None:
        return gone
    message = _("%(who)s deleted this step meanwhile. Your text is kept here so that you can copy it.")
    return Conflict(message % {"who": _who(row)}, args.get("value"), None, _who(row), of)


def _no_clash(recipe: Recipe, others: list[DraftEdit], change: Change) -> None:
    for key in change.claims:
        met = [row for row in others if _meets(row, [key])]
        if not met:
            continue
        mine, theirs = _value(change.after, key), _value(change.before, key)
        seen = _value(met[0].before or {}, key)
        if change.structural or (theirs != mine and theirs != seen):
            who = _who(met[-1])
            message = _("%(who)s changed this meanwhile.") % {"who": who}
            raise Conflict(message, mine, theirs, who, key)


def _write(by: Actor, recipe: Recipe, op: str, key: str, change: Change, args: dict[str, Any]) -> None:
    _apply(recipe, [change.after])
    _log(by, recipe, op, key, change, args)


def _apply(recipe: Recipe, states: Iterable[changes.State]) -> None:
    try:
        for state in states:
            recipe.draft = changes.apply(recipe.draft, state)
            recipe.name = _value(state, "recipe.name") or recipe.name
        recipe.draft = trees.parse(recipe.draft)
    except trees.TreeError as problem:
        raise Invalid(problem.message, problem.step_id) from problem


def _log(by: Actor, recipe: Recipe, op: str, key: str, change: Change, args: dict[str, Any]) -> None:
    before = recipe.edits.filter(author=by.user).order_by("-rev").first()
    if before is None or timezone.now() - before.at > SITTING:
        audit.write(by, "recipe.edited", recipe)
    recipe.draft_rev += 1
    recipe.draft_at = timezone.now()
    recipe.save(update_fields=["draft", "name", "draft_rev", "draft_at"])
    DraftEdit.objects.create(
        workspace=by.workspace,
        recipe=recipe,
        rev=recipe.draft_rev,
        key=key,
        op=op,
        args=args,
        touched=change.touched,
        before=change.before,
        after=change.after,
        author=by.user,
    )


def _turn(by: Actor, recipe: Recipe, op: str, entry: list[DraftEdit]) -> None:
    """An undo or redo, itself an edit: others see what it changed."""
    olds, news = [e.before or NOTHING for e in entry], [e.after or NOTHING for e in entry]
    before, after = (news[::-1], olds[::-1]) if op == "undo" else (olds, news)
    _apply(recipe, after)
    touched = sorted({key for e in entry for key in e.touched})
    change = Change(_joined(before), _joined(after), touched)
    _log(by, recipe, op, f"{OURS}{op}-{recipe.draft_rev + 1}", change, {"edits": [e.pk for e in entry]})


def _joined(states: list[changes.State]) -> changes.State:
    return {name: [one for state in states for one in state[name]] for name in ("values", "places")}


def _entry(by: Actor, recipe: Recipe) -> list[DraftEdit]:
    """My newest edit not undone, oldest first when it is a burst of typing in one field."""
    mine = recipe.edits.filter(author=by.user, undone=False).exclude(op__in=TURNS).order_by("-rev")[:200]
    entry: list[DraftEdit] = []
    for row in mine:
        if (WHOLE in row.touched and row.before == NOTHING) or (entry and not _one_burst(row, entry[-1])):
            break
        entry.append(row)
    return entry[::-1]


def _one_burst(earlier: DraftEdit, later: DraftEdit) -> bool:
    typing = earlier.op == later.op == "set_field" and earlier.touched == later.touched
    return typing and earlier.rev + 1 == later.rev and later.at - earlier.at <= BURST


def _turn_back(by: Actor, recipe: Recipe) -> DraftEdit | None:
    """My newest undo, when I edited nothing since."""
    mine = recipe.edits.filter(author=by.user).order_by("-rev")
    last = mine.exclude(op__in=TURNS).filter(undone=False).first()
    turn = mine.filter(op="undo", undone=False).first()
    return turn if turn and (last is None or last.rev < turn.rev) else None


def _untouched(by: Actor, recipe: Recipe, entry: list[DraftEdit]) -> None:
    touched = {key for e in entry for key in e.touched}
    for row in _by_others(by, recipe, entry[0].rev):
        if _meets(row, touched):
            message = _("%(who)s changed this after you, so it can't be taken back by itself.")
            raise Conflict(message % {"who": _who(row)}, who=_who(row), key=min(touched))


def _by_others(by: Actor, recipe: Recipe, rev: int) -> Any:
    return recipe.edits.filter(rev__gt=rev).exclude(author=by.user).select_related("author").order_by("rev")


def _meets(row: DraftEdit, keys: Iterable[str]) -> bool:
    return WHOLE in row.touched or changes.any_overlap(row.touched, keys)


def _value(state: Mapping[str, Any], key: str) -> Any:
    """What a state says about a value, itself or inside a bigger one; None when it says nothing."""
    for one in state.get("values", ()):
        prefix = changes.key(one["of"], one["keys"])
        if key == prefix:
            return one["value"]
        if key.startswith(f"{prefix}."):
            return _inside(one["value"], key.removeprefix(f"{prefix}."))
    return None


def _inside(value: Any, rest: str) -> Any:
    """Names may hold dots, so a whole name goes before its beginning."""
    if isinstance(value, dict) and rest in value:
        return value[rest]
    name, _dot, more = rest.partition(".")
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        value = value[int(name)]
    elif isinstance(value, dict):
        value = value.get(name)
    else:
        return None
    return _inside(value, more) if more else value


def _went(row: DraftEdit) -> set[str]:
    """Ids that the edit took away, those inside a step with it."""
    gone = [place for place in (row.after or {}).get("places", ()) if place["spot"] is None]
    return set(row.touched) if gone else set()


def _answer(recipe: Recipe, rev: int, by: Actor, mine: DraftEdit | None) -> Edited:
    rows = [*_by_others(by, recipe, rev), *([mine] if mine else [])]
    owners = {path["id"]: of for of, path in changes.paths(recipe.draft)}
    ids = {key.split(".")[0] for row in rows for key in row.touched}
    came = [p["step"] for p in (mine.after or {}).get("places", ()) if p.get("step") and p["spot"]] if mine else []
    return Edited(
        recipe,
        changed={owners.get(of, of) for of in ids},
        structural=any(WHOLE in row.touched or (row.after or {}).get("places") for row in rows),
        merged=len(rows) > (1 if mine else 0),
        focus=came[0] if came else "",
        equal=mine is None and not rows,
    )


def _who(row: DraftEdit) -> str:
    author: User | None = row.author
    return str(author) if author else _("Somebody")
