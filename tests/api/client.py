"""A program that speaks to the API, and a workspace with one of everything for it to find."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from builder.actions import tokens
from builder.actions.actor import Actor
from builder.models import Capability, Role, Workspace
from builder.models.columns import read_json
from tests import make

ROOT = "/api/v1"
CANARY = "canary-7d1f0c"
"""Part of every secret of a Scene: never in any answer."""


@dataclass
class Api:
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """`body` as JSON, or as it is when it is text or bytes."""
        sent = body if isinstance(body, str | bytes | None) else json.dumps(body)
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        more = {} if sent is None else {"data": sent, "content_type": "application/json"}
        return Client(raise_request_exception=False).generic(method, ROOT + path, headers=headers, **more)

    def get(self, path: str, **headers: str) -> Any:
        return told(self.ask("GET", path, **headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return told(self.ask("POST", path, body, **headers))

    def patch(self, path: str, body: Any) -> Any:
        return told(self.ask("PATCH", path, body))

    def delete(self, path: str) -> Any:
        return told(self.ask("DELETE", path))


def told(response: HttpResponse) -> Any:
    """The body of an answer that went well."""
    assert response.status_code < 300, response.content
    return read_json(response.content.decode()) if response.content else None


def problem(response: HttpResponse, status: int) -> dict[str, Any]:
    """The body of an answer that went wrong as it should."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), response.content
    body = json.loads(response.content)
    assert {"type", "title", "status", "code", "detail"} <= body.keys()
    return body


def program(by: Actor, *scopes: str) -> Api:
    """One with a token of that member: all scopes there are (it reaches as far as the member does), or those named."""
    plain = tokens.new_token()
    make.make_token(by=by, scopes=list(scopes) or [str(c) for c in Capability], plain=plain)
    return Api(plain)


def member(workspace: Workspace, role: str = Role.OWNER, name: str = "Olive Owner") -> Actor:
    return make.make_actor(workspace=workspace, role=role, name=name)


@dataclass
class Scene:
    """A workspace with one of everything."""

    workspace: Workspace
    ids: dict[str, Any] = field(default_factory=dict)
    """What stands for `{recipe}` and the like in an address."""

    def path(self, route: str) -> str:
        return route.format(**self.ids)

    def body(self, text: str | None) -> Any:
        """JSON in which `<recipe>` is an id of the scene."""
        for name, value in self.ids.items():
            text = text.replace(f"<{name}>", str(value)) if text else text
        return text


def make_scene(workspace: Workspace | None = None) -> Scene:
    workspace = workspace or make.make_workspace()
    ghl = make.make_connection(workspace=workspace, connector="ghl", secrets={"token": f"{CANARY}-pit-token-ghl1"})
    ninja = make.make_connection(workspace=workspace, secrets={"token": f"{CANARY}-api-token-nin1"})
    spare = make.make_connection(workspace=workspace, secrets={"token": f"{CANARY}-api-token-spa1"}, name="Spare")
    folder = make.make_folder(workspace=workspace)
    tree = make.make_tree(ghl=ghl, ninja=ninja)
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True, connection=ghl, folder=folder)
    gone = make.make_recipe(workspace=workspace, name="Gone", deleted_at=timezone.now())
    event = make.make_event(workspace=workspace, connection=ghl)
    why = {"because": "Invoice Ninja didn't answer.", "stopped_at": "sclien", "place": [1]}
    run = make.make_run(recipe=recipe, event=event, status="held", **why)
    step = make.make_step_run(run=run, status="unknown", error={"code": "unknown", "message": "No answer."})
    make.make_exchange(step_run=step)
    done = make.make_run(recipe=recipe, event=make.make_event(workspace=workspace, connection=ghl))
    make.make_audit(workspace=workspace)
    with scope(workspace=workspace):
        ids = {
            "workspace": workspace.slug,
            "ghl": ghl.public_id,
            "ninja": ninja.public_id,
            "spare": spare.public_id,
            "agency": make.make_agency(workspace=workspace, access_token=f"{CANARY}-agency").public_id,
            "folder": folder.public_id,
            "own": f"own-{make.make_team_template(workspace=workspace, recipe=recipe).public_id}",
            "recipe": recipe.public_id,
            "gone": gone.public_id,
            "event": event.public_id,
            "run": run.public_id,
            "done": done.public_id,
            "member": make.make_member(workspace=workspace, role=Role.VIEWER).pk,
            "heir": make.make_member(workspace=workspace, role=Role.EDITOR).user.email,
            "invitation": make.make_invitation(workspace=workspace).public_id,
            "token": make.make_token(by=member(workspace)).public_id,
            "route": make.make_alert_route(workspace=workspace).public_id,
        }
    return Scene(workspace, ids)
