"""Asking a service while a person builds."""

import pytest
from django.core.cache import cache

from builder.models import StepTest
from builder.runner import trying
from connectors.errors import Misconfigured, SignedOut
from connectors.spec import Choice
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import NINJA_TOKEN, action, make_ghl, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_cache():
    cache.clear()


def test_identity_is_the_company_s(ninja: Sandbox, ghl: Sandbox) -> None:
    found = trying.identify("invoice_ninja", "token", {"base_url": ninja.url, "token": NINJA_TOKEN})
    place = trying.identify_connection(make_ghl(ghl))

    assert (found.name, found.version) == ("Brightwater Studio", "5.10.17")
    assert (place.name, place.detail) == ("Brightwater Studio", "25 contacts")


def test_wrong_details_name_the_field(ninja: Sandbox) -> None:
    with pytest.raises(SignedOut) as token:
        trying.identify("invoice_ninja", "token", {"base_url": ninja.url, "token": "wrong"})
    with pytest.raises(Misconfigured) as address:
        trying.identify("invoice_ninja", "token", {"base_url": "no address", "token": "x"})
    with pytest.raises(Misconfigured):
        trying.identify("nothing", "token", {})

    assert (token.value.field, address.value.field) == ("token", "base_url")


def test_choices_are_kept_until_fresh_ones_are_wanted(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    first = trying.choices(at, "clients", {})
    asked = len(ninja.calls("GET", "/api/v1/clients"))
    ninja.do("new_client", name="Aardvark Ltd", email="hello@aardvark.example")

    kept = trying.choices(at, "clients", {})
    fresh = trying.choices(at, "clients", {}, fresh=True)

    assert kept == first
    assert Choice(ninja.records("clients")[-1]["id"], "Aardvark Ltd", "hello@aardvark.example") in fresh
    assert trying.choices(at, "clients", {}) == fresh
    assert len(ninja.calls("GET", "/api/v1/clients")) == asked + 1


def test_choices_depend_on_what_was_chosen_before(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    pipelines = ghl.records("pipelines")

    stages = [[c.label for c in trying.choices(at, "stages", {"pipeline": p["id"]})] for p in pipelines]

    assert stages[0] != stages[1]
    assert stages == [[s["name"] for s in p["stages"]] for p in pipelines]


def test_choices_of_two_connections_are_not_mixed_up(ninja: Sandbox) -> None:
    mine, theirs = make_ninja(ninja.url), make_ninja(ninja.url)
    trying.choices(mine, "clients", {})
    before = len(ninja.calls("GET", "/api/v1/clients"))

    trying.choices(theirs, "clients", {})

    assert len(ninja.calls("GET", "/api/v1/clients")) == before + 1


def test_latest_shows_real_records_that_fit(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    pipeline = ghl.records("pipelines")[1]["id"]

    found = trying.latest(at, "ghl.opportunity.won", {"pipeline": pipeline})

    assert [(s.data["status"], s.data["pipeline"]["id"]) for s in found] == [("won", pipeline)]
    assert trying.latest(at, "tools.hook.received", {}) == []


def test_step_that_is_tested_really_happens_under_a_marker_of_its_own(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.name }}")
    recipe = make_hooked(step, workspace=at.workspace)

    tests = [trying.test_step(recipe, step, {"trigger": {"name": "Ada"}}, None) for _ in range(2)]
    send(recipe, {"name": "Ada"})
    work()

    assert [t.passed for t in tests] == [True, True]
    assert StepTest.objects.get().output["client"]["name"] == "Ada"
    assert only_run(recipe).status == "done"
    markers = [e["markers"] for e in ninja.effects("client.created")]
    assert len({m for one in markers for m in one}) == 3


def test_tested_step_says_which_value_does_not_fit(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("spayme", "invoice_ninja.payments.create", at, amount="a lot", client_id="c")

    test = trying.test_step(make_hooked(step, workspace=at.workspace), step, {}, None)

    assert (test.passed, test.error["field"], test.exchanges) == (False, "amount", [])


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"operation": ""}, "Choose what this step does first."),
        ({"operation": "invoice_ninja.clients.create", "inputs": {"name": "Ada"}}, "Choose the account this step"),
    ],
)
def test_half_built_step_says_what_is_missing(step: dict, sentence: str) -> None:
    test = trying.test_step(make_hooked(), {"id": "shalf1", **step}, {}, None)

    assert not test.passed
    assert test.error["message"].startswith(sentence)


def test_tested_step_never_opens_another_workspace_s_connection(ninja: Sandbox) -> None:
    theirs = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.create", theirs, name="Ada")

    test = trying.test_step(make_hooked(step, workspace=make.make_workspace()), step, {}, None)

    assert test.error["message"] == "Choose the account this step works with first."
    assert ninja.calls() == []


def test_tested_step_keeps_its_exchange_without_the_token(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    ninja.fail({"method": "POST", "status": 422, "body": {"message": "No.", "errors": {"name": ["Too short."]}}})

    test = trying.test_step(make_hooked(step, workspace=at.workspace), step, {}, None)

    (exchange,) = test.exchanges
    assert (test.passed, test.error["message"]) == (False, "Couldn't create the client: Too short.")
    assert (exchange["method"], exchange["status"]) == ("POST", 422)
    assert exchange["request_headers"]["X-API-TOKEN"] == "••••"
    assert NINJA_TOKEN not in str(exchange)
