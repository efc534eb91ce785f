"""Rows fetched by a condition in SQL: what is asked at each claim goes by an index, whatever a batch consists of."""

import pytest
from django.db import connection

from builder.models import (
    Connection,
    Event,
    Exchange,
    Recipe,
    Run,
    StepRun,
    Subscription,
    Version,
    Workspace,
)
from builder.runner import rows
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


def values_of(row):
    values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
    return [(type(value), bytes(value) if isinstance(value, memoryview) else value) for value in values]


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
    ids = [make.make_version().pk for _ in range(3)]
    known = rows.Known(Version, keep=60, most=2)
    known.get(ids[:2])

    assert set(known.get(ids[1:])) == set(ids[1:])
    with django_assert_num_queries(1):
        assert set(known.get(ids[:1])) == set(ids[:1])


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
