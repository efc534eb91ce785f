"""Calls that want a password besides the token: it goes with them alone, and stands in no record."""

import pytest

from builder import seal
from builder.models import Exchange, StepStatus
from builder.runner import accounts
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


def test_password_is_sent_where_it_is_asked_for_and_nowhere_else(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    known = seal.unseal(at.sealed, accounts.place(at))
    at.sealed = seal.seal({**known, "user_password": PASSWORD}, accounts.place(at))
    at.save()
    person = ninja.records("users")[1]["id"]
    recipe = make_hooked(
        action("slist1", "invoice_ninja.users.list", at),
        action("suser1", "invoice_ninja.users.get", at, user_id=person),
        workspace=at.workspace,
    )

    send(recipe, {})
    work()

    run = only_run(recipe)
    plain, guarded = last_step(run, "slist1").exchanges.get(), last_step(run, "suser1").exchanges.get()
    assert last_step(run, "suser1").status == StepStatus.DONE
    assert guarded.request_headers["X-API-PASSWORD"] == "••••"
    assert "X-API-PASSWORD" not in plain.request_headers
    assert PASSWORD not in str(list(Exchange.objects.values()))


def test_step_without_the_password_says_where_to_enter_it(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("suser1", "invoice_ninja.users.get", at, user_id=ninja.records("users")[1]["id"])
    recipe = make_hooked(step, workspace=at.workspace)

    send(recipe, {})
    work()

    failed = last_step(only_run(recipe), "suser1")
    assert failed.status == StepStatus.FAILED
    assert "Enter it in the connection" in failed.error["message"]
