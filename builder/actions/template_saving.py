"""A team's own templates: made of a recipe, put right, replaced, retired, deleted, taken to and brought from files."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from builder.actions import audit, gallery, inputs, portable, template_check, template_file, yaml_file
from builder.actions import template_values as values
from builder.actions.actor import Actor, action, sight_of, within
from builder.actions.errors import Invalid, NotFound
from builder.actions.template_file import Template
from builder.models import Capability, Recipe, TeamTemplate
from builder.recipe import summary
from builder.recipe import tree as trees

MOST = 200
"""Templates of one team."""
LINES = 12
WORDS = ("title", "summary", "who")


def source(recipe: Recipe, which: str) -> dict[str, Any]:
    """The tree a template is made of: `live` or `draft`."""
    return recipe.live.tree if which == "live" and recipe.live else recipe.draft


def insist(by: Actor, recipe: Recipe) -> None:
    """A template is there for all: of a recipe in a closed folder, who publishes there makes one. Raises Forbidden."""
    if recipe.folder_id in sight_of(by).levels:
        within(by, recipe.folder_id).require(Capability.PUBLISH)


@action(Capability.EDIT)
def save(
    by: Actor,
    recipe: Recipe,
    which: str,
    words: Mapping[str, str],
    asked: Mapping[str, str],
    into: TeamTemplate | None = None,
) -> TeamTemplate:
    """`asked`: the label of each value, by `Literal.id`, that becomes a question. `into`: a newer version of it."""
    insist(by, recipe)
    tree = trees.parse(source(recipe, which))
    wrong = _wrong(words)
    literals = {literal.id: literal for literal in values.literals(tree)}
    for name, label in asked.items():
        if name in literals and not label.strip():
            wrong[f"label-{name}"] = [_("Say in a few words what is asked.")]
    if not tree["trigger"]["operation"] and not tree["steps"]:
        wrong[""] = [_("This recipe has no steps yet. Build it first.")]
    if wrong:
        raise Invalid(errors=wrong)
    chosen = [values.Asked(one, asked[name].strip()) for name, one in literals.items() if name in asked]
    opened, questions = values.opened(tree, chosen)
    made = Template(
        into.slug if into else _slug(words["title"]),
        words["title"].strip(),
        words["summary"].strip(),
        (),
        tuple(portable.apps_of(opened)),
        tuple(questions),
        opened,
        who=words.get("who", "").strip(),
    )
    made = replace(made, sentence=_sentence(gallery.shown(made)))
    return _put(by, template_check.trusted(template_file.content(made)), into, recipe)


@action(Capability.EDIT)
def change_words(
    by: Actor, row: TeamTemplate, words: Mapping[str, str], labels: Mapping[str, str], lines: str
) -> TeamTemplate:
    """Title, sentence, whom it is for; the label of each question; how it reads, a line each."""
    row = _locked(row)
    wrong = _wrong(words)
    questions = [dict(question) for question in row.data["questions"]]
    for question in questions:
        label = labels.get(question["key"], question["label"]).strip()
        if not label:
            wrong[f"label-{question['key']}"] = [_("Say in a few words what is asked.")]
        question["label"] = label
    if wrong:
        raise Invalid(errors=wrong)
    told = {name: words.get(name, "").strip() for name in WORDS}
    sentence = [line.strip() for line in lines.splitlines() if line.strip()]
    data = {**row.data, **told, "questions": questions, "sentence": sentence}
    before, row.data = row.data["title"], template_file.content(template_check.trusted(data))
    row.save(update_fields=["data", "changed_at"])
    audit.write(by, "template.changed", row, before=before)
    return row


@action(Capability.PUBLISH)
def retire(by: Actor, row: TeamTemplate, retired: bool = True) -> TeamTemplate:
    row = _locked(row)
    if (row.retired_at is not None) != retired:
        row.retired_at = timezone.now() if retired else None
        row.save(update_fields=["retired_at", "changed_at"])
        audit.write(by, "template.retired" if retired else "template.brought_back", row)
    return row


@action(Capability.PUBLISH)
def delete(by: Actor, row: TeamTemplate) -> None:
    """Recipes that were made of it stay as they are."""
    row = _locked(row)
    audit.write(by, "template.deleted", row)
    row.delete()


@action(Capability.VIEW)
def export(by: Actor, row: TeamTemplate) -> str:
    """YAML, as the built-in ones are."""
    audit.write(by, "template.exported", row)
    return text(row)


@action(Capability.EDIT)
def import_(by: Actor, data: bytes | str | Mapping[str, Any], replaces: bool = False) -> TeamTemplate:
    """Raises Invalid with every problem of the file; then nothing was kept."""
    found = template_check.trusted(data)
    known = TeamTemplate.objects.select_for_update().filter(slug=found.key).first()
    if known and template_file.content(found) == known.data:
        return known
    if known and not replaces:
        message = _("“%(title)s” has the same key, %(key)s. Tick that it is replaced, or delete that one first.")
        raise Invalid(message % {"title": known, "key": found.key}, "file")
    return _put(by, found, known, known.recipe if known else None)


def text(row: TeamTemplate) -> str:
    return yaml_file.write({**row.data, "key": row.slug})


def _put(by: Actor, found: Template, into: TeamTemplate | None, recipe: Recipe | None) -> TeamTemplate:
    if into:
        row = _locked(into)
        row.number += 1
        row.data, row.recipe, row.retired_at = template_file.content(found), recipe, None
        row.save()
        audit.write(by, "template.replaced", row, version=row.number)
        return row
    if TeamTemplate.objects.count() >= MOST:
        raise Invalid(_("There are %(n)d templates of your team already. Delete one first.") % {"n": MOST})
    row = TeamTemplate.objects.create(
        workspace=by.workspace,
        slug=found.key,
        data=template_file.content(found),
        recipe=recipe,
        created_by=by.user,
    )
    audit.write(by, "template.saved", row)
    return row


def _wrong(words: Mapping[str, str]) -> dict[str, list[str]]:
    wrong = {}
    for name, limit in template_check.LENGTHS.items():
        text = words.get(name, "").strip()
        if not text and name != "who":
            wrong[name] = [_("Give it a name.") if name == "title" else _("Say in a sentence what it does.")]
        elif len(text) > limit:
            wrong[name] = [_("This is longer than %(limit)d characters. Shorten it.") % {"limit": limit}]
    return wrong


def _slug(title: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", slugify(title))[:50].strip("-") or "template"
    taken = set(TeamTemplate.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _sentence(tree: dict[str, Any]) -> tuple[str, ...]:
    """How the recipe reads: what starts it, then each step that isn't inside another."""
    steps = [tree["trigger"], *(row.step for row in trees.steps(tree) if not row.parents and not row.step["skip"])]
    told = [" ".join(summary.sentence(step, inputs.known)) for step in steps]
    return tuple(line[:300] for line in told[:LINES])


def _locked(row: TeamTemplate) -> TeamTemplate:
    found = TeamTemplate.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise NotFound(_("This template was deleted meanwhile. Go back to the gallery."))
    return found
