"""What the panel says about one step of a run: what happened and the way out, the data, the exchange."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder.actions import inputs, runs
from builder.models import Approval, Exchange, Run, RunStatus, StepRun, StepStatus
from builder.templatetags import look
from builder.web import run_record, run_steps, run_values
from builder.web.editor import own
from builder.web.run_flow import TRIGGER, Card

TABS = {"what": lazy("What happened"), "in": lazy("Data in"), "out": lazy("Data out"), "http": lazy("Exchange")}
PURPOSES = {
    "look": lazy("Looked whether it was done already"),
    "read": lazy("Read the record again"),
}
HEADS = {
    "guard": lazy("A guard of the recipe stopped it here"),
    "signed_out": lazy("%(app)s signed Recette out"),
    "forbidden": lazy("This connection may not do that"),
    "refused": lazy("%(app)s didn’t accept it"),
    "duplicate": lazy("It exists in %(app)s already"),
    "not_found": lazy("The record isn’t in %(app)s"),
    "rate_limited": lazy("%(app)s asked to slow down"),
    "unavailable": lazy("%(app)s didn’t answer"),
    "misconfigured": lazy("The connection’s address is wrong"),
    "blocked": lazy("Recette doesn’t call this address"),
    "inputs": lazy("A value is missing or doesn’t fit"),
    "too_large": lazy("The answer is too large to keep"),
    "unknown": lazy("Nobody knows whether it was done"),
}
WAYS = {
    "signed_out": lazy("Sign the connection in again. Runs that wait for it then go on by themselves."),
    "forbidden": lazy("Give the connection the permission it lacks, then retry."),
    "misconfigured": lazy("Correct the address of the connection, then retry."),
    "blocked": lazy("Use a public address, or ask whoever looks after this server to allow private ones."),
    "unavailable": lazy("Retry once the service answers again. Nothing was changed there."),
    "rate_limited": lazy("Retry in a while. Nothing was changed there."),
    "not_found": lazy("Put the record back or correct the step, then retry."),
    "duplicate": lazy("Look at the record that is there. Change the step if it should use that one."),
    "refused": lazy("Correct the value in the service, below for this run, or in the recipe."),
    "inputs": lazy("Give the value below, where it can be given, or correct the step: a retry alone changes nothing."),
}
ABOUT_CONNECTION = ("signed_out", "forbidden", "misconfigured", "blocked")


@dataclass
class Try:
    number: int
    row: StepRun
    exchanges: "list[Shown]" = field(default_factory=list)


@dataclass
class Shown:
    """An exchange, ready to be read."""

    exchange: Exchange
    marked: str = ""

    @property
    def purpose(self) -> str:
        return str(PURPOSES.get(self.exchange.purpose, ""))

    @property
    def verb(self) -> str:
        return {"POST": "post", "PUT": "put", "PATCH": "put", "DELETE": "del"}.get(self.exchange.method, "")

    @property
    def address(self) -> str:
        return self.exchange.url.split("://", 1)[-1]

    @property
    def tone(self) -> str:
        status = self.exchange.status
        return "red" if status is None or status >= 400 else "green"

    @property
    def request(self) -> SafeString:
        head = run_values.header_lines(self.exchange.request_headers or {})
        return _joined(head, run_values.coloured(self.exchange.request_body, self.marked))

    @property
    def answer(self) -> SafeString:
        return run_values.coloured(self.exchange.response_body)

    @property
    def request_cut(self) -> bool:
        return run_values.is_cut(self.exchange.request_body)

    @property
    def answer_cut(self) -> bool:
        return run_values.is_cut(self.exchange.response_body)

    @property
    def answer_headers(self) -> SafeString:
        return run_values.header_lines(self.exchange.response_headers or {})


def _joined(head: SafeString, body: SafeString) -> SafeString:
    return format_html("{}\n\n{}", head, body) if head and body else head or body


@dataclass
class Panel:
    run: Run
    card: Card
    step: dict[str, Any]
    rows: list[StepRun]
    """Of the round that is looked at, the oldest first."""
    rounds: list[str]
    round: str
    exchanges: list[Exchange]
    tab: str = "what"
    number: str = ""
    """Of the try that is looked at, as the address says."""
    pruned: str = ""
    """Why there are no exchanges, where there were some once."""

    @property
    def round_choices(self) -> list[tuple[str, str]]:
        """Each item the step was done for, counted from 1."""
        return [(name, ".".join(str(int(part) + 1) for part in name.split("."))) for name in self.rounds if name]

    @property
    def row(self) -> StepRun | None:
        return self.rows[-1] if self.rows else None

    @property
    def tabs(self) -> list[tuple[str, Any]]:
        shown = {"what": True, "in": self.data_in, "out": self.data_out, "http": self.exchanges}
        return [(key, word) for key, word in TABS.items() if shown[key]]

    @property
    def app(self) -> str:
        return look.app_name(self.card.app)

    @property
    def asks(self) -> bool:
        return self.here and run_steps.asks(self.run, self.row)

    @property
    def here(self) -> bool:
        """The run stands at this step."""
        return self.run.stopped_at == self.card.id

    @property
    def stopped(self) -> bool:
        return self.here and self.run.status in (RunStatus.HELD, RunStatus.FAILED)

    @property
    def code(self) -> str:
        if self.row is None:
            return "inputs" if self.stopped else ""
        own = str((self.row.error or {}).get("code", ""))
        return "unknown" if self.asks and own != "too_large" else own

    @property
    def heading(self) -> str:
        if self.asks and self.found:
            return _("Several records fit")
        word = HEADS.get(self.code)
        return str(word) % {"app": self.app} if word else _("This step didn’t go through")

    @property
    def sentence(self) -> str:
        error = (self.row.error or {}).get("message", "") if self.row else ""
        return self.run.because if self.here and self.run.because else str(error)

    @property
    def way_out(self) -> str:
        return str(WAYS.get(self.code, ""))

    @property
    def blames_connection(self) -> bool:
        return self.code in ABOUT_CONNECTION

    @property
    def fails(self) -> bool:
        """Something went wrong here, and nothing mended it."""
        return self.card.state in ("held", "failed", "unknown")

    @property
    def found(self) -> list[tuple[str, str]]:
        """Ids and names of the records that the step may have made."""
        known = runs.candidates(self.row) if self.row else {}
        return [(own_id, run_record.of(record)[1]) for own_id, record in known.items()]

    @property
    def plain(self) -> str:
        """What happened, when nothing is wrong."""
        card, row = self.card, self.row
        if card.state in ("unreached", "skipped") and row is None:
            return f"{card.summary}."
        if card.state == "waiting":
            return self.run.because or _("It waits.")
        if card.state == "started":
            return _("It is under way.")
        if card.state == "cancelled":
            return _("Somebody cancelled the run while this step was open.")
        if card.state == "filtered":
            return _("The run ended here, and that is no failure.")
        if card.state == "skipped":
            return _("It was left out, and the run went on.")
        if card.id == TRIGGER and row is None:
            return _("The event arrived and started this run.")
        return (
            {
                "only_if": _("The condition holds, so the run went on."),
                "paths": f"{card.foot}.",
            }.get(card.kind)
            or run_record.sentence(self.known, row.output if row else None)
            or _("It was done.")
        )

    @property
    def question(self) -> Approval | None:
        """What the step asks people."""
        wanted = self.card.kind == "approval" and self.row
        return Approval.objects.filter(step_run=self.row).first() if wanted else None

    @property
    def called(self) -> Run | None:
        """The run of another recipe that the step began."""
        wanted = self.card.kind == "call" and self.row
        return Run.objects.filter(parent=self.row).first() if wanted else None

    @property
    def known(self) -> Any:
        return inputs.known(self.step["operation"]) if self.step.get("operation") else None

    @property
    def note(self) -> str:
        return self.row.note if self.row else ""

    @property
    def tries(self) -> list[Try]:
        made = []
        for number, row in enumerate(self.rows, 1):
            marked = str((row.error or {}).get("field", "")).split(".")[-1]
            shown = [Shown(exchange, marked) for exchange in self.exchanges if exchange.step_run_id == row.pk]
            if shown:
                made.append(Try(number, row, shown))
        return made

    @property
    def chosen(self) -> Try | None:
        """The try that the address names, else the last one."""
        found = self.tries
        return next((one for one in found if str(one.number) == self.number), found[-1] if found else None)

    @property
    def data_in(self) -> run_values.Listing | None:
        if self.card.id == TRIGGER:
            return None
        return run_values.listing(self.row.input if self.row else None, self._labels())

    @property
    def data_out(self) -> run_values.Listing | None:
        if self.card.id == TRIGGER:
            given = self.row.output if self.row and self.row.output is not None else self.run.event.data
            return run_values.listing(given, ids=dict(own.in_data(self.known, self.run.event.connection, given)))
        return run_values.listing(self.row.output if self.row else None)

    def _labels(self) -> dict[str, str]:
        return {each.name: each.label for each in self.known.fields} if self.known else {}

    @property
    def subtitle(self) -> str:
        row = self.row
        if row is None:
            return str(look.state_word(self.card.state))
        end = row.finished_at or row.started_at
        tries = run_steps.tries(self.rows)
        word = run_steps.done_word(tries) if row.status == StepStatus.DONE else str(look.state_word(self.card.state))
        return _("%(word)s, %(time)s") % {"word": word, "time": look.clock(end)}
