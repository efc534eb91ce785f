"""The settings under test: cheap passwords, folders of their own, times ten times shorter.

TEST_ON says which way to store and ring: `postgres`, else SQLite with the embedded broker.
"""

import os

from tests import backends

os.environ["RECETTE_ENV"] = "test"
os.environ["ENV_FILE"] = os.devnull
os.environ["VAR_DIR"] = backends.own_folder()
os.environ.setdefault("TIME_SCALE", "10")
os.environ.setdefault("FLOOD_EVENTS", "0")  # floods are what many tests make; those of the brake set it
os.environ |= backends.addresses()

from builder.settings import *  # noqa: F403
from builder.settings import DATABASES, VAR_DIR

DATABASES["default"]["TEST"] = backends.test_database(VAR_DIR)
WHITENOISE_AUTOREFRESH = True  # else every new client lists all static files first: a fifth of what a page takes
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
