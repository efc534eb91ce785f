"""The settings under test: production's shape with cheap passwords, own folders and readable failures."""

import os
import tempfile
from pathlib import Path

os.environ["RECETTE_ENV"] = "test"
os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="recette-tests-"))
os.environ.setdefault("TIME_SCALE", "10")

from builder.settings import *  # noqa: F403
from builder.settings import DATABASES, VAR_DIR

if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"]["pool"]["min_size"] = 0

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
