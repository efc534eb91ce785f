"""A recipe on the editor's desk, and how a browser edits it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.models import Connection, Recipe, Role, Workspace
from builder.recipe import tree as trees
from tests import make
from tests.web.people import HTMX, browser_of, sign_in

_keys = itertools.count(1)


@dataclass
class Desk:
    workspace: Workspace
    recipe: Recipe
    browser: Client
    ghl: Connection
    ninja: Connection

    def url(self, name: str = "recipe", *more: Any) -> str:
        return reverse(f"web:{name}", args=[self.workspace.slug, self.recipe.public_id, *more])

    def get(
        self, name: str = "recipe", *more: Any, at: dict[str, str] | None = None, htmx: bool = False
    ) -> HttpResponse:
        return self.browser.get(self.url(name, *more), at or {}, headers=HTMX if htmx else {})

    def edit(
        self, op: str, rev: int | None = None, open: str = "", browser: Client | None = None, **args: Any
    ) -> HttpResponse:
        """As a form of the page would send it."""
        sent = {"op": op, "rev": self.now.draft_rev if rev is None else rev, "key": f"key-{next(_keys)}", **args}
        page = f"http://testserver{self.url()}?step={open}" if open else f"http://testserver{self.url()}"
        headers = {**HTMX, "HX-Current-URL": page}
        return (browser or self.browser).post(self.url("recipe-commands"), sent, headers=headers)

    @property
    def now(self) -> Recipe:
        with scope(workspace=self.workspace):
            return Recipe.objects.select_related("live").get(pk=self.recipe.pk)

    def step(self, step_id: str) -> dict[str, Any]:
        found = trees.find(self.now.draft, step_id)
        assert found
        return found

    @property
    def ids(self) -> list[str]:
        return [row.step["id"] for row in trees.steps(self.now.draft)]

    def colleague(self, role: str = Role.EDITOR, name: str = "Camille Roux") -> Client:
        return browser_of(self.workspace, role, name=name)


def make_desk(role: str = Role.EDITOR, steps: list[dict[str, Any]] | None = None, **more: Any) -> Desk:
    """The won deal's recipe, complete; the person has the role."""
    workspace = make.make_workspace()
    ghl = make.make_connection(workspace=workspace, connector="ghl", name="Main location")
    ninja = make.make_connection(workspace=workspace, name="Northlight LLC")
    tree = make.make_tree(ghl=ghl, ninja=ninja, steps=steps)
    recipe = make.make_recipe(workspace=workspace, tree=tree, connection=ghl, **more)
    return Desk(workspace, recipe, browser_of(workspace, role, name="Dana Okafor"), ghl, ninja)


def opener(page: Any, live_server: Any, desk: Desk) -> Callable[..., Any]:
    """Opens the builder of the desk's recipe in a browser that is signed in, with what is asked of its address."""
    sign_in(page, desk.browser, live_server.url)

    def open_(query: str = "") -> Any:
        page.goto(f"{live_server.url}{desk.url()}{query}")
        return page

    return open_
