"""Actors of one workspace, and a stranger from another."""

import pytest
from django_scopes import scope

from builder.actions.actor import Actor
from builder.models import Workspace
from tests import make


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make.make_workspace()


@pytest.fixture
def owner(workspace: Workspace) -> Actor:
    return make.make_actor(workspace=workspace, name="Olive Owner")


@pytest.fixture
def editor(workspace: Workspace) -> Actor:
    return make.make_actor(workspace=workspace, role="editor", name="Eddie Editor")


@pytest.fixture
def other(workspace: Workspace) -> Actor:
    return make.make_actor(workspace=workspace, role="editor", name="Camille Other")


@pytest.fixture
def inside(workspace: Workspace):
    """The workspace's scope, as a page has it."""
    with scope(workspace=workspace):
        yield
