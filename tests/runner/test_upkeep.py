"""Connections are asked once a day; a token that is changed, or fails, loses no run."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connection as database

from builder import seal
from builder.actions import permissions, rotation
from builder.models import Connection, Health, Run, RunStatus
from builder.runner import accounts, upkeep
from builder.runner.clock import clock, now
from connectors import catalogue
from tests import make
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(ghl: Sandbox) -> Connection:
    """With a token of its own, which may be revoked."""
    made = make_ghl(ghl)
    made.sealed = seal.seal({"token": granted(ghl)}, accounts.place(made))
    made.save()
    return made


def granted(ghl: Sandbox, **more: str) -> str:
    return str(ghl.post("/_sandbox/tokens", more)["token"])


def token_of(account: Connection) -> str:
    return accounts.open(Connection.objects.get(pk=account.pk)).fields["token"]


def reading(ghl: Sandbox, account: Connection, count: int = 1, body: str = "") -> None:
    """Runs that ask for a contact, or write a note to one."""
    person = ghl.records("contacts")[0]["id"]
    step = action("snotes", "ghl.contacts.get", account, contactId=person)
    if body:
        step = action("snotes", "ghl.contacts.add_note", account, contactId=person, body=body)
    recipe = make_hooked(step, workspace=account.workspace)
    for number in range(count):
        send(recipe, {"n": number})


def switch(ghl: Sandbox, account: Connection, **more: str) -> str:
    by = make.make_actor(workspace=account.workspace)
    token = granted(ghl, **more)
    account.refresh_from_db()
    rotation.offer(by, account, {"token": token})
    rotation.switch(by, account)
    return token


def revoke(ghl: Sandbox, token: str) -> None:
    ghl.post("/_sandbox/tokens", {"token": token, "seconds": 0})


def statuses() -> set[str]:
    return {until_over(run).status for run in Run.objects.all()}


def test_runs_held_for_a_dead_token_go_on_after_the_switch(ghl: Sandbox, account: Connection) -> None:
    reading(ghl, account, 3)
    revoke(ghl, token_of(account))
    work()
    held = {run.status for run in Run.objects.all()}

    switch(ghl, account)
    work()

    assert held == {RunStatus.HELD}
    assert statuses() == {RunStatus.DONE}


def test_runs_whose_token_was_revoked_just_after_a_switch_go_on(ghl: Sandbox, account: Connection) -> None:
    """The worker still has the old one in its cache: it is told no, looks, and takes the new one."""
    reading(ghl, account, 1)
    work()
    reading(ghl, account, 5)
    old = token_of(account)
    switch(ghl, account)
    revoke(ghl, old)

    work()

    assert statuses() == {RunStatus.DONE}
    assert Connection.objects.get().health == Health.WELL


def test_runs_go_on_with_the_token_before_when_the_new_one_fails(ghl: Sandbox, account: Connection) -> None:
    revoke(ghl, switch(ghl, account))
    reading(ghl, account, 3)

    work()

    row = Connection.objects.get()
    assert statuses() == {RunStatus.DONE}
    assert (row.health, row.former) == (Health.WELL, None)
    assert row.trouble.startswith("The new token of HighLevel was refused within the hour")


def test_permission_that_a_step_is_refused_for_is_noted_until_somebody_tests(ghl: Sandbox, account: Connection) -> None:
    switch(ghl, account, scopes="contacts.readonly locations.readonly opportunities.readonly")
    reading(ghl, account, body="Hello")

    work()

    row = Connection.objects.get()
    note = catalogue.operation("ghl.contacts.add_note")
    assert Run.objects.get().status == RunStatus.HELD
    assert permissions.lacking(row, note) == ["contacts.write"]
    assert upkeep.look_after(row.pk) is True
    assert permissions.lacking(Connection.objects.get(), note) == ["contacts.write"]


def test_connection_is_asked_once_a_day(ghl: Sandbox, account: Connection) -> None:
    early = upkeep.due()
    clock.offset += upkeep.EVERY + timedelta(seconds=1)
    due = upkeep.due()

    answered = [upkeep.look_after(account.pk), upkeep.look_after(account.pk)]

    account.refresh_from_db()
    assert (early, due, upkeep.due()) == ([], [account.pk], [])
    assert answered == [True, False]
    assert (account.health, account.identity["name"]) == (Health.WELL, "Brightwater Studio")


def test_new_names_of_own_fields_come_with_the_day(ninja: Sandbox) -> None:
    books = make_ninja(ninja.url)
    company = ninja.records("companies")[0]["id"]
    headers = {"X-API-TOKEN": accounts.open(books).fields["token"], "X-Requested-With": "XMLHttpRequest"}
    path = f"{ninja.url}/api/v1/companies/{company}"
    httpx.put(path, json={"custom_fields": {"client1": "Berth|single_line_text"}}, headers=headers).raise_for_status()
    clock.offset += upkeep.EVERY + timedelta(seconds=1)

    upkeep.look_after(books.pk)

    books.refresh_from_db()
    assert books.settings["custom_fields"] == '{"client1": "Berth"}'


def test_token_that_died_over_night_is_noted_before_a_run_needs_it(ghl: Sandbox, account: Connection) -> None:
    revoke(ghl, token_of(account))

    answered = upkeep.look_after(account.pk)

    account.refresh_from_db()
    assert (answered, account.health) == (False, Health.SIGNED_OUT)
    assert account.trouble.startswith("HighLevel no longer accepts this token")
    assert account.check_at > now() + upkeep.EVERY / 2


def test_connection_that_is_well_again_lets_its_runs_go_on(ghl: Sandbox, account: Connection) -> None:
    reading(ghl, account)
    token = token_of(account)
    revoke(ghl, token)
    work()
    ghl.post("/_sandbox/tokens", {"token": token})

    upkeep.look_after(account.pk)
    work()

    assert statuses() == {RunStatus.DONE}


def test_service_that_is_away_says_nothing_of_the_connection(ghl: Sandbox, account: Connection) -> None:
    ghl.fail({"path": "*", "status": 503, "times": 99})

    answered = upkeep.look_after(account.pk)

    account.refresh_from_db()
    assert (answered, account.health, account.trouble) == (False, Health.WELL, "")
    assert now() < account.check_at <= now() + upkeep.AGAIN


def test_secrets_that_nobody_will_ask_for_go(ghl: Sandbox, account: Connection) -> None:
    by = make.make_actor(workspace=account.workspace)
    switch(ghl, account)
    account.refresh_from_db()
    rotation.offer(by, account, {"token": granted(ghl)})
    clock.offset += upkeep.KEEPS + timedelta(seconds=1)

    upkeep.look_after(account.pk)

    account.refresh_from_db()
    assert (account.waiting, account.former) == (None, None)


@pytest.mark.parametrize("answer", [{"times": 1}, {"times": 1, "status": 403, "body": {"message": "Forbidden"}}])
def test_what_changes_while_the_service_is_asked_stays(
    ghl: Sandbox, account: Connection, answer: dict[str, Any]
) -> None:
    """The daily look took two seconds; meanwhile somebody rotated the token and noted the currency."""
    ghl.fail({"path": "*", "delay": 2, **answer})

    with ThreadPoolExecutor(1) as thread:
        look = thread.submit(upkeep.look_after, account.pk)
        time.sleep(0.5)
        switch(ghl, account, scopes="contacts.readonly locations.readonly opportunities.readonly")
        before = Connection.objects.get(pk=account.pk)
        Connection.objects.filter(pk=account.pk).update(settings={**before.settings, "currency": "EUR"})
        look.result()
        thread.submit(lambda: database.close()).result()

    after = Connection.objects.get(pk=account.pk)
    assert (after.health, after.trouble, after.identity) == (Health.WELL, "", before.identity)
    assert (after.sealed, after.settings["currency"]) == (before.sealed, "EUR")


def test_deleted_connection_is_left_alone(ghl: Sandbox, account: Connection) -> None:
    Connection.objects.update(deleted_at=now(), check_at=now())

    assert (upkeep.due(), upkeep.look_after(account.pk)) == ([], False)
