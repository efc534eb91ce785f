import os
import warnings
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from builder import lean

with lean.without("yaml"):  # another way to write messages, which are JSON here
    from celery import Celery
    from celery.platforms import SecurityWarning
    from celery.signals import celeryd_init
    from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
# Django's checks would load every page into a worker; `insist` asks ours.
os.environ.setdefault("CELERY_SKIP_CHECKS", "yes")

# kombu reads `recette+file://` as the transport `recette` with the address `file://`.
TRANSPORT_ALIASES["recette"] = "builder.broker:Transport"

# Only JSON is taken, which no user, root included, need fear.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("recette")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["builder"])


@celeryd_init.connect
def insist(**kwargs: Any) -> None:
    """Ends a worker that is half-configured. Celery only logs what else a receiver raises."""
    from builder import checks  # noqa: PLC0415 -- Django loads this module before its settings

    try:
        checks.insist()
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from None
