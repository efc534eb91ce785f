import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from builder import checks, env

ROOT = Path(__file__).parent.parent


@pytest.fixture
def production(settings, tmp_path):
    """A production installation with everything right."""
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.PRODUCTION = True
    settings.SECRET_KEY = env.new_secret_key()
    settings.SEAL_KEYS = [env.new_seal_key()]
    settings.ALLOWED_HOSTS = ["recipes.example.com"]
    settings.PUBLIC_URL = "https://recipes.example.com"
    settings.DEBUG = settings.SANDBOXES = settings.ALLOW_PRIVATE_ADDRESSES = False
    settings.HOSTS, settings.TIME_SCALE, settings.TRUSTED_PROXIES, settings.FAILPOINT = 1, 1, 1, ""
    settings.LEASE, settings.READ_TIMEOUT, settings.SETTLE = 90, 30, 60
    settings.STATIC_ROOT = tmp_path
    settings.EMAIL_HOST = "mail.example.com"
    settings.BROKER_URL, settings.REDIS_URL = "recette+file://", ""
    settings.DATABASE_URL = "sqlite:////srv/recette.sqlite3"
    settings.SECRETS_FILE = tmp_path / "secrets.json"
    return settings


def ids():
    return [message.id for message in checks.configured()]


def test_complete_production_has_nothing_to_say(production):
    assert ids() == []
    checks.insist()


WRONG = [
    ({"SECRET_KEY": "not-set"}, "recette.E001"),
    ({"SECRET_KEY": "a" * 80}, "recette.E001"),
    ({"SEAL_KEYS": []}, "recette.E002"),
    ({"SEAL_KEYS": ["k1:" + base64.b64encode(b"short").decode()]}, "recette.E002"),
    ({"SEAL_KEYS": ["no colon"]}, "recette.E002"),
    ({"ALLOWED_HOSTS": []}, "recette.E003"),
    ({"ALLOWED_HOSTS": ["*"]}, "recette.E003"),
    ({"PUBLIC_URL": ""}, "recette.E004"),
    ({"PUBLIC_URL": "http://recipes.example.com"}, "recette.E004"),
    ({"PUBLIC_URL": "https://recipes.example.com/app"}, "recette.E004"),
    ({"DEBUG": True}, "recette.E005"),
    ({"SANDBOXES": True}, "recette.E006"),
    ({"SANDBOX_GHL_URL": "http://127.0.0.1:9000"}, "recette.E006"),
    ({"ALLOW_PRIVATE_ADDRESSES": True, "ALLOW_PRIVATE_ADDRESSES_REASON": ""}, "recette.E007"),
    ({"HOSTS": 2}, "recette.E008"),
    ({"HOOK_BODY_LIMIT": 6_000_000}, "recette.E010"),
    ({"HOOK_BODY_LIMIT": 0}, "recette.E010"),
    ({"OUTPUT_LIMIT": 0}, "recette.E016"),
    ({"LEASE": 89}, "recette.E011"),
    ({"STATIC_ROOT": Path("/nowhere")}, "recette.E012"),
    ({"REDIS_URL": "redis://cache.internal:6379/0"}, "recette.E013"),
    ({"TIME_SCALE": 10}, "recette.E014"),
    ({"FAILPOINT": "run.claimed"}, "recette.E016"),
    ({"TRUSTED_PROXIES": 0}, "recette.E015"),
    ({"EMAIL_HOST": ""}, "recette.W001"),
]


@pytest.mark.parametrize(("wrong", "expected"), WRONG)
def test_each_wrong_setting_has_its_own_message(production, wrong, expected):
    for name, value in wrong.items():
        setattr(production, name, value)

    assert ids() == [expected]


def test_secrets_file_that_others_can_read(production):
    production.SECRETS_FILE.write_text("{}")
    production.SECRETS_FILE.chmod(0o640)

    assert ids() == ["recette.E009"]


def test_redis_on_this_machine_needs_no_password(production):
    production.REDIS_URL = "redis://127.0.0.1:6379/0"

    assert ids() == []


def test_private_addresses_with_a_reason(production):
    production.ALLOW_PRIVATE_ADDRESSES = True
    production.ALLOW_PRIVATE_ADDRESSES_REASON = "Invoice Ninja runs in our own network"

    assert ids() == []


def test_development_is_not_asked_for_production_settings(production):
    production.PRODUCTION = False
    production.SECRET_KEY = "short"

    assert ids() == []


def test_keys_that_seal_nothing_are_refused_in_development_too(production):
    production.PRODUCTION = False
    production.SEAL_KEYS = ["zz"]

    assert ids() == ["recette.E002"]


def test_setting_that_cannot_be_read_is_one_sentence(tmp_path):
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "ENV_FILE": os.devnull, "WEB_PORT": "abc"}

    answer = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )

    assert (answer.returncode, answer.stderr) == (1, "WEB_PORT is 'abc'. It takes a number.\n")


def test_insist_names_every_error_and_the_way_out(production):
    production.DEBUG, production.SEAL_KEYS, production.EMAIL_HOST = True, [], ""

    with pytest.raises(ImproperlyConfigured) as refusal:
        checks.insist()

    lines = str(refusal.value).splitlines()
    assert [line.split()[0] for line in lines] == ["recette.E002", "recette.E005"]
    assert lines[1].endswith("Unset DEBUG.")


def bare_production(tmp_path, *command):
    bare = {"PATH": os.environ["PATH"], "RECETTE_ENV": "production", "VAR_DIR": str(tmp_path), "ENV_FILE": os.devnull}
    return subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, timeout=60)


def test_unconfigured_production_does_not_start(tmp_path):
    commands = bare_production(tmp_path, sys.executable, "manage.py", "check")
    server = bare_production(tmp_path, sys.executable, "-c", "import builder.wsgi")

    assert commands.returncode == server.returncode == 1
    assert [f"recette.E00{n}" in commands.stderr for n in (1, 2, 3, 4)] == [True] * 4
    assert [f"recette.E00{n}" in server.stderr for n in (1, 2, 3, 4)] == [True] * 4


def test_unconfigured_production_starts_no_worker(tmp_path):
    worker = bare_production(tmp_path, sys.executable, "-m", "celery", "-A", "builder", "worker", "--pool", "threads")

    assert worker.returncode != 0
    assert "recette.E002" in worker.stderr + worker.stdout


def test_production_makes_no_secrets_of_its_own(tmp_path):
    bare_production(tmp_path, sys.executable, "manage.py", "check")

    assert not (tmp_path / "secrets.json").exists()
