"""What recipes were good for, and who used how much: the overview's chart of time and money, and the page of usage."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_scopes import scope

from builder.actions import worth
from builder.models import HourCalls, HourMoney, Role, Run
from tests import make
from tests.web.accounts_desk import at
from tests.web.people import browser_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    return make.make_workspace(zone="Europe/Berlin", currency="EUR")


@pytest.fixture
def owner(workspace):
    return browser_of(workspace)


def hour(days=0):
    return timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)


def moved(workspace, flow, currency, amount, days=0, documents=1):
    with scope(workspace=workspace):
        given = {"flow": flow, "currency": currency, "documents": documents, "parts": int(Decimal(amount) * 10_000)}
        HourMoney.objects.create(workspace=workspace, hour=hour(days), **given)


def asked(recipe, connection, calls, days=0):
    with scope(workspace=recipe.workspace):
        place = {"workspace": recipe.workspace, "recipe": recipe, "connection": connection}
        HourCalls.objects.create(hour=hour(days), calls=calls, **place)


def test_overview_tells_time_saved_and_money_beside_runs(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    make.make_hour(recipe=recipe, hour=hour(1), runs=200, done=190, failed=10, writes=380)
    moved(workspace, "invoiced", "EUR", "48000.50", days=1, documents=23)
    moved(workspace, "invoiced", "USD", "120", days=2)
    moved(workspace, "received", "EUR", "9000", days=40)

    page = text(owner.get(at("team", workspace)))

    assert "Runs 200 95.0% without trouble" in page
    assert "Time saved 19 h 380 changes, 3 min each by hand" in page
    assert "Invoiced €48,000.50 23 documents Invoiced $120.00 1 document" in page
    assert "Received" not in page


def test_chart_of_money_is_of_one_currency_and_leads_to_the_days_runs(workspace, owner):
    moved(workspace, "invoiced", "EUR", "800", days=1)
    moved(workspace, "invoiced", "USD", "120", days=1)

    answer = owner.get(at("team", workspace) + "?show=invoiced-EUR&days=7")

    drawn = answer.context["shows"].chart
    with timezone.override("Europe/Berlin"):
        yesterday = timezone.localdate(hour(1))
    assert [bar.amount for bar in drawn.bars if bar.amount] == ["€800.00"]
    assert [bar.day.day for bar in drawn.bars if bar.height] == [yesterday]
    assert drawn.sentence == "Invoiced: €800.00 in the last 7 days."
    assert f"{at('runs', workspace)}?period={yesterday.isoformat()}" in answer.content.decode()
    assert "?days=7&amp;show=invoiced-EUR" in answer.content.decode()


def test_chart_of_time_counts_hours_where_there_are_many(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    make.make_hour(recipe=recipe, hour=hour(1), runs=9, writes=30)
    few = owner.get(at("team", workspace) + "?show=time").context["shows"]
    make.make_hour(recipe=recipe, hour=hour(2), runs=9, writes=90)
    many = owner.get(at("team", workspace) + "?show=time").context["shows"]

    assert (few.unit, [bar.amount for bar in few.chart.bars if bar.amount]) == ("minutes", ["1 h 30 min"])
    assert (many.unit, [bar.amount for bar in many.chart.bars if bar.amount]) == ("hours", ["4 h 30 min", "1 h 30 min"])
    assert many.chart.lines[-1][1] == 8


@pytest.mark.parametrize("show", ["nothing", "invoiced-XXX", "time'"])
def test_what_nobody_knows_is_shown_as_runs(workspace, owner, show):
    answer = owner.get(at("team", workspace), {"show": show})

    assert (answer.status_code, answer.context["shows"].chosen) == (200, "")


def test_time_is_reckoned_by_what_the_workspace_says(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    make.make_hour(recipe=recipe, runs=1, writes=10)
    kept = {"name": workspace.name, "zone": workspace.zone, "currency": workspace.currency}

    refused = owner.post(at("settings", workspace), {**kept, "minutes": "ten"})
    saved = owner.post(at("settings", workspace), {**kept, "minutes": "12"})

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert "Give a whole number from 1 to 480." in text(refused)
    assert "2 h 10 changes, 12 min each by hand" in text(owner.get(at("team", workspace)))
    assert owner.post(at("settings", workspace), {**kept, "minutes": ""}).status_code == 302
    assert "30 min 10 changes, 3 min each by hand" in text(owner.get(at("team", workspace)))


def test_requests_name_who_asked_most_today(workspace, owner):
    books = make.make_connection(workspace=workspace, name="Books")
    for number, calls in enumerate((5, 900, 40, 700), 1):
        asked(make.make_recipe(workspace=workspace, name=f"Recipe {number}"), books, calls)
    asked(make.make_recipe(workspace=workspace, name="Last week"), books, 5000, days=7)

    page = text(owner.get(at("team", workspace)))

    assert "Recipe 2 900, Recipe 4 700, Recipe 3 40" in page
    assert "Recipe 1 5" not in page
    assert "Last week 5,000" not in page


def test_usage_is_told_by_recipe_member_and_connection(workspace, owner):
    ada = make.make_member(workspace=workspace, role=Role.EDITOR, name="Ada Park").user
    books = make.make_connection(workspace=workspace, name="Books")
    make.make_connection(workspace=workspace, name="Unused", connector="ghl")
    busy = make.make_recipe(workspace=workspace, name="Busy", live=True, created_by=ada)
    orphan = make.make_recipe(workspace=workspace, name="Orphan", live=True)
    make.make_hour(recipe=busy, hour=hour(3), runs=1000, done=990, failed=10, calls=3000, writes=1400)
    make.make_hour(recipe=orphan, hour=hour(3), runs=10, done=10, calls=20, writes=0)
    make.make_hour(recipe=orphan, hour=hour(20), runs=7)
    for recipe, calls in ((busy, 3000), (orphan, 20)):
        asked(recipe, books, calls, days=3)

    page = text(owner.get(at("usage", workspace) + "?days=7"))

    assert "Busy 1,000 runs 99.0% without trouble, 1,400 changes, 70 h saved, 3,000 calls · Ada Park" in page
    assert "Orphan 10 runs 100% without trouble, 0 changes, 0 min saved, 20 calls" in page
    assert "Ada Park 1,000 runs 1 recipe, 1,400 changes, 70 h saved, 3,000 calls" in page
    assert "Nobody any more 10 runs 1 recipe, 0 changes, 0 min saved, 20 calls" in page
    assert "Books 3,020 calls asked by 2 recipes" in page
    assert "Unused 0 calls asked by no recipe" in page
    assert "Orphan 17 runs" in text(owner.get(at("usage", workspace) + "?days=30"))


def test_usage_of_what_was_deleted_is_left_out(workspace, owner):
    gone = make.make_recipe(workspace=workspace, name="Gone", live=True, deleted_at=timezone.now())
    make.make_hour(recipe=gone, runs=50)

    page = text(owner.get(at("usage", workspace)))

    assert "Gone" not in page
    assert "Nothing ran in the last 30 days." in page
    assert "No recipes yet." in page


def test_what_is_kept_is_counted(workspace, owner):
    make.make_run(recipe=make.make_recipe(workspace=workspace, live=True))
    with scope(workspace=workspace):
        Run.objects.update(created_at=timezone.now() - timedelta(days=3))
        day = timezone.localtime(Run.objects.get().created_at, ZoneInfo(workspace.zone))

    page = text(owner.get(at("usage", workspace)))

    assert f"Runs 1, the oldest of {day.day} " in page
    assert "Database of this server" in page


@pytest.mark.parametrize("rows", [1, 12])
def test_usage_costs_the_same_however_much_there_is(workspace, owner, rows, django_assert_max_num_queries):
    for number in range(rows):
        recipe = make.make_recipe(workspace=workspace, live=True, created_by=make.make_user())
        make.make_hour(recipe=recipe, runs=number + 1)
        asked(recipe, make.make_connection(workspace=workspace), 3)

    with django_assert_max_num_queries(24):
        owner.get(at("usage", workspace))


def test_currencies_are_never_added_up(workspace):
    actor = make.make_actor(workspace=workspace)
    for currency, amount in (("EUR", "10"), ("USD", "30"), ("EUR", "5")):
        moved(workspace, "invoiced" if amount != "5" else "received", currency, amount)

    with scope(workspace=workspace):
        found = worth.money(actor, 30)

    assert [(one.key, one.total) for one in found] == [
        ("invoiced-USD", Decimal(30)), ("invoiced-EUR", Decimal(10)), ("received-EUR", Decimal(5)),
    ]  # fmt: skip
