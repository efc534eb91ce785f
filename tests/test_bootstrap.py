import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def clone(tmp_path):
    """A folder with the bootstrap and a lock that names nothing."""
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "empty").mkdir()
    return tmp_path


def bootstrap(clone, **environ):
    """On a machine with neither uv nor apt-get."""
    command = [sys.executable, "bootstrap.py"]
    bare = {"PATH": str(clone / "empty"), **environ}
    return subprocess.run(command, cwd=clone, env=bare, capture_output=True, text=True, timeout=120)


def stamp_of(clone):
    return clone / ".venv" / ".installed-requirements"


def test_bootstrap_installs_once(clone):
    first, second = bootstrap(clone), bootstrap(clone)

    assert (first.returncode, first.stdout) == (0, "Installing what requirements.txt names into .venv …\n"), (
        first.stderr
    )
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert stamp_of(clone).read_text() == hashlib.sha256(b"").hexdigest()
    assert subprocess.run([clone / ".venv/bin/python", "-m", "pip", "--version"], capture_output=True).returncode == 0


def test_bootstrap_that_failed_is_tried_again(clone):
    (clone / "requirements.txt").write_text("no-such-package-of-recette\n")  # pinned to nothing: pip refuses it

    failed = bootstrap(clone)

    assert failed.returncode == 1
    assert "This failed with exit 1; the reason stands above" in failed.stderr
    assert not stamp_of(clone).exists()


def test_missing_venv_is_explained_with_the_exact_command(clone):
    (clone / "shadow").mkdir()
    (clone / "shadow/ensurepip.py").write_text("raise ImportError('Debian ships it in a package of its own')")

    refused = bootstrap(clone, PYTHONPATH=str(clone / "shadow"))

    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert refused.returncode == 1
    assert f"\n    sudo apt-get install python{version}-venv\n" in refused.stderr
    assert not (clone / ".venv").exists()
