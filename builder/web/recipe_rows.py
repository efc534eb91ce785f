"""The rows of the recipe list, with what the last fourteen days brought, in a fixed number of queries."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from builder.actions import inputs
from builder.models import (
    Folder,
    HourCount,
    Recipe,
    RecipeState,
    Run,
    User,
    Workspace,
    access,
)
from builder.recipe import tree as trees
from builder.web import hands

DAYS = 14
WEEK = 7
STATES = (
    ("", lazy("All")), (RecipeState.LIVE, lazy("Live")), (RecipeState.PAUSED, lazy("Paused")),
    (RecipeState.DRAFT, lazy("Drafts")),
)  # fmt: skip
SORTS = (("hand", lazy("Needs a hand first")), ("name", lazy("By name")), ("newest", lazy("Newest first")))
PAGE = 50
TALL, WIDE, GAP = 24, 4, 2


@dataclass(frozen=True)
class Chosen:
    """What the address asks for."""

    q: str = ""
    state: str = ""
    folder: str = ""
    owner: int = 0
    """Primary key of a person; 0: whoever."""
    sort: str = "hand"
    page: int = 1

    @classmethod
    def of(cls, query: Any) -> "Chosen":
        page, owner = query.get("page", "1"), query.get("owner", "")[:9]
        sort = query.get("sort", "hand")
        return cls(
            q=query.get("q", "").strip()[:80],
            state=query.get("state", "") if query.get("state") in RecipeState.values else "",
            folder=query.get("folder", "")[:24],
            owner=int(owner) if owner.isdecimal() else 0,
            sort=sort if sort in dict(SORTS) else "hand",
            page=min(int(page), 1000) if page.isdecimal() and int(page) else 1,
        )

    @classmethod
    def of_url(cls, url: str) -> "Chosen":
        return cls.of(dict(parse_qsl(urlsplit(url).query)))

    def query(self, **changed: Any) -> str:
        """The address with something else chosen."""
        now = {"q": self.q, "state": self.state, "folder": self.folder, "owner": self.owner, "sort": self.sort}
        now |= {"page": 1, **changed}
        usual = {"sort": "hand", "page": 1}
        kept = {name: value for name, value in now.items() if value and usual.get(name) != value}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.state or self.folder or self.owner)

    def fits(self, recipe: hands.Known) -> bool:
        here = self.folder in ("", recipe.folder) and self.owner in (0, recipe.owner)
        return here and self.q.lower() in recipe.name.lower()


@dataclass
class Row:
    recipe: Recipe
    apps: list[str]
    """Connectors on its way, each once for each stretch."""
    starts: str
    held: int = 0
    last: Any = None
    days: list[tuple[int, int]] = field(default_factory=list)
    """(runs, of them failed or held) for each of the last fourteen days."""

    @property
    def may(self) -> dict[str, bool]:
        """What its folder lets whoever looks do, by capability."""
        sight = access.current()
        here = sight.may(self.recipe.folder_id) if sight else access.FOLDERED
        return {str(capability): capability in here for capability in access.FOLDERED}

    @property
    def state(self) -> str:
        return "held" if self.held else self.recipe.state

    @property
    def week(self) -> int:
        return sum(runs for runs, _bad in self.days[-WEEK:])

    @property
    def success(self) -> float | None:
        runs = sum(runs for runs, _bad in self.days)
        return 1 - min(sum(bad for _runs, bad in self.days), runs) / runs if runs else None

    @property
    def on(self) -> bool:
        return self.recipe.state == RecipeState.LIVE

    @property
    def bars(self) -> list[dict[str, float]]:
        """Heights of the little columns."""
        most = max([runs for runs, _bad in self.days] or [0]) or 1
        return [_bar(i, runs, bad, most) for i, (runs, bad) in enumerate(self.days)]

    @property
    def width(self) -> int:
        return DAYS * (WIDE + GAP) - GAP


def _bar(i: int, runs: int, bad: int, most: int) -> dict[str, float]:
    height = round(max(2.0, runs / most * TALL), 1) if runs else 0
    red = round(max(2.0, bad / most * TALL), 1) if bad else 0
    top = round(TALL - height, 1)
    return {"x": i * (WIDE + GAP), "y": top, "height": height, "red": min(red, height), "empty": not runs}


def listed(workspace: Workspace, chosen: Chosen) -> dict[str, Any]:
    known = hands.known(Recipe.objects.filter(deleted_at=None))
    recipes = [recipe for recipe in known if chosen.fits(recipe)]
    counts = Counter({**Counter(recipe.state for recipe in recipes), "": len(recipes)})
    shown = [recipe for recipe in recipes if chosen.state in ("", recipe.state)]
    held = hands.held()
    shown = _sorted(shown, chosen.sort, held)
    page = _whole([recipe.pk for recipe in shown[(chosen.page - 1) * PAGE : chosen.page * PAGE]])
    days = _days(page)
    rows = [_row(recipe, held, days) for recipe in page]
    folders = list(Folder.objects.order_by("name"))
    return {
        "chosen": chosen,
        "rows": rows,
        "total": len(shown),
        "any": bool(recipes) or chosen.narrowed,
        "earlier": chosen.query(page=chosen.page + 1) if len(shown) > chosen.page * PAGE else "",
        "states": [
            (value, word, counts[value] if value else len(recipes), chosen.query(state=value)) for value, word in STATES
        ],
        "folders": [(folder, chosen.query(folder=folder.public_id)) for folder in folders],
        "folder": next((folder for folder in folders if folder.public_id == chosen.folder), None),
        "no_folder": chosen.query(folder=""),
        **_owners(known, chosen),
        "sorts": [(key, word, chosen.query(sort=key)) for key, word in SORTS],
        "sort_word": dict(SORTS)[chosen.sort],
        "hands": hands.of(recipes, held),
    }


def _owners(recipes: list[hands.Known], chosen: Chosen) -> dict[str, Any]:
    """People to choose from, where there is more than one."""
    found = {recipe.owner for recipe in recipes if recipe.owner}
    if len(found) < 2 and not chosen.owner:
        return {}
    people = sorted(User.objects.filter(pk__in=found | {chosen.owner}), key=lambda person: str(person).lower())
    here = [person for person in people if person.pk in found]
    return {
        "owners": [(person, chosen.query(owner=person.pk)) for person in here],
        "owner": next((person for person in here if person.pk == chosen.owner), None),
        "any_owner": chosen.query(owner=0),
    }


def _whole(ids: list[int]) -> list[Recipe]:
    """In this order, each with when it last ran."""
    newest = Run.objects.filter(recipe=OuterRef("pk")).order_by("-pk").values("created_at")[:1]
    rows = Recipe.objects.select_related("folder", "created_by", "live", "live_connection")
    found = rows.annotate(ran_at=Subquery(newest)).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _days(recipes: list[Recipe]) -> dict[int, dict[date, tuple[int, int]]]:
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    rows = HourCount.objects.filter(recipe__in=[r.pk for r in recipes], hour__gte=since).order_by()
    grouped = (
        rows.annotate(day=TruncDate("hour"))
        .values_list("recipe", "day")
        .annotate(all=Sum("runs"), bad=Sum("failed") + Sum("held"))
    )
    found: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    for recipe, day, runs, bad in grouped:
        found[recipe][day] = (runs, bad)
    return found


def _sorted(recipes: list[hands.Known], sort: str, held: dict[int, int]) -> list[hands.Known]:
    order = [RecipeState.LIVE, RecipeState.PAUSED, RecipeState.DRAFT]
    if sort == "newest":
        return sorted(recipes, key=lambda recipe: recipe.created_at, reverse=True)
    if sort == "name":
        return recipes
    return sorted(recipes, key=lambda recipe: (not held.get(recipe.pk), order.index(RecipeState(recipe.state))))


def _row(recipe: Recipe, held: dict[int, int], days: dict[int, Any]) -> Row:
    tree = recipe.live.tree if recipe.live else recipe.draft
    today = timezone.localdate()
    counted = days.get(recipe.pk, {})
    row = Row(recipe, apps(tree), starts(tree), held.get(recipe.pk, 0), recipe.ran_at)  # type: ignore[attr-defined]
    row.days = [counted.get(today - timedelta(days=back), (0, 0)) for back in reversed(range(DAYS))]
    return row


def apps(tree: dict[str, Any]) -> list[str]:
    """`ghl, tools, invoice_ninja`: in the order of the steps, without repeats in a row, at most four."""
    keys = [tree["trigger"]["operation"], *(inputs.key_of(row.step) for row in trees.steps(tree))]
    names = [key.split(".")[0] if key else "tools" for key in keys]
    if not tree["trigger"]["operation"]:
        names = names[1:]
    return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name][:4]


def starts(tree: dict[str, Any]) -> str:
    known = inputs.known(tree["trigger"]["operation"])
    return known.label if known else ""


def numbers(workspace: Workspace) -> dict[str, int]:
    since = timezone.now() - timedelta(days=WEEK)
    rows = HourCount.objects.filter(hour__gte=since).order_by()
    found = rows.aggregate(runs=Sum("runs"), done=Sum("done"), bad=Sum("failed"), held=Sum("held"), calls=Sum("calls"))
    return {name: value or 0 for name, value in found.items()}
