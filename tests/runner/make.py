"""What the runner's tests begin with: a live recipe on sandboxes, and an event on its way."""

from datetime import datetime, timedelta
from typing import Any

from builder.models import Connection, Event, Recipe, Run, StepRun, Subscription, Workspace
from builder.recipe import tree as trees
from builder.runner import intake, listening, polling
from builder.runner.clock import now
from tests import make
from tests.runner.conftest import Sandbox

NINJA_TOKEN = "sandbox-invoice-ninja-token-012345678901234567890123456789012345"


def make_ninja(url: str, workspace: Workspace | None = None, **more: Any) -> Connection:
    more = {"secrets": {"token": NINJA_TOKEN}, **more}
    return make.make_connection(workspace=workspace, settings={"base_url": url}, **more)


def make_ghl(ghl: Sandbox, method: str = "token", workspace: Workspace | None = None, **tokens: str) -> Connection:
    """By private token, or as the marketplace app with tokens of the sandbox's own making."""
    facts = ghl.get("/_sandbox/state")["connect"]
    secrets = {"token": facts["token"]}
    if method == "app":
        secrets = {"client_secret": facts["client_secret"], **(tokens or app_tokens(ghl))}
    return make.make_connection(
        workspace=workspace,
        connector="ghl",
        method=method,
        settings={"base_url": ghl.url, "location_id": facts["location_id"], "client_id": facts["client_id"]},
        secrets=secrets,
        identity={"name": "Brightwater Studio", "record_id": facts["location_id"]},
    )


def app_tokens(ghl: Sandbox) -> dict[str, str]:
    """What signing in at the sandbox's page gives."""
    facts = ghl.get("/_sandbox/state")["connect"]
    back = ghl.redirect(
        f"/oauth/chooselocation?response_type=code&client_id={facts['client_id']}&redirect_uri=http://us.test/back"
    )
    code = back.rpartition("code=")[2]
    form = {"client_id": facts["client_id"], "client_secret": facts["client_secret"], "code": code}
    got = ghl.post("/oauth/token", {**form, "grant_type": "authorization_code"})
    return {name: got[name] for name in ("access_token", "refresh_token")}


def action(step_id: str, operation: str, connection: Connection | None = None, **inputs: Any) -> dict[str, Any]:
    step = {"id": step_id, "kind": "action", "operation": operation, "inputs": inputs}
    return step | {"connection": connection.public_id if connection else ""}


def make_hooked(*steps: dict[str, Any], workspace: Workspace | None = None) -> Recipe:
    """A live recipe that starts from its own incoming webhook."""
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": list(steps)})
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True)
    listening.listen(recipe)
    return recipe


def make_watching(connection: Connection, operation: str, *steps: dict[str, Any], **inputs: Any) -> Recipe:
    """A live recipe that starts from something at a service."""
    trigger = {"operation": operation, "connection": connection.public_id, "inputs": inputs}
    tree = trees.parse({"format": 1, "trigger": trigger, "steps": list(steps)})
    recipe = make.make_recipe(tree=tree, live=True, connection=connection)
    listening.listen(recipe)
    return recipe


def send(recipe: Recipe, body: Any) -> Event:
    """A delivery as the door would store it."""
    return intake.accept_value(
        body, workspace_id=recipe.workspace_id, source="hook", subscription=recipe.subscriptions.get()
    )


def deliver(connection: Connection, body: Any) -> Event:
    """A webhook of a connection as the door would store it."""
    return intake.accept_value(body, workspace_id=connection.workspace_id, source="hook", connection=connection)


def only_run(recipe: Recipe) -> Run:
    return Run.objects.get(recipe=recipe)


def last_step(run: Run, step_id: str) -> StepRun:
    return StepRun.objects.filter(run=run, step_id=step_id).order_by("pk").last()


def overdue() -> datetime:
    """A moment that has passed for everybody: who asks the database anew for its time may learn that it is a little
    earlier than another who asked when it took long to answer."""
    return now() - timedelta(seconds=1)


def not_soon() -> str:
    """Minutes at which something hourly comes due, that are not met while a test is at it."""
    return f"00:{(now().minute + 30) % 60:02d}"


def poll(subscription: Subscription) -> int:
    """Asks at once what changed; the number of new events."""
    Subscription.objects.update(poll_at=overdue())
    found = polling.poll(subscription.pk)
    subscription.refresh_from_db()
    return found
