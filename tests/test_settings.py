import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).parent.parent
READS = re.compile(r'env\.(?:text|flag|number|fraction|words|secret)\(\s*"([A-Z_]+)"')
NAMES = re.compile(r"^([A-Z_]+)=", re.MULTILINE)


def test_example_names_every_setting_and_no_other():
    read = READS.findall((ROOT / "builder/settings.py").read_text())
    named = NAMES.findall((ROOT / ".env.example").read_text())

    assert sorted(named) == sorted(set(read))
    assert len(named) == len(set(named))


def test_example_changes_nothing_in_development():
    """Copying it is safe: each value in it is the default."""
    names = "for n in dir(s) if n.isupper() and n != 'LANGUAGES'"
    show = f"from builder import settings as s; print([(n, repr(getattr(s, n))) {names}])"
    quiet = {"PATH": os.environ["PATH"], "VAR_DIR": settings.VAR_DIR / "example"}
    shown = [
        subprocess.run([sys.executable, "-c", show], cwd=ROOT, env=quiet | {"ENV_FILE": file}, capture_output=True)
        for file in (os.devnull, ".env.example")
    ]

    assert shown[0].returncode == 0, shown[0].stderr
    assert shown[0].stdout == shown[1].stdout


def test_times_of_production_and_their_inequality():
    show = (
        "from builder import settings as s; print(s.CONNECT_TIMEOUT, s.READ_TIMEOUT, s.SETTLE, s.LEASE, s.SWEEP_EVERY)"
    )
    bare = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": settings.VAR_DIR,
        "RECETTE_ENV": "production",
        "ENV_FILE": os.devnull,
    }
    shown = subprocess.run([sys.executable, "-c", show], cwd=ROOT, env=bare, capture_output=True, text=True)

    connect, read, settle, lease, sweep = map(float, shown.stdout.split())
    assert (connect, read, settle, lease, sweep) == (5, 30, 60, 90, 2)
    assert lease >= read + settle


def test_times_under_test_are_divided_by_one_factor():
    times = [settings.CONNECT_TIMEOUT, settings.READ_TIMEOUT, settings.SETTLE, settings.LEASE, settings.SWEEP_EVERY]

    assert [round(time * settings.TIME_SCALE, 6) for time in times] == [5, 30, 60, 90, 2]


def test_version_is_the_changelogs_newest():
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest
    assert newest[1] == settings.VERSION == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_lock_names_no_registry_and_hashes_everything():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        packages = [line for line in lines if line and not line.startswith((" ", "#"))]

        assert [line for line in lines if "://" in line or line.startswith("-")] == []
        assert [line for line in packages if not re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", line)] == []
        assert sum("--hash=sha256:" in line for line in lines) > len(packages)
