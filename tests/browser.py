"""Finds a Chromium for the browser tests, or gets one: `python -m tests.browser`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SHELL = "chromium-headless-shell"
"""A Chromium without the frame around its pages: the same pages for less than half of the work."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
LIBRARY = "libatomic1"
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage") if os.geteuid() == 0 else ("--disable-dev-shm-usage",)


# Answers a test may ask for: lost networks, ended sessions, refused roles, stale edits, wrong forms.
PROVOKED = re.compile(r"Failed to load resource: (net::ERR_|the server responded with a status of (401|403|409|422))")


def find() -> str | None:
    return next((path for path in candidates() if Path(path).exists() and starts(path)), None)


def candidates() -> Iterator[str]:
    """Installed ones, then Playwright's own."""
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield from ON_MACOS
    if can_be_driven():
        yield playwrights()


def can_be_driven() -> bool:
    """Whether Playwright's own program starts: it needs a library that a bare Debian lacks."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True).returncode == 0


def playwrights() -> str:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def starts(path: str) -> bool:
    command = [path, "--headless", *FLAGS, "--dump-dom", "about:blank"]
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def get() -> None:
    """Installs what is missing: Playwright's own, with the libraries it needs where we are root, else the system's
    package."""
    if may_install() and not can_be_driven():
        install(LIBRARY)
    attempt([sys.executable, "-m", "playwright", "install", *(["--with-deps"] if may_install() else []), "chromium"])
    for package in (SHELL, "chromium"):  # older Debians have the latter alone
        if may_install() and not find():
            install(package)


def lighten() -> None:
    """Gets the pages alone of a Chromium that is there whole, where they can be had."""
    if may_install() and not shutil.which(SHELL) and shutil.which("chromium"):
        install(SHELL)


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def ready() -> bool:
    return can_be_driven() and find() is not None


def install(package: str) -> None:
    patience = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20")
    attempt(["apt-get", *patience, "update", "-qq"])
    attempt(["apt-get", *patience, "install", "-y", "-qq", "--no-install-recommends", package])


def attempt(command: list[str]) -> None:
    sys.stdout.write(f"For the browser tests, trying: {' '.join(command)}\n")
    sys.stdout.flush()
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    if not ready():
        get()
    else:
        lighten()
    if not ready():
        sys.exit(
            "The browser tests need a Chromium and the library libatomic, and could not install them: "
            f"sudo apt-get install {SHELL} {LIBRARY}"
        )
