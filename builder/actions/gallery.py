"""Recipe templates: looked for, looked into, and a draft made of one and of the answers to its questions."""

import functools
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from builder.actions import audit, portable, recipes, team_templates
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid, NotFound
from builder.actions.template_file import SLOT, Question, Template, read
from builder.models import Capability, Connection, Recipe, TemplateUse
from builder.recipe import coerce
from builder.recipe import tree as trees
from builder.recipe.errors import CantRender
from connectors import catalogue

FOLDER = Path(settings.BASE_DIR) / "builder" / "gallery"
LONGEST = 2000
ROWS = 200
"""Lines of an answer that is a table."""
__all__ = ["Question", "Template", "filled", "offered", "search", "shown", "start", "template", "templates"]


def templates() -> list[Template]:
    """Those that came with Recette, in the gallery's order: by title."""
    return sorted(_loaded().values(), key=lambda t: t.title)


def search(query: str) -> list[Template]:
    """Those in which every word of the query is found."""
    return found_in(templates(), query)


def search_own(query: str, retired: bool = False) -> list[Template]:
    """Of the team's own. Inside the scope."""
    return found_in(team_templates.listed(retired), query)


def found_in(some: list[Template], query: str) -> list[Template]:
    words = query.lower().split()
    return [t for t in some if all(word in _text(t) for word in words)]


def template(key: str) -> Template:
    """One that came with Recette or, inside the scope, of the team's own. Raises NotFound."""
    if team_templates.is_own(key):
        return team_templates.of(team_templates.row(key))
    if found := _loaded().get(key):
        return found
    raise NotFound(_("There is no template “%(key)s”. Look in the gallery.") % {"key": key[:60]})


@action(Capability.EDIT)
def start(by: Actor, key: str | Template, answers: Mapping[str, Any], name: str = "") -> Recipe:
    """A draft, named after the template. `answers` by question; `connection_<connector>` chooses one where there are
    several. Raises Invalid by question. A connection that isn't there yet is left open."""
    chosen = key if isinstance(key, Template) else template(key)
    if chosen.retired:
        message = _("“%(title)s” was retired. Bring it back on its page, or choose another template.")
        raise Invalid(message % {"title": chosen.title})
    wrong: dict[str, list[str]] = {}
    connections = _connections(chosen, answers, wrong)
    given = _answers(chosen, answers, wrong, by.workspace.currency)
    if wrong:
        raise Invalid(errors=wrong)
    draft = portable.connected(filled(chosen, given), connections)
    recipe = recipes.add(by, draft, name or _(chosen.title), template=chosen.key)
    use = {"key": chosen.key, "version": chosen.version, "answers": given, "tree": recipe.draft}
    TemplateUse.objects.create(workspace=by.workspace, recipe=recipe, **use)
    audit.write(by, "recipe.created", recipe, template=chosen.key)
    return recipe


def answered(chosen: Template, answers: Mapping[str, Any], currency: str) -> dict[str, str]:
    """The answers as they go into the tree. Raises Invalid by question."""
    wrong: dict[str, list[str]] = {}
    given = _answers(chosen, answers, wrong, currency)
    if wrong:
        raise Invalid(errors=wrong)
    return given


def filled(chosen: Template, given: Mapping[str, str]) -> dict[str, Any]:
    """The tree with the answers in their places."""
    tables = {q.key: _rows(given[q.key]) for q in chosen.questions if q.type == "table" and given.get(q.key)}
    return trees.parse(_fill(dict(chosen.tree), {**given, **tables}))


def shown(chosen: Template) -> dict[str, Any]:
    """The tree with defaults and examples as answers, for people to read."""
    plain = {q.key: "… = …" if q.type == "table" else f"“{q.label}”" for q in chosen.questions}
    named = {q.key: q.default or q.example or plain[q.key] for q in chosen.questions}
    return filled(chosen, named)


def offered(key: str) -> dict[str, list[Connection]]:
    """The workspace's connections for each app of the template, to choose from. Inside the scope."""
    chosen = template(key)
    rows = Connection.objects.filter(connector__in=chosen.apps, deleted_at=None).order_by("name")
    return {app: [row for row in rows if row.connector == app] for app in chosen.apps}


@functools.cache
def _loaded() -> dict[str, Template]:
    return {t.key: t for t in map(read, sorted(FOLDER.glob("*.yaml")))}


def _connections(chosen: Template, answers: Mapping[str, Any], wrong: dict[str, list[str]]) -> dict[str, str]:
    rows = Connection.objects.filter(connector__in=chosen.apps, deleted_at=None)
    found: dict[str, str] = {}
    for app in chosen.apps:
        fitting = [public_id for connector, public_id in rows.values_list("connector", "public_id") if connector == app]
        asked = str(answers.get(f"connection_{app}") or "")
        if asked and asked not in fitting:
            wrong[f"connection_{app}"] = [_("This connection is not there any more. Choose another one.")]
        elif not asked and len(fitting) > 1:
            label = home.label if (home := catalogue.connector(app)) else app
            wrong[f"connection_{app}"] = [_("There are several connections to %(app)s. Choose one.") % {"app": label}]
        elif fitting:
            found[app] = asked or fitting[0]
    return found


def _answers(
    chosen: Template, answers: Mapping[str, Any], wrong: dict[str, list[str]], currency: str
) -> dict[str, str]:
    given: dict[str, str] = {}
    for question in chosen.questions:
        try:
            given[question.key] = _answer(question, answers, currency)
        except CantRender as problem:
            wrong[question.key] = [problem.message]
    return given


def _answer(question: Question, answers: Mapping[str, Any], currency: str) -> str:
    """As text, empty for none. One that wasn't asked has its default; one left empty is empty."""
    value = answers.get(question.key, question.default)
    text = "" if value is None else str(value).strip()
    if not text and question.required:
        raise CantRender(_("“%(label)s” is empty. Answer it.") % {"label": question.label})
    if not text:
        return ""
    if len(text) > LONGEST or "{{" in text or "{%" in text:
        raise CantRender(_("Write plain words here, at most %(n)d characters.") % {"n": LONGEST})
    if question.choices and text not in dict(question.choices):
        raise CantRender(_("Choose one of the list."))
    return _typed(question, text, currency)


def _typed(question: Question, text: str, currency: str) -> str:
    if question.type == "table":
        return "\n".join(f"{row['from']} = {row['to']}" for row in _rows(text))
    if question.type not in ("money", "integer", "boolean"):
        return text
    value = coerce.coerce(text, question.type, currency=currency)
    if isinstance(value, bool):
        return "true" if value else ""
    number = getattr(value, "amount", value)
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def _rows(text: str) -> list[dict[str, str]]:
    """Of a table's lines, what stands left and right of the sign. Raises CantRender."""
    parts = [line.rpartition("=") for line in text.splitlines() if line.strip()]
    for left, sign, right in parts:
        if not (sign and left.strip() and right.strip()):
            line = f"{left}{sign}{right}".strip()
            message = _("“%(line)s” has no two sides. Write each line like: summer sale = 0042")
            raise CantRender(message % {"line": line[:60]})
    if len(parts) > ROWS:
        raise CantRender(_("These are too many lines; there may be %(n)d.") % {"n": ROWS})
    return [{"from": left.strip(), "to": right.strip()} for left, _sign, right in parts]


def _fill(value: Any, given: Mapping[str, Any]) -> Any:
    """A place that is all of a text takes an answer as it is, such as a table's rows."""
    if isinstance(value, str):
        whole = SLOT.fullmatch(value)
        return given.get(whole[1], value) if whole else SLOT.sub(lambda slot: given.get(slot[1], slot[0]), value)
    if isinstance(value, list):
        return [_fill(one, given) for one in value if not _left_out(one, given)]
    if isinstance(value, dict):
        return {name: _fill(one, given) for name, one in value.items() if name != "when" or "kind" not in value}
    return value


def _left_out(step: Any, given: Mapping[str, Any]) -> bool:
    return isinstance(step, dict) and "kind" in step and "when" in step and not given.get(step["when"])


def _text(template: Template) -> str:
    labels = [home.label for app in template.apps if (home := catalogue.connector(app))]
    return " ".join((template.title, template.summary, *template.words, *template.apps, *labels)).lower()
