import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")

# kombu reads `recette+file://` as the transport `recette` with the address `file://`.
TRANSPORT_ALIASES["recette"] = "builder.broker:Transport"

app = Celery("recette")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["builder"])
