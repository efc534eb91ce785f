"""When nobody knows whether it was done: looked for, waited for, or put to a person, never guessed."""

import time
from typing import Any

import pytest

from builder.models import Connection, Run, RunStatus, StepStatus
from builder.runner import replay
from tests.runner.conftest import Sandbox, later, until_over, work
from tests.runner.make import NINJA_TOKEN, action, last_step, make_ghl, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

BULK, CLIENTS = "/api/v1/invoices/bulk", "/api/v1/clients"
MAILED_OR_NOT = (
    "Nobody knows whether “Mail the PDFs of invoices to yourself” was done: the answer of Invoice Ninja is larger than "
    "we read. Look there, then tell Recette."
)


@pytest.fixture(autouse=True)
def _no_guard(ninja: Sandbox) -> None:
    ninja.set(guard=0)


def mailed(ninja: Sandbox, fault: dict[str, Any] | None = None, **options: str) -> Run:
    """A run on hold: files were mailed, or not, the answer got lost, and there is nothing to look at."""
    at = make_ninja(ninja.url)
    invoice = next(row["id"] for row in ninja.records("invoices") if row["status_id"] == "2")
    step = action("semail", "invoice_ninja.invoices.mail_files", at, ids=invoice) | {"options": options}
    after = action("sprodu", "invoice_ninja.products.create", at, product_key="AFTER", price="1")
    recipe = make_hooked(step, after, workspace=at.workspace)
    ninja.fail({"method": "POST", "path": BULK, "when": "after", **(fault or {"status": 502})})
    send(recipe, {})
    work()
    return until_over(only_run(recipe))


def kinds(ninja: Sandbox) -> list[str]:
    return [e["kind"] for e in ninja.effects()]


@pytest.mark.parametrize(
    ("answer", "status", "count"),
    [("again", StepStatus.DONE, 2), ("done", StepStatus.DONE, 1), ("skip", StepStatus.SKIPPED, 1)],
)
def test_person_s_answer_is_carried_out(ninja: Sandbox, answer: str, status: str, count: int) -> None:
    run = mailed(ninja)
    held = run.status

    replay.resume(run, answer)
    work()

    run.refresh_from_db()
    assert (held, run.status, run.place) == (RunStatus.HELD, RunStatus.DONE, None)
    assert last_step(run, "semail").status == status
    assert kinds(ninja).count("invoice.mailed") == count
    assert kinds(ninja).count("product.created") == 1


def test_answer_to_the_last_step_ends_the_run_without_doing_it_again(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    recipe = make_hooked(
        action("sonest", "tools.http.request", method="POST", url=f"{ninja.url}{CLIENTS}"), workspace=at.workspace
    )
    ninja.fail({"path": CLIENTS, "status": 504})
    send(recipe, {})
    work()
    run = until_over(only_run(recipe))
    calls = len(ninja.calls("POST", CLIENTS))

    replay.resume(run, "done", "Vol9")
    work()

    run.refresh_from_db()
    assert (run.status, len(ninja.calls("POST", CLIENTS))) == (RunStatus.DONE, calls)


def test_retry_without_an_answer_never_repeats(ninja: Sandbox) -> None:
    run = mailed(ninja)

    replay.resume(run)
    work()

    run.refresh_from_db()
    assert run.status == RunStatus.HELD
    assert kinds(ninja).count("invoice.mailed") == 1


@pytest.mark.parametrize(("rule", "status", "count"), [("again", "done", 2), ("skip", "skipped", 1)])
def test_recipe_s_own_rule_answers_for_the_person(ninja: Sandbox, rule: str, status: str, count: int) -> None:
    run = mailed(ninja, on_unknown=rule)

    assert run.status == RunStatus.DONE
    assert last_step(run, "semail").status == status
    assert kinds(ninja).count("invoice.mailed") == count


def lost_client(ninja: Sandbox, **fault: Any) -> Run:
    """A run that waits because the answer to its new client got lost."""
    at = make_ninja(ninja.url)
    create = action("sclien", "invoice_ninja.clients.create", at, name="Harbor Dental")
    note = action("sprodu", "invoice_ninja.products.create", at, product_key="{{ sclien.client.id }}", price="1")
    recipe = make_hooked(create, note, workspace=at.workspace)
    ninja.fail({"method": "POST", "path": CLIENTS, **(fault or {"status": 502, "when": "after"})})
    send(recipe, {})
    work()
    return only_run(recipe)


def test_recipe_s_rule_to_do_it_again_ends_with_a_person(ninja: Sandbox) -> None:
    """Each time may have been one, so it is not gone on with for ever."""
    run = mailed(ninja, {"status": 502, "times": None}, on_unknown="again")

    assert run.status == RunStatus.HELD
    assert "Nobody knows whether “Mail the PDFs of invoices to yourself” was done" in run.because
    assert kinds(ninja).count("invoice.mailed") == 5


def test_two_records_with_our_reference_are_put_to_a_person(ninja: Sandbox) -> None:
    run = lost_client(ninja)
    made = ninja.records("clients")[-1]
    twin = {"name": "Harbor Dental", "custom_value4": made["custom_value4"]}
    headers = {"X-API-TOKEN": NINJA_TOKEN, "X-Requested-With": "XMLHttpRequest"}
    other = ninja.post(CLIENTS, twin, **headers)["data"]

    until_over(run)
    held = (run.status, run.because[:35])
    replay.resume(run, "done", other["id"])
    work()

    run.refresh_from_db()
    assert held == (RunStatus.HELD, "Invoice Ninja holds 2 records that ")
    assert run.status == RunStatus.DONE
    assert ninja.records("products")[-1]["product_key"] == other["id"]
    assert kinds(ninja).count("client.created") == 2


def test_wait_for_a_clear_view_is_not_cut_short(ninja: Sandbox) -> None:
    run = lost_client(ninja)

    with pytest.raises(replay.Late, match="waits until it can see"):
        replay.resume(run)

    assert run.status == RunStatus.WAITING
    assert run.because.endswith("Recette looks first whether it was done.")


def test_look_that_fails_is_made_again_before_anything_is_repeated(ninja: Sandbox) -> None:
    run = lost_client(ninja)
    ninja.fail({"method": "GET", "path": CLIENTS, "status": 500, "times": 2})

    until_over(run)

    assert run.status == RunStatus.DONE
    assert kinds(ninja).count("client.created") == 1


def test_look_without_a_token_holds_and_a_retry_looks_again(ninja: Sandbox) -> None:
    run = lost_client(ninja)
    ninja.fail({"method": "GET", "path": CLIENTS, "status": 403, "body": {"message": "Invalid token"}})
    until_over(run)
    held = run.because

    resumed = replay.resume_after(Connection.objects.get().public_id, run.workspace_id)
    work()

    run.refresh_from_db()
    assert held.startswith("Recette can't look whether it was done: Invoice Ninja doesn't accept the token")
    assert (resumed, run.status) == (1, RunStatus.DONE)
    assert kinds(ninja).count("client.created") == 1


@pytest.mark.parametrize("kind", ["reconcile", "keyed", "idempotent"])
def test_effect_that_comes_after_our_time_out_is_not_doubled(ninja: Sandbox, settings: Any, kind: str) -> None:
    settings.READ_TIMEOUT, settings.SETTLE = 0.4, 1.0
    client = ninja.records("clients")[0]["id"]
    operation, method, path, effect, inputs = {
        "reconcile": ("clients.create", "POST", CLIENTS, "client.created", {"name": "Harbor Dental"}),
        "keyed": (
            "payments.create",
            "POST",
            "/api/v1/payments",
            "payment.created",
            {"client_id": client, "amount": "5"},
        ),
        "idempotent": ("clients.update", "PUT", f"{CLIENTS}/*", "client.updated", {"client_id": client, "name": "New"}),
    }[kind]
    at = make_ninja(ninja.url)
    recipe = make_hooked(action("sonest", f"invoice_ninja.{operation}", at, **inputs), workspace=at.workspace)
    ninja.fail({"method": method, "path": path, "delay": 0.7})
    send(recipe, {})

    work()
    waiting = only_run(recipe)
    time.sleep(1.1)
    work()

    assert "took longer than 0.4 seconds" in waiting.because
    assert only_run(recipe).status == RunStatus.DONE
    assert kinds(ninja).count(effect) == 1


def test_step_may_wait_longer_for_an_answer_than_others(ninja: Sandbox, settings: Any) -> None:
    settings.READ_TIMEOUT = 0.4
    at = make_ninja(ninja.url)
    slow = action("sslow1", "invoice_ninja.clients.create", at, name="Harbor Dental") | {"options": {"timeout": "10"}}
    recipe = make_hooked(slow, workspace=at.workspace)
    ninja.fail({"method": "POST", "path": CLIENTS, "delay": 0.7})
    send(recipe, {})

    work()

    assert only_run(recipe).status == RunStatus.DONE
    assert last_step(only_run(recipe), "sslow1").attempt == 1
    assert kinds(ninja).count("client.created") == 1


@pytest.mark.parametrize(("operation", "effects"), [("update", 1), ("get", 0)])
def test_call_whose_answer_is_too_large_is_not_made_again(ninja: Sandbox, operation: str, effects: int) -> None:
    client, at = ninja.records("clients")[0]["id"], make_ninja(ninja.url)
    inputs = {"client_id": client} | ({"name": "New"} if operation == "update" else {})
    recipe = make_hooked(action("sonest", f"invoice_ninja.clients.{operation}", at, **inputs), workspace=at.workspace)
    method = {"update": "PUT", "get": "GET"}[operation]
    fault = {"method": method, "path": f"{CLIENTS}/*", "status": 200, "body": "x" * 11_000_000, "when": "after"}
    ninja.fail(fault)
    send(recipe, {})
    work()

    run = until_over(only_run(recipe))

    assert (run.status, kinds(ninja).count("client.updated")) == (RunStatus.HELD, effects)
    assert "is larger than we read" in run.because
    assert len(ninja.calls(method, f"{CLIENTS}/")) == 1


@pytest.mark.parametrize(("rule", "status"), [("ask", "held"), ("again", "held"), ("skip", "skipped")])
def test_write_whose_answer_is_too_large_is_made_once_whatever_the_rule(ninja: Sandbox, rule: str, status: str) -> None:
    run = mailed(ninja, on_unknown=rule, fault={"status": 200, "body": "x" * 11_000_000, "times": 5})

    assert (last_step(run, "semail").status, len(ninja.calls("POST", BULK))) == (status, 1)
    assert kinds(ninja).count("invoice.mailed") == 1
    assert run.because == ("" if rule == "skip" else MAILED_OR_NOT)


@pytest.mark.parametrize(("when", "status"), [("before", RunStatus.HELD), ("after", RunStatus.DONE)])
def test_write_whose_answer_is_too_large_is_adopted_or_put_to_a_person(
    ninja: Sandbox, when: str, status: RunStatus
) -> None:
    run = lost_client(ninja, status=200, body="x" * 11_000_000, when=when, times=3)

    until_over(run)

    assert (run.status, len(ninja.calls("POST", CLIENTS))) == (status, 1)


def test_web_request_whose_answer_is_too_large_names_no_service_of_ours(ninja: Sandbox) -> None:
    at, url = make_ninja(ninja.url), f"{ninja.url}{CLIENTS}"
    recipe = make_hooked(action("sonest", "tools.http.request", method="POST", url=url), workspace=at.workspace)
    ninja.fail({"path": CLIENTS, "status": 200, "body": "x" * 11_000_000})
    send(recipe, {})
    work()

    run = until_over(only_run(recipe))

    assert run.because.endswith(
        "was done: the answer of the service is larger than we read. Look there, then tell Recette."
    )


def test_service_that_gives_too_much_is_there(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    read = action("sonest", "invoice_ninja.clients.get", at, client_id=ninja.records("clients")[0]["id"])
    recipe = make_hooked(read, workspace=at.workspace)
    ninja.fail({"path": f"{CLIENTS}/*", "status": 200, "body": "x" * 11_000_000, "times": 6})
    for _ in range(6):
        send(recipe, {})

    work()

    assert Run.objects.filter(status=RunStatus.HELD).count() == 6
    assert Connection.objects.get().resting_until is None


def test_wait_that_the_answer_asks_for_is_kept(ninja: Sandbox) -> None:
    run = lost_client(ninja, status=429, headers={"Retry-After": "77"}, body={"message": "Too many requests"})
    asked = (run.wake_at - last_step(run, "sclien").started_at).total_seconds()

    later(70)
    early = len(ninja.calls("POST", CLIENTS))
    later(8)

    run.refresh_from_db()
    assert 76 < asked < 79
    assert (early, len(ninja.calls("POST", CLIENTS))) == (1, 2)
    assert run.status == RunStatus.DONE


@pytest.mark.parametrize(("when", "looks", "posts"), [("before", 2, 2), ("after", 1, 1)])
def test_search_that_lags_is_asked_twice_before_anything_is_repeated(
    ghl: Sandbox, when: str, looks: int, posts: int
) -> None:
    at = make_ghl(ghl)
    step = action("sperso", "ghl.contacts.create", at, email="ada@nowak.example", firstName="Ada")
    recipe = make_hooked(step, workspace=at.workspace)
    ghl.fail({"method": "POST", "path": "/contacts/", "status": 502, "when": when})
    send(recipe, {})
    work()

    run = until_over(only_run(recipe))

    assert run.status == RunStatus.DONE
    assert len(ghl.calls("GET", "/contacts/search/duplicate")) == looks
    assert len(ghl.calls("POST", "/contacts/")) == posts
    assert len(ghl.effects("contact.created")) == 1


@pytest.mark.parametrize(
    ("operation", "inputs", "way_out"),
    [
        ("invoice_ninja.products.update", {"product_id": ""}, "Doing it once more does no harm: retry when it answers"),
        ("invoice_ninja.clients.create", {"name": "Nowak"}, "Recette looked in Invoice Ninja: it was not done. Retry"),
    ],
    ids=["repeatable", "looked for"],
)
def test_what_gets_no_answer_for_a_day_is_put_to_a_person_and_goes_on_when_retried(
    ninja: Sandbox, operation: str, inputs: dict[str, str], way_out: str
) -> None:
    at, path = make_ninja(ninja.url), f"/api/v1/{operation.split('.')[1]}"
    if "product_id" in inputs:
        inputs = {"product_id": ninja.records("products")[0]["id"], "notes": "New"}
    recipe = make_hooked(action("sagain", operation, at, **inputs), workspace=at.workspace)
    method = "PUT" if operation.endswith("update") else "POST"
    ninja.fail({"method": method, "path": f"{path}*", "status": 504, "times": None})
    send(recipe, {})
    work()
    run = until_over(only_run(recipe), turns=4)
    on_the_way, tries = run.status, len(ninja.calls(method, path))

    later(24 * 3600)
    run = until_over(run)
    because, more = run.because, len(ninja.calls(method, path)) - tries
    ninja.mend()
    replay.resume(run)
    work()

    run.refresh_from_db()
    assert because.startswith("Each try for a day ended without an answer. ") and way_out in because
    assert (on_the_way, tries, more) == (RunStatus.WAITING, 5, 0)
    assert run.status == RunStatus.DONE
