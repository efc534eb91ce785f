"""A token that is easy to find is sent through everything; nothing that is stored, kept or logged may hold it."""

import base64
import io
import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command

from builder.models import RunStatus, StepRun
from builder.runner import polling, trying
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import (
    action,
    app_tokens,
    make_ghl,
    make_hooked,
    make_ninja,
    make_watching,
    only_run,
    overdue,
    send,
)

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = 'canary/tok+en"0123&456='
SPELLINGS = {
    "plain": CANARY,
    "in a url": quote(CANARY, safe=""),
    "in json": json.dumps(CANARY)[1:-1],
    "in base64": base64.b64encode(CANARY.encode()).decode(),
}
ECHO = {"first": CANARY, "url": f"https://x.test/?key={SPELLINGS['in a url']}", "basic": SPELLINGS["in base64"]}
ANSWERS = [
    {"status": 422, "body": {"message": f"The token {CANARY} is odd.", "errors": {"name": list(ECHO.values())}}},
    {"status": 500, "body": {"message": str(ECHO)}},
    {"status": 200, "body": {"data": {"id": "x", "name": CANARY, "contacts": [], **ECHO}}},
    {"status": 302, "headers": {"Location": f"https://x.test/{SPELLINGS['in a url']}"}},
    {"status": 403, "body": {"message": f"Invalid token {CANARY}"}},
    {"status": 418, "body": f"<h1>{CANARY}</h1>", "headers": {"X-Echo": CANARY, "Set-Cookie": f"t={CANARY}"}},
]


def assert_clean(text: str) -> None:
    for name, spelled in SPELLINGS.items():
        at = text.find(spelled)
        assert at < 0, f"the token stands there {name}: …{text[max(0, at - 200) : at + 60]}"


def stored() -> str:
    """Every row of the database, as text."""
    out = io.StringIO()
    call_command("dumpdata", "builder", stdout=out)
    return json.dumps(json.loads(out.getvalue()), ensure_ascii=False) + out.getvalue().replace('\\"', '"')


def make_canary(ninja: Sandbox) -> Any:
    return make_ninja(ninja.url, secrets={"token": CANARY})


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_service_that_echoes_the_token_spreads_it_nowhere(
    ninja: Sandbox, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    at = make_canary(ninja)
    step = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    recipe = make_hooked(step, workspace=at.workspace)
    ninja.fail({"path": "/api/v1/clients", "times": 3, **ANSWERS[number]})
    send(recipe, {})

    work()
    until_over(only_run(recipe), turns=3)
    trying.test_step(recipe, step, {}, None)

    assert StepRun.objects.exists()
    assert_clean(stored())
    assert_clean(caplog.text)


def test_poll_that_fails_spreads_the_token_nowhere(ninja: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    at = make_canary(ninja)
    recipe = make_watching(at, "invoice_ninja.client.created")
    subscription = at.subscriptions.get()
    for answer in ANSWERS[:2]:
        ninja.fail({"path": "/api/v1/clients", **answer})
        type(subscription).objects.update(poll_at=overdue())
        polling.poll(subscription.pk)

    assert recipe.live
    assert_clean(stored())
    assert_clean(caplog.text)


def test_identity_that_fails_says_no_token(ninja: Sandbox) -> None:
    for answer in ANSWERS[:2]:
        ninja.fail({"path": "/api/v1/*", "times": 9, **answer})
        with pytest.raises(Exception, match="Invoice Ninja") as problem:
            trying.identify("invoice_ninja", "token", {"base_url": ninja.url, "token": CANARY})
        ninja._ask("DELETE", "/_sandbox/faults", None, {})
        assert_clean(f"{problem.value!r} {problem.value.message}")


def test_tokens_of_the_app_are_hidden_when_they_are_changed(ghl: Sandbox) -> None:
    ghl.set(rate_max=0)
    tokens = app_tokens(ghl)
    at = make_ghl(ghl, "app", **{"client_secret": "4a8f3c1e-0000-4000-8000-000000000002", **tokens})
    ghl.post("/_sandbox/expire", {})
    step = action("speopl", "ghl.contacts.get", at, contactId=ghl.records("contacts")[0]["id"])
    recipe = make_hooked(step, workspace=at.workspace)
    send(recipe, {})
    work()

    text = stored()
    assert only_run(recipe).status == RunStatus.DONE
    for name, token in tokens.items():
        assert token not in text, name
