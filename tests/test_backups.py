import json
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from builder.management.locks import alone
from tests import backends

pytestmark = pytest.mark.stores

ROOT = Path(__file__).parent.parent

FILL = """
from builder.models import User, Workspace
from django.contrib.sessions.models import Session
from django_scopes import scopes_disabled
with scopes_disabled():
    User.objects.create_user(email="ann@example.com", password="not a secret at all")
    Workspace.objects.create(name="Röst & Söhne\\t\\\\ \\n'quoted'", slug="roest")
"""
COUNT = """
import json
from builder.models import User, Workspace
from django_scopes import scopes_disabled
with scopes_disabled():
    rows = [list(User.objects.order_by("pk").values_list("pk", "email")),
            list(Workspace.objects.order_by("pk").values_list("pk", "name"))]
print(json.dumps(rows))
"""


def manage(environ, *arguments):
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120)


def done(environ, *arguments):
    outcome = manage(environ, *arguments)
    assert outcome.returncode == 0, outcome.stderr
    return outcome


def rows(environ):
    return json.loads(done(environ, "shell", "--no-imports", "-c", COUNT).stdout)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A running team's installation with a backup of it, which lies at VAR_DIR/kept.zip."""
    environ = backends.installation(tmp_path_factory.mktemp("installation"))
    done(environ, "shell", "--no-imports", "-c", FILL)
    environ["SAID"] = done(environ, "backup", kept(environ)).stdout
    return environ


def kept(environ):
    return Path(environ["VAR_DIR"]) / "kept.zip"


def test_backup_brings_everything_back_and_numbers_go_on(filled):
    before = rows(filled)
    more = FILL.replace("ann@", "bob@").replace('slug="roest"', 'slug="two"')
    done(filled, "shell", "--no-imports", "-c", more)

    done(filled, "restore", kept(filled), "--force")

    assert rows(filled) == before
    done(filled, "shell", "--no-imports", "-c", more)
    assert [len(table) for table in rows(filled)] == [2, 2]


def test_restore_refuses_a_database_with_people_in_it(filled):
    refusal = manage(filled, "restore", kept(filled))

    assert refusal.returncode == 1
    assert "The database is not empty" in refusal.stderr
    assert refusal.stderr.strip().endswith("Make a backup of it first, then add --force.")


def test_backup_says_where_the_keys_are_and_holds_none(filled):
    secrets = json.loads((Path(filled["VAR_DIR"]) / "secrets.json").read_text())
    with zipfile.ZipFile(kept(filled)) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    assert "secrets.json" in filled["SAID"]
    assert [value.split(":")[-1].encode() in held for value in secrets.values()] == [False, False]
    assert stat.S_IMODE((kept(filled)).stat().st_mode) == 0o600


def changed(path, **changes):
    """A copy of a backup with another manifest."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            held = source.read(name)
            target.writestr(name, json.dumps(json.loads(held) | changes) if name == "manifest.json" else held)
    return copy


def test_restore_refuses_what_a_newer_version_made(filled):
    before = rows(filled)
    newer = changed(kept(filled), version="9.0", migrations=[["builder", "0999_from_the_future"]])

    refusal = manage(filled, "restore", newer, "--force")

    assert refusal.returncode == 1
    assert "made by Recette 9.0" in refusal.stderr
    assert rows(filled) == before


def test_restore_refuses_the_other_kind_of_database(filled):
    refusal = manage(filled, "restore", changed(kept(filled), database="another"), "--force")

    assert refusal.returncode == 1
    assert "Restore it into a database of its own kind." in refusal.stderr


def test_restore_warns_of_keys_that_are_not_there_any_more(filled):
    said = done(filled, "restore", changed(kept(filled), seal_keys=["older"]), "--force").stderr

    assert said.startswith("SEAL_KEYS lacks the keys older of that time")


@pytest.mark.parametrize(
    ("content", "message"), [(b"not a zip", "is no backup of Recette."), (None, "There is no file")]
)
def test_restore_of_something_else(installation, tmp_path, content, message):
    path = tmp_path / "thing.zip"
    if content:
        path.write_bytes(content)

    refusal = manage(installation, "restore", path)

    assert refusal.returncode == 1
    assert message in refusal.stderr


def test_restore_waits_until_recette_has_stopped(filled):
    with alone(Path(filled["VAR_DIR"]) / "up.lock"):
        refusal = manage(filled, "restore", kept(filled), "--force")

    assert refusal.returncode == 1
    assert "Recette runs from this folder. Stop it with Ctrl-C" in refusal.stderr
