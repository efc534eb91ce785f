"""The sandboxes over HTTP, where the settings say they are; and counting questions, but for the clock's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builder.runner import offline
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


@contextmanager
def _asking() -> Iterator[list[str]]:
    """What is asked of the database meanwhile. Its time is asked every few seconds, whichever page comes then, and
    isn't among it."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as found:
        yield asked
    asked += [query["sql"][:200] for query in found if "clock_timestamp()" not in query["sql"]]


@pytest.fixture
def django_assert_num_queries() -> Any:
    @contextmanager
    def counted(number: int) -> Iterator[None]:
        with _asking() as asked:
            yield
        assert len(asked) == number, "\n".join(asked)

    return counted


@pytest.fixture
def django_assert_max_num_queries() -> Any:
    @contextmanager
    def counted(number: int) -> Iterator[None]:
        with _asking() as asked:
            yield
        assert len(asked) <= number, "\n".join(asked)

    return counted


@pytest.fixture(autouse=True)
def _budgets() -> None:
    """Another test's calls are none of this one's."""
    offline.GATES.forget()
