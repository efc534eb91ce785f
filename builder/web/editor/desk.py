"""What every part of the editor reads: the draft, what is known about it, and where its parts are on the page."""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import Http404, HttpRequest
from django.urls import reverse

from builder.actions import circles, inputs, publishing, testing
from builder.models import Capability, Connection, Membership, Recipe, Workspace
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.recipe.check import Problem
from builder.web.editor import own
from connectors import catalogue
from connectors.spec import Operation, Trigger

TRIGGER = "trigger"


@dataclass
class Desk:
    request: HttpRequest
    workspace: Workspace
    recipe: Recipe

    @property
    def tree(self) -> dict[str, Any]:
        return self.recipe.draft

    @property
    def rev(self) -> int:
        return self.recipe.draft_rev

    @cached_property
    def may_edit(self) -> bool:
        return bool(self.request.actor.may(Capability.EDIT))

    @cached_property
    def may_publish(self) -> bool:
        return bool(self.request.actor.may(Capability.PUBLISH))

    @cached_property
    def rows(self) -> dict[str, trees.Row]:
        return {row.step["id"]: row for row in trees.steps(self.tree)}

    @cached_property
    def open(self) -> str:
        """The step whose panel is open, by the address of the page."""
        return self._asked("step")

    @cached_property
    def tab(self) -> str:
        return self._asked("tab")

    def _asked(self, name: str) -> str:
        query = urlsplit(self.request.htmx.current_url or "").query if self.request.htmx else ""
        asked = self.request.GET.get(name) or next(iter(parse_qs(query).get(name, [])), "")
        return asked if name != "step" or self.step(asked) else ""

    def step(self, step_id: str) -> dict[str, Any] | None:
        if step_id == TRIGGER:
            return self.tree["trigger"]
        return self.rows[step_id].step if step_id in self.rows else None

    def steps_of(self, kind: str) -> list[dict[str, Any]]:
        return [row.step for row in self.rows.values() if row.step["kind"] == kind]

    def owner(self, path_id: str) -> dict[str, Any] | None:
        """The step a path belongs to."""
        return next(
            (step for step in self.steps_of("paths") if any(path["id"] == path_id for path in step["paths"])), None
        )

    def step_or_404(self, step_id: str) -> dict[str, Any]:
        step = self.step(step_id)
        if step is None:
            raise Http404
        return step

    def number(self, step_id: str) -> str:
        return "1" if step_id == TRIGGER else self.rows[step_id].number if step_id in self.rows else ""

    def title(self, step: dict[str, Any]) -> str:
        return summary.title(step, inputs.known)

    def siblings(self, step_id: str) -> list[str]:
        """Ids of the steps in its list, itself among them."""
        home = self.rows[step_id].parents
        return [row.step["id"] for row in self.rows.values() if row.parents == home]

    def before(self, step_id: str) -> list[dict[str, Any]]:
        """The steps that every run has passed when it comes to this one, the nearest first."""
        if step_id == TRIGGER:
            return []
        found = [self.tree["trigger"]]
        home = self.rows[step_id].parents
        for row in self.rows.values():
            if row.step["id"] == step_id:
                break
            if row.parents == home[: len(row.parents)] and not row.step["skip"]:
                found.append(row.step)
        return found[::-1]

    @cached_property
    def connections(self) -> dict[str, Connection]:
        rows = Connection.objects.filter(deleted_at=None).order_by("name")
        return {row.public_id: row for row in rows}

    def connection(self, step: dict[str, Any]) -> Connection | None:
        return self.connections.get(step.get("connection", ""))

    @cached_property
    def callable(self) -> list[tuple[str, str]]:
        """(public id, name) of the recipes that this one could call."""
        return circles.callable_by(self.recipe)

    @cached_property
    def members(self) -> list[tuple[str, str]]:
        """(e-mail, name) of everybody who may come in."""
        rows = Membership.objects.filter(workspace=self.workspace, user__is_active=True).select_related("user")
        return sorted(((row.user.email, str(row.user)) for row in rows), key=lambda pair: pair[1].lower())

    def fitting(self, connector: str) -> list[Connection]:
        return [row for row in self.connections.values() if row.connector == connector]

    @cached_property
    def problems(self) -> list[Problem]:
        return publishing.problems(self.recipe)

    def problems_of(self, step_id: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.step_id == step_id]

    @cached_property
    def scope(self) -> dict[str, Any]:
        """What each step gives, by its newest test or else as a sample."""
        return testing.samples(self.recipe)

    @cached_property
    def names(self) -> dict[str, str]:
        """What pills are called in sentences: `{"trigger.value": "value"}`."""
        steps = [self.tree["trigger"], *(row.step for row in self.rows.values())]
        found = {}
        for step in steps:
            for output in self.outputs(step):
                words = own.at(self.operation(step), self.connection(step), output.path) or output.label
                found[f"{step['id']}.{output.path}"] = words[:1].lower() + words[1:] if words[1:2].islower() else words
            found |= own.in_sentences(self.tree, step["id"], self.operation(step), self.connection(step))
        if any(step.get("kind") == "call" for step in steps):
            found |= dict(self.callable)
        return found

    def outputs(self, step: dict[str, Any]) -> tuple[Any, ...]:
        return inputs.outputs_of(step)

    def operation(self, step: dict[str, Any]) -> Operation | Trigger | None:
        key = inputs.key_of(step)
        return inputs.known(key) if key else None

    def connector_label(self, step: dict[str, Any]) -> str:
        known = self.operation(step)
        home = catalogue.connector(known.connector) if known else None
        return home.label if home else ""

    def url(self, name: str, *more: Any) -> str:
        return reverse(f"web:{name}", args=[self.workspace.slug, self.recipe.public_id, *more])

    @cached_property
    def page_url(self) -> str:
        return self.url("recipe")

    @cached_property
    def chooser_url(self) -> str:
        return self.url("recipe-step-new")

    @cached_property
    def preview_url(self) -> str:
        return self.url("recipe-preview")

    @property
    def new_key(self) -> str:
        """An edit's own id, for the form it is sent with where no script makes one."""
        return secrets.token_urlsafe(12)

    @cached_property
    def commands_url(self) -> str:
        return self.url("recipe-commands")


def desk_for(request: HttpRequest, workspace: Workspace, rid: str) -> Desk:
    rows = Recipe.objects.select_related("workspace", "live", "live_connection", "folder").filter(deleted_at=None)
    recipe = rows.filter(public_id=rid).first()
    if recipe is None:
        raise Http404
    return Desk(request, workspace, recipe)
