import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")

application = get_asgi_application()

from builder import checks  # noqa: E402 -- needs the settings

checks.insist()
