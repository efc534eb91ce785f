import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import backends, browser, sharing

HERE = Path(__file__).parent
ACCEPTANCE = HERE / "acceptance"
SPECS = Path(os.environ.setdefault("SPECS", str(HERE.parent.parent / "shared" / "specs")))

PAGES = HERE / "web"
LISTS = {
    f"test_{name}.py"
    for name in (
        "alerts", "audit", "connections", "customer", "early", "erasing", "events", "find", "kept", "logo",
        "overview", "recipes", "run", "run_acts", "runs", "runs_bulk", "shadows", "team", "usage",
    )
}  # fmt: skip
"""Tests of pages on what a database finds, sorts, counts or locks. What the others make of it is the same on both."""
MISSING = {
    "contract": "" if SPECS.is_dir() else f"there is no folder {SPECS}",
    "test_caddy.py": "" if shutil.which("caddy") else "there is no program caddy",
}
collect_ignore = [name for name, why in MISSING.items() if why]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(sharing)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed or (report.when == "call" and report.passed):
        note(report.outcome, report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        note("broken", report.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    if error:
        note("broken", str(node))


def note(outcome: str, name: str) -> None:
    """For whoever started this run (`tests.services`), by the process that all others report to."""
    if "TEST_OUTCOMES" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        with open(os.environ["TEST_OUTCOMES"], "a") as outcomes:
            outcomes.write(f"{outcome} {name}\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in collect_ignore:
        terminalreporter.write_line(f"{name}: not run, because {MISSING[name]}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """PostgreSQL runs what stores something, SQLite all."""
    if os.environ.get("TEST_ON") == "postgres":
        config.hook.pytest_deselected(items=[item for item in items if not is_for_both(item)])
        items[:] = [item for item in items if is_for_both(item)]
    items.sort(key=sharing.weight)


def is_for_both(item: pytest.Item) -> bool:
    """What stores something, but for what a browser makes of a page, and what is about the services rather than about
    what is stored (`once`): both are the same wherever the data lie. The journey from a sign-up to the first
    run is made on both."""
    if item.get_closest_marker("once") or (PAGES in item.path.parents and item.path.name not in LISTS):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    needs = {"db", "transactional_db", "live_server", "installation"}
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("stores")
    return ACCEPTANCE in item.path.parents or (bool(marked or fixtures & needs) and "chromium" not in fixtures)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """`alone` ones wait until no other process of this suite is at a test, and no other begins one meanwhile."""
    if "TEST_LOCK" not in os.environ or not sharing.is_mine(item):
        return (yield)
    with open(os.environ["TEST_LOCK"], "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        return (yield)


@pytest.fixture(autouse=True)
def journals_are_closed() -> Iterator[None]:
    """Each holds a connection of a pool that has few: the test that leaves one open is the one to blame."""
    before = set(journals())
    yield
    assert [thread for thread in journals() if thread not in before] == []


def journals() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "journal"]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """It is there already, migrated; what made it takes it away."""
    from django.conf import settings  # noqa: PLC0415 -- once Django is set up

    backends.lay_out(settings.DATABASES["default"]["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    from django.test import TransactionTestCase  # noqa: PLC0415 -- once Django is set up

    from tests import emptying  # noqa: PLC0415

    TransactionTestCase._fixture_teardown = emptying.swiftly


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """The environment for `manage.py`, workers and servers of a new, migrated, empty installation."""
    return backends.installation(tmp_path)


@pytest.fixture
def everywhere() -> Iterator[None]:
    """Every workspace may be looked at."""
    from django_scopes import scopes_disabled  # noqa: PLC0415 -- once Django is set up

    with scopes_disabled():
        yield


@pytest.fixture
def knock(everywhere: None) -> Iterator[object]:
    """The door for webhooks, to be knocked at."""
    from tests import doors  # noqa: PLC0415

    yield from doors.knocking()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A running browser, of Playwright's synchronous kind. Its loop runs in this thread, so it ends with the module."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 -- few tests need it

    expect.set_options(timeout=30_000)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # our queries run beside that loop, not in it
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: object) -> Iterator[object]:
    """A new page in a profile of its own. What its console complains of, CSP refusals included, fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(30_000)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [complaint for complaint in complaints if not browser.PROVOKED.match(complaint)] == []
