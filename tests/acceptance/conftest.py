import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import browser
from tests.acceptance import person
from tests.acceptance.recette import Recette, started
from tests.runner.conftest import _ghl, _ninja, ghl, ninja

__all__ = ["_ghl", "_ninja", "ghl", "ninja"]

PATIENCE = 60_000
"""Milliseconds. Two cores may be busy with other tests; nothing here waits for it when all is well."""


@pytest.fixture(scope="module")
def recette(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recette]:
    with started(tmp_path_factory.mktemp("recette")) as running:
        yield running


@contextmanager
def profile(
    chromium: Browser, recette: Recette, provoked: re.Pattern[str] = browser.PROVOKED, **options: Any
) -> Iterator[BrowserContext]:
    """A browser profile. What the console of its pages complains of, CSP refusals included, is an error at the end,
    but for what was `provoked`."""
    expect.set_options(timeout=PATIENCE)
    size = {"width": 1440, "height": 900}
    context = chromium.new_context(base_url=recette.url, locale="en-GB", **{"viewport": size, **options})
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    try:
        yield context
    except BaseException:
        sys.stderr.write("\n".join([*complaints, *(f"page {page.url}\n{seen(page)}" for page in context.pages)]))
        raise
    finally:
        context.close()
    assert [complaint for complaint in complaints if not provoked.match(complaint)] == []


class Browse:
    """Opens pages, each in a profile of its own; `state` is the storage of somebody who is signed in."""

    def __init__(self, chromium: Browser, recette: Recette, stack: ExitStack) -> None:
        self.chromium, self.recette, self.stack = chromium, recette, stack
        self.pages: list[Page] = []

    def __call__(self, state: Any = None, **options: Any) -> Page:
        context = self.stack.enter_context(profile(self.chromium, self.recette, storage_state=state, **options))
        self.pages.append(context.new_page())
        return self.pages[-1]


@pytest.fixture
def browse(chromium: Browser, recette: Recette) -> Iterator[Browse]:
    with ExitStack() as stack:
        yield Browse(chromium, recette, stack)


@pytest.fixture(scope="module")
def connected(chromium: Browser, recette: Recette) -> Any:
    """The storage of somebody who has founded a workspace and connected both services."""
    with profile(chromium, recette) as context:
        page = context.new_page()
        person.found_workspace(page)
        person.connect_both(page, recette.connect("ghl"), recette.connect("ninja"))
        return context.storage_state()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Recette):
                report.sections.append(("what Recette said", value.log.read_text()[-6000:]))
            elif isinstance(value, Browse):
                report.sections += [(f"page {page.url}", seen(page)) for page in value.pages]
    return report


def seen(page: Page) -> str:
    try:
        return page.locator("body").aria_snapshot(timeout=2000)
    except Exception as gone:  # the report is about another failure
        return str(gone)
