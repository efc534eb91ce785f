"""The list of runs: who sees it, what it shows, how it is searched, kept fresh and retried."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import EventKey, Role, Run, RunStatus, StepStatus
from builder.templatetags import look
from tests import make

pytestmark = pytest.mark.django_db

SOME = "Parts of a name were looked for in the newest 2 runs."


@pytest.fixture
def recipe():
    return make.make_recipe(live=True)


def client_of(recipe, role=Role.OWNER) -> Client:
    client = Client()
    client.force_login(make.make_member(workspace=recipe.workspace, role=role).user)
    return client


def listing(recipe, /, **query) -> str:
    return reverse("web:runs", args=[recipe.workspace.slug], query=query or None)


def held(recipe, **more) -> Run:
    return make.make_run(
        recipe=recipe, status=RunStatus.HELD, because="The number is taken.", stopped_at="sinvoi", place=[2], **more
    )


def keyed(run: Run, kind: str, value: str) -> None:
    with scope(workspace=run.workspace):
        EventKey.objects.create(
            workspace=run.workspace,
            kind=kind,
            value=value,
            value_hash=EventKey.hashed(kind, value),
            event=run.event,
        )


# doors


def test_run_whose_event_tells_of_nothing_is_called_by_its_recipe_and_the_time(recipe):
    run = make.make_run(recipe=recipe, title="")

    page = client_of(recipe).get(listing(recipe)).content.decode()
    own = client_of(recipe).get(reverse("web:run", args=[recipe.workspace.slug, run.public_id])).content.decode()

    with timezone.override(recipe.workspace.zone):
        when = f"{look.day(run.created_at)}, {look.clock(run.created_at)}"
    assert f">{recipe.name}, {when}</a>" in page
    assert f"<title>{recipe.name}, {when} · Recette</title>" in own
    assert f"Run {run.public_id}" not in page


@pytest.mark.parametrize("role", Role.values)
def test_list_is_open_to_every_role(recipe, role):
    run = make.make_run(recipe=recipe, title="Harbor Dental")

    answer = client_of(recipe, role).get(listing(recipe))

    assert answer.status_code == 200
    assert reverse("web:run", args=[recipe.workspace.slug, run.public_id]) in answer.content.decode()


def test_list_hides_itself_from_a_stranger(recipe):
    answer = client_of(make.make_recipe()).get(listing(recipe))

    assert answer.status_code == 404
    assert recipe.name not in answer.content.decode()


def test_runs_of_another_workspace_are_not_listed(recipe):
    make.make_run(title="Of somebody else")

    answer = client_of(recipe).get(listing(recipe))

    assert "Of somebody else" not in answer.content.decode()


def test_viewer_sees_no_way_to_select_or_retry(recipe):
    held(recipe)

    page = client_of(recipe, Role.VIEWER).get(listing(recipe)).content.decode()

    assert ('type="checkbox"' in page, 'class="bulk"' in page) == (False, False)


def test_operator_may_select_what_is_on_hold_and_nothing_else(recipe):
    run = held(recipe)
    make.make_run(recipe=recipe)

    page = client_of(recipe, Role.OPERATOR).get(listing(recipe)).content.decode()

    assert page.count('type="checkbox"') == 1
    assert f'value="{run.public_id}"' in page


# what a row says


def test_row_says_where_a_run_is_on_hold_and_why(recipe):
    held(recipe)

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "On hold at 4" in page
    assert "The number is taken." in page


def test_row_counts_the_tries_of_a_run_that_is_done(recipe):
    run = make.make_run(recipe=recipe)
    make.make_step_run(run=run, step_id="sclien", status=StepStatus.FAILED, attempt=1)
    make.make_step_run(run=run, step_id="sclien", attempt=2)

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "Done after 2 tries" in page


def test_row_says_how_long_a_run_took_and_whom_it_was_about(recipe):
    begun = timezone.now() - timedelta(minutes=5)
    make.make_run(recipe=recipe, created_at=begun, started_at=begun, finished_at=begun + timedelta(milliseconds=1800))

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "1.8 s" in page
    assert "Ada Nowak, $1,210.00" in page


def test_waiting_run_says_until_when(recipe):
    wake = timezone.now() + timedelta(days=2)
    make.make_run(recipe=recipe, status=RunStatus.WAITING, wake_at=wake, stopped_at="sclien", because="It waits.")

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert f"Waits until {wake.day} {wake:%b}, {wake:%H:%M}" in page


def test_times_are_those_of_the_workspace(recipe):
    recipe.workspace.zone = "Asia/Kolkata"
    recipe.workspace.save()
    begun = timezone.now().replace(hour=12, minute=0, second=1)
    make.make_run(recipe=recipe, created_at=begun)

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "17:30:01" in page


def test_hostile_title_is_text(recipe):
    make.make_run(recipe=recipe, title="<script>alert(1)</script>")

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# filters


def titles(answer) -> list[str]:
    return [row.title for row in answer.context["rows"]]


def test_state_filter_and_counts(recipe):
    held(recipe, title="A")
    make.make_run(recipe=recipe, title="B")
    make.make_run(recipe=recipe, title="C")

    answer = client_of(recipe).get(listing(recipe, state="held"))

    assert titles(answer) == ["A"]
    assert answer.context["filters"].counted == {
        "held": 1,
        "running": 0,
        "waiting": 0,
        "done": 2,
        "failed": 0,
        "filtered": 0,
        "cancelled": 0,
    }


def test_recipe_and_period_filter(recipe):
    other = make.make_recipe(workspace=recipe.workspace, live=True, name="Another")
    make.make_run(recipe=other, title="Old", created_at=timezone.now() - timedelta(days=9))
    make.make_run(recipe=other, title="New")
    make.make_run(recipe=recipe, title="Elsewhere")

    answer = client_of(recipe).get(listing(recipe, recipe=other.public_id, period="7"))

    assert titles(answer) == ["New"]


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        ("email", "Ada@Example.com", "ada@example.com"),
        ("phone", "+49 30 123456", "+4930123456"),
        ("number", "2026-0411", "2026-0411"),
        ("id", "con_1", "con_1"),
    ],
)
def test_run_is_found_by_what_its_event_was_about(recipe, kind, value, typed):
    keyed(make.make_run(recipe=recipe, title="Found"), kind, value)
    make.make_run(recipe=recipe, title="Not this one")

    answer = client_of(recipe).get(listing(recipe, q=typed))

    assert titles(answer) == ["Found"]


def test_run_is_found_by_a_part_of_its_title(recipe):
    make.make_run(recipe=recipe, title="Harbor Dental")
    make.make_run(recipe=recipe, title="Oak & Ember")

    answer = client_of(recipe).get(listing(recipe, q="harbor"))

    assert titles(answer) == ["Harbor Dental"]


def test_part_of_a_title_is_looked_for_among_the_newest_and_the_page_says_so(recipe, monkeypatch):
    monkeypatch.setattr("builder.actions.past.NAMED_AMONG", 2)
    keyed(make.make_run(recipe=recipe, title="Harbor Dental"), "name", "Harbor Dental")
    for number in range(2):
        make.make_run(recipe=recipe, title=f"Harbor {number}")
    client = client_of(recipe)

    part, whole = client.get(listing(recipe, q="harbor")), client.get(listing(recipe, q="harbor dental"))

    assert titles(part) == ["Harbor 1", "Harbor 0"]
    assert titles(whole) == ["Harbor Dental"]
    assert [SOME in answer.content.decode() for answer in (part, whole, client.get(listing(recipe)))] == [1, 1, 0]


def test_of_very_many_recipes_those_are_offered_that_ran_last(recipe, monkeypatch):
    monkeypatch.setattr("builder.web.runs.MOST_RECIPES", 2)
    idle, chosen, ran = (make.make_recipe(workspace=recipe.workspace, name=name) for name in ("Idle", "Chosen", "Ran"))
    make.make_run(recipe=ran)
    client = client_of(recipe)

    page = client.get(listing(recipe, recipe=chosen.public_id)).content.decode()

    assert [f'<option value="{one.public_id}"' in page for one in (idle, chosen, ran)] == [False, True, True]
    assert "Others: open the recipe, then Runs" in page


def test_filters_that_make_no_sense_are_left_out(recipe):
    make.make_run(recipe=recipe)

    answer = client_of(recipe).get(listing(recipe, state="burnt", period="a while", q="\x00"))

    assert len(answer.context["rows"]) == 1


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(("day", "kept"), [("9999-12-31", ""), ("2999-01-01", ""), ("0001-01-01", "0001-01-01")])
def test_day_beyond_all_calendars_is_no_error(recipe, zone, day, kept):
    recipe.workspace.zone = zone
    recipe.workspace.save()

    answer = client_of(recipe).get(listing(recipe, period=day))

    assert answer.status_code == 200
    assert answer.context["filters"].period == kept


def test_search_keeps_a_clean_address(recipe):
    make.make_run(recipe=recipe)

    answer = client_of(recipe).get(listing(recipe, q="", state="done", recipe=""), headers={"HX-Request": "true"})

    assert answer["HX-Push-Url"] == f"{listing(recipe)}?state=done"
    assert "<html" not in answer.content.decode()


# pages of it


def test_earlier_runs_follow_without_gap_or_double(recipe, monkeypatch):
    monkeypatch.setattr("builder.web.runs.AT_ONCE", 2)
    runs = [make.make_run(recipe=recipe, title=f"Run {n}") for n in range(3)]
    client = client_of(recipe)

    first = client.get(listing(recipe))
    second = client.get(listing(recipe, before=first.context["earlier"]))

    assert titles(first) + titles(second) == [run.title for run in reversed(runs)]
    assert second.context["earlier"] == ""


def test_earlier_runs_come_as_rows_to_append(recipe, monkeypatch):
    monkeypatch.setattr("builder.web.runs.AT_ONCE", 1)
    runs = [make.make_run(recipe=recipe, title=f"Run {n}") for n in range(2)]

    answer = client_of(recipe).get(listing(recipe, before=runs[1].public_id), headers={"HX-Request": "true"})

    assert 'hx-swap="beforeend"' in answer.content.decode()
    assert "Run 0" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_unknown_cursor_is_not_found(recipe):
    assert client_of(recipe).get(listing(recipe, before="nobody")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_as_often_for_one_as_for_three(recipe, count, django_assert_num_queries):
    for number in range(count):
        make.make_step_run(run=held(recipe, title=f"Run {number}"), step_id="sinvoi", status=StepStatus.FAILED)
    client = client_of(recipe)

    with django_assert_num_queries(14):
        client.get(listing(recipe))


# empty


def test_empty_list_without_a_live_recipe_points_at_templates():
    recipe = make.make_recipe()

    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "No recipe is live" in page
    assert "Choose a template" in page


def test_empty_list_names_the_recipe_that_listens(recipe):
    page = client_of(recipe).get(listing(recipe)).content.decode()

    assert "“Won deal to draft invoice” is live and listening." in page


def test_search_without_result_offers_the_whole_list(recipe):
    make.make_run(recipe=recipe)

    page = client_of(recipe).get(listing(recipe, q="nobody")).content.decode()

    assert "Nothing found" in page
    assert "Show all runs" in page


# the pulse


def pulse(recipe) -> str:
    return reverse("web:runs-pulse", args=[recipe.workspace.slug])


def test_pulse_is_silent_while_nothing_changes_and_brings_what_did(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.RUNNING)
    client = client_of(recipe)
    tag = client.get(listing(recipe)).context["tag"]

    same = client.get(pulse(recipe), headers={"HX-PTag": tag, "HX-Request": "true"})
    with scope(workspace=recipe.workspace):
        Run.objects.filter(pk=run.pk).update(status=RunStatus.DONE)
    changed = client.get(pulse(recipe), headers={"HX-PTag": tag, "HX-Request": "true"})

    assert (same.status_code, changed.status_code) == (304, 200)
    assert changed["HX-PTag"] != tag
    assert '<hx-partial hx-target="#run-rows"' in changed.content.decode()


def test_pulse_reaches_down_to_the_row_the_page_ended_with(recipe, monkeypatch):
    monkeypatch.setattr("builder.web.runs.AT_ONCE", 2)
    for number in range(3):
        make.make_run(recipe=recipe, title=f"Run {number}")
    client = client_of(recipe)
    to = client.get(listing(recipe)).context["to"]
    make.make_run(recipe=recipe, title="Newest")

    answer = client.get(reverse("web:runs-pulse", args=[recipe.workspace.slug], query={"to": to}))

    assert titles(answer) == ["Newest", "Run 2", "Run 1"]


def test_pulse_of_an_empty_list_brings_the_whole_list_with_the_first_run(recipe):
    client = client_of(recipe)
    tag = client.get(listing(recipe)).context["tag"]
    address = reverse("web:runs-pulse", args=[recipe.workspace.slug], query={"empty": "1"})

    same = client.get(address, headers={"HX-PTag": tag})
    make.make_run(recipe=recipe, title="The first")
    changed = client.get(address, headers={"HX-PTag": tag}).content.decode()

    assert same.status_code == 304
    assert '<hx-partial hx-target="#runs"' in changed
    assert "The first" in changed
