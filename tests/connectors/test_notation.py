from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors import fields as f
from connectors.errors import NotFound, Refused
from connectors.notation import Given, delete, get, look_first, outputs, post, put, reconcile, service
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk


def explain(request, response, what):
    if response.status == 404:
        raise NotFound(f"could not {what}")


SHOP = service("shop", explain, headers=lambda version: {"Version": version}, money=frozenset({"price"}))
PLACE = Given("shopId", "location_id")
SAMPLE = {"id": "1", "price": Decimal("2.50"), "tags": ["a"], "lines": [{"sku": "x", "made": "2026-11-22"}]}


def make(draft, **options):
    made = SHOP.resource("things", "/things", draft, **{"version": "7", "sample": SAMPLE, **options})
    return next(iter(made.values()))


def test_everything_follows_from_the_name():
    operation = make(get("get", "/{thingId}", "Get a thing", returns="thing"))

    assert (operation.key, operation.kind, operation.retry) == ("shop.things.get", "lookup", Retry.READ)
    (field,) = operation.fields
    assert (field.name, field.label, field.required, field.where) == ("thingId", "Thing", True, "path")
    assert operation.sample == {"thing": SAMPLE}


@pytest.mark.parametrize(
    ("draft", "retry"),
    [
        (get("a", "", "A"), Retry.READ),
        (post("a", "", "A", reads=True), Retry.READ),
        (post("a", "", "A"), Retry.ONCE),
        (put("a", "", "A"), Retry.IDEMPOTENT),
        (delete("a", "", "A"), Retry.IDEMPOTENT),
        (post("a", "", "A", retry=reconcile(by=lambda values, context: iter(()), lag=10)), Retry.RECONCILE),
        (post("a", "", "A", retry=look_first(by=lambda values, context: iter(()), lag=10)), Retry.ONCE),
    ],
)
def test_class_follows_from_the_method(draft, retry):
    assert make(draft).retry is retry


def test_request_holds_declared_and_filled_inputs_only():
    operation = make(
        post("create", "/{boxId}", "Create", PLACE, f.text("name"), f.text("note"), f.integer("size", default=3))
    )
    inputs = {"boxId": "a b/c", "name": "Lamp", "note": "", "stranger": "x"}

    _, (request,) = talk(operation.perform(inputs, make_context()), answer({"id": 1}))

    assert (request.method, request.path, request.headers) == ("POST", "/things/a%20b%2Fc", {"Version": "7"})
    assert request.json == {"name": "Lamp", "size": 3, "shopId": "loc1"}


def test_get_inputs_go_into_the_query():
    operation = make(get("search", "", "Search", f.text("q"), f.boolean("open")))

    _, (request,) = talk(operation.perform({"q": "x", "open": False}, make_context()), answer({}))

    assert (request.query, request.json) == ({"q": "x", "open": False}, None)


def test_values_are_written_by_their_type():
    operation = make(
        post(
            "create",
            "",
            "Create",
            f.money("price"),
            f.date("on"),
            f.datetime("at"),
            f.tags("tags"),
            f.text("box.size"),
            f.lines("rows", fields=(f.text("sku"), f.number("qty"))),
        )
    )
    inputs = {
        "price": "2.50",
        "on": date(2026, 11, 22),
        "at": datetime(2026, 11, 22, 9, tzinfo=UTC),
        "tags": "one",
        "box.size": 4,
        "rows": [{"sku": 7, "qty": Decimal("1.5"), "stranger": 1}],
    }

    _, (request,) = talk(operation.perform(inputs, make_context()), answer({}))

    assert request.json == {
        "price": Decimal("2.50"),
        "on": "2026-11-22",
        "at": "2026-11-22T09:00:00Z",
        "tags": ["one"],
        "box": {"size": "4"},
        "rows": [{"sku": "7", "qty": Decimal("1.5")}],
    }


@pytest.mark.parametrize("value", ["", None, "  ", ".", ".."])
def test_id_that_is_none_is_refused_before_anything_is_sent(value):
    operation = make(get("get", "/{thingId}", "Get"))

    with pytest.raises(Refused) as caught:
        talk(operation.perform({"thingId": value}, make_context()))

    assert caught.value.field == "thingId"


def test_required_input_left_empty_is_refused():
    operation = make(post("create", "", "Create", f.text("name", required=True)))

    with pytest.raises(Refused) as caught:
        talk(operation.perform({"name": ""}, make_context()))

    assert caught.value.field == "name"


def test_output_nests_under_the_objects_name():
    operation = make(get("get", "/{thingId}", "Get", returns="thing"))

    wrapped, _ = talk(operation.perform({"thingId": 1}, make_context()), answer({"thing": {"id": 1}}))
    bare, _ = talk(operation.perform({"thingId": 1}, make_context()), answer({"id": 1}))

    assert wrapped == bare == {"thing": {"id": 1}}


def test_delete_of_what_is_gone_is_done():
    operation = make(delete("delete", "/{thingId}", "Delete", returns="thing"))

    gone, _ = talk(operation.perform({"thingId": 1}, make_context()), answer(None, 404))
    done, _ = talk(operation.perform({"thingId": 1}, make_context()), answer({"ok": True}))

    assert gone == {"thing": {"deleted": True, "found": False}}
    assert done == {"thing": {"deleted": True, "found": True}}


def test_errors_say_what_was_asked_for():
    operation = make(get("get", "/{thingId}", "Get a thing"))

    with pytest.raises(NotFound) as caught:
        talk(operation.perform({"thingId": 1}, make_context()), answer(None, 404))

    assert caught.value.message == "could not get a thing"


def test_outputs_name_every_value_of_a_sample():
    found = {o.path: o.type for o in outputs({"thing": SAMPLE}, frozenset({"price"}))}

    assert found == {
        "thing.id": "text",
        "thing.price": "money",
        "thing.tags": "list",
        "thing.lines": "list",
        "thing.lines[0].sku": "text",
        "thing.lines[0].made": "date",
    }
