"""Pictures of the main pages, to be looked at beside the mock-ups.

    python -m tests.acceptance.screens [page …]

They are taken from the demo, in a browser, at the width of a desk in both themes and at that of a phone, and kept in
`tests/acceptance/screens/`.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import backends, browser

KEPT = Path(__file__).parent / "screens"
QUALITY = 78
LOOKS = (("desktop-light", 1440, 900, "light"), ("desktop-dark", 1440, 900, "dark"), ("phone-light", 390, 844, "light"))
DEAL = "Won deal to draft invoice"


def main(wanted: list[str]) -> None:
    KEPT.mkdir(exist_ok=True)
    backends.own_folder()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
    django.setup()
    from tests.acceptance.recette import started  # noqa: PLC0415 -- once Django is set up

    temporary = tempfile.TemporaryDirectory(prefix="recette-screens-")
    with temporary as folder, started(Path(folder)) as recette, sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        take(running, recette.url, wanted or list(PAGES))
        running.close()


def take(running: Browser, url: str, wanted: list[str]) -> None:
    context = running.new_context(base_url=url, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    picture(page, "welcome", lambda _page: None)
    page.get_by_role("button", name="Look around with sample data").click()
    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
    home = re.sub(r"recipes/$", "", page.url)
    for name in wanted:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(home)
        PAGES[name](page, home)
        picture(page, name, lambda at: at.reload())
    context.close()


def picture(page: Page, name: str, again: Callable[[Page], object]) -> None:
    for look, width, height, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        again(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=KEPT / f"{name}-{look}.jpeg", type="jpeg", quality=QUALITY)


def at(path: str) -> Callable[[Page, str], None]:
    return lambda page, home: opened(page, home + path)


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")


def recipe(path: str = "") -> Callable[[Page, str], None]:
    def go(page: Page, home: str) -> None:
        opened(page, f"{home}recipes/")
        page.get_by_role("main").get_by_role("link", name=DEAL, exact=True).click()
        page.wait_for_url(re.compile(r"/recipes/\w{12}/"))
        opened(page, page.url.partition("?")[0] + path)

    return go


def run(page: Page, home: str) -> None:
    opened(page, f"{home}runs/?state=done")
    page.locator("#run-rows a.name").first.click()
    page.wait_for_url(re.compile(r"/runs/\w{12}/"))


PAGES: dict[str, Callable[[Page, str], None]] = {
    "recipes": at("recipes/"),
    "builder": recipe("?step=sinvoi"),
    "add-step": recipe("steps/new/?after=trigger"),
    "preview": recipe("preview/"),
    "publish": recipe("publish/"),
    "text": recipe("text/"),
    "runs": at("runs/"),
    "run": run,
    "events": at("events/"),
    "customer": at("customer/?q=Survey+booking+portal"),
    "connections": at("connections/"),
    "connect": at("connections/new/"),
    "templates": at("templates/"),
    "team": at("team/"),
    "alerts": at("alerts/"),
    "catalogue": at("catalogue/"),
    "settings": at("settings/"),
}

if __name__ == "__main__":
    main(sys.argv[1:])
