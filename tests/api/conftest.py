from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from builder.models import Workspace
from tests import make
from tests.api.client import Api, Scene, make_scene, member, program


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make.make_workspace()


@pytest.fixture
def scene(workspace: Workspace) -> Scene:
    return make_scene(workspace)


@pytest.fixture
def owner(workspace: Workspace) -> Api:
    return program(member(workspace))


@pytest.fixture
def stranger(db: None) -> Api:
    """The owner of another workspace."""
    return program(member(make.make_workspace(name="Rival Ltd"), name="Stan Stranger"))


@pytest.fixture
def scoped(workspace: Workspace) -> Callable[..., Api]:
    """A program of the owner's with only the scopes named."""
    by = member(workspace)
    return lambda *scopes: program(by, *scopes)
