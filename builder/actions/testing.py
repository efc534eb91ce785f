"""Trying a draft out: real records for the trigger, one step at a time, each result a sample for the next."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import audit, circles, inputs
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid, NotFound
from builder.actions.evidence import Evidence, basis
from builder.models import Capability, Connection, Event, Recipe, Source, StepTest, access
from builder.recipe import conditions, values, wrong
from builder.recipe import tree as trees
from builder.recipe.errors import CantRender
from builder.runner import approvals, bodies, trying
from builder.runner.intake import unpack
from connectors import catalogue
from connectors.errors import ConnectorError
from connectors.errors import NotFound as ConnectorNotFound
from connectors.spec import Operation, Retry, Sighting, Trigger
from connectors.tools import manual

Scope = dict[str, Any]
OFFERED, LOOKED_THROUGH = 5, 300
"""Deliveries that are offered as samples at most, and how many of the account's newest are looked through for them."""


@action(Capability.EDIT, atomic=False)
def latest(by: Actor, recipe: Recipe) -> list[Sighting]:
    """The newest real records that fit the draft's trigger; empty where it can't look back."""
    trigger = recipe.draft["trigger"]
    known = inputs.trigger(trigger["operation"])
    if own := _own(recipe, known):
        return own
    given = {name: value for name, value in trigger["inputs"].items() if not values.empty(value)}
    if known.needs_webhook and known.latest is None:
        return _delivered(_watched(recipe), known, given)
    with _explained():
        return trying.latest(_watched(recipe), trigger["operation"], given)


def _delivered(connection: Connection, trigger: Trigger, given: Scope) -> list[Sighting]:
    """What webhooks told of last, where no list can be asked: the newest of the account's deliveries that fit."""
    home = catalogue.connector(trigger.connector)
    ours = connection.identity.get("record_id", "")
    with access.as_seen():
        came = Event.objects.filter(connection=connection, source=Source.HOOK).order_by("-pk")[:LOOKED_THROUGH]
    found: list[Sighting] = []
    for event in came:
        if home is None or len(found) == OFFERED or event.name not in (trigger.events or ()):
            continue
        try:
            seen = home.watched[trigger.object].read(bodies.parse(unpack(event.raw)), event.name)
        except bodies.Unreadable:
            continue
        of_another = seen and seen.owner and ours and seen.owner != ours  # an app hears of all its accounts
        if seen and not of_another and not trigger.why_not(given, seen):
            found.append(seen)
    return found


def _own(recipe: Recipe, trigger: Trigger) -> list[Sighting]:
    """Of a recipe that no service starts: what came to it last, else what its form would ask for."""
    if (home := catalogue.connector(trigger.connector)) is None or home.methods:
        return []
    rows = Event.objects.filter(subscription__recipe=recipe, subscription__object=trigger.object)
    came = list(rows.exclude(data=None).order_by("-pk")[:5])
    if came or trigger.key != manual.STARTED.key:
        read = home.watched[trigger.object].read
        return [s for event in came if (s := read(event.data or {}, event.name))] or [_sampled(trigger, trigger.sample)]
    form = recipe.draft["trigger"]["inputs"]
    example = {name: name for name, _hint in manual.asked(form)}
    return [_sampled(trigger, manual.start(form, _("Somebody"), timezone.now(), example))]


def _sampled(trigger: Trigger, data: Mapping[str, Any]) -> Sighting:
    return Sighting(trigger.object, "", {}, dict(data))


def _watched(recipe: Recipe) -> Connection:
    chosen = recipe.draft["trigger"]["connection"]
    connection = Connection.objects.filter(public_id=chosen, deleted_at=None).first()
    if connection is None:
        raise Invalid(_("Choose the account the trigger watches first."), "connection")
    return connection


@contextmanager
def _explained() -> Iterator[None]:
    """What the service refuses is told beside the field it is about."""
    try:
        yield
    except ConnectorError as problem:
        raise Invalid(problem.message, problem.field) from problem


@action(Capability.EDIT, atomic=False)
def sample_trigger(by: Actor, recipe: Recipe, index: int = 0) -> StepTest:
    """Keeps one of the newest records as what the trigger gives: later steps are tested with it."""
    found = latest(by, recipe)
    gone = _("There is no such record any more. Look again, or go on with the sample.")
    if not 0 <= index < len(found):
        raise NotFound(gone)
    with _explained():
        try:
            if found[index].complete:
                return keep_sample(by, recipe, dict(found[index].data))
            whole = trying.whole(_watched(recipe), recipe.draft["trigger"]["operation"], found[index])
        except ConnectorNotFound as problem:
            raise NotFound(gone) from problem
    return keep_sample(by, recipe, dict(whole.data))


@action(Capability.EDIT)
def keep_sample(by: Actor, recipe: Recipe, data: Mapping[str, Any]) -> StepTest:
    """The same with data that is there already: a record shown before, or one a person wrote."""
    result = {
        "operation": recipe.draft["trigger"]["operation"],
        "by": by.user,
        "passed": True,
        "input": {},
        "output": dict(data),
        "error": None,
        "exchanges": [],
    }
    kept, _new = StepTest.objects.update_or_create(
        workspace=by.workspace, recipe=recipe, step_id="trigger", defaults=result
    )
    audit.write(by, "recipe.sample_kept", recipe)
    return kept


@action(Capability.EDIT)
def paste_sample(by: Actor, recipe: Recipe, text: str) -> StepTest:
    """The same with JSON that a person pasted. Raises Invalid with the sentence."""
    try:
        data = bodies.parse(text.encode())
    except bodies.Unreadable:
        data = None
    if not isinstance(data, dict) or not data or not text.strip().startswith("{"):
        raise Invalid(_("That is no record: paste what begins with { and ends with }, with values in it."), "text")
    return keep_sample(by, recipe, data)


@action(Capability.EDIT)
def forget_sample(by: Actor, recipe: Recipe) -> None:
    """Back to the sample values of the catalogue."""
    StepTest.objects.filter(recipe=recipe, step_id="trigger").delete()


def trigger_sample(recipe: Recipe) -> tuple[Scope, StepTest | None]:
    """What the draft's trigger gives while building, and the record it is of: none, and it is the catalogue's."""
    test = StepTest.objects.filter(recipe=recipe, step_id="trigger").select_related("by").first()
    if test and (test.output is None or test.operation != recipe.draft["trigger"]["operation"]):
        test = None
    return _sample(recipe.draft["trigger"], test), test


def known_by(data: Any) -> str:
    """What a person knows a record by."""
    data = data["record"] if isinstance(data.get("record"), dict) else data
    told = (data.get(name) for name in ("name", "display_name", "number", "id", "email", "started_by", "local"))
    return str(next((one for one in told if one), "…"))


@action(Capability.EDIT, atomic=False)
def test_step(by: Actor, recipe: Recipe, step_id: str, real: bool = True) -> StepTest:
    """Carries the draft's step out, with what earlier tests gave. Not `real`: only reads the values; nothing is sent
    and nothing stored. What goes wrong stands in the test's `error`. Raises Invalid where it would write with values
    that no test gave, or that belong to different records."""
    step = trees.find(recipe.draft, step_id)
    if step is None or step_id == "trigger":
        raise NotFound(_("This step is no longer in the recipe. Reload the page."))
    given = samples(recipe, before=step_id)
    if step["kind"] != "action":
        return _kept(_thought(by, recipe, step, given), real)
    if not real:
        return _read(by, recipe, step, given)
    if writes(step) and (gap := Evidence(recipe).gap(step)):
        raise Invalid(gap.message)
    test = trying.test_step(recipe, step, given, by.user, basis(step))
    audit.write(by, "recipe.step_tested", recipe, step=step_id, operation=step["operation"], passed=test.passed)
    return test


def writes(step: dict[str, Any]) -> bool:
    """Whether carrying it out may change something in the service."""
    found = inputs.known(step.get("operation", ""))
    return isinstance(found, Operation) and found.retry is not Retry.READ


def shown(step: dict[str, Any]) -> dict[str, Any]:
    """A step's inputs without what was typed into them as a secret."""
    known = inputs.known(step["operation"]) if step.get("operation") else None
    return trying.shown(known, step["inputs"]) if isinstance(known, Operation) else step.get("inputs", {})


def samples(recipe: Recipe, before: str = "") -> Scope:
    """What pills give while building: each step's newest test, else its operation's sample. Only steps above `before`
    when given; a loop around it gives its first item."""
    tests = {t.step_id: t for t in StepTest.objects.filter(recipe=recipe)}
    scope: Scope = {"trigger": _sample(recipe.draft["trigger"], tests.get("trigger"))}
    for row in trees.steps(recipe.draft):
        if row.step["id"] == before:
            break
        scope[row.step["id"]] = _gives(recipe, row.step, tests.get(row.step["id"]), scope)
    return scope


def _gives(recipe: Recipe, step: dict[str, Any], test: StepTest | None, scope: Scope) -> Any:
    if step["kind"] == "each":
        items = _rendered(recipe, step["list"], scope)
        items = items if isinstance(items, list) else []
        return {"items": items, "count": len(items), "item": items[0] if items else {}, "number": 1}
    if step["kind"] == "remember":
        kept = {name: _rendered(recipe, text, scope) for name, text in step["values"].items()}
        scope["remembered"] = {**scope.get("remembered", {}), **kept}
        return kept
    if step["kind"] == "call":
        given = dict.fromkeys(circles.remembered(step["recipe"]), "")
        return {"status": "done", "message": "", "run": "", "values": given}
    if step["kind"] == "wait":
        found = inputs.known(inputs.key_of(step))
        return {**found.sample, "happened": True, "happened_at": timezone.now().isoformat()} if found else {}
    if step["kind"] == "approval":
        return approvals.ASSUMED | {"email": (step["people"] or [""])[0], "at": timezone.now().isoformat()}
    given = _sample(step, test)
    return {**given, **wrong.WELL} if wrong.is_told(step) and isinstance(given, dict) else given


def _sample(step: dict[str, Any], test: StepTest | None) -> Any:
    key = step.get("operation", "")
    if test and test.output is not None and test.operation == key:
        return test.output
    found = inputs.known(key) if key else None
    return dict(found.sample) if found else {}


def _thought(by: Actor, recipe: Recipe, step: dict[str, Any], given: Scope) -> StepTest:
    """A control step's outcome: thinking sends nothing."""
    test = StepTest(workspace=by.workspace, recipe=recipe, step_id=step["id"], by=by.user, passed=True)
    try:
        if step["kind"] == "only_if":
            verdict = conditions.judge(step["conditions"], given, **reading(recipe))
            test.output = {"passed": verdict.passed, "because": verdict.because}
        elif step["kind"] == "paths":
            test.output = {"path": _chosen(recipe, step, given)}
        else:
            test.output = _gives(recipe, step, None, given)
    except CantRender as problem:
        test.passed, test.error = False, {"code": "inputs", "message": problem.message, "field": ""}
    return test


def _chosen(recipe: Recipe, step: dict[str, Any], given: Scope) -> str:
    """The id of the path a run would take; empty: otherwise."""
    judged = ((p["id"], conditions.judge(p["conditions"], given, **reading(recipe))) for p in step["paths"])
    return next((path_id for path_id, verdict in judged if verdict.passed), "")


def _read(by: Actor, recipe: Recipe, step: dict[str, Any], given: Scope) -> StepTest:
    operation = inputs.operation(step["operation"])
    fields, one_of = operation.fields, operation.one_of
    found, troubles = values.resolve(step["inputs"], fields, given, one_of=one_of, **reading(recipe))
    test = StepTest(workspace=by.workspace, recipe=recipe, step_id=step["id"], by=by.user, passed=not troubles)
    test.operation, test.input = operation.key, trying.shown(operation, found)
    if troubles:
        test.error = {"code": "inputs", "message": troubles[0].message, "field": troubles[0].field}
    return test


def _kept(test: StepTest, keep: bool) -> StepTest:
    if not keep:
        return test
    with transaction.atomic():
        StepTest.objects.filter(recipe=test.recipe, step_id=test.step_id).delete()
        test.save()
    return test


def _rendered(recipe: Recipe, text: Any, scope: Scope) -> Any:
    try:
        return values.render(text, scope, **reading(recipe)) if isinstance(text, str) else text
    except CantRender:
        return None


def reading(recipe: Recipe) -> dict[str, Any]:
    """The keyword arguments every reader of values takes."""
    zone = ZoneInfo(recipe.workspace.zone)
    return {"now": timezone.now().astimezone(zone), "zone": zone, "currency": recipe.workspace.currency}
