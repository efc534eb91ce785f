"""The team's overview: days, errors, recipes and requests at a glance, and what needs a hand."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from builder.actions import overview
from builder.models import HourCount, Run, RunStatus
from builder.runner import prune
from builder.web import usage
from tests import make
from tests.web.accounts_desk import at
from tests.web.people import browser_of, text

pytestmark = pytest.mark.django_db
OVERVIEW = 40
"""Queries of the overview at most; finding a day's first run takes one more when there are twice as many runs."""


@pytest.fixture
def workspace():
    return make.make_workspace(zone="Europe/Berlin")


@pytest.fixture
def owner(workspace):
    return browser_of(workspace, name="Olive Owner", email="olive@example.com")


def hour(days: int = 0):
    """One that began so many days ago."""
    return (timezone.now() - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("rows", [1, 12])
def test_overview_costs_the_same_however_much_there_is(workspace, owner, rows, django_assert_max_num_queries):
    for number in range(rows):
        recipe = make.make_recipe(workspace=workspace, live=True)
        make.make_hour(recipe=recipe, runs=4, calls=9)
        make.make_connection(workspace=workspace)
        make.make_run(recipe=recipe, status=RunStatus.FAILED, because=f"It is {'very ' * number}wrong.")
        make.make_invitation(workspace=workspace)

    with django_assert_max_num_queries(OVERVIEW):
        owner.get(at("team", workspace))


def test_overview_counts_today_and_what_is_on_hold(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True, name="Won deal")
    make.make_hour(recipe=recipe, runs=12, done=9, filtered=2, failed=1, calls=1240)
    make.make_hour(recipe=recipe, hour=hour(days=2), runs=50)
    make.make_run(recipe=recipe, status=RunStatus.HELD, because="Taken.")

    page = text(owner.get(at("team", workspace)))

    assert "Runs today 12 9 done, 2 filtered out" in page
    assert "Failed today 1 Somebody should look" in page
    assert "On hold now 1 They wait for a person" in page
    assert "Won deal 62 runs, 1 time failed or put on hold" in page
    assert "62 runs in the last 30 days; most, 50, on" in page


def test_period_is_a_week_or_a_month(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    make.make_hour(recipe=recipe, hour=hour(days=6), runs=5)
    make.make_hour(recipe=recipe, hour=hour(days=12), runs=70)

    assert "5 runs in the last 7 days" in text(owner.get(at("team", workspace), {"days": "7"}))
    assert "75 runs in the last 30 days" in text(owner.get(at("team", workspace), {"days": "drop"}))


def test_day_is_that_of_the_workspace(workspace):
    actor = make.make_actor(workspace=workspace)
    with scope(workspace=workspace), timezone.override("Asia/Tokyo"):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        recipe = make.make_recipe(workspace=workspace)
        make.make_hour(recipe=recipe, hour=midnight, runs=1)
        make.make_hour(recipe=recipe, hour=midnight - timedelta(hours=1), runs=10)

        days = overview.days(actor, 3)

    assert [day.runs for day in days] == [0, 10, 1]
    assert days[-1].day == midnight.date()


def test_errors_of_one_kind_are_counted_together(workspace, owner):
    recipe, other = (make.make_recipe(workspace=workspace, live=True) for _ in range(2))
    taken = [
        make.make_run(
            recipe=recipe if number else other,
            status=RunStatus.FAILED,
            because=f"Invoice “{number}” of ada{number}@example.com is taken, 1,{number}00.50 EUR.",
        )
        for number in range(3)
    ]
    make.make_run(recipe=recipe, status=RunStatus.HELD, because="The client is deleted.")
    make.make_run(recipe=recipe, status=RunStatus.DONE, because="")

    with scope(workspace=workspace):
        kinds = overview.errors(make.make_actor(workspace=workspace), 30).kinds
        answer = owner.get(at("team", workspace))

    assert [(kind.runs, len(kind.recipes)) for kind in kinds] == [(3, 2), (1, 1)]
    assert kinds[0].because == "Invoice “2” of ada2@example.com is taken, 1,200.50 EUR."
    assert "The client is deleted. in 1 recipe; this is the newest run 1" in text(answer)
    linked = [at("run", workspace, run.public_id) in answer.content.decode() for run in taken]
    assert linked == [False, False, True]


def test_errors_of_before_do_not_count(workspace):
    recipe = make.make_recipe(workspace=workspace, live=True)
    old = {"status": RunStatus.FAILED, "because": "It was wrong."}
    make.make_run(recipe=recipe, created_at=timezone.now() - timedelta(days=40), **old)
    make.make_run(recipe=recipe, created_at=timezone.now() - timedelta(days=6), **old)

    with scope(workspace=workspace):
        actor = make.make_actor(workspace=workspace)
        month, week, day = (overview.errors(actor, days).kinds for days in (30, 7, 1))

    assert ([kind.runs for kind in month], [kind.runs for kind in week], day) == ([1], [1], [])


def test_what_needs_a_hand_has_the_button_that_mends_it(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True, name="Won deal")
    make.make_run(recipe=recipe, status=RunStatus.HELD, because="Taken.")
    make.make_connection(workspace=workspace, name="Books", health="signed_out", trouble="The token was refused.")

    answer = owner.get(at("team", workspace))

    assert "1 run on hold in Won deal" in text(answer)
    assert f"{at('runs', workspace)}?recipe={recipe.public_id}&amp;state=held" in answer.content.decode()
    assert "The connection Books doesn’t work The token was refused." in text(answer)


def test_bar_leads_to_the_runs_of_its_day(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    make.make_hour(recipe=recipe, hour=hour(days=1), runs=1)
    make.make_run(recipe=recipe, title="Yesterday's", created_at=hour(days=1))
    make.make_run(recipe=recipe, title="Today's", created_at=timezone.now())
    with timezone.override("Europe/Berlin"):
        day = timezone.localdate(hour(days=1))

    link = f"{at('runs', workspace)}?period={day.isoformat()}"

    assert link in owner.get(at("team", workspace)).content.decode()
    listed = text(owner.get(link))
    assert "Yesterday" in listed
    assert "Today" not in listed


def test_chart_stacks_trouble_where_there_is_more_than_a_little():
    quiet = [overview.Day(date(2026, 11, day)) for day in range(1, 28)]
    days = [
        *quiet,
        overview.Day(date(2026, 11, 28), runs=1000, done=998, failed=2),
        overview.Day(date(2026, 11, 29), runs=300, done=200, failed=60, held=40),
        overview.Day(date(2026, 11, 30)),
    ]

    drawn = usage.chart(days)

    assert (len(drawn.bars), drawn.lines[-1][1]) == (30, 2000)
    assert [bar.bad_height > 0 for bar in drawn.bars[-3:]] == [False, True, False]
    assert drawn.bars[27].height == usage.HEIGHT / 2
    assert drawn.bars[28].bad_y < drawn.bars[28].y
    assert [bar.weekend for bar in drawn.bars[-3:]] == [True, True, False]
    assert (drawn.labels[0], drawn.labels[-1], len(drawn.labels)) == ("1 Nov", "30 Nov", 5)
    assert len(usage.chart(days[-7:]).labels) == 7
    assert drawn.sentence == (
        "1,300 runs in the last 30 days; most, 1,000, on 28 Nov. 102 times failed or put on hold."
    )


def test_day_of_trouble_alone_is_drawn_and_told(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    make.make_hour(recipe=recipe, failed=3, held=9)

    answer = owner.get(at("team", workspace))

    bar = answer.context["shows"].chart.bars[-1]
    assert answer.context["shows"].chart.lines[-1][1] == 20
    assert (bar.height, bar.bad_height) == (0, usage.HEIGHT * 12 / 20)
    assert "No run began in the last 30 days; those of before: 12 times failed or put on hold." in text(answer)
    with timezone.override("Europe/Berlin"):
        assert f"{timezone.localdate():%-d %b} 0 0 3 9 0" in text(answer)


def test_chart_has_room_for_more_trouble_than_runs():
    drawn = usage.chart([overview.Day(date(2026, 11, 29)), overview.Day(date(2026, 11, 30), runs=10, failed=60)])

    bar = drawn.bars[-1]
    assert drawn.lines[-1][1] == 80
    assert bar.height == 0
    assert bar.bad_y >= drawn.height - usage.HEIGHT


def test_red_link_of_a_recipe_leads_to_runs_that_are_there(workspace, owner):
    mended, failed, held = (make.make_recipe(workspace=workspace, live=True) for _ in range(3))
    for recipe in (mended, failed, held):
        make.make_hour(recipe=recipe, runs=2, failed=1, held=1)
    make.make_run(recipe=mended, status=RunStatus.DONE)
    make.make_run(recipe=failed, status=RunStatus.FAILED)
    make.make_run(recipe=failed, status=RunStatus.HELD)
    make.make_run(recipe=held, status=RunStatus.HELD)

    page = owner.get(at("team", workspace)).content.decode()

    links = re.findall(r'class="c-red" href="[^"]*\?recipe=(\w+)&amp;state=(\w+)">2 times failed', page)
    assert dict(links) == {failed.public_id: "failed", held.public_id: "held"}


def test_errors_say_when_there_are_more_than_are_counted(workspace, owner):
    recipe = make.make_recipe(workspace=workspace, live=True)
    first = make.make_run(recipe=recipe, status=RunStatus.FAILED, because="Taken.")
    same = {name: getattr(first, name) for name in ("event", "status", "because", "created_at", "lane")}
    same |= {"workspace": workspace, "recipe": recipe, "version": recipe.live}
    copies = [Run(replay=number, **same) for number in range(1, 2001)]
    said = "Only the newest 2,000 runs in trouble are counted here; there are more."

    with scope(workspace=workspace):
        Run.objects.bulk_create(copies[:-1])
        before = text(owner.get(at("team", workspace)))
        Run.objects.bulk_create(copies[-1:])
        after = text(owner.get(at("team", workspace)))

    assert "Taken. in 1 recipe; this is the newest run 2,000" in before
    assert "Taken. in 1 recipe; this is the newest run 2,000" in after
    assert (said in before, said in after) == (False, True)


def test_requests_that_a_service_counts_together_are_one_row(workspace, owner):
    for name in ("Books", "Shop", "Elsewhere"):
        address = "https://other.example" if name == "Elsewhere" else "https://books.example"
        make.make_connection(workspace=workspace, name=name, settings={"base_url": address})

    page = text(owner.get(at("team", workspace)))

    assert "Requests since midnight UTC" in page
    assert "Books Shop 0 calls; at its busiest 0 of" in page
    assert page.count("counted together by the service") == 1


def test_quiet_month_has_a_sentence_too(workspace, owner):
    page = text(owner.get(at("team", workspace)))

    assert "Nothing ran in the last 30 days." in page
    assert "In these 30 days no run was left failed or on hold." in page
    with scope(workspace=workspace):
        assert not HourCount.objects.exists()


def test_days_are_the_same_before_and_after_their_hours_were_added_up(workspace):
    actor = make.make_actor(workspace=workspace)
    recipe, other = (make.make_recipe(workspace=workspace) for _ in range(2))
    for back in (0, 1, 2, 5, 30, 400):
        for each in (recipe, other):
            start = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=back)
            make.make_hour(recipe=each, hour=start, runs=back + 1, failed=1, calls=3)

    with scope(workspace=workspace):
        before = overview.days(actor, 30)
    with scopes_disabled():
        prune.prune()
    with scope(workspace=workspace):
        after = overview.days(actor, 30)

    assert before == after
    assert sum(day.runs for day in after) == 2 * (1 + 2 + 3 + 6 + 31 + 401)


def test_overview_shows_tokens_by_their_last_use_and_who_is_told_of_alerts(workspace, owner):
    now = timezone.now()
    by = make.make_actor(workspace=workspace)
    make.make_token(by=by, name="Never used")
    make.make_token(by=by, name="Old", expires_at=now - timedelta(days=1), last_used_at=now - timedelta(days=2))
    make.make_token(by=by, name="Nightly", last_used_at=now - timedelta(minutes=5))
    make.make_token(by=by, name="Revoked", revoked_at=now)
    make.make_alert_route(workspace=workspace, way="webhook", trouble="It answered with 500.", active=False)

    page = text(owner.get(at("team", workspace)))

    where = [page.index(name) for name in ("Nightly", "Last used: 5 min ago", "Old", "Expired", "Never used")]
    assert where == sorted(where)
    assert "Revoked" not in page
    assert all(word in page for word in ("127.0.0.1", "Switched off", "It answered with 500."))


def test_overview_says_when_no_program_has_a_token_and_nobody_is_told(workspace, owner):
    page = text(owner.get(at("team", workspace)))

    assert "No program has a token for the API." in page
    assert "Nobody: what goes wrong is told on the page of alerts alone." in page
