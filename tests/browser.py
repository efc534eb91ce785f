"""Finds a Chromium for the browser tests, or gets one: `python -m tests.browser`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage") if os.geteuid() == 0 else ("--disable-dev-shm-usage",)


# Answers a test may ask for: lost networks, ended sessions, refused roles, stale edits, wrong forms.
PROVOKED = re.compile(r"Failed to load resource: (net::ERR_|the server responded with a status of (401|403|409|422))")


def find() -> str | None:
    return next((path for path in candidates() if Path(path).exists() and starts(path)), None)


def candidates() -> Iterator[str]:
    """Installed ones, then Playwright's own."""
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield from ON_MACOS
    yield playwrights()


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


def get() -> str | None:
    """Installs one: Playwright's own, with the libraries it needs where we are root, else the system's package."""
    root = os.geteuid() == 0
    libraries = ["--with-deps"] if root and shutil.which("apt-get") else []
    attempt([sys.executable, "-m", "playwright", "install", *libraries, "chromium"])
    if not (found := find()) and root and shutil.which("apt-get"):
        attempt(["apt-get", "update", "-qq"])
        attempt(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
        found = find()
    return found


def attempt(command: list[str]) -> None:
    sys.stdout.write(f"No Chromium yet; trying: {' '.join(command)}\n")
    sys.stdout.flush()
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    if not (find() or get()):
        sys.exit(
            "The browser tests need a Chromium, and none could be found or installed: sudo apt-get install chromium"
        )
