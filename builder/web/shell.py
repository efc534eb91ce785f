"""What the frame around every page shows: workspaces, navigation, what needs a hand."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from builder.actions import demo, workspaces
from builder.models import (
    Alert,
    Capability,
    Connection,
    Health,
    Membership,
    Role,
    Run,
    RunStatus,
    Theme,
    Workspace,
    access,
    folder,
)
from builder.oidc import Provider

LAYERS = ("reset", "tokens", "base", "layout", "parts", "pages")
THEMES = [
    (Theme.SYSTEM, Theme.SYSTEM.label, "device-desktop"),
    (Theme.LIGHT, Theme.LIGHT.label, "sun"),
    (Theme.DARK, Theme.DARK.label, "moon"),
]


def _kinds(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    """The name, once for each row."""
    return rows.order_by().annotate(of=Value(name)).values_list("of", flat=True)


@dataclass
class Item:
    """A line of the navigation. `tab`: it has a place at the bottom of a phone."""

    name: str
    label: Any
    icon: str
    key: str = ""
    capability: Capability = Capability.VIEW
    tab: bool = True
    rule: bool = False
    demo: bool = False
    url: str = ""
    current: bool = False
    count: int = 0
    tone: str = field(default="")


def items() -> list[Item]:
    return [
        Item("recipes", _("Recipes"), "book-2", "r"),
        Item("runs", _("Runs"), "history", "u"),
        Item("connections", _("Connections"), "plug-connected", "c"),
        Item("templates", _("Templates"), "layout-grid", "t"),
        Item("alerts", _("Alerts"), "bell", "a", tab=False, rule=True),
        Item("team", _("Team"), "users", "m", Capability.MEMBERS, tab=False),
        Item("sandboxes", _("Sandboxes"), "flask", "s", tab=False, demo=True),
    ]


def shell(request: HttpRequest) -> dict[str, "Shell"]:
    return {"shell": Shell(request)}


class Shell:
    """Asks the database only for what a template shows."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.themes = THEMES

    @cached_property
    def memberships(self) -> list[Membership]:
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        return list(Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name", "pk"))

    @property
    def providers(self) -> tuple[Provider, ...]:
        """Accounts elsewhere that one may sign in with."""
        return settings.OIDC

    @property
    def workspaces(self) -> list[Workspace]:
        return [membership.workspace for membership in self.memberships]

    @cached_property
    def own(self) -> Workspace | None:
        """The way out of the demo."""
        return next((workspace for workspace in self.workspaces if not workspace.demo), None)

    @cached_property
    def demo(self) -> Workspace | None:
        return next((workspace for workspace in self.workspaces if workspace.demo), None)

    @cached_property
    def may_found(self) -> bool:
        return workspaces.sign_up_open()

    @property
    def may_look_around(self) -> bool:
        """Whether the demo is offered: to an owner who isn't in it, where there can be one."""
        return self.may[Capability.OWN] and self.demo is None and demo.allowed()

    @cached_property
    def membership(self) -> Membership | None:
        """That of the page's workspace; on a page outside all of them, none."""
        return getattr(self.request, "membership", None)

    @property
    def workspace(self) -> Workspace | None:
        return self.membership.workspace if self.membership else None

    @property
    def workspace_initials(self) -> str:
        return "".join(word[0] for word in self.workspace.name.split()[:2]).upper() if self.workspace else ""

    @property
    def role_word(self) -> str:
        return str(Role(self.membership.role).label) if self.membership else ""

    @cached_property
    def may(self) -> dict[str, bool]:
        """`{% if shell.may.edit %}`: what this person may do here."""
        actor = getattr(self.request, "actor", None)
        who = actor if actor and actor.limit is not None else self.membership
        return {str(each): bool(who and who.may(each)) for each in Capability}

    @cached_property
    def nav(self) -> list[Item]:
        return [item for item in items() if self.membership and self._shown(item)]

    def _shown(self, item: Item) -> bool:
        if not self.may[item.capability] or (item.demo and not self.workspace.demo):
            return False
        try:
            item.url = reverse(f"web:{item.name}", args=[self.workspace.slug])
        except NoReverseMatch:
            return False
        item.current = self.request.path.startswith(item.url)
        item.count, item.tone = self.hands.get(item.name, (0, ""))
        return True

    @property
    def tabs(self) -> list[Item]:
        return [item for item in self.nav if item.tab]

    @property
    def rest(self) -> list[Item]:
        return [item for item in self.nav if not item.tab]

    @cached_property
    def hands(self) -> dict[str, tuple[int, str]]:
        """How many runs and connections wait for a person, and what there is to know of. Asked with every page, so the
        two small tables together. A page that says what went wrong is made outside the room's door, so that what this
        person sees is asked for here, too."""
        sight = access.current() or folder.sight_of(self.membership)
        with scope(workspace=self.workspace), access.looking(sight):
            held = Run.objects.filter(status=RunStatus.HELD).count()
            broken = Connection.objects.filter(deleted_at=None, health__in=(Health.SIGNED_OUT, Health.TROUBLE))
            lasting = Alert.objects.filter(open_key__isnull=False)
            found = Counter(_kinds(broken, "connections").union(_kinds(lasting, "alerts"), all=True))
        return {"runs": (held, "bad"), **{name: (found[name], "warn") for name in ("connections", "alerts")}}

    @property
    def find_url(self) -> str:
        try:
            return reverse("web:find", args=[self.workspace.slug]) if self.workspace else ""
        except NoReverseMatch:
            return ""

    @property
    def theme(self) -> str:
        """ "light" or "dark" when the person chose one; else the device decides."""
        chosen = getattr(getattr(self.request, "user", None), "theme", "")
        return chosen if chosen in (Theme.LIGHT, Theme.DARK) else ""

    @property
    def single_keys(self) -> bool:
        return getattr(getattr(self.request, "user", None), "single_keys", True)

    @property
    def host(self) -> str:
        return self.request.get_host()

    @property
    def version(self) -> str:
        return release()

    @property
    def sheets(self) -> tuple[str, ...]:
        return style_sheets()


@cache
def release() -> str:
    try:
        return version("recette")
    except PackageNotFoundError:
        pyproject = (Path(settings.BASE_DIR) / "pyproject.toml").read_text()
        return pyproject.split('version = "', 1)[1].split('"', 1)[0]


@cache
def style_sheets() -> tuple[str, ...]:
    """Every sheet under static/css, in the order of the layers."""
    root = Path(settings.BASE_DIR) / "static"
    sheets = sorted((root / "css").rglob("*.css"), key=lambda sheet: _rank(sheet.relative_to(root / "css")))
    return tuple(str(sheet.relative_to(root)) for sheet in sheets)


def _rank(sheet: Path) -> tuple[int, str]:
    layer = sheet.parts[0].removesuffix(".css")
    return LAYERS.index(layer), str(sheet)
