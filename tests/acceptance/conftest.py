from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import browser
from tests.acceptance.recette import Recette, started
from tests.runner.conftest import _ghl, _ninja, ghl, ninja

__all__ = ["_ghl", "_ninja", "ghl", "ninja"]

PATIENCE = 15_000
"""Milliseconds. Two cores may be busy with other tests; nothing here waits for it when all is well."""
Browse = Callable[..., Page]


@pytest.fixture(scope="module")
def recette(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recette]:
    with started(tmp_path_factory.mktemp("recette")) as running:
        yield running


@contextmanager
def profile(chromium: Browser, recette: Recette, **options: Any) -> Iterator[BrowserContext]:
    """A browser profile. What the console of its pages complains of, CSP refusals included, is an error at the end."""
    expect.set_options(timeout=PATIENCE)
    size = {"width": 1440, "height": 900}
    context = chromium.new_context(base_url=recette.url, locale="en-GB", **{"viewport": size, **options})
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert [complaint for complaint in complaints if not browser.PROVOKED.match(complaint)] == []


@pytest.fixture
def browse(chromium: Browser, recette: Recette) -> Iterator[Browse]:
    """Opens a page in a profile of its own; `state` is the storage of somebody who is signed in."""
    with ExitStack() as stack:

        def open_page(state: Any = None, **options: Any) -> Page:
            return stack.enter_context(profile(chromium, recette, storage_state=state, **options)).new_page()

        yield open_page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Recette):
                report.sections.append(("what Recette said", value.log.read_text()[-6000:]))
            elif isinstance(value, Page):
                report.sections.append((f"page {value.url}", seen(value)))
    return report


def seen(page: Page) -> str:
    try:
        return page.locator("body").aria_snapshot(timeout=2000)
    except Exception as gone:  # the report is about another failure
        return str(gone)
