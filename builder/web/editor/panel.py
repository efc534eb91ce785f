"""The panel beside the flow: one step, in tabs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from builder.actions import connections, permissions, publishing
from builder.models import Connection, Health, Hook, Workspace
from builder.recipe import wrong
from builder.web.editor import cards, fields, forks, rules, trials
from builder.web.editor.desk import TRIGGER, Desk, desk_for
from builder.web.room import room
from connectors import catalogue
from connectors.spec import Operation, Retry
from connectors.tools import hook, http

TABS = {
    "app": lazy("App & account"), "conditions": lazy("Conditions"), "paths": lazy("Paths"), "fields": lazy("Fields"),
    "options": lazy("Options"), "test": lazy("Test"),
}  # fmt: skip
OPTIONAL = ("action", "wait", "approval", "remember", "call")
"""Kinds that a run may do without."""
RETRY = (
    ("day", lazy("Try again for a day"), lazy("First within minutes, then more and more rarely.")),
    ("hour", lazy("Try again for an hour"), ""),
    ("quick", lazy("Try five times"), lazy("Within a minute or two.")),
    ("never", lazy("Don’t try again"), lazy("What is chosen below happens at once.")),
)
TO_FILL = ("fields", "conditions", "paths")
ON_ERROR = (
    ("hold", lazy("Hold the run"), lazy("It waits here with its data until somebody has mended the cause.")),
    ("go_on", lazy("Go on without it"), lazy("Later steps run. They have from it whether it went wrong, and why.")),
    ("stop", lazy("Stop the run"), lazy("It ends as failed.")),
)
TIMEOUT = (
    ("30", lazy("30 seconds"), ""),
    ("10", lazy("10 seconds"), ""),
    ("60", lazy("1 minute"), ""),
    ("120", lazy("2 minutes"), lazy("For a service that is slow at this, such as one that makes a PDF.")),
)
ON_UNKNOWN = (
    ("ask", lazy("Ask a person"), lazy("Nothing is done twice.")),
    ("skip", lazy("Take it as done"), lazy("It is never sent again.")),
    ("again", lazy("Send it again"), lazy("It may happen twice.")),
)
QUESTIONS = {
    "retry": lazy("If the service is away or fails"),
    "on_error": lazy("If it can’t be done for good"),
    "timeout": lazy("How long it waits for an answer"),
    "on_unknown": lazy("If nobody knows whether it happened"),
}
RETRIES = {
    Retry.READ: lazy("Yes, it only reads."),
    Retry.IDEMPOTENT: lazy("Yes, doing it again changes nothing."),
    Retry.KEYED: lazy("Yes, the service itself recognises a repeat."),
    Retry.RECONCILE: lazy("Yes, Recette looks first whether it was done."),
    Retry.ONCE: lazy("No. When the outcome is unknown, the run waits and asks you."),
}
LOOKED_FOR = lazy("No. Recette looks first whether it was done; where nothing shows it, the run waits and asks you.")
DOUBTFUL = lazy("Yes, Recette looks first whether it was done; where that leaves it open, the run waits and asks you.")


def retry_word(operation: Operation) -> str:
    if operation.find and operation.retry is Retry.ONCE:
        return str(LOOKED_FOR)
    return str(DOUBTFUL if operation.doubtful else RETRIES[operation.retry])


@dataclass
class Panel:
    desk: Desk
    step: dict[str, Any]
    tab: str
    aim: str = ""
    """Id of the control that takes the focus."""
    mapped: str = ""
    listed: str = ""
    """Ids of the control that is drawn as a text with pills, and of the one that is drawn as a list."""
    load: bool = False

    @property
    def id(self) -> str:
        return str(self.step["id"])

    @property
    def card(self) -> cards.Card:
        return cards.card(self.desk, self.step)

    @property
    def heading(self) -> str:
        title = self.desk.title(self.step)
        return f"{self.desk.number(self.id)} · {title}"

    @property
    def is_trigger(self) -> bool:
        return self.id == TRIGGER

    @property
    def waits(self) -> bool:
        """Whether it rests until something happens."""
        return self.step.get("kind") == "wait" and bool(self.step["mode"] == "event")

    @property
    def choosing(self) -> str:
        """How the dialog is asked for what it does."""
        if self.is_trigger:
            return "for=trigger"
        return f"for=trigger&change={self.id}" if self.waits else f"change={self.id}"

    @property
    def kind(self) -> str:
        return "trigger" if self.is_trigger else str(self.step["kind"])

    @property
    def operation(self) -> Any:
        return self.desk.operation(self.step)

    @property
    def connection(self) -> Connection | None:
        return self.desk.connections.get(self.step.get("connection", ""))

    @property
    def needs_connection(self) -> bool:
        home = catalogue.connector(self.operation.connector) if self.operation else None
        return bool(home and home.methods)

    @property
    def fitting(self) -> list[Connection]:
        return self.desk.fitting(self.operation.connector) if self.operation else []

    @property
    def app_label(self) -> str:
        return self.desk.connector_label(self.step)

    @property
    def app_key(self) -> str:
        return self.operation.connector if self.operation else ""

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """(key, word, whether nothing is left to do there)"""
        return [(key, str(TABS[key]), self._done(key)) for key in self.tab_keys]

    @property
    def tab_keys(self) -> list[str]:
        if self.kind == "only_if":
            return ["conditions", "options", "test"]
        if self.waits:
            return ["app", "fields", "options"]
        if self.kind != "action" and not self.is_trigger:
            return ["paths" if self.kind == "paths" else "fields", "options"]
        has_fields = bool(self.operation and self.operation.fields)
        keys = ["app", *(["fields"] if has_fields else []), *([] if self.is_trigger else ["options"]), "test"]
        return keys if self.operation else keys[:1]

    def _done(self, key: str) -> bool:
        problems = self.desk.problems_of(self.id)
        elsewhere = ("connection", "operation", "trigger")
        if key == "app":
            return bool(self.operation) and not any(p.field in elsewhere for p in problems)
        if key in TO_FILL:
            return not any(p.field not in elsewhere and not p.field.startswith("options.") for p in problems)
        return False

    @property
    def next_tab(self) -> tuple[str, str] | None:
        keys = [key for key in self.tab_keys if key != "options" or key == self.tab]
        after = keys[keys.index(self.tab) + 1 :]
        return (after[0], str(TABS[after[0]])) if after else None

    @property
    def next_step(self) -> dict[str, Any] | None:
        ids = [TRIGGER, *self.desk.rows]
        after = ids[ids.index(self.id) + 1 :]
        return self.desk.step(after[0]) if after else None

    @property
    def next_heading(self) -> str:
        step = self.next_step
        return f"{self.desk.number(step['id'])} · {self.desk.title(step)}" if step else ""

    @property
    def slots(self) -> list[fields.Slot]:
        return self._dressed(False)

    @property
    def more(self) -> list[fields.Slot]:
        return self._dressed(True)

    @property
    def lost(self) -> list[tuple[str, str]]:
        """(name, value as text) of what no field is there for any more."""
        known = {field.name for field in self.operation.fields} if self.operation else set()
        given = self.step.get("inputs", {})
        shown = ((name, value if isinstance(value, str) else trials.as_json(value)) for name, value in given.items())
        return [(name, text) for name, text in shown if name not in known and text]

    @property
    def more_open(self) -> bool:
        """Unfolded when something in there is filled in, wrong, or aimed at."""
        return any(slot.text or slot.error or slot.id == self.aim for slot in self.more)

    def _dressed(self, more: bool) -> list[fields.Slot]:
        found = fields.slots(self.desk, self.step, more=more)
        for slot in found:
            slot.mapped = slot.mapped or slot.id == self.mapped
            slot.listed = slot.id == self.listed
            if self.load and slot.live:
                slot.fetch()
        return found

    @property
    def group(self) -> rules.Group:
        return rules.group(self.desk, self.step)

    @property
    def only_if(self) -> rules.Group | None:
        """The condition of the step's own, where it may have one."""
        return rules.own_group(self.desk, self.step) if self.kind in OPTIONAL else None

    @property
    def verdict(self) -> rules.Verdict | None:
        filled = any("rules" in rule or rule["field"] for rule in self.step["conditions"]["rules"])
        return rules.judged(self.desk, self.step["conditions"]) if filled else None

    @property
    def paths(self) -> list[forks.Path]:
        return forks.of(self.desk, self.step)

    @property
    def taken(self) -> forks.Taken | None:
        return forks.taken(self.desk, self.step)

    @property
    def otherwise_word(self) -> str:
        return forks.steps_word(len(self.step["otherwise"]["steps"]))

    @property
    def hollow(self) -> str:
        """The list inside a loop in which nothing is done yet."""
        return f"{self.id}-each" if self.kind == "each" and not self.step["steps"] else ""

    @property
    def trial(self) -> "trials.Trial":
        return trials.Trial(self.desk, self.step)

    @property
    def policies(self) -> list[tuple[str, Any, Any, str]]:
        """(option, question, choices, the one that holds)"""
        options = self.step.get("options", {})
        found = [
            ("retry", QUESTIONS["retry"], RETRY, options.get("retry", "day")),
            ("on_error", QUESTIONS["on_error"], ON_ERROR, options.get("on_error", "hold")),
        ]
        if self.operation and (self.needs_connection or self.operation.key == http.REQUEST.key):
            found.append(("timeout", QUESTIONS["timeout"], TIMEOUT, options.get("timeout", "30")))
        if isinstance(self.operation, Operation) and (self.operation.retry == Retry.ONCE or self.operation.doubtful):
            found.append(("on_unknown", QUESTIONS["on_unknown"], ON_UNKNOWN, options.get("on_unknown", "ask")))
        return found if self.kind == "action" else []

    @property
    def has_error_path(self) -> bool:
        """Whether something looks already whether the step went wrong."""
        pill = f"{{{{ {self.id}.{wrong.WENT} }}}}"
        return any(pill in str(step.get("paths")) for step in self.desk.steps_of("paths"))

    @property
    def retry_word(self) -> str:
        return retry_word(self.operation) if isinstance(self.operation, Operation) else ""

    @property
    def footnote(self) -> str:
        if self.kind != "action" or self.step["options"].get("retry") == "never":
            return ""
        words = {
            "hold": lazy("Passing trouble is tried again; else the run is held"),
            "go_on": lazy("Passing trouble is tried again; else it goes on"),
            "stop": lazy("Passing trouble is tried again; else the run stops"),
        }
        return words[self.step["options"].get("on_error", "hold")]

    @property
    def ways(self) -> list[str]:
        row = self.connection
        return cards.ways(self.desk, self.step, row) if self.is_trigger and row else []

    @property
    def untold(self) -> bool:
        """Whether only a webhook tells of it, and the account is one that nobody calls us over."""
        return bool(self.is_trigger and self.connection and self.operation and not self.ways)

    @property
    def by_hook_alone(self) -> bool:
        return self.ways == ["webhook"]

    @property
    def unseen_by_hook(self) -> bool:
        """Whether the account has webhooks, but none for this."""
        row = self.connection
        known = connections.ways(self.desk.request.actor, row) if self.is_trigger and row else []
        return "webhook" in known and "webhook" not in self.ways

    @property
    def address(self) -> str:
        """Where other apps call the recipe, when it starts from its own incoming webhook; for who may edit it."""
        if not self.is_trigger or self.step.get("operation") != hook.RECEIVED.key:
            return ""
        return publishing.own_address(self.desk.request.actor, self.desk.recipe)

    @property
    def secret(self) -> str:
        """What calls of that address are checked with, where the draft wants it."""
        if not self.address or not self.step.get("inputs", {}).get("check"):
            return ""
        return publishing.secret(self.desk.request.actor, self.desk.recipe)

    @property
    def secret_header(self) -> str:
        return hook.header(self.step.get("inputs", {}))

    @property
    def refused(self) -> int:
        """Calls of that address that did not pass the check."""
        found = Hook.objects.filter(subscription__recipe=self.desk.recipe).first()
        return found.refused if found else 0

    @property
    def often(self) -> str:
        return cards.often(self.step, self.connection) if self.connection else ""

    @property
    def unhealthy(self) -> str:
        row = self.connection
        if not row or row.health in (Health.WELL, Health.UNTESTED):
            return ""
        return row.trouble or str(Health(row.health).label)

    @property
    def lacking(self) -> str:
        """A permission the operation needs and the connection was found to lack."""
        row, given = self.connection, self.step.get("inputs", {})
        return ", ".join(permissions.lacking(row, self.operation, given)) if row and self.operation else ""

    @property
    def here(self) -> str:
        """Where one comes back to who went to connect an account."""
        return f"{self.desk.page_url}?step={self.id}&tab=app"

    @property
    def step_url(self) -> str:
        return self.desk.url("recipe-step", self.id)


def panel_for(desk: Desk, step_id: str, tab: str = "", **more: Any) -> Panel:
    step = desk.step_or_404(step_id)
    panel = Panel(desk, step, tab, **more)
    if panel.tab not in panel.tab_keys:
        panel.tab = first_tab(panel)
    return panel


def first_tab(panel: Panel) -> str:
    """Where something is left to do."""
    keys = panel.tab_keys
    open_ones = [key for key, _word, done in panel.tabs if not done and key in ("app", *TO_FILL)]
    return open_ones[0] if open_ones else next((k for k in TO_FILL if k in keys), keys[0])


@require_GET
@room()
def step(request: HttpRequest, workspace: Workspace, rid: str, sid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    desk.open = sid if desk.step(sid) else ""
    if not request.htmx:
        query = request.GET.copy()
        query["step"] = sid
        return redirect(f"{desk.page_url}?{query.urlencode()}")
    if not desk.open:
        return render(request, "editor/gone.html", {"desk": desk})
    panel = asked(desk, sid)
    return render(request, "editor/panel.html", {"desk": desk, "panel": panel, "aim": panel.aim})


def asked(desk: Desk, sid: str) -> Panel:
    """The panel as the address says it."""
    query = desk.request.GET
    tab = query.get("tab") or ("" if desk.request.htmx else desk.tab)
    turned = {"mapped": query.get("map", ""), "listed": query.get("list", "")}
    return panel_for(desk, sid, tab, aim=query.get("focus", ""), load="lists" in query, **turned)


@require_GET
@room()
def slot(request: HttpRequest, workspace: Workspace, rid: str, sid: str, name: str) -> HttpResponse:
    """One control again: with its live list, as a list or as a text with pills, or with what is stored."""
    desk = desk_for(request, workspace, rid)
    found = fields.find(desk, desk.step_or_404(sid), name, fields_at(request.GET.get("at", "")))
    if found is None:
        return render(request, "editor/gone.html", {"desk": desk})
    if not request.htmx:
        extra = f"&lists=1&list={found.id}" if request.GET.get("as") == "list" else f"&map={found.id}"
        return redirect(f"{desk.page_url}?step={sid}&tab=fields{extra}")
    found.mapped, found.listed = request.GET.get("as") == "text", request.GET.get("as") == "list"
    found.wanted, found.fresh = request.GET.get("q", ""), "fresh" in request.GET
    if found.control == "select" or (found.offers and found.waiting):
        found.fetch()
    return render(request, "editor/slot.html", {"desk": desk, "slot": found, "aim": request.GET.get("focus", "")})


def fields_at(text: str) -> tuple[str | int, ...]:
    """`0.cost` → (0, "cost")."""
    return tuple(int(part) if part.isdigit() else part for part in text.split("/") if part)
