"""Libraries that a process would have in memory and never use; `tests.benchmarks rest` measures what that comes to."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from builder import lean

ROOT = Path(__file__).parent.parent
LOADED = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "builder.settings"
import django
django.setup()
import {modules}
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""


@pytest.mark.parametrize(
    ("modules", "never"),
    [
        ("builder.runner.schedule", {"aiohttp", "httpx", "yaml"}),
        ("builder.wsgi, builder.urls", {"aiohttp", "httpx", "requests", "psycopg"}),
        ("builder.tasks", {"yaml", "fido2"}),
    ],
    ids=["scheduler", "web", "worker"],
)
def test_process_loads_no_library_that_it_never_calls(tmp_path, modules, never):
    bare = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "ENV_FILE": os.devnull}
    command = [sys.executable, "-c", LOADED.format(modules=modules)]

    loaded = set(json.loads(subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, check=True).stdout))

    assert "django" in loaded
    assert not loaded & never


def test_what_is_kept_out_is_to_be_had_again_and_what_is_there_stays():
    sys.modules.pop("this", None)

    with lean.without("this", "json"):
        assert import_module("json") is json
        with pytest.raises(ImportError):
            import_module("this")

    assert "this" not in sys.modules
