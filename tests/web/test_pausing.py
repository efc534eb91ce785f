"""Paused by itself, resumed with an answer, a period run again, all runs of a list retried."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Fate, Kept, Recipe, RecipeState, Role, Run, RunStatus, Workspace
from builder.runner import makeup
from tests import make
from tests.web.people import HTMX, browser_of, only, statuses, text

pytestmark = pytest.mark.django_db
RUNNERS = (Role.OWNER, Role.ADMIN, Role.EDITOR, Role.OPERATOR)


@pytest.fixture
def workspace() -> Workspace:
    return make.make_workspace()


@pytest.fixture
def paused(workspace: Workspace) -> Recipe:
    """By its brake, with two events kept."""
    stop = {"id": "sstopp", "kind": "stop", "outcome": "done"}
    tree = {"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": [stop]}
    recipe = make.make_recipe(workspace=workspace, name="Welcome", tree=tree, live=True)
    with scope(workspace=workspace):
        why = {"paused_by": "flood", "paused_because": "1,001 events came within a minute."}
        Recipe.objects.filter(pk=recipe.pk).update(state=RecipeState.PAUSED, **why)
        own = make.Subscription.objects.create(
            workspace=workspace, recipe=recipe, object="hook", began_at=timezone.now() - timedelta(days=1)
        )
    for _ in range(2):
        details = [{"recipe": recipe.public_id, "name": "Welcome", "fate": "paused", "because": "Kept."}]
        event = make.make_event(workspace=workspace, fate=Fate.PAUSED, subscription=own, fate_details=details)
        with scope(workspace=workspace):
            Kept.objects.create(workspace=workspace, recipe=recipe, event=event)
    return recipe


def at(name: str, workspace: Workspace, *more: str) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def state(recipe: Recipe) -> tuple[str, int, int]:
    """How it stands, what it keeps, what it ran."""
    with scope(workspace=recipe.workspace):
        row = Recipe.objects.get(pk=recipe.pk)
        return row.state, Kept.objects.filter(recipe=row).count(), Run.objects.filter(recipe=row).count()


def test_list_says_what_was_paused_by_itself_and_why(workspace: Workspace, paused: Recipe) -> None:
    page = text(browser_of(workspace).get(at("recipes", workspace)))

    assert "Recette paused Welcome 1,001 events came within a minute." in page
    assert "Far more events came than usual" in page


def test_editor_says_so_too(workspace: Workspace, paused: Recipe) -> None:
    page = text(browser_of(workspace).get(at("recipe", workspace, paused.public_id)))

    assert "This recipe is paused. 1,001 events came within a minute." in page


@pytest.mark.parametrize("switch", ["recipe-switch", "recipe-live"])
def test_switching_it_on_asks_what_becomes_of_the_kept(workspace: Workspace, paused: Recipe, switch: str) -> None:
    browser = browser_of(workspace)

    asked = browser.post(at(switch, workspace, paused.public_id), {"to": "live"}, headers=HTMX)

    assert "2 events were kept" in text(asked)
    assert b'hx-target="#dialog"' in asked.content
    assert state(paused) == (RecipeState.PAUSED, 2, 0)


@pytest.mark.parametrize(("kept", "ran"), [("run", 2), ("leave", 0)])
@pytest.mark.django_db(transaction=True)
def test_answer_resumes_it(workspace: Workspace, paused: Recipe, kept: str, ran: int) -> None:
    answer = browser_of(workspace).post(at("recipe-kept", workspace, paused.public_id), {"kept": kept})

    assert answer.status_code == 302
    with scope(workspace=workspace):
        makeup.work(paused.pk)
    assert state(paused) == (RecipeState.LIVE, 0, ran)


def test_kept_events_of_a_live_recipe_are_told_of(workspace: Workspace, paused: Recipe) -> None:
    with scope(workspace=workspace):
        Recipe.objects.update(state=RecipeState.LIVE, paused_by="", paused_because="")

    page = text(browser_of(workspace).get(at("recipes", workspace)))

    assert "2 events kept while Welcome was paused" in page


def test_answer_is_for_who_may_run(workspace: Workspace, paused: Recipe) -> None:
    def ask(browser: object) -> object:
        return browser.get(at("recipe-kept", workspace, paused.public_id))

    assert statuses(workspace, ask) == only(*RUNNERS)


def test_period_is_counted_first(workspace: Workspace, paused: Recipe) -> None:
    browser, here = browser_of(workspace), at("recipe-period", workspace, paused.public_id)
    now = timezone.localtime()
    form = {"since": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}", "which": "missing"}
    form |= {"until": f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}"}

    opened = browser.get(here, headers=HTMX)
    counted = browser.post(here, form, headers=HTMX)
    before = state(paused)
    ran = browser.post(here, {**form, "sure": "yes"})

    assert "Run a period again" in text(opened)
    assert "2 runs would begin." in text(counted)
    assert (before, ran.status_code, state(paused)) == (
        (RecipeState.PAUSED, 2, 0),
        302,
        (RecipeState.PAUSED, 0, 2),
    )


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("", "2026-01-01T00:00"),
        ("2026-01-02T00:00", "2026-01-01T00:00"),
        ("2026-01-02T00:00", "9999-12-31T23:59"),
    ],
)
def test_period_that_is_none_is_refused(workspace: Workspace, paused: Recipe, since: str, until: str) -> None:
    workspace.zone = "Pacific/Pago_Pago"
    workspace.save()

    answer = browser_of(workspace).post(
        at("recipe-period", workspace, paused.public_id), {"since": since, "until": until}, headers=HTMX
    )

    assert answer.status_code == 422
    assert b'class="err"' in answer.content


def test_pausing_says_what_goes_on(workspace: Workspace) -> None:
    recipe = make.make_recipe(workspace=workspace, name="Welcome", live=True)

    told = text(
        browser_of(workspace).post(at("recipe-switch", workspace, recipe.public_id), {"to": "paused"}, headers=HTMX)
    )

    assert "“Welcome” is paused. What comes now is kept; runs that have begun go on." in told


def test_recipe_can_be_spared_by_the_menu(workspace: Workspace, paused: Recipe) -> None:
    browser, here = browser_of(workspace), at("recipe-pausing", workspace, paused.public_id)

    spared = browser.post(here, {"never": "yes"}, headers=HTMX)

    assert "“Welcome” is never paused by itself." in text(spared)
    assert "Allow pausing by itself" in text(spared)


def test_all_runs_that_fit_are_retried_after_a_count(workspace: Workspace) -> None:
    recipe = make.make_recipe(workspace=workspace, live=True)
    for status in [RunStatus.FAILED, RunStatus.HELD, RunStatus.HELD, RunStatus.DONE]:
        make.make_run(recipe=recipe, status=status, place=[1], stopped_at="sclien")
    browser, here = browser_of(workspace), at("runs-retry-all", workspace) + "?state=held"

    listed = text(browser.get(at("runs", workspace) + "?state=held"))
    counted = text(browser.get(here, headers=HTMX))
    done = text(browser.post(here, headers=HTMX))

    assert "Retry all 2" in listed
    assert "2 runs that failed or are on hold fit the list." in counted
    assert "2 runs go on" in done
    with scope(workspace=workspace):
        assert sorted(Run.objects.values_list("status", flat=True)) == ["done", "failed", "queued", "queued"]


def test_runs_that_began_after_the_count_are_not_retried_along(workspace: Workspace) -> None:
    recipe = make.make_recipe(workspace=workspace, live=True)
    seen = [make.make_run(recipe=recipe, status=RunStatus.FAILED, place=[1], stopped_at="sclien") for _ in range(2)]
    browser, here = browser_of(workspace), at("runs-retry-all", workspace)

    newest = browser.get(here).context["newest"]
    later = make.make_run(recipe=recipe, status=RunStatus.FAILED, place=[1], stopped_at="sclien")
    done = text(browser.post(here, {"newest": newest}, headers=HTMX))

    later.refresh_from_db()
    assert "2 runs go on" in done
    assert (later.status, newest) == (RunStatus.FAILED, seen[1].pk)


def test_retrying_all_is_for_who_may_run(workspace: Workspace) -> None:
    assert statuses(workspace, lambda browser: browser.get(at("runs-retry-all", workspace))) == only(*RUNNERS)
