"""The book of who did what. Details are facts for people: names, numbers, states; never a secret, never a payload."""

from typing import Any

from django.db import models

from builder.actions.actor import Actor
from builder.models import AuditEvent
from connectors.redact import redact


def write(by: Actor, verb: str, thing: models.Model | None = None, label: str = "", **details: Any) -> AuditEvent:
    """`verb` is `kind.happened` (`recipe.published`) and stays as it is for ever."""
    row = AuditEvent(workspace=by.workspace, user=by.user, token=by.token, verb=verb, address=by.address)
    row.object_kind = verb.split(".")[0]
    row.object_id = str(getattr(thing, "public_id", None) or (thing.pk if thing else ""))
    row.label = (label or str(thing or ""))[:200]
    row.details = redact(details)
    row.save()
    return row
