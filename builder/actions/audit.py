"""The book of who did what. Details are facts for people: names, numbers, states; never a secret, never a payload."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from builder.actions.actor import Actor, action
from builder.models import AuditEvent, Capability, Way
from builder.runner import book
from connectors.redact import redact


def write(by: Actor, verb: str, thing: models.Model | None = None, label: str = "", **details: Any) -> AuditEvent:
    """`verb` is `kind.happened` (`recipe.published`) and stays as it is for ever."""
    row = AuditEvent(workspace=by.workspace, user=by.user, token=by.token, verb=verb, address=by.address)
    row.author, row.way = str(by.user or "")[:150], _way(by)
    row.object_kind = verb.split(".")[0]
    row.object_id = str(getattr(thing, "public_id", None) or (thing.pk if thing else ""))
    row.label = (label or str(thing or ""))[:200]
    row.details = redact(details)
    return book.enter(row)


def _way(by: Actor) -> Way:
    if by.token:
        return Way.API
    return Way.PAGE if by.address or by.origin else Way.COMMAND if by.user else Way.RECETTE


@action(Capability.MEMBERS)
def export(by: Actor, form: str, query: str) -> AuditEvent:
    """The line that says that somebody takes those before it with them."""
    return write(by, "workspace.audit_exported", by.workspace, form=form, query=query)


@action(Capability.MEMBERS, atomic=False)
def check(by: Actor) -> book.Checked:
    """Goes through the whole chain now; nobody who writes waits for it."""
    return book.check(by.workspace.pk)


def saying(rows: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Those with the text in what they were done to, by whom, where from, or in the details. The book keeps letters
    outside of ASCII as their numbers."""
    kept = json.dumps(text)[1:-1]
    said = rows.annotate(written=Cast("details", TextField()), where=Cast("address", TextField()))
    found = Q(label__icontains=text) | Q(author__icontains=text) | Q(verb__icontains=text)
    found |= Q(object_id=text) | Q(written__icontains=kept) | Q(where__startswith=text)
    return said.filter(found)


def each(rows: QuerySet[AuditEvent]) -> Iterator[AuditEvent]:
    """All of them, the oldest first, however many they are."""
    return book.each(rows)
