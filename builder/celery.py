import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import celeryd_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")

# kombu reads `recette+file://` as the transport `recette` with the address `file://`.
TRANSPORT_ALIASES["recette"] = "builder.broker:Transport"

# Only JSON is taken, which no user, root included, need fear.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("recette")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["builder"])


@celeryd_init.connect
def insist(**kwargs: Any) -> None:
    from builder import checks  # noqa: PLC0415 -- Django loads this module before its settings

    checks.insist()
