"""Asking a service while a person builds: who are you, what is there to choose, what came last, does this step work?"""

import contextlib
import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache

from builder.models import Agency, Connection, Exchange, Recipe, StepTest, User
from builder.models.columns import plain, write_json
from builder.recipe import values
from builder.recipe.errors import TooMuch
from builder.runner import accounts, agencies, calls, handlers, offline, outputs, unfit
from builder.runner.clock import now
from connectors import catalogue
from connectors.errors import ConnectorError, Misconfigured
from connectors.spec import Choice, Identity, Operation, Sighting


def identify(connector: str, method: str, fields: Mapping[str, str]) -> Identity:
    """Who the account is. Raises connectors.errors, with `field` where one is to blame."""
    home = catalogue.connector(connector)
    if home is None:
        raise Misconfigured(f"There is no connector named {connector}.")
    account = home.account(method, fields)
    opened = accounts.Opened(0, "", home.label, home, account, dict(fields))
    return offline.hold(opened, home.test)


def identify_connection(connection: Connection) -> Identity:
    """The same for a stored one; an expired token is refreshed on the way."""
    opened = accounts.open(connection)
    return offline.hold(opened, opened.connector.test)


def ask_agency(agency: Agency, make: agencies.Make[agencies.T]) -> agencies.T:
    """The conversation's result; its token is renewed on the way. Raises connectors.errors."""
    http = calls.make_client()

    async def talk() -> agencies.T:
        try:
            return await agencies.ask(agency.pk, make, http, offline.in_thread)
        finally:
            await http.close()

    found = offline.run(talk())
    with contextlib.suppress(Agency.DoesNotExist):
        agency.refresh_from_db()
    return found


def choices(connection: Connection, key: str, inputs: Mapping[str, Any], fresh: bool = False) -> list[Choice]:
    """A live list; kept for as long as its declaration says, by connection and the inputs it depends on."""
    opened = accounts.open(connection)
    source = opened.connector.choices[key]
    name = _name(connection, key, inputs)
    if not fresh and (kept := cache.get(name)) is not None:
        return [Choice(**row) for row in kept]
    found = offline.hold(opened, lambda context: source.load(dict(inputs), context))
    cache.set(name, [asdict(choice) for choice in found], source.seconds)
    return found


def latest(connection: Connection, trigger: str, inputs: Mapping[str, Any]) -> list[Sighting]:
    """The newest real records that fit a trigger; none where the trigger can't look back."""
    found = catalogue.trigger(trigger)
    if found is None or found.latest is None:
        return []
    look = found.latest
    return offline.hold(accounts.open(connection), lambda context: look(dict(inputs), context))


def whole(connection: Connection, trigger: str, sighting: Sighting) -> Sighting:
    """The record as a run of it would see it: read again where a list shows only a part. Raises connectors.errors."""
    found = catalogue.trigger(trigger)
    home = catalogue.connector(found.connector) if found else None
    if sighting.complete or found is None or home is None:
        return sighting
    reread = home.watched[found.object].reread
    return offline.hold(accounts.open(connection), lambda context: reread(sighting.record_id, context))


def shown(operation: Operation, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs without what was typed into them as a secret."""
    return handlers.shown(operation, inputs)


def test_step(
    recipe: Recipe, step: Mapping[str, Any], given: Mapping[str, Any], user: User | None, basis: str = ""
) -> StepTest:
    """Carries one action out for real, with `given` as what earlier steps gave, and keeps how it went. `basis`: by what
    it is known again whether the step is still the same."""
    operation = catalogue.operation(str(step.get("operation", "")))
    tick = time.monotonic()
    test = StepTest(workspace_id=recipe.workspace_id, recipe=recipe, step_id=step["id"], by=user, passed=False)
    test.operation, test.basis = operation.key if operation else "", basis
    kept: list[Exchange] = []
    if operation is None:
        test.error = {"code": "unknown", "message": "Choose what this step does first.", "field": ""}
    else:
        _try(test, step, operation, given, kept)
    test.exchanges = [_shown(exchange) for exchange in kept]
    test.took_ms = int((time.monotonic() - tick) * 1000)
    return _stored(test)


def _try(
    test: StepTest, step: Mapping[str, Any], operation: Operation, given: Mapping[str, Any], kept: list[Exchange]
) -> None:
    workspace = test.recipe.workspace
    zone = ZoneInfo(workspace.zone)
    inputs, troubles = values.resolve(
        step.get("inputs", {}),
        operation.fields,
        given,
        now=now().astimezone(zone),
        zone=zone,
        currency=workspace.currency,
        one_of=operation.one_of,
    )
    inputs = plain(inputs)
    test.input = handlers.shown(operation, inputs)
    if troubles:
        test.error = {
            "code": "inputs",
            "message": unfit.told(test.recipe.draft, operation, troubles[:1]),
            "field": troubles[0].field,
        }
        return
    try:
        output = _perform(test, step, operation, inputs, kept)
    except ConnectorError as problem:
        test.error = {"code": problem.code, "message": problem.message, "field": problem.field}
        return
    try:
        test.output, test.passed = outputs.kept(output), True
    except TooMuch as problem:
        test.error = outputs.error(problem)


def _perform(
    test: StepTest, step: Mapping[str, Any], operation: Operation, inputs: dict[str, Any], kept: list[Exchange]
) -> dict[str, Any]:
    if handler := handlers.HANDLERS.get(operation.key):
        return offline.run(handler(handlers.Spot(test.workspace_id, _marker(test), offline.in_transaction), inputs))
    opened = _opened(test, step, operation, inputs)
    return offline.hold(
        opened,
        lambda context: operation.perform(inputs, context),
        marker=_marker(test),
        currency=test.recipe.workspace.currency,
        kept=kept,
    )


def _opened(test: StepTest, step: Mapping[str, Any], operation: Operation, inputs: dict[str, Any]) -> accounts.Opened:
    home = catalogue.connector(operation.connector)
    assert home
    if not home.methods:
        return accounts.Opened(0, "", home.label, home, handlers.account(operation, inputs), {})
    row = Connection.objects.filter(
        workspace_id=test.workspace_id, public_id=step.get("connection", ""), connector=operation.connector
    ).first()
    if row is None:
        raise Misconfigured("Choose the account this step works with first.")
    return accounts.open(row)


def _marker(test: StepTest) -> str:
    """A test's own, so that no run ever adopts what a test made."""
    text = f"test|{test.recipe_id}|{test.step_id}|{time.time_ns()}"
    return "wf-" + hashlib.sha256(text.encode()).hexdigest()[:20]


def _stored(test: StepTest) -> StepTest:
    kept = ("operation", "basis", "by", "passed", "input", "output", "error", "exchanges", "took_ms")
    row, _ = StepTest.objects.update_or_create(
        workspace_id=test.workspace_id,
        recipe=test.recipe,
        step_id=test.step_id,
        defaults={name: getattr(test, name) for name in kept},
    )
    return row


EXCHANGE_COLUMNS = (
    "purpose",
    "method",
    "url",
    "request_headers",
    "request_body",
    "status",
    "response_headers",
    "response_body",
    "trouble",
    "took_ms",
)


def _shown(exchange: Exchange) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in EXCHANGE_COLUMNS}


def _name(connection: Connection, key: str, inputs: Mapping[str, Any]) -> str:
    text = write_json({name: str(value) for name, value in sorted(inputs.items())})
    digest = hashlib.sha256(f"{text}|{connection.sealed[-24:]}".encode()).hexdigest()[:24]
    return f"choices:{connection.pk}:{key}:{digest}"
