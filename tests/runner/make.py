"""What the runner's tests begin with: a live recipe on sandboxes, and an event on its way."""

from typing import Any

from builder.models import Connection, Event, Recipe, Run, Workspace
from builder.recipe import tree as trees
from builder.runner import intake, listening
from tests import make

NINJA_TOKEN = "sandbox-invoice-ninja-token-012345678901234567890123456789012345"


def make_ninja(url: str, workspace: Workspace | None = None) -> Connection:
    settings = {"base_url": url}
    return make.make_connection(workspace=workspace, settings=settings, secrets={"token": NINJA_TOKEN})


def action(step_id: str, operation: str, connection: Connection | None = None, **inputs: Any) -> dict[str, Any]:
    step = {"id": step_id, "kind": "action", "operation": operation, "inputs": inputs}
    return step | {"connection": connection.public_id if connection else ""}


def make_hooked(*steps: dict[str, Any], workspace: Workspace | None = None) -> Recipe:
    """A live recipe that starts from its own incoming webhook."""
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": list(steps)})
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True)
    listening.listen(recipe)
    return recipe


def send(recipe: Recipe, body: Any) -> Event:
    """A delivery as the door would store it."""
    return intake.accept_value(
        body, workspace_id=recipe.workspace_id, source="hook", subscription=recipe.subscriptions.get()
    )


def only_run(recipe: Recipe) -> Run:
    return Run.objects.get(recipe=recipe)
