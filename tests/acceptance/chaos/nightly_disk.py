"""E15: the disk is full in the middle of the work, then has room again. SQLite on a small file system of its own."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import backends
from tests.acceptance import processes
from tests.acceptance.chaos.driver import FASTER, KINDS, crew, post, scaled, serving
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox

pytestmark = [pytest.mark.stores, pytest.mark.alone]

PLANT = """
import sys, django; django.setup()
from django_scopes import scopes_disabled
from tests import doors
from tests.acceptance.chaos.driver import three_steps
with scopes_disabled():
    print(doors.key_of(three_steps(sys.argv[1]).subscriptions.get().hooks.get()))
"""
LOOK = """
import json, django; django.setup()
from collections import Counter
from django_scopes import scopes_disabled
from builder.models import Event, Run, StepRun
with scopes_disabled():
    print(json.dumps({
        "events": Event.objects.count(),
        "runs": dict(Counter(Run.objects.values_list("status", flat=True))),
        "begun": sorted(StepRun.objects.values_list("marker", flat=True)),
    }))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def asked(environ: dict[str, str], script: str, *arguments: str) -> str:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.splitlines()[-1]


def test_e15_disk_is_full_and_has_room_again(ninja: Sandbox, small_disk: Path) -> None:
    if backends.POSTGRES or os.geteuid() != 0:
        return  # its server has a disk of its own; and it takes a mount
    verdict, seconds = Verdict("E15"), max(10, scaled(60))
    environ = backends.installation(small_disk) | {"TIME_SCALE": FASTER, "RECETTE_ENV": "development"}
    path = f"/hooks/{asked(environ, PLANT, ninja.url)}/"
    with (
        processes.running(processes.SCHEDULER, environ),
        crew(environ),
        serving(environ | {"TIME_SCALE": "1"}) as port,
    ):
        answers = [post(port, path, n)[0] for n in range(20)]
        fill(small_disk)
        began = time.monotonic()
        answers += [post(port, path, n, began + n / 10)[0] for n in range(int(seconds * 10))]
        refused = len([status for status in answers if status != 200])
        (small_disk / "filler").unlink()
        answers += [post(port, path, n)[0] for n in range(20)]
        found = until_over(environ, answers.count(200))

    marks = Counter((e["kind"], m) for e in ninja.effects() if e["kind"] in KINDS for m in e["markers"])
    verdict.lost = len(KINDS) * answers.count(200) - len(marks)
    verdict.doubled = sum(count - 1 for count in marks.values())
    verdict.stuck = found["events"] - found["runs"].get("done", 0)
    verdict.more = {"thanked": answers.count(200), "refused": refused, "runs": found["runs"]}
    verdict.say()
    assert set(answers) <= {200, 429}
    assert refused > 0, "the disk was not full"
    assert {marker for _, marker in marks} <= set(found["begun"]), "something left before it was written down"
    assert verdict.clean


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        for size in (65_536, 512):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def until_over(environ: dict[str, str], thanked: int) -> dict[str, object]:
    end = time.monotonic() + 120
    while True:
        found = json.loads(asked(environ, LOOK))
        if found["runs"].get("done", 0) >= thanked or time.monotonic() > end:
            return found
        time.sleep(1)
