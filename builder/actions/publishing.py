"""From draft to version to live, and back: publish, pause, resume, roll back, delete, restore."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import audit, circles, drafts, inputs, permissions
from builder.actions.actor import Actor, action
from builder.actions.errors import Conflict, Invalid, Unready, not_found
from builder.models import Capability, Connection, Health, Hook, Membership, Recipe, RecipeState, Subscription, Version
from builder.recipe import check, summary
from builder.recipe import tree as trees
from builder.recipe.check import Problem
from builder.runner import brakes, listening, makeup, replay
from connectors.tools import hook

AT_ONCE = timedelta(minutes=1)
"""A deletion taken back so soon was a slip."""
NOT_PAUSED = {"paused_because": "", "paused_by": "", "paused_at": None, "mail_due": False}
SHORTEST = 8
"""Characters of a secret."""
FIT = (Health.WELL, Health.UNTESTED)
Tree = dict[str, Any]


def problems(recipe: Recipe, tree: Tree | None = None) -> list[Problem]:
    """What keeps the draft (or another tree) from being published, in reading order. Inside the scope."""
    tree = recipe.draft if tree is None else tree
    rows = Connection.objects.filter(workspace=recipe.workspace_id, deleted_at=None)
    known = {
        row.public_id: {
            "connector": row.connector,
            "healthy": row.health in FIT,
            "called": "webhook" in listening.ways(row),
            "lacks": partial(permissions.lacking, row),
        }
        for row in rows
    }
    found = check.problems(tree, inputs.known, connections=known)
    if any(problem.code == "shape" for problem in found):
        return found
    parsed = trees.parse(tree)
    return [*found, *_strangers(recipe, parsed), *circles.problems(recipe, parsed)]


@action(Capability.PUBLISH)
def publish(by: Actor, recipe: Recipe, rev: int, note: str = "") -> Version:
    """The new version, live. The same draft twice is one version. Raises Unready with the problems, Conflict when
    somebody else moved the draft on since `rev`."""
    recipe = drafts.locked(recipe)
    if rev != recipe.draft_rev and not drafts.own_since(by, recipe, rev):
        who = drafts.newest_author(recipe, rev)
        message = _("%(who)s changed the draft after you opened this. Look at it again, then publish.")
        raise Conflict(message % {"who": who or _("Somebody")}, rev, recipe.draft_rev, who, "rev")
    if recipe.live and recipe.state == RecipeState.LIVE and recipe.live.tree == recipe.draft:
        return recipe.live
    _ready(recipe, recipe.draft)
    version = _go_live(by, recipe, recipe.draft, inputs.short(note, "note", 200))
    audit.write(by, "recipe.published", recipe, version=version.number, note=version.note)
    return version


@action(Capability.PUBLISH)
def roll_back(by: Actor, recipe: Recipe, number: int) -> Version:
    """A new version equal to an old one; the draft becomes it too, and what was in it stays in the edit log."""
    recipe = drafts.locked(recipe)
    old = recipe.versions.filter(number=number).first()
    if old is None:
        raise not_found()
    _ready(recipe, old.tree)
    drafts.put(by, recipe, old.tree, "roll_back")
    version = _go_live(by, recipe, recipe.draft, _("Back to version %(n)d") % {"n": number})
    audit.write(by, "recipe.rolled_back", recipe, version=version.number, to=number)
    return version


@action(Capability.PUBLISH)
def pause(by: Actor, recipe: Recipe) -> Recipe:
    """What happens meanwhile is kept, and nothing new begins; runs that have begun go on."""
    recipe = drafts.locked(recipe)
    if recipe.state == RecipeState.DRAFT:
        raise Invalid(_("“%(name)s” was never published, so there is nothing to pause.") % {"name": recipe.name})
    if recipe.state == RecipeState.LIVE:
        because = _("Paused by %(name)s.") % {"name": by.user}
        _set(recipe, state=RecipeState.PAUSED, paused_because=because, paused_by="", paused_at=timezone.now())
        brakes.keep(recipe)
        audit.write(by, "recipe.paused", recipe)
    return recipe


@action(Capability.PUBLISH)
def resume(by: Actor, recipe: Recipe, kept: str = "") -> Recipe:
    """`kept`: `run` what came while it was paused, or `leave` it; without an answer it stays kept."""
    _insist_answer(kept)
    recipe = drafts.locked(recipe)
    if recipe.live is None:
        raise Invalid(_("“%(name)s” was never published. Publish it first.") % {"name": recipe.name})
    if recipe.state == RecipeState.PAUSED:
        _ready(recipe, recipe.live.tree)
        _set(recipe, state=RecipeState.LIVE, resumed_at=timezone.now(), **NOT_PAUSED)
        listening.listen(recipe)
        audit.write(by, "recipe.resumed", recipe, kept=kept)
    _answer(recipe, kept)
    return recipe


@action(Capability.RUN)
def answer_kept(by: Actor, recipe: Recipe, kept: str) -> Recipe:
    """For a recipe that is live again: `run` what was kept while it was paused, or `leave` it."""
    _insist_answer(kept)
    if recipe.state != RecipeState.LIVE or recipe.deleted_at:
        raise Invalid(_("“%(name)s” is not live. Resume it first.") % {"name": recipe.name})
    _answer(recipe, kept)
    audit.write(by, "recipe.kept_answered", recipe, kept=kept)
    return recipe


@action(Capability.PUBLISH)
def set_pausing(by: Actor, recipe: Recipe, never: bool) -> Recipe:
    """Whether Recette may pause the recipe by itself when it fails, loops or is flooded."""
    recipe = drafts.locked(recipe)
    if recipe.never_pause != never:
        _set(recipe, never_pause=never)
        audit.write(by, "recipe.pausing_changed", recipe, never=never)
    return recipe


def _insist_answer(kept: str) -> None:
    if kept not in ("", "run", "leave"):
        raise Invalid(_("Say whether the kept events are to be run, or left."), "kept")


def _answer(recipe: Recipe, kept: str) -> None:
    """The answer is kept with the recipe's new state; the runs are made by a worker, once that is so for everybody."""
    if kept == "run":
        makeup.run_kept(recipe)
    elif kept == "leave":
        makeup.leave_kept(recipe)


@action(Capability.PUBLISH)
def delete(by: Actor, recipe: Recipe) -> Recipe:
    """Its runs stay readable; those on their way stop before they change anything more. `restore` brings it back."""
    recipe = drafts.locked(recipe)
    _set(recipe, deleted_at=timezone.now())
    listening.unlisten(recipe)
    audit.write(by, "recipe.deleted", recipe)
    return recipe


@action(Capability.PUBLISH)
def restore(by: Actor, recipe: Recipe) -> Recipe:
    """As it was, when that was a moment ago; later a live recipe comes back paused."""
    try:
        recipe.refresh_from_db(from_queryset=Recipe.objects.select_for_update(of=("self",)))
    except Recipe.DoesNotExist:
        raise not_found() from None
    if recipe.deleted_at:
        late = timezone.now() - recipe.deleted_at > AT_ONCE
        _set(recipe, deleted_at=None)
        _back(recipe, late)
        if not late:
            transaction.on_commit(partial(replay.resume_deleted, recipe.pk))
        audit.write(by, "recipe.restored", recipe)
    return recipe


@action(Capability.EDIT)
def address(by: Actor, recipe: Recipe) -> str:
    """Where other apps call a recipe that starts from an incoming webhook; it is there before publishing."""
    return listening.address(_own_hook(by, drafts.locked(recipe)))


@action(Capability.EDIT)
def secret(by: Actor, recipe: Recipe) -> str:
    """What calls of the recipe's own address are checked with, where its trigger wants that."""
    return listening.secret_of(_own_hook(by, drafts.locked(recipe)))


@action(Capability.PUBLISH)
def set_secret(by: Actor, recipe: Recipe, secret: str) -> None:
    """The one another app has made; empty: a new one of ours. It holds at once, also for what is live."""
    given = inputs.short(secret.strip(), "secret", 200) or secrets.token_urlsafe(32)
    if len(given) < SHORTEST or not given.isprintable():
        message = _("A secret has at least %(n)d characters and no line breaks. Leave it empty for one of ours.")
        raise Invalid(message % {"n": SHORTEST}, "secret")
    recipe = drafts.locked(recipe)
    listening.set_secret(_own_hook(by, recipe), given)
    audit.write(by, "recipe.secret_changed", recipe)


def _own_hook(by: Actor, recipe: Recipe) -> Hook:
    where = {"recipe": recipe, "object": "hook", "connection": None}
    plain = {"workspace": by.workspace, "began_at": timezone.now(), "active": False}
    own, _made = Subscription.objects.get_or_create(**where, defaults=plain)
    return listening.hook_for(by.workspace.pk, subscription=own)


def own_address(by: Actor, recipe: Recipe) -> str:
    """The address of a recipe that starts from an incoming webhook, or will; else, and for who may not edit, empty."""
    starts = {recipe.live_trigger, recipe.draft["trigger"]["operation"]}
    has_one = hook.RECEIVED.key in starts and recipe.deleted_at is None
    return address(by, recipe) if has_one and by.may(Capability.EDIT) else ""


def _ready(recipe: Recipe, tree: Tree) -> None:
    if found := problems(recipe, tree):
        message = ngettext(
            "“%(name)s” has %(n)d problem to solve before it can go live.",
            "“%(name)s” has %(n)d problems to solve before it can go live.",
            len(found),
        )
        raise Unready(message % {"name": recipe.name, "n": len(found)}, found)


def _go_live(by: Actor, recipe: Recipe, tree: Tree, note: str) -> Version:
    newest = recipe.versions.aggregate(n=Max("number"))["n"] or 0
    version = Version.objects.create(
        workspace=by.workspace, recipe=recipe, number=newest + 1, tree=tree, note=note, published_by=by.user
    )
    trigger, before = tree["trigger"], recipe.live_connection
    _set(
        recipe,
        live=version,
        live_trigger=trigger["operation"],
        live_connection=Connection.objects.filter(public_id=trigger["connection"], deleted_at=None).first(),
        state=RecipeState.LIVE,
        resumed_at=timezone.now(),
        **NOT_PAUSED,
    )
    if before:
        listening.retire(before)
    listening.listen(recipe)
    return version


def _back(recipe: Recipe, late: bool) -> None:
    if recipe.live is None:
        return
    if recipe.state == RecipeState.LIVE and (late or problems(recipe, recipe.live.tree)):
        because = _("It was deleted and brought back. Resume it when you like.")
        _set(recipe, state=RecipeState.PAUSED, paused_because=because)
    listening.listen(recipe)


def _set(recipe: Recipe, **values: Any) -> None:
    for name, value in values.items():
        setattr(recipe, name, value)
    recipe.save(update_fields=list(values))


def _strangers(recipe: Recipe, tree: Tree) -> Iterator[Problem]:
    """People who are to approve something and can't come in."""
    asking = [row for row in trees.steps(tree) if row.step["kind"] == "approval" and not row.step["skip"]]
    known = _addresses(recipe) if asking else set()
    for row in asking:
        title = f"{row.number} {summary.title(row.step, inputs.known)}"
        for number, person in enumerate(row.step["people"]):
            if "{{" not in person and person.strip().lower() not in known:
                message = "%(step)s: %(person)s isn't in this workspace. Invite them under Team, or ask somebody else."
                params = {"step": title, "person": person}
                yield Problem(row.step["id"], f"people.{number}", "stranger", message, params)


def _addresses(recipe: Recipe) -> set[str]:
    members = Membership.objects.filter(workspace=recipe.workspace_id, user__is_active=True)
    return {email.lower() for email in members.values_list("user__email", flat=True)}
