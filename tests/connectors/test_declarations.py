"""What every declaration owes to the people who read it, whatever the connector."""

import re

import pytest

from connectors.catalogue import CONNECTORS
from connectors.spec import Retry

OPERATIONS = {key: op for c in CONNECTORS.values() for key, op in c.operations.items()}
TRIGGERS = {key: t for c in CONNECTORS.values() for key, t in c.triggers.items()}
BOTH = {**OPERATIONS, **TRIGGERS}


@pytest.mark.parametrize("key", BOTH)
def test_key_label_and_object_are_named(key):
    item = BOTH[key]

    assert item.key == key
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+){2}", key)
    assert re.match(r"[A-Z]", item.label)
    assert CONNECTORS[item.connector].label not in item.label
    assert item.object


@pytest.mark.parametrize("key", BOTH)
def test_required_inputs_are_explained(key):
    unexplained = [field.name for field in BOTH[key].fields if field.required and not (field.help or field.choices)]

    assert unexplained == []


@pytest.mark.parametrize("key", BOTH)
def test_inputs_have_labels_and_names_of_their_own(key):
    fields = BOTH[key].fields

    assert len({field.name for field in fields}) == len(fields)
    assert all(field.label for field in fields)


@pytest.mark.parametrize("key", BOTH)
def test_live_lists_exist_and_hang_on_inputs_that_exist(key):
    item = BOTH[key]
    columns = [column for field in item.fields for column in (field, *field.fields)]
    sources = {column.source for column in columns if column.source}
    names = {field.name for field in item.fields}

    assert sources <= CONNECTORS[item.connector].choices.keys()
    for field in item.fields:
        beside = {column.name for column in field.fields}
        assert {name for column in (field, *field.fields) for name in column.depends} <= names | beside


@pytest.mark.parametrize("key", BOTH)
def test_sample_and_outputs_are_there_and_agree(key):
    item = BOTH[key]

    assert item.sample
    assert item.outputs
    assert {output.path.split(".")[0].split("[")[0] for output in item.outputs} <= item.sample.keys()


@pytest.mark.parametrize("key", OPERATIONS)
def test_class_and_kind_agree(key):
    operation = OPERATIONS[key]

    assert operation.kind == ("lookup" if operation.retry is Retry.READ else "action")
    assert bool(operation.find) or operation.retry is not Retry.RECONCILE
    assert operation.source or operation.connector == "tools"


@pytest.mark.parametrize("key", [k for k, t in TRIGGERS.items() if t.connector != "tools"])
def test_triggers_watch_an_object_and_can_be_tried(key):
    trigger = TRIGGERS[key]

    assert trigger.object in CONNECTORS[trigger.connector].watched
    assert trigger.latest or trigger.needs_webhook


def test_highlevel_is_covered():
    ghl = CONNECTORS["ghl"]

    assert len(ghl.operations) >= 40
    assert all(operation.permission or operation.derived for operation in ghl.operations.values())
    assert ghl.watched.keys() >= {"contact", "opportunity", "appointment", "task", "message", "invoice", "order"}
