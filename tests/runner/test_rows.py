"""Rows fetched by a condition in SQL: what is asked at each claim goes by an index, whatever a batch consists of."""

import asyncio
import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps as django_apps
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection, connections
from django.db.models import Model
from django.db.models.signals import post_init, pre_init

from builder.models import (
    Connection,
    Event,
    EventKey,
    Exchange,
    Recipe,
    RecordLink,
    Run,
    Snapshot,
    StepRun,
    StepStatus,
    Subscription,
    Version,
    Workspace,
)
from builder.models.columns import PublicId
from builder.runner import rowforms, rows
from tests import make

pytestmark = pytest.mark.django_db


def test_condition_of_no_value_holds_for_no_row():
    make.make_recipe()

    assert rows.fetch(Recipe, rows.one_of("id", [])) == []
    assert rows.fetch(Recipe, rows.any_of(id=[], live_id=set())) == []


def test_row_that_one_of_the_columns_fits_is_fetched_once():
    recipe, other = make.make_recipe(live=True), make.make_recipe(live=True)
    make.make_recipe(live=True)
    ids, lives = [recipe.pk], [recipe.live_id, other.live_id]

    found = rows.fetch(Recipe, rows.any_of(id=ids, live_id=lives), [*ids, *lives], "ORDER BY id")

    assert found == [recipe, other]
    assert found[0].draft == recipe.draft


def test_row_is_read_as_django_reads_it():
    exchange = make.make_exchange()
    step_run = exchange.step_run
    event = make.make_event(connection=make.make_connection(workspace=step_run.run.workspace))
    make.make_run(event=event, title="Ünïcode “title”", wake_at=None)
    make.make_subscription()

    for model in (Connection, Event, Exchange, Recipe, Run, StepRun, Subscription, Version, Workspace):
        usual = {row.pk: values_of(row) for row in model._default_manager.all()}
        assert {pk: values_of(row) for pk, row in rows.by_id(model, set(usual)).items()} == usual != {}
        assert all(row._state.db == "default" and not row._state.adding for row in rows.fetch(model, "id > 0"))


def test_row_without_a_large_field_fetches_it_when_it_is_asked_for(django_assert_num_queries):
    recipe = make.make_recipe()

    (found,) = rows.fetch(Recipe, "id = %s", [recipe.pk], without=("draft",))

    with django_assert_num_queries(0):
        assert (found.name, found.state, found.get_deferred_fields()) == (recipe.name, recipe.state, {"draft"})
    with django_assert_num_queries(1):
        assert found.draft == recipe.draft


def values_of(row):
    values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
    return [(type(value), bytes(value) if isinstance(value, memoryview) else value) for value in values]


def test_row_is_written_as_django_writes_it():
    exchange = make.make_exchange()
    event = make.make_event(connection=make.make_connection(workspace=exchange.step_run.run.workspace))
    make.make_run(event=event, title="Ünïcode “title”", wake_at=None)
    make.make_subscription()

    for model in (Connection, Event, Exchange, Recipe, Run, StepRun, Subscription, Version, Workspace):
        fields = tuple(model._meta.concrete_fields)
        for row in model._default_manager.all():
            usual = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            assert plain_values(rowforms.written(row, rowforms.writers(fields))) == plain_values(usual)


def test_new_row_is_as_django_makes_it():
    run = make.make_run()
    event = make.make_event(connection=make.make_connection(workspace=run.workspace))
    given = {
        Event: {"workspace_id": 7, "raw": b"=1", "name": "ContactCreate", "connection": event.connection},
        EventKey: {"workspace_id": 7, "event": event, "kind": "email", "value": "a@example.com", "value_hash": "1"},
        Exchange: {
            "workspace_id": 7,
            "connection_id": None,
            "position": 0,
            "method": "GET",
            "url": "/",
            "step_run": None,
        },
        Run: {"workspace_id": 7, "recipe": run.recipe, "version": run.version, "event": event, "wake_at": None},
        Snapshot: {"subscription": make.make_subscription(), "record_id": "1", "serial": 0},
        StepRun: {"workspace_id": 7, "run": run, "step_id": "a", "status": StepStatus.STARTED, "input": {"a": 1}},
    }

    for model, columns in given.items():
        made, usual = rows.new(model, **columns), model(**columns)
        assert values_but_for_made_ids(made) == values_but_for_made_ids(usual)
        assert made._state.adding and made._state.db is None and type(made) is model
        for field in model._meta.concrete_fields:
            assert field.attname in made.__dict__
            if field.is_relation and field.is_cached(usual):
                assert field.get_cached_value(made) is columns[field.name]
    again, before = rows.new(Event, workspace_id=7), rows.new(Event, workspace_id=7)
    assert again.headers == {} and again.headers is not before.headers
    assert again.public_id != before.public_id


def values_but_for_made_ids(row):
    ids = {field.attname for field in row._meta.concrete_fields if isinstance(field, PublicId)}
    assert all(len(getattr(row, name)) == 12 for name in ids)
    return [getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname not in ids]


def test_new_row_knows_its_fields_alone():
    with pytest.raises(TypeError, match="Run has no field titel"):
        rows.new(Run, titel="Anna")


def test_nobody_waits_to_hear_of_rows_that_are_made():
    """`rows` makes them without telling."""
    for model in django_apps.get_app_config("builder").get_models():
        assert model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__
        assert not pre_init.has_listeners(model) and not post_init.has_listeners(model)


def plain_values(values):
    """Without the wraps that drivers have for bytes."""
    bare = [getattr(value, "obj", value) for value in values]
    return [bytes(value) if isinstance(value, memoryview) else value for value in bare]


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 3, 30, 0, 7, tzinfo=ZoneInfo("Europe/Berlin"))],
)
def test_moment_of_any_zone_is_written_as_the_same_moment(at):
    run = make.make_run()
    run.wake_at = at

    rows.update(Run, ["wake_at"], [run])

    assert Run.objects.get(wake_at=at).wake_at == at


def test_row_that_bears_its_moment_gets_it():
    at = make.make_connection()
    link = RecordLink(workspace=at.workspace, connection=at, kind="client", local_key="1")

    rows.insert(RecordLink, [link])

    link.refresh_from_db()
    assert link.created_at and link.changed_at


def test_moment_that_somebody_wrote_by_hand_is_read_as_it_says():
    run = make.make_run()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE builder_run SET wake_at = '2026-03-29 03:30:00+02:00' WHERE id = %s", [run.pk])

    assert rows.by_id(Run, {run.pk})[run.pk].wake_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_event_loop_gets_no_connection():
    """Django has another one for it, which would be taken for the thread's ever after."""
    found = []

    async def ask():
        with pytest.raises(SynchronousOnlyOperation):
            rowforms.here()

    def in_a_thread():
        asyncio.run(ask())
        found.append(rowforms.here() is connections["default"])

    thread = threading.Thread(target=in_a_thread)
    thread.start()
    thread.join()

    assert found == [True]


def test_known_row_is_asked_for_once_and_after_a_while_anew(django_assert_num_queries):
    version = make.make_version()
    lasting, brief = rows.Known(Version, keep=60), rows.Known(Version, keep=0)
    assert [known.get({version.pk})[version.pk].note for known in (lasting, brief)] == ["", ""]

    Version.objects.filter(pk=version.pk).update(note="Without the person who was erased")

    with django_assert_num_queries(0):
        assert lasting.get({version.pk})[version.pk].note == ""
    with django_assert_num_queries(1):
        assert brief.get({version.pk})[version.pk].note != ""


def test_known_rows_make_room_for_others(django_assert_num_queries):
    ids = [make.make_version().pk for _ in range(7)]
    known = rows.Known(Version, keep=60, most=2)
    known.get(ids[:2])

    assert set(known.get(ids[1:3])) == set(ids[1:3])
    assert set(known.get(ids[3:])) == set(ids[3:])
    with django_assert_num_queries(1):
        assert set(known.get(ids[:1])) == set(ids[:1])


def test_known_row_that_is_asked_for_again_and_again_stays(django_assert_num_queries):
    first, *others = [make.make_version().pk for _ in range(9)]
    known = rows.Known(Version, keep=60, most=2)
    known.get([first])

    for other in others:
        known.get([other])
        with django_assert_num_queries(0):
            known.get([first])


def test_heavy_rows_leave_room_for_fewer(django_assert_num_queries):
    heavy, light, other = [make.make_version().pk for _ in range(3)]
    known = rows.Known(Version, keep=60, most=10, weigh=lambda version: 10 if version.pk == heavy else 1)
    known.get([light, other])
    known.get([heavy])

    with django_assert_num_queries(0):
        known.get([light, other])
    known.get([heavy])
    known.get([make.make_version().pk])
    known.get([heavy])
    known.get([make.make_version().pk])
    with django_assert_num_queries(1):
        known.get([light, other])


@pytest.mark.parametrize("sides", [{"connection_id": [1], "id": []}, {"connection_id": [], "id": [1]}])
def test_side_without_values_makes_nobody_look_through_the_table(sides):
    values = [value for side in sides.values() for value in side]
    with connection.cursor() as cursor:
        how = "EXPLAIN QUERY PLAN"
        if connection.vendor == "postgresql":  # which looks through a table that has so few rows, unless told not to
            cursor.execute("SET LOCAL enable_seqscan = off")
            how = "EXPLAIN"
        table = Subscription._meta.db_table
        cursor.execute(f"{how} SELECT * FROM {table} WHERE {rows.any_of(**sides)}", values)
        plan = " ".join(str(line) for line in cursor.fetchall())

    assert table in plan
    assert "SCAN" not in plan and "Seq Scan" not in plan
