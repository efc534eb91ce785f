"""What pages say about a connection: who it is, how events arrive and why so, what it may spend, who needs it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.http import Http404
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import connections, permissions, rotation
from builder.actions.actor import Actor
from builder.models import Connection, Recipe, RecipeState, Run, RunStatus, Subscription
from builder.recipe import tree as trees
from connectors import catalogue
from connectors.spec import Account, Connector, Method

POLL = Subscription._meta.get_field("poll_seconds").get_default()


@dataclass
class Facts:
    """A connection with all a page tells of it; asks the database nothing more."""

    connection: Connection
    home: Connector
    method: Method
    ways: list[str]
    recipes: list[Recipe] = field(default_factory=list)
    spending: connections.Spending | None = None
    """Only where one connection is shown."""
    heard: bool = True
    """False: a person has to enter our address at the service, and nothing has come there yet."""

    @property
    def watching(self) -> list[Subscription]:
        return [row for row in self.connection.subscriptions.all() if row.active]

    @property
    def live(self) -> list[Recipe]:
        return [recipe for recipe in self.recipes if recipe.state == RecipeState.LIVE]

    @property
    def who(self) -> str:
        """`Lumen Studio, 1,204 contacts, version 5.12`"""
        identity = self.connection.identity
        version = identity.get("version") and _("version %(version)s") % {"version": identity["version"]}
        return ", ".join(part for part in (identity.get("name"), identity.get("detail"), version) if part)

    @cached_property
    def standing(self) -> permissions.Standing:
        return permissions.standing(self.connection, self.recipes)

    @property
    def missing(self) -> list[str]:
        return [need.permission for need in self.standing.missing]

    @property
    def all_granted(self) -> str:
        needs = len(self.standing.needs)
        return ngettext("%(n)d needed, granted", "%(n)d needed, all granted", needs) % {"n": needs}

    @property
    def renewable(self) -> bool:
        return rotation.renewable(self.method)

    @property
    def due(self) -> bool:
        """A new secret is to be thought of."""
        return rotation.is_due(self.connection, self.method)

    @property
    def due_words(self) -> str:
        left = rotation.days_left(self.connection, self.method) or 0
        if left >= 0:
            said = ngettext("New token due in %(n)d day", "New token due in %(n)d days", left)
            return said % {"n": left} if left else _("New token due today")
        return ngettext("New token overdue for %(n)d day", "New token overdue for %(n)d days", -left) % {"n": -left}

    @property
    def validity(self) -> str:
        """`In use for 41 days. HighLevel advises a new one every 90 days: 49 are left.`"""
        if not self.renewable:
            return self._renews()
        days = rotation.age(self.connection)
        used = ngettext("In use for %(n)d day.", "In use for %(n)d days.", days) % {"n": days} if days else ""
        used = used or _("In use since today.")
        if not (advised := self.method.renew_days):
            return " ".join((used, _("It does not expire by itself.")))
        left = advised - days
        told = {"name": self.home.label, "n": advised}
        if left < 0:
            late = ngettext("%(n)d day ago", "%(n)d days ago", -left) % {"n": -left}
            words = _("%(name)s advises a new one every %(n)d days: it was due %(late)s.") % {**told, "late": late}
        else:
            words = ngettext(
                "%(name)s advises a new one every %(n)d days: %(left)d is left.",
                "%(name)s advises a new one every %(n)d days: %(left)d are left.",
                left,
            ) % {**told, "left": left}
        return f"{used} {words}"

    def _renews(self) -> str:
        """The token that is changed for a new one by itself."""
        try:
            ends = datetime.fromisoformat(str(self.connection.settings.get("expires_at", "")))
        except ValueError:
            return _("Renews itself.")
        return _("Renews itself. The one in use is good until %(day)s, %(time)s.") % {
            "day": formats.date_format(timezone.localtime(ends), "j M Y"),
            "time": formats.date_format(timezone.localtime(ends), "H:i"),
        }

    @property
    def missing_words(self) -> str:
        return ngettext("%(n)d permission missing", "%(n)d permissions missing", len(self.missing)) % {
            "n": len(self.missing)
        }

    @property
    def by_webhook(self) -> bool:
        return "webhook" in self.ways

    @property
    def arrival(self) -> str:
        """How events come in, in one sentence with its reason."""
        often = interval(min((row.poll_seconds for row in self.watching), default=POLL))
        if self.by_webhook and not self.heard:
            told = {"often": often, "service": self.home.label}
            return (
                _("No webhook has come yet: tell the app our address, in %(service)s.") % told
                + " "
                + (_("Until then Recette asks %(often)s.") % told)
            )
        if self.by_webhook:
            return _("They arrive at once, by webhook; Recette also asks now and then for what was missed.")
        if self.method.webhooks:
            sentence = _(
                "This server has no public address (PUBLIC_URL), so no webhook arrives: Recette asks %(often)s."
            )
            return sentence % {"often": often}
        sentence = _("A %(method)s gets no webhooks, so Recette asks %(often)s.")
        return sentence % {"method": self.method.label.lower(), "often": often}

    @property
    def last_event(self) -> datetime | None:
        return max((row.last_event_at for row in self.watching if row.last_event_at), default=None)

    @property
    def last_asked(self) -> datetime | None:
        return max((row.polled_at for row in self.watching if row.polled_at), default=None)

    @property
    def troubles(self) -> list[str]:
        return [row.trouble for row in self.watching if row.trouble]

    @property
    def refused(self) -> int:
        return sum(hook.refused for hook in self.connection.hooks.all())

    @property
    def refused_words(self) -> str:
        return ngettext("%(n)d delivery refused", "%(n)d deliveries refused", self.refused) % {"n": self.refused}

    @property
    def refused_at(self) -> datetime | None:
        return max((hook.refused_at for hook in self.connection.hooks.all() if hook.refused_at), default=None)

    @property
    def by_hand(self) -> bool:
        return self.home.called_by_hand(self.method)

    @property
    def budget(self) -> str:
        """`100 requests in 10 s, 200,000 a day`"""
        place = Account(str(self.connection.settings.get("base_url", "")), {})
        allowed = self.home.budget_of(place) if self.home.budget_of else self.home.budget
        said = _("%(n)s requests in %(s)d s") % {"n": f"{allowed.requests:,}", "s": allowed.seconds}
        if allowed.daily:
            said += _(", %(n)s a day") % {"n": f"{allowed.daily:,}"}
        return said

    @property
    def budget_varies(self) -> bool:
        """From account to account of this service."""
        return self.home.budget_of is not None

    @property
    def spent(self) -> str:
        """`1,840 calls since midnight UTC, at most 97 of 100 in 10 s`"""
        spending = self.spending
        if spending is None or not spending.used_today:
            return ""
        number = spending.used_today
        said = ngettext("%(n)s call since midnight UTC", "%(n)s calls since midnight UTC", number) % {
            "n": f"{number:,}"
        }
        most = _(", at most %(peak)s of %(allowed)s in %(seconds)g s")
        return said + most % {
            "peak": f"{spending.peak_today:,}",
            "allowed": f"{spending.allowed:,}",
            "seconds": spending.seconds,
        }

    @property
    def left(self) -> int | None:
        return self.connection.budget.get("daily_remaining")


def all_of(by: Actor, only: str = "") -> list[Facts]:
    """Every connection of the workspace (or the one with that public id), in five queries."""
    rows = Connection.objects.filter(deleted_at=None).select_related("created_by").order_by("connector", "name", "pk")
    rows = rows.prefetch_related("subscriptions", "hooks")
    return _told(by, rows.filter(public_id=only) if only else rows)


def _told(by: Actor, rows: Iterable[Connection]) -> list[Facts]:
    users, unheard = usage(), connections.unheard(by)
    found = [facts for row in rows if (facts := _facts(by, row, users.get(row.public_id, [])))]
    for facts in found:
        facts.heard = facts.connection.pk not in unheard
    return found


def _facts(by: Actor, row: Connection, recipes: list[Recipe]) -> Facts | None:
    home, method = catalogue.connector(row.connector), catalogue.method(row.connector, row.method)
    return Facts(row, home, method, connections.ways(by, row), recipes) if home and method else None


def usage() -> dict[str, list[Recipe]]:
    """Recipes by the public id of each connection that their draft or live version names."""
    found: dict[str, list[Recipe]] = defaultdict(list)
    for recipe in Recipe.objects.filter(deleted_at=None).select_related("live").order_by("name"):
        for public_id in _named(recipe):
            found[public_id].append(recipe)
    return found


def _named(recipe: Recipe) -> set[str]:
    both = [recipe.draft, *([recipe.live.tree] if recipe.live else [])]
    named = {tree["trigger"].get("connection", "") for tree in both}
    named |= {row.step.get("connection", "") for tree in both for row in trees.steps(tree)}
    return named - {""}


def interval(seconds: int) -> str:
    if seconds < 120:
        return ngettext("every second", "every %(n)d seconds", seconds) % {"n": seconds}
    return ngettext("every minute", "every %(n)d minutes", seconds // 60) % {"n": seconds // 60}


def one(by: Actor, public_id: str) -> Facts:
    found = all_of(by, public_id)
    if not found:
        raise Http404
    found[0].spending = connections.spending(by, found[0].connection)
    return found[0]


def on_hold() -> int:
    return Run.objects.filter(status=RunStatus.HELD).count()


def went_on(before: int) -> str:
    """How many runs went on since `before` were on hold; empty for none."""
    count = before - on_hold()
    if count <= 0:
        return ""
    return ngettext("%(n)d run that was on hold goes on.", "%(n)d runs that were on hold go on.", count) % {"n": count}
