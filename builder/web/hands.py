"""What waits for a person: runs on hold, recipes that Recette paused or that are quiet, connections in trouble or due
for a new secret. Each leads to where it is mended."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import rotation
from builder.models import Alert, AlertKind, Connection, Health, Kept, Recipe, RecipeState, Run, RunStatus
from connectors import catalogue

MOST, MOST_CONNECTIONS = 8, 5


class Known(NamedTuple):
    """What counting and sorting need of a recipe: there may be ten thousand, of which a page shows a hundred."""

    pk: int
    public_id: str
    name: str
    state: str
    folder: str | None
    """Its public id."""
    owner: int | None
    created_at: datetime
    paused_by: str
    paused_because: str


@dataclass(frozen=True)
class Hand:
    """Something that waits for a person."""

    kind: str
    name: str
    detail: str
    count: int = 0
    recipe: str = ""
    connection: str = ""


def known(rows: QuerySet[Recipe]) -> list[Known]:
    """By name."""
    columns = ({"folder": "folder__public_id", "owner": "created_by"}.get(name, name) for name in Known._fields)
    return [Known(*row) for row in rows.order_by("name", "pk").values_list(*columns)]


def held() -> dict[int, int]:
    rows = Run.objects.filter(status=RunStatus.HELD).order_by().values_list("recipe").annotate(n=Count("pk"))
    return dict(rows)


def all_hands() -> list[Hand]:
    """Of the whole workspace."""
    counted = held()
    undecided = Kept.objects.filter(recipe__state=RecipeState.LIVE, wanted=False).values("recipe")
    quiet = Alert.objects.filter(open_key__isnull=False, kind=AlertKind.QUIET).values("recipe")
    waiting = Q(pk__in=list(counted)) | ~Q(paused_by="") | Q(pk__in=undecided) | Q(pk__in=quiet)
    return of(known(Recipe.objects.filter(waiting, deleted_at=None)), counted)


def of(recipes: list[Known], counted: dict[int, int]) -> list[Hand]:
    """`counted`: runs on hold, by recipe."""
    unknown, quiet = _alerts()
    waiting = [Hand("braked", r.name, r.paused_because, recipe=r.public_id) for r in recipes if r.paused_by]
    for r in recipes:
        if counted.get(r.pk):
            detail = _unknown(counted[r.pk]) if r.pk in unknown else ""
            waiting.append(Hand("held", r.name, detail, counted[r.pk], recipe=r.public_id))
    undecided = Kept.objects.filter(recipe__state=RecipeState.LIVE, wanted=False)
    kept = dict(undecided.values_list("recipe").annotate(n=Count("pk")))
    waiting += [Hand("kept", r.name, "", kept[r.pk], recipe=r.public_id) for r in recipes if r.pk in kept]
    waiting += [Hand("quiet", r.name, quiet[r.pk], recipe=r.public_id) for r in recipes if r.pk in quiet]
    return waiting[:MOST] + _connections()


def _unknown(runs: int) -> str:
    return ngettext(
        "Nobody knows whether its step was done: say so there.",
        "Of some of them nobody knows whether a step was done: say so there.",
        runs,
    )


def _alerts() -> tuple[set[int], dict[int, str]]:
    """Recipes of which somebody has to say whether a step was done; and those that usually run by now, with why."""
    rows = Alert.objects.filter(open_key__isnull=False, kind__in=(AlertKind.UNKNOWN, AlertKind.QUIET))
    found = [row for row in rows.values_list("kind", "recipe", "sentence") if row[1]]
    unknown = {recipe for kind, recipe, _sentence in found if kind == AlertKind.UNKNOWN}
    return unknown, {recipe: sentence for kind, recipe, sentence in found if kind == AlertKind.QUIET}


def _connections() -> list[Hand]:
    """Those that don't work, then those whose secret is old."""
    rows = list(Connection.objects.filter(deleted_at=None).order_by("name", "pk"))
    broken = [row for row in rows if row.health in (Health.SIGNED_OUT, Health.TROUBLE)]
    found = [Hand("connection", row.name, row.trouble, connection=row.public_id) for row in broken]
    for row in rows:
        way = catalogue.method(row.connector, row.method)
        if row not in broken and way and rotation.is_due(row, way):
            found.append(Hand("expiring", row.name, _due(row, way.renew_days or 0), connection=row.public_id))
    return found[:MOST_CONNECTIONS]


def _due(row: Connection, advised: int) -> str:
    left = advised - rotation.age(row)
    if left < 0:
        said = ngettext("A new secret was due %(n)d day ago.", "A new secret was due %(n)d days ago.", -left)
    else:
        said = ngettext("A new secret is due in %(n)d day.", "A new secret is due in %(n)d days.", left)
    return f"{said % {'n': abs(left)}} {_('Recipes go on while it is changed.')}"
