"""Somebody hears of what goes wrong, within a minute, once, and at the place where it is mended."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.query import QuerySet

from builder.models import (
    Alert,
    AlertKind,
    AlertLetter,
    AlertRoute,
    AuditEvent,
    Brake,
    Bucket,
    Connection,
    Health,
    Recipe,
    RecipeState,
    Role,
    Run,
    RunStatus,
)
from builder.runner import alerts, book, brakes, counts, leases, limits, messengers, prune, replay, schedule
from builder.runner.clock import clock, now
from connectors import catalogue
from connectors.spec import Account
from tests import make
from tests.runner.alert_desk import STOP, at, carry, fail, failing, later, open_alerts, route
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr(alerts, "_looked", 0.0)
    monkeypatch.setattr(alerts, "_listened", 0.0)
    monkeypatch.setattr(schedule, "_sent", {})


def test_failed_runs_are_one_alert_and_one_mail() -> None:
    recipe = failing(3)
    route(recipe.workspace)

    arrived = carry()

    (message,) = mail.outbox
    assert arrived == [True]
    assert open_alerts() == [("failed", 3)]
    assert message.to == ["owner@lumen.example"]
    assert message.subject == f"{recipe.name}: 3 runs failed"
    assert "No money" in message.body
    assert f"/runs/?state=failed&recipe={recipe.public_id}" in message.body
    assert AlertRoute.objects.get().told_at


def test_a_single_run_is_linked_itself() -> None:
    recipe = failing()
    route(recipe.workspace)

    carry()

    assert f"/runs/{only_run(recipe).public_id}/" in mail.outbox[0].body
    assert mail.outbox[0].subject == f"{recipe.name}: 1 run failed"


def test_what_goes_on_is_told_once_an_hour_with_how_often() -> None:
    recipe = failing()
    route(recipe.workspace)
    carry()
    fail(recipe, 4)
    soon = carry()
    later(minutes=61)

    carry()
    later(minutes=61)
    quiet = carry()

    assert soon == []
    assert [message.subject for message in mail.outbox] == [
        f"{recipe.name}: 1 run failed",
        f"{recipe.name}: 5 runs failed",
    ]
    assert quiet == []


def test_held_run_whose_outcome_nobody_knows_is_an_alert_of_its_own(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    mailing = action("smail1", "invoice_ninja.invoices.mail_files", at, ids=ninja.records("invoices")[0]["id"])
    recipe = make_hooked(mailing, workspace=at.workspace)
    ninja.fail({"method": "POST", "path": "*", "cut": True, "when": "after", "times": 9})
    send(recipe, {})
    work()
    settle_runs()

    assert only_run(recipe).because.startswith("Nobody knows whether")
    assert open_alerts() == [("unknown", 1)]


def settle_runs() -> None:
    """Until the run no longer waits by itself."""
    for _ in range(12):
        if not Run.objects.filter(status=RunStatus.WAITING).exists():
            return
        later(minutes=10)
        work()


def test_run_that_stopped_its_workers_is_told_with_the_reason() -> None:
    recipe = make_hooked(STOP)
    send(recipe, {})
    fail(recipe)
    Run.objects.update(status=RunStatus.QUEUED, wake_at=now(), claims=leases.POISON, finished_at=None, place=[0])

    work()

    alert = Alert.objects.get(kind=AlertKind.HELD)
    assert alert.sentence == Run.objects.filter(status=RunStatus.HELD).first().because
    assert alert.sentence.startswith("It was begun 10 times")


def test_held_runs_are_told_and_over_when_they_go_on() -> None:
    recipe = make_hooked({"id": "scall1", "kind": "call", "recipe": "gone", "inputs": {}})
    fail(recipe)
    before = open_alerts()
    replay.cancel(only_run(recipe))

    alerts.settle()

    assert before == [("held", 1)]
    assert open_alerts() == []
    assert Alert.objects.get().over_at


def test_connection_in_trouble_is_noticed_once_and_over_when_it_is_well(clean: None) -> None:
    connection = make.make_connection(health=Health.SIGNED_OUT, trouble="The token was revoked.")
    alerts.look()
    alerts._looked = 0.0
    alerts.look()
    before = open_alerts()
    line = messengers.line(Alert.objects.select_related("connection", "workspace").get())

    Connection.objects.update(health=Health.WELL)
    alerts.settle()

    assert before == [("connection", 1)]
    assert line.title == f"{connection.name}: the connection is in trouble"
    assert f"/connections/{connection.public_id}/" in line.url
    assert open_alerts() == []


def test_audit_log_changed_past_recette_is_told_until_it_is_whole_again(clean: None) -> None:
    workspace = make.make_member(role=Role.OWNER, email="owner@lumen.example").workspace
    route(workspace)
    line = make.make_audit(workspace=workspace, label="Won deal")
    lines = QuerySet(AuditEvent).filter(pk=line.pk)
    lines.update(label="Lost deal")
    book.check(workspace.pk)
    alerts.look()
    carry()
    before = open_alerts()

    lines.update(label="Won deal")
    book.check(workspace.pk)
    alerts.settle()

    (message,) = mail.outbox
    assert before == [("audit", 1)]
    assert message.subject == f"{workspace}: the audit log was changed past Recette"
    assert "Line 1 was changed." in message.body
    assert f"/w/{workspace.slug}/team/audit/" in message.body
    assert open_alerts() == []


def test_recipe_paused_by_itself_is_told_to_those_who_got_no_letter(clean: None) -> None:
    owner = make.make_member(role=Role.OWNER, email="owner@lumen.example")
    make.make_member(workspace=owner.workspace, role=Role.ADMIN, email="admin@lumen.example")
    recipe = make.make_recipe(workspace=owner.workspace, live=True)
    route(owner.workspace)
    brakes.pause(recipe, Brake.ERRORS, "19 of its last 20 runs failed.")
    alerts.look()

    carry()

    assert [message.to for message in mail.outbox] == [["admin@lumen.example"]]
    Recipe.objects.update(state=RecipeState.LIVE, paused_by="")
    alerts.settle()
    assert open_alerts() == []


def test_budget_that_is_nearly_used_is_told_until_midnight_utc(clean: None) -> None:
    clock.offset += timedelta(hours=(36 - now().astimezone(UTC).hour) % 24)  # about noon
    connection = make.make_connection(connector="ghl", settings={"base_url": "https://x.example", "location_id": "l1"})
    home = catalogue.connector("ghl")
    assert home
    place = Account("https://x.example", {}, settings=connection.settings)
    daily = limits.budget_for(home, place).daily
    assert daily
    today = now().astimezone(UTC).date()
    Bucket.objects.create(
        key=limits.key_for(home, place), most=100, seconds=10, day=today, used_today=int(daily * 0.79)
    )
    alerts.look()
    before = open_alerts()
    Bucket.objects.update(used_today=int(daily * 0.81))
    alerts._looked = 0.0

    alerts.look()
    during = open_alerts()
    later(days=1)
    alerts.settle()

    assert (before, during, open_alerts()) == ([], [("budget", 1)], [])


def usual(recipe: Recipe, runs: int = 12, but: int = 99) -> None:
    """It ran so often each morning of two weeks, but on one day; and each hour of the nights before."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(1, 15):
        if back != but:
            make.make_hour(recipe=recipe, hour=today - timedelta(days=back) + timedelta(hours=8), runs=runs + back % 3)


def test_recipe_that_usually_runs_by_now_is_missed() -> None:
    at(10)
    recipe = make.make_recipe(live=True)
    usual(recipe)

    (found,) = alerts.quiet()

    assert (found.kind, found.id) == (AlertKind.QUIET, recipe.pk)
    assert found.sentence == "Normally 12–14 runs by this time of the day, today none."


@pytest.mark.parametrize("case", ["too early", "ran today", "never much", "paused", "weekend", "just resumed"])
def test_recipe_that_has_reasons_to_be_quiet_is_not_missed(case: str) -> None:
    at(7 if case == "too early" else 10, 6 if case == "weekend" else 2)
    recipe = make.make_recipe(live=True)
    if case == "weekend":
        today = now().replace(hour=0, minute=0, second=0, microsecond=0)
        for back in range(1, 15):
            if (today - timedelta(days=back)).weekday() < 5:
                make.make_hour(recipe=recipe, hour=today - timedelta(days=back) + timedelta(hours=8), runs=12)
    else:
        usual(recipe, runs=0 if case == "never much" else 12)
    if case == "ran today":
        make.make_hour(recipe=recipe, hour=counts.hour_of(now()), runs=1)
    if case == "paused":
        Recipe.objects.update(state=RecipeState.PAUSED)
    if case == "just resumed":
        Recipe.objects.update(resumed_at=now() - timedelta(hours=3))

    assert alerts.quiet() == []


def test_quiet_recipe_that_runs_again_is_no_alert_any_more(clean: None) -> None:
    at(10)
    recipe = make_hooked(STOP)
    usual(recipe)
    alerts.look()
    before = open_alerts()

    fail(recipe)
    alerts.settle()

    assert before == [("quiet", 1)]
    assert open_alerts() == [("failed", 1)]


def test_scheduler_does_it_all_by_itself(clean: None, settings: Any) -> None:
    recipe = failing()
    way = route(recipe.workspace)

    schedule.tick()

    assert AlertLetter.objects.get().route == way
    assert ("recette.alert", way.pk) in schedule._sent


def test_old_alerts_go() -> None:
    recipe = failing()
    Run.objects.all().delete()
    alerts.settle()
    later(days=91)

    prune.prune()

    assert not Alert.objects.exists()
    assert Recipe.objects.filter(pk=recipe.pk).exists()


def test_alerts_of_the_past_day_are_over_after_it() -> None:
    failing()
    later(hours=25)

    alerts.settle()

    assert open_alerts() == []
    assert Alert.objects.get().over_at
