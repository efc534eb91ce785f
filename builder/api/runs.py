from collections.abc import Mapping
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from rest_framework import serializers

from builder.actions import fixing, runs
from builder.actions.actor import Actor
from builder.api import limits
from builder.api.doors import Room, door, the
from builder.api.events import period
from builder.api.shape import AT, ID, Listed, Plain, Shape, given, maybe_moment, moment, one_of, text
from builder.models import Capability as C
from builder.models import EventKey, Exchange, Run, RunStatus, StepRun, StepStatus

ANSWERS = ("again", "done", "skip")


class RunRow(Shape):
    example = {
        "id": ID,
        "recipe": ID,
        "recipe_name": "Won deal to draft invoice",
        "version": 2,
        "event": ID,
        "title": "Autumn campaign",
        "status": "held",
        "because": "Invoice Ninja didn't answer. Look there whether the invoice exists, then answer here.",
        "stopped_at": "s8f2ca",
        "replay": 0,
        "created_at": AT,
        "started_at": AT,
        "finished_at": None,
        "wake_at": None,
    }

    id = text(source="public_id")
    recipe = text(source="recipe_public")
    recipe_name = text()
    version = serializers.IntegerField(source="version_number")
    event = text(source="event_public")
    title = text("What it was about: the deal's or contact's name.")
    status = one_of(RunStatus.values)
    because = text("Why it waits, is on hold, was filtered or failed.")
    stopped_at = text("Id of the step that sentence is about.")
    replay = serializers.IntegerField(help_text="0: the event's own run; more: run again by a person.")
    created_at = moment()
    started_at = maybe_moment()
    finished_at = maybe_moment()
    wake_at = maybe_moment("When it goes on by itself.")


class ExchangeShape(Shape):
    """An HTTP request and its answer, secrets redacted before they were stored."""

    purpose = text("call, look (was it done already?) or read.")
    method = text()
    url = text()
    request_headers = Plain()
    request_body = text()
    status = serializers.IntegerField(allow_null=True)
    response_headers = Plain()
    response_body = text()
    trouble = text("Why there is no answer.")
    at = moment()
    took_ms = serializers.IntegerField()


class StepShape(Shape):
    step = text(source="step_id")
    iteration = text("Item numbers of the loops around it: 3.0.")
    attempt = serializers.IntegerField()
    kind = text()
    operation = text()
    status = one_of(StepStatus.values)
    input = Plain(allow_null=True)
    output = Plain(allow_null=True)
    error = Plain(allow_null=True, help_text="code, message and field of what went wrong.")
    note = text("What a person should know of how it went.")
    started_at = moment()
    finished_at = maybe_moment()
    exchanges = ExchangeShape(many=True)


class RunShape(RunRow):
    example = {
        **RunRow.example,
        "steps": [
            {
                "step": "s8f2ca",
                "iteration": "",
                "attempt": 1,
                "kind": "action",
                "operation": "invoice_ninja.invoices.create",
                "status": "unknown",
                "input": {"client_id": "Vol1"},
                "output": None,
                "error": {"code": "unknown", "message": "Invoice Ninja didn't answer in 30 seconds.", "field": ""},
                "note": "",
                "started_at": AT,
                "finished_at": None,
                "exchanges": [],
            }
        ],
    }

    steps = StepShape(many=True, help_text="In the order they were begun.")


class RunsAsked(Listed):
    status = one_of(RunStatus.values, required=False)
    recipe = given("Id of a recipe.", 24)
    event = given("Id of an event.", 24)
    key = given("An e-mail address, phone number, name, number or id that is in its event, whole.")
    since = moment("Begun at or after this time.", required=False)
    until = moment("Begun before this time.", required=False)


class Answer(Shape):
    example = {"answer": "done", "record_id": "Wpmbk5ezJn"}

    answer = one_of(ANSWERS, "Where the outcome is unknown: do it again, it was done, or skip it.", required=False)
    record_id = given("With done: the record there, when it is known; where several were found, one of them.", 100)


class Values(Shape):
    example = {"values": {"email": "ada@example.com", "line_items": [{"notes": "Care plan", "cost": "4800.00"}]}}

    values = serializers.DictField(
        help_text="By the name of the input, for the step that stopped it: a text, a list of texts, an object, or a "
        "list of lines.",
    )
    recipe = serializers.BooleanField(
        default=False,
        help_text="Give them to the recipe's draft too, where that says the same as the version that ran: for who may "
        "edit recipes.",
    )


class FixedRun(RunShape):
    example = {
        **RunShape.example,
        "draft_changed": True,
        "draft_note": "The recipe’s draft has the value too. The live version 2 still runs the old one until the "
        "draft is published.",
    }

    draft_changed = serializers.BooleanField(help_text="Whether the recipe's draft was changed.")
    draft_note = text("What became of the draft, where it was to be changed.")


class Many(Shape):
    example = {"runs": [ID]}

    runs = serializers.ListField(
        child=serializers.CharField(max_length=24), min_length=1, max_length=runs.MOST, help_text="Ids."
    )


class ManyAnswered(Many):
    example = {"runs": [ID], "answer": "again"}

    answer = one_of(ANSWERS, required=False)


class AllThatFit(Shape):
    example = {"status": "held", "recipe": ID, "preview": True}

    status = one_of([RunStatus.HELD, RunStatus.FAILED], "Left out: both.", required=False)
    recipe = given("Id of a recipe.", 24)
    event = given("Id of an event.", 24)
    key = given("An e-mail address, phone number, name, number or id that is in its event, whole.")
    since = moment("Begun at or after this time.", required=False)
    until = moment("Begun before this time.", required=False)
    preview = serializers.BooleanField(default=False, help_text="Count only, and retry nothing.")


class AllRetried(Shape):
    example = {"runs": 12, "asking": 1}

    runs = serializers.IntegerField(help_text="Runs that go on, or would.")
    asking = serializers.IntegerField(help_text="Runs that wait for an answer of their own.")


class Refused(Shape):
    id = text()
    because = text()


class Outcome(Shape):
    example = {"done": [ID], "refused": [{"id": ID, "because": "The run is done by now."}]}

    done = serializers.ListField(child=serializers.CharField(), help_text="Ids.")
    refused = Refused(many=True)


class Runs(Room):
    @door(C.VIEW, "List runs", gives=RunRow, asks=RunsAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Run]:
        return fitting(given)

    @door(C.VIEW, "Show a run", gives=RunShape)
    def show(self, by: Actor, id: str) -> Run:
        """With its steps, what went in and out of each, and the HTTP exchanges."""
        return whole(public_id=id)

    @door(C.RUN, "Retry a run", takes=Answer, gives=RunShape, fails=("conflict",))
    def retry(self, by: Actor, given: Mapping[str, Any], id: str) -> Run:
        """Goes on from the step that failed or is on hold. 409 when it isn't waiting for anybody any more."""
        return whole(pk=runs.retry(by, one(id), given.get("answer"), given["record_id"]).pk)

    @door(C.RUN, "Fix a run", takes=Values, gives=FixedRun, fails=("conflict",))
    def fix(self, by: Actor, given: Mapping[str, Any], id: str) -> Run:
        """Other values for the step that stopped it; then it goes on from there. With `recipe` its draft gets them too;
        where that says something else by now it stays as it is, and the run goes on all the same."""
        fixed = fixing.fix(by, one(id), given["values"], draft_too=given["recipe"])
        run = whole(pk=fixed.run.pk)
        run.draft_changed = bool(fixed.draft and fixed.draft.changed)
        run.draft_note = fixed.draft.note if fixed.draft else ""
        return run

    @door(C.RUN, "Run again", gives=RunShape, status=201)
    def again(self, by: Actor, id: str) -> Run:
        """A new run of the same event, from the start, with the live version."""
        return whole(pk=runs.run_again(by, one(id)).pk)

    @door(C.RUN, "Cancel a run", gives=RunShape, fails=("conflict",))
    def cancel(self, by: Actor, id: str) -> Run:
        """Nothing more is sent; what was done stays done."""
        return whole(pk=runs.cancel(by, one(id)).pk)

    @door(C.RUN, "Retry many runs", takes=ManyAnswered, gives=Outcome, cost=limits.DEAR)
    def retry_many(self, by: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
        """Each by itself: one that refuses doesn't keep the others. Ids that aren't there are left out."""
        return told(runs.bulk_retry(by, those(given["runs"]), given.get("answer")))

    @door(C.RUN, "Retry all runs that fit", takes=AllThatFit, gives=AllRetried, cost=limits.DEAR)
    def retry_all(self, by: Actor, given: Mapping[str, Any]) -> dict[str, int]:
        """Those that failed or are on hold, and fit. Who waits for an answer of their own is left alone. First with
        `preview`."""
        keys, asking = runs.retriable(fitting(given))
        return {"runs": len(keys) if given["preview"] else runs.retry_all(by, keys), "asking": asking}

    @door(C.RUN, "Cancel many runs", takes=Many, gives=Outcome, cost=limits.DEAR)
    def cancel_many(self, by: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
        return told(runs.bulk_cancel(by, those(given["runs"])))


def shown() -> QuerySet[Run]:
    return Run.objects.annotate(
        recipe_public=F("recipe__public_id"),
        recipe_name=F("recipe__name"),
        version_number=F("version__number"),
        event_public=F("event__public_id"),
    )


def fitting(given: Mapping[str, Any]) -> QuerySet[Run]:
    rows = period(shown(), "created_at", given)
    wanted = {
        "status": given.get("status"),
        "recipe__public_id": given["recipe"],
        "event__public_id": given["event"],
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.filter(event__in=EventKey.matching(given["key"]).values("event")) if given["key"] else rows


def one(id: str) -> Run:
    return the(Run.objects.select_related("recipe", "event"), public_id=id)


def those(ids: list[str]) -> list[Run]:
    return list(Run.objects.filter(public_id__in=ids).select_related("recipe", "event").order_by("pk"))


def whole(**which: Any) -> Run:
    exchanges = Prefetch("exchanges", Exchange.objects.order_by("position"))
    steps = Prefetch("steps", StepRun.objects.order_by("pk").prefetch_related(exchanges))
    return the(shown().prefetch_related(steps), **which)


def told(outcomes: runs.Outcomes) -> dict[str, Any]:
    refused = [{"id": run.public_id, "because": because} for run, because in outcomes.refused]
    return {"done": [run.public_id for run in outcomes.done], "refused": refused}
