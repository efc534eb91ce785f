"""Recipes as a list: made, named, filed, copied. What is inside is `drafts`' and `publishing`'s business."""

from typing import Any

from django.utils.translation import gettext as _

from builder.actions import audit, guarding, inputs
from builder.actions.actor import Actor, action, sight_of, within
from builder.actions.drafts import locked
from builder.actions.errors import Invalid
from builder.models import Capability, Folder, Recipe
from builder.recipe import tree as trees

MOST = 2000
"""Recipes in a workspace."""


@action(Capability.EDIT)
def create(by: Actor, name: str = "", folder: Folder | None = None) -> Recipe:
    """An empty draft. From a template: `gallery.start`."""
    recipe = add(by, trees.empty(), name, folder=folder)
    audit.write(by, "recipe.created", recipe)
    return recipe


@action(Capability.EDIT)
def rename(by: Actor, recipe: Recipe, name: str) -> Recipe:
    recipe, before = locked(recipe), recipe.name
    recipe.name = _name(name)
    recipe.save(update_fields=["name"])
    audit.write(by, "recipe.renamed", recipe, before=before)
    return recipe


@action(Capability.EDIT)
def move_to_folder(by: Actor, recipe: Recipe, folder: Folder | None) -> Recipe:
    """Out of a closed folder, or into one, others see it than before: who publishes there may."""
    recipe = locked(recipe)
    for place in {recipe.folder_id, folder.pk if folder else None}:
        within(by, place).require(Capability.PUBLISH if place in sight_of(by).levels else Capability.EDIT)
    before, after = (one.name if one else "" for one in (recipe.folder, folder))
    recipe.folder = folder
    recipe.save(update_fields=["folder"])
    audit.write(by, "recipe.moved", recipe, folder=after, before=before, after=after)
    return recipe


@action(Capability.EDIT)
def duplicate(by: Actor, recipe: Recipe) -> Recipe:
    """A draft of its own, with the same connections and lasting guards."""
    name = _("%(name)s, copy") % {"name": recipe.name[:100]}
    copied = add(by, recipe.draft, name, folder=recipe.folder, guards=guarding.lasting(recipe) or None)
    audit.write(by, "recipe.duplicated", copied, of=recipe.public_id)
    return copied


@action(Capability.EDIT)
def create_folder(by: Actor, name: str) -> Folder:
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid(_("Give the folder a name of at most 80 characters."), "name")
    folder, made = Folder.objects.get_or_create(workspace=by.workspace, name=name)
    if made:
        audit.write(by, "folder.created", folder, name)
    elif Capability.EDIT not in sight_of(by).may(folder.pk):
        raise Invalid(_("There is a folder “%(name)s” already, which is closed to you.") % {"name": name}, "name")
    return folder


@action(Capability.EDIT)
def rename_folder(by: Actor, folder: Folder, name: str) -> Folder:
    if Folder.objects.filter(name=name.strip()).exclude(pk=folder.pk).exists():
        raise Invalid(_("There is a folder “%(name)s” already.") % {"name": name.strip()[:80]}, "name")
    before, folder.name = folder.name, _name(name, 80)
    folder.save(update_fields=["name"])
    audit.write(by, "folder.renamed", folder, folder.name, before=before)
    return folder


@action(Capability.EDIT)
def delete_folder(by: Actor, folder: Folder) -> None:
    """Its recipes stay, outside of any folder: those of a closed one would be open to all, so that is for who may
    open it."""
    if folder.closed:
        by.require(Capability.MEMBERS)
    audit.write(by, "folder.deleted", folder, folder.name)
    folder.delete()


def add(by: Actor, draft: dict[str, Any], name: str, **more: Any) -> Recipe:
    """The row, for all ways a recipe comes into being."""
    if Recipe.objects.filter(deleted_at=None).count() >= MOST:
        raise Invalid(_("This workspace has %(n)d recipes, which is the limit. Delete one first.") % {"n": MOST})
    name = _name(name.strip() or _("New recipe"))
    return Recipe.objects.create(
        workspace=by.workspace, name=name, draft=trees.parse(draft), created_by=by.user, **more
    )


def _name(name: str, limit: int = 120) -> str:
    name = inputs.short(name, "name", limit).strip()
    if not name:
        raise Invalid(_("Give it a name."), "name")
    return name
