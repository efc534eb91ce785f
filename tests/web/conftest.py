"""The sandboxes over HTTP, where the settings say they are; and counting questions, but for the clock's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from builder.runner import offline
from builder.runner.clock import clock
from tests.runner.conftest import Sandbox, running


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
    _ghl.reset()
    settings.SANDBOX_GHL_URL = _ghl.url
    return _ghl


@pytest.fixture
def ninja(_ninja: Sandbox, settings: Any) -> Sandbox:
    _ninja.reset()
    settings.SANDBOX_INVOICE_NINJA_URL = _ninja.url
    return _ninja


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries: Any) -> Any:
    """The clock asks the database every few seconds, whichever page comes then: it asks just before."""

    @contextmanager
    def counted(number: int, **more: Any) -> Iterator[Any]:
        clock.ask()
        with django_assert_num_queries(number, **more) as found:
            yield found

    return counted


@pytest.fixture(autouse=True)
def _budgets() -> None:
    """Another test's calls are none of this one's."""
    offline.GATES.forget()
