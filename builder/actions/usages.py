"""Who and what used how much: recipes, members and connections, each with its sums over some days; and what is kept."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db.models import Count, Sum

from builder.actions import overview
from builder.actions.actor import Actor
from builder.actions.overview import Sums, Used
from builder.models import Capability, Connection, Event, Exchange, HourCalls, Recipe, Run, User

MOST = 100
"""Rows of one table."""


@dataclass(frozen=True, slots=True)
class OfMember:
    user: User | None
    """Whom recipes belong to; None: to somebody who is gone."""
    recipes: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class OfConnection:
    connection: Connection
    calls: int
    recipes: int
    """That asked over it."""


@dataclass(frozen=True, slots=True)
class Stored:
    runs: int
    events: int
    exchanges: int
    oldest: datetime | None
    """When the oldest run came."""
    bytes: int | None
    """Of the whole installation's database; None where it doesn't tell."""


def recipes(by: Actor, number: int, most: int = MOST) -> tuple[list[Used], int]:
    """Those that ran most in the last `number` days, and how many ran at all."""
    by.require(Capability.MEMBERS)
    counted = _living(by, number)
    chosen = sorted(counted, key=lambda pk: (-counted[pk].runs, -counted[pk].calls, pk))[:most]
    rows = Recipe.objects.select_related("created_by", "folder").defer("draft").in_bulk(chosen)
    return [Used(rows[pk], counted[pk]) for pk in chosen if pk in rows], len(counted)


def members(by: Actor, number: int) -> list[OfMember]:
    """By whose recipes ran; who has most runs first."""
    by.require(Capability.MEMBERS)
    counted = _living(by, number)
    owner = dict(Recipe.objects.filter(deleted_at=None).values_list("pk", "created_by"))
    sums: dict[int | None, Sums] = defaultdict(Sums)
    having = Counter(owner.values())
    for pk, theirs in counted.items():
        sums[owner.get(pk)].add(theirs)
    users = User.objects.in_bulk([pk for pk in having if pk])
    found = [OfMember(users.get(pk or 0), having[pk], sums[pk]) for pk in having]
    return sorted(found, key=lambda one: (-one.sums.runs, -one.recipes, str(one.user or "")))


def connections(by: Actor, number: int) -> list[OfConnection]:
    """The busiest first; those nobody asked, too."""
    by.require(Capability.MEMBERS)

    def ask() -> list[tuple[int, int, int]]:
        rows = HourCalls.objects.filter(hour__gte=overview.since(number)).order_by().values_list("connection")
        return list(rows.annotate(calls=Sum("calls"), recipes=Count("recipe", distinct=True)))

    counted = {pk: (calls, recipes) for pk, calls, recipes in overview.remembered(by, f"connections:{number}", ask)}
    rows = Connection.objects.filter(deleted_at=None).order_by("name", "pk")
    found = [OfConnection(row, *counted.get(row.pk, (0, 0))) for row in rows]
    return sorted(found, key=lambda one: -one.calls)


def stored(by: Actor) -> Stored:
    by.require(Capability.MEMBERS)

    def ask() -> Stored:
        oldest = Run.objects.order_by("pk").values_list("created_at", flat=True).first()
        return Stored(Run.objects.count(), Event.objects.count(), Exchange.objects.count(), oldest, _bytes())

    return overview.remembered(by, "stored", ask)


def _living(by: Actor, number: int) -> dict[int, Sums]:
    """Of those that weren't deleted."""
    known = set(Recipe.objects.filter(deleted_at=None).values_list("pk", flat=True))
    return {pk: sums for pk, sums in overview.by_recipe(by, number).items() if pk in known}


def _bytes() -> int | None:
    asked = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    with database.cursor() as cursor:
        cursor.execute(asked[database.vendor])
        row = cursor.fetchone()
    return int(row[0]) if row else None
