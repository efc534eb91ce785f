"""A team's own templates, looked up. In addresses and in recipes each is `own-` and its public id."""

from builder.actions import template_file
from builder.actions.errors import not_found
from builder.actions.template_file import Template
from builder.models import TeamTemplate

PREFIX = "own-"


def is_own(key: str) -> bool:
    return key.startswith(PREFIX)


def key_of(row: TeamTemplate) -> str:
    return f"{PREFIX}{row.public_id}"


def of(row: TeamTemplate) -> Template:
    """As the gallery shows it."""
    raw = {**row.data, "key": key_of(row), "number": row.number, "retired": row.retired_at is not None}
    return template_file.of(raw)


def row(key: str) -> TeamTemplate:
    """Inside the scope. Raises NotFound."""
    rows = TeamTemplate.objects.select_related("created_by", "recipe")
    found = rows.filter(public_id=key.removeprefix(PREFIX)).first() if is_own(key) else None
    if found is None:
        raise not_found()
    return found


def listed(retired: bool = False) -> list[Template]:
    """By title. Those that are retired only where they are wanted, and then last."""
    rows = TeamTemplate.objects.all() if retired else TeamTemplate.objects.filter(retired_at=None)
    return sorted(map(of, rows), key=lambda t: (t.retired, t.title.lower()))
