"""What every declaration owes to the people who read it, whatever the connector."""

import re

from connectors.catalogue import CONNECTORS
from connectors.spec import Retry

OPERATIONS = {key: op for c in CONNECTORS.values() for key, op in c.operations.items()}
TRIGGERS = {key: t for c in CONNECTORS.values() for key, t in c.triggers.items()}
BOTH = {**OPERATIONS, **TRIGGERS}


def wrong(items, is_right):
    """The keys of those that aren't: a thousand declarations are looked at in one test, and all that fail are told."""
    return [key for key, item in items.items() if not is_right(item)]


def columns(item):
    return [column for field in item.fields for column in (field, *field.fields)]


def test_keys_are_those_they_are_found_by():
    assert [key for key, item in BOTH.items() if item.key != key] == []
    assert [key for key in BOTH if not re.fullmatch(r"[a-z_]+(\.[a-z_]+){2}", key)] == []


def test_labels_are_sentences_that_leave_out_the_service():
    assert wrong(BOTH, lambda item: re.match(r"[A-Z]", item.label)) == []
    assert wrong(BOTH, lambda item: CONNECTORS[item.connector].label not in item.label) == []


def test_objects_are_named():
    assert wrong(BOTH, lambda item: item.object) == []


def test_required_inputs_are_explained():
    fields = [(key, field) for key, item in BOTH.items() for field in item.fields]

    assert [(key, f.name) for key, f in fields if f.required and not (f.help or f.choices)] == []


def test_inputs_have_labels_and_names_of_their_own():
    assert wrong(BOTH, lambda item: len({field.name for field in item.fields}) == len(item.fields)) == []
    assert wrong(BOTH, lambda item: all(field.label for field in item.fields)) == []


def test_live_lists_exist():
    def exist(item):
        return {column.source for column in columns(item) if column.source} <= CONNECTORS[item.connector].choices.keys()

    assert wrong(BOTH, exist) == []


def test_lists_hang_on_inputs_that_exist():
    def hang(item):
        names = {field.name for field in item.fields}
        return all(
            set(column.depends) <= names | {beside.name for beside in field.fields}
            for field in item.fields
            for column in (field, *field.fields)
        )

    assert wrong(BOTH, hang) == []


def test_sample_and_outputs_are_there_and_agree():
    def agree(item):
        return {output.path.split(".")[0].split("[")[0] for output in item.outputs} <= item.sample.keys()

    assert wrong(BOTH, lambda item: item.sample and item.outputs) == []
    assert wrong(BOTH, agree) == []


def test_class_and_kind_agree():
    assert wrong(OPERATIONS, lambda op: op.kind == ("lookup" if op.retry is Retry.READ else "action")) == []
    assert wrong(OPERATIONS, lambda op: bool(op.find) or op.retry is not Retry.RECONCILE) == []
    assert wrong(OPERATIONS, lambda op: op.source or op.connector == "tools") == []


def test_triggers_watch_an_object_and_can_be_tried():
    outside = {key: trigger for key, trigger in TRIGGERS.items() if trigger.connector != "tools"}

    assert wrong(outside, lambda trigger: trigger.object in CONNECTORS[trigger.connector].watched) == []
    assert wrong(outside, lambda trigger: trigger.latest or trigger.needs_webhook) == []


UNNAMED = [
    *(f"ghl.locations.{verb}_recurring_task" for verb in ("get", "create", "update", "delete")),
    "ghl.locations.delete_an_email_sms_template",
]
"""HighLevel's documents name no permission for them."""


def test_highlevel_is_covered():
    ghl = CONNECTORS["ghl"]

    assert len(ghl.operations) >= 40
    handmade = [operation for operation in ghl.operations.values() if not operation.derived]
    assert [operation.key for operation in handmade if not operation.permission] == UNNAMED
    assert ghl.watched.keys() >= {"contact", "opportunity", "appointment", "task", "message", "invoice", "order"}
