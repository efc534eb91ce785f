from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from builder.actions import previewing, testing
from builder.actions.actor import Actor
from builder.api import limits
from builder.api.doors import Room, door
from builder.api.recipes import one
from builder.api.shape import AT, Listed, Plain, Shape, maybe_moment, text
from builder.models import Capability as C
from builder.models import Preview, StepTest
from connectors.spec import Sighting

WON = {"id": "opp_1", "name": "Autumn campaign", "status": "won", "value": 1210}


class RecordShape(Shape):
    example = {"object": "opportunity", "record_id": "opp_1", "data": WON}

    object = text()
    record_id = text()
    data = Plain(help_text="What the trigger would give to the recipe.")


class SampleChoice(Shape):
    example = {"index": 0}

    index = serializers.IntegerField(min_value=0, required=False, help_text="Which of the newest records, from 0.")
    data = serializers.DictField(required=False, help_text="Or a record of your own making.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(given) != 1:
            raise serializers.ValidationError("Send either “index” or “data”.")
        return given


class TrialAsked(Shape):
    example = {"real": False}

    real = serializers.BooleanField(
        default=False, help_text="True: carries the step out, at the service. False: only reads its values."
    )


class TrialShape(Shape):
    example = {
        "step": "s8f2ca",
        "operation": "invoice_ninja.clients.find_or_create",
        "passed": True,
        "input": {"name": "Ada Nowak"},
        "output": {"client": {"id": "Vol1"}, "found": "email"},
        "error": None,
        "exchanges": [],
        "took_ms": 84,
        "at": AT,
    }

    step = text(source="step_id")
    operation = text()
    passed = serializers.BooleanField()
    input = Plain()
    output = Plain(allow_null=True)
    error = Plain(allow_null=True, help_text="code, message and field of what went wrong.")
    exchanges = serializers.ListField(child=Plain(), help_text="Requests and answers, redacted.")
    took_ms = serializers.IntegerField()
    at = maybe_moment()


class PreviewShape(Shape):
    example = {
        "status": "done",
        "because": "",
        "stopped_at": "",
        "sample": "Autumn campaign",
        "steps": [],
        "took_ms": 412,
        "at": AT,
    }

    status = text(help="As a run's would be; empty where the preview was cut.")
    because = text()
    stopped_at = text(help="The step at which it would end before its end.")
    sample = text(help="What the record is known by; empty: the catalogue's sample.")
    steps = serializers.ListField(
        child=Plain(),
        source="taken",
        help_text="Each step with its input, note and error, and its calls: what was `sent` only read; what was not "
        "has the `changes` of the live record.",
    )
    took_ms = serializers.IntegerField()
    at = maybe_moment()


class Trials(Room):
    @door(C.EDIT, "Preview the draft", gives=PreviewShape, cost=limits.DEAR)
    def preview(self, by: Actor, id: str) -> Preview:
        """The whole draft with the trigger's sample: reads are real, nothing is changed or sent."""
        return previewing.run(by, one(id))

    @door(C.EDIT, "List real records for the trigger", gives=RecordShape, asks=Listed, listed=True, cost=limits.DEAR)
    def records(self, by: Actor, given: Mapping[str, Any], id: str) -> Sequence[Sighting]:
        """The newest that fit the draft's trigger, as the service has them now; none where it can't look back."""
        return testing.latest(by, one(id))

    @door(C.EDIT, "Choose the trigger's sample", takes=SampleChoice, gives=TrialShape, cost=limits.DEAR)
    def sample(self, by: Actor, given: Mapping[str, Any], id: str) -> StepTest:
        """What later steps are tested with."""
        if "data" in given:
            return testing.keep_sample(by, one(id), given["data"])
        return testing.sample_trigger(by, one(id), given["index"])

    @door(C.EDIT, "Test a step", takes=TrialAsked, gives=TrialShape, cost=limits.DEAR)
    def test(self, by: Actor, given: Mapping[str, Any], id: str, step: str) -> StepTest:
        """With what earlier tests gave. What goes wrong stands in `error`; the answer is 200 all the same."""
        return testing.test_step(by, one(id), step, given["real"])
