"""What the web server runs: the door for webhooks, and Django's pages behind it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")

pages = get_wsgi_application()

from builder import checks, hooks  # noqa: E402 -- they need the settings

checks.insist()

application = hooks.Door(pages)

gc.collect()
gc.freeze()  # what is loaded by now stays: the collector need not walk through it again
