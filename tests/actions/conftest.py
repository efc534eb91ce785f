"""Actors of one workspace, and a stranger from another."""

from collections.abc import Iterator
from typing import Any

import pytest
from django_scopes import scope

from builder.actions import connections
from builder.actions.actor import Actor
from builder.models import Connection, Workspace
from tests import make
from tests.runner.conftest import Sandbox, running


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


@pytest.fixture(scope="session")
def _ghl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("ghl", tmp_path_factory.mktemp("ghl")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def _ninja(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("invoice_ninja", tmp_path_factory.mktemp("ninja")) as sandbox:
        yield sandbox


@pytest.fixture
def ghl(_ghl: Sandbox, settings: Any) -> Sandbox:
    """HighLevel's sandbox over HTTP, where the settings say it is."""
    _ghl.reset()
    settings.SANDBOX_GHL_URL = _ghl.url
    return _ghl


@pytest.fixture
def ninja(_ninja: Sandbox, settings: Any) -> Sandbox:
    _ninja.reset()
    settings.SANDBOX_INVOICE_NINJA_URL = _ninja.url
    return _ninja


@pytest.fixture
def known(ghl: Sandbox) -> dict[str, str]:
    """What a person enters to connect HighLevel's sandbox by a token."""
    told = ghl.get("/_sandbox/state")["connect"]
    return {"token": told["token"], "location_id": told["location_id"], "base_url": ghl.url}


@pytest.fixture
def connection(owner: Actor, known: dict[str, str]) -> Connection:
    return connections.create(owner, "ghl", "token", "", known)
