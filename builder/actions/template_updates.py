"""A recipe and the template it was made of: whether there is a newer version, and how it comes into the draft."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import audit, drafts, gallery, portable, team_templates
from builder.actions.actor import Actor, action
from builder.actions.errors import Conflict, Gone, NotFound
from builder.actions.template_file import Template
from builder.models import Capability, Connection, Recipe, TemplateUse
from builder.recipe import merge
from builder.recipe import tree as trees


@dataclass(frozen=True, slots=True)
class News:
    template: Template
    use: TemplateUse

    @property
    def silenced(self) -> bool:
        """Nobody wants to hear of this version."""
        return self.use.silenced == self.template.version


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking it over would do."""

    news: News
    answers: dict[str, str]
    alone: dict[str, Any]
    """The newer version with the answers, before the recipe's own changes."""
    draft: dict[str, Any]
    owns: list[merge.Own]


def news(recipe: Recipe) -> News | None:
    """The newer version of the template the recipe was made of, if there is one. Inside the scope."""
    use = _in_force(recipe) if recipe.template else None
    try:
        template = gallery.template(use.key) if use else None
    except NotFound:
        return None
    if use is None or template is None or template.retired or template.version == use.version:
        return None
    return News(template, use)


def waiting() -> list[tuple[Recipe, Template]]:
    """Recipes of the workspace that a newer version waits for, by name; without those that don't want it."""
    rows = TemplateUse.objects.filter(recipe__deleted_at=None).exclude(edit__undone=True)
    rows = rows.select_related("recipe").defer("tree", "answers", "recipe__draft").order_by("pk")
    newest = {row.recipe_id: row for row in rows}
    known = {template.key: template for template in (*gallery.templates(), *team_templates.listed())}
    versions = {key: known[key].version for key in {row.key for row in newest.values()} & known.keys()}
    late = [
        row for row in newest.values() if row.key in versions and versions[row.key] not in (row.version, row.silenced)
    ]
    return sorted(((row.recipe, known[row.key]) for row in late), key=lambda pair: pair[0].name.lower())


def planned(
    recipe: Recipe, found: News, answers: Mapping[str, Any], prefer: Collection[str] = (), currency: str = "USD"
) -> Plan:
    """Raises Invalid by question. The answers that were given once are given again."""
    given = gallery.answered(found.template, {**found.use.answers, **answers}, currency)
    chosen = _accounts(recipe.draft)
    alone = portable.connected(gallery.filled(found.template, given), chosen)
    draft, owns = merge.merged(trees.parse(found.use.tree), recipe.draft, alone, frozenset(prefer))
    return Plan(found, given, alone, draft, owns)


@action(Capability.EDIT)
def take_over(
    by: Actor, recipe: Recipe, rev: int, version: str, answers: Mapping[str, Any], prefer: Collection[str] = ()
) -> Recipe:
    """Into the draft, as one edit that can be undone; nothing is published. Raises Invalid by question, Conflict when
    the draft or the template moved on since the page was opened, Gone when there is nothing newer."""
    recipe = drafts.locked(recipe)
    found = news(recipe)
    if found is None:
        raise Gone(_("There is no newer version any more. The recipe stays as it is."))
    if (rev, version) != (recipe.draft_rev, found.template.version):
        who = drafts.newest_author(recipe, rev)
        message = _("%(who)s changed the recipe or its template meanwhile. Look at it again, then take it over.")
        raise Conflict(message % {"who": who or _("Somebody")}, rev, recipe.draft_rev, who, "rev")
    plan = planned(recipe, found, answers, prefer, by.workspace.currency)
    drafts.put(by, recipe, plan.draft, "take_over", undoable=True)
    TemplateUse.objects.create(
        workspace=by.workspace,
        recipe=recipe,
        key=found.template.key,
        version=found.template.version,
        answers=plan.answers,
        tree=plan.alone,
        edit=recipe.edits.get(rev=recipe.draft_rev),
    )
    audit.write(by, "recipe.template_taken", recipe, template=found.template.title)
    return recipe


@action(Capability.EDIT)
def leave(by: Actor, recipe: Recipe, version: str) -> Recipe:
    """Nothing more is said of that version."""
    recipe = drafts.locked(recipe)
    found = news(recipe)
    if found and found.template.version == version and not found.silenced:
        TemplateUse.objects.filter(pk=found.use.pk).update(silenced=version)
        audit.write(by, "recipe.template_left", recipe, template=found.template.title)
    return recipe


def _in_force(recipe: Recipe) -> TemplateUse | None:
    """Taking over that was undone is not."""
    return recipe.template_uses.exclude(edit__undone=True).order_by("-pk").first()


def _accounts(draft: dict[str, Any]) -> dict[str, str]:
    """By connector, the connection the recipe uses; where it uses several, the first met."""
    steps = [draft["trigger"], *(row.step for row in trees.steps(draft))]
    used = [step["connection"] for step in steps if step.get("connection")]
    known = dict(Connection.objects.filter(public_id__in=used, deleted_at=None).values_list("public_id", "connector"))
    found: dict[str, str] = {}
    for public_id in used:
        if public_id in known:
            found.setdefault(known[public_id], public_id)
    return found or portable.only_ones()
