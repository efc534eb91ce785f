"""What was typed into a web request as a secret is sent, repeated as it was, and shown to nobody."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from builder.actions import testing
from builder.models import Recipe, Role, RunStatus, StepRun, StepTest
from builder.recipe.errors import CantRender
from builder.runner import replay, sealing, trying
from tests import make
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import NINJA_TOKEN, action, last_step, make_hooked, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)

PARAMETER = "parameter-1d7c4e"
CLIENTS = "/api/v1/clients"
KEPT = ("builder.steprun", "builder.steptest", "builder.exchange", "builder.run")


def make_typed(ninja: Sandbox, method: str = "PUT") -> Recipe:
    client = ninja.records("clients")[0]["id"]
    path = f"{CLIENTS}/{client}" if method == "PUT" else CLIENTS
    headers = [{"name": "X-Api-Token", "value": NINJA_TOKEN}, {"name": "X-Requested-With", "value": "XMLHttpRequest"}]
    inputs = {
        "url": f"{ninja.url}{path}?signature={PARAMETER}",
        "headers": headers,
        "body": {"name": "{{ trigger.name }}"},
    }
    return make_hooked(action("stheir", "tools.http.request", method=method, **inputs))


def stored() -> str:
    out = io.StringIO()
    call_command("dumpdata", *KEPT, stdout=out)
    return out.getvalue()


def changed(ninja: Sandbox) -> int:
    return len(ninja.effects("client."))


def test_typed_secrets_are_sent_and_kept_nowhere(ninja: Sandbox) -> None:
    recipe = make_typed(ninja)

    send(recipe, {"name": "Ada"})
    work()
    trying.test_step(recipe, recipe.draft["steps"][0], {"trigger": {"name": "Ada"}}, None)

    step = last_step(only_run(recipe), "stheir")
    assert (only_run(recipe).status, changed(ninja), StepTest.objects.get().passed) == (RunStatus.DONE, 2, True)
    assert step.input["headers"][0] == {"name": "X-Api-Token", "value": "••••"}
    assert step.input["url"].endswith("?signature=••••")
    assert step.input["body"] == {"name": "Ada"}
    assert sealing.sent(step)["headers"][0]["value"] == NINJA_TOKEN
    assert [secret for secret in (NINJA_TOKEN, PARAMETER) if secret in stored()] == []


def test_a_call_that_broke_off_is_repeated_with_the_very_same_values(ninja: Sandbox) -> None:
    recipe = make_typed(ninja)
    ninja.fail({"method": "PUT", "path": f"{CLIENTS}/*", "status": 504})

    send(recipe, {"name": "Ada"})
    work()
    run = until_over(only_run(recipe))

    first, second = StepRun.objects.order_by("pk")
    assert (run.status, changed(ninja)) == (RunStatus.DONE, 1)
    assert (first.input, sealing.sent(first)) == (second.input, sealing.sent(second))
    assert first.input != sealing.sent(first)


def test_an_answer_again_sends_the_true_values(ninja: Sandbox) -> None:
    recipe = make_typed(ninja, "POST")
    ninja.fail({"method": "POST", "path": CLIENTS, "status": 504})
    send(recipe, {"name": "Ada"})
    work()
    run = until_over(only_run(recipe))
    held = run.status

    replay.resume(run, "again")
    work()

    assert (held, only_run(recipe).status, changed(ninja)) == (RunStatus.HELD, RunStatus.DONE, 1)


def test_values_that_no_key_opens_hold_the_run_and_are_then_read_from_the_recipe(ninja: Sandbox) -> None:
    recipe = make_typed(ninja)
    ninja.fail({"method": "PUT", "path": f"{CLIENTS}/*", "status": 504})
    send(recipe, {"name": "Ada"})
    work()
    StepRun.objects.update(sealed="gone.AAAA.AAAA")

    run = until_over(only_run(recipe))
    held, because = run.status, run.because
    replay.resume(run)
    work()

    with pytest.raises(CantRender):
        sealing.sent(StepRun.objects.order_by("pk").first())
    assert (held, because[-48:]) == (RunStatus.HELD, "keys. Retry, and they are taken from the recipe.")
    assert (only_run(recipe).status, changed(ninja)) == (RunStatus.DONE, 1)


def test_what_is_not_secret_is_not_sealed(ninja: Sandbox) -> None:
    recipe = make_hooked(action("sfetch", "tools.http.request", method="GET", url=f"{ninja.url}/_sandbox/state"))

    send(recipe, {})
    work()

    step = last_step(only_run(recipe), "sfetch")
    assert (step.sealed, sealing.sent(step)) == ("", step.input)


def test_pages_show_dots_to_everybody(ninja: Sandbox) -> None:
    recipe = make_typed(ninja)
    send(recipe, {"name": "Ada"})
    work()
    run = only_run(recipe)
    client = Client()
    client.force_login(make.make_member(workspace=recipe.workspace, role=Role.VIEWER).user)

    address = reverse("web:run", args=[recipe.workspace.slug, run.public_id])
    pages = [
        client.get(address, {"step": "stheir", "tab": tab}).content.decode() for tab in ("what", "in", "out", "http")
    ]

    assert [page for page in pages if NINJA_TOKEN in page or PARAMETER in page] == []
    assert "••••" in pages[1]
    assert "signature=••••" in pages[3]


def test_a_look_at_the_values_hides_them_too(ninja: Sandbox) -> None:
    recipe = make_typed(ninja)

    test = testing.test_step(make.make_actor(workspace=recipe.workspace), recipe, "stheir", real=False)

    assert (test.input["headers"][0]["value"], test.input["url"][-15:]) == ("••••", "?signature=••••")
