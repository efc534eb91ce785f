"""What needs a hand, on the list of recipes and on the overview, with the way to where it is mended."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scopes_disabled

from builder.models import AlertKind, Connection, Role, RunStatus
from builder.runner import alerts
from tests import make
from tests.web.accounts_desk import at
from tests.web.people import browser_of, text

pytestmark = pytest.mark.django_db
PAGES = pytest.mark.parametrize("page", ["recipes", "team"])


@pytest.fixture
def workspace():
    return make.make_workspace()


def raised(recipe, kind, sentence=""):
    with scopes_disabled():
        alerts.note([alerts.Trouble(recipe.workspace_id, kind, "recipe", recipe.pk, sentence)])


@PAGES
def test_quiet_recipe_is_told_with_what_is_usual(workspace, page):
    recipe = make.make_recipe(workspace=workspace, live=True, name="Won deal")
    raised(recipe, AlertKind.QUIET, "Normally 12 to 20 by now, today 0.")

    answer = browser_of(workspace).get(at(page, workspace))

    assert "Won deal has not run yet today Normally 12 to 20 by now, today 0." in text(answer)
    assert at("events", workspace) in answer.content.decode()


@PAGES
def test_held_runs_say_when_somebody_has_to_tell_whether_it_was_done(workspace, page):
    for name, kind, runs in (("Won deal", AlertKind.UNKNOWN, 2), ("Tag sync", AlertKind.HELD, 1)):
        recipe = make.make_recipe(workspace=workspace, live=True, name=name)
        for _run in range(runs):
            make.make_run(recipe=recipe, status=RunStatus.HELD, because="x", stopped_at="sinvoi")
        raised(recipe, kind)

    said = text(browser_of(workspace).get(at(page, workspace)))

    unknown = "Nothing was lost. Of some of them nobody knows whether a step was done: say so there."
    assert said.count("Of some of them nobody knows") == 1
    assert unknown in said[said.index("2 runs on hold in Won deal They wait") :][:250]
    assert "1 run on hold in Tag sync It waits with its data" in said


def test_one_held_run_is_told_as_one(workspace):
    recipe = make.make_recipe(workspace=workspace, live=True, name="Won deal")
    make.make_run(recipe=recipe, status=RunStatus.HELD, because="x", stopped_at="sinvoi")
    raised(recipe, AlertKind.UNKNOWN)

    said = text(browser_of(workspace).get(at("recipes", workspace)))

    assert "Nothing was lost. Nobody knows whether its step was done: say so there." in said


@PAGES
@pytest.mark.parametrize(
    ("days", "said"), [(83, "due in 7 days"), (89, "due in 1 day"), (91, "was due 1 day ago"), (10, "")]
)
def test_secret_that_is_old_is_to_be_renewed(workspace, page, days, said):
    ghl = make.make_connection(workspace=workspace, connector="ghl", name="Brightwater")
    with scopes_disabled():
        Connection.objects.update(secret_at=timezone.now() - timedelta(days=days))

    answer = browser_of(workspace).get(at(page, workspace))

    assert ("The secret of Brightwater is to be renewed" in text(answer)) is bool(said)
    assert said in text(answer)
    if said:
        assert at("connection-rotate", workspace, ghl.public_id) in answer.content.decode()


def test_who_may_not_connect_gets_no_button_for_it(workspace):
    ghl = make.make_connection(workspace=workspace, connector="ghl")
    with scopes_disabled():
        Connection.objects.update(secret_at=timezone.now() - timedelta(days=200))

    answer = browser_of(workspace, Role.VIEWER).get(at("recipes", workspace))

    assert "is to be renewed" in text(answer)
    assert at("connection-rotate", workspace, ghl.public_id) not in answer.content.decode()
