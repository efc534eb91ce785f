"""The workspace's logo: one small picture."""

import hashlib

from django.db import connection

from builder.actions import audit, pictures
from builder.actions.actor import Actor, action
from builder.models import Capability, Logo, Workspace


@action(Capability.MEMBERS)
def change(by: Actor, data: bytes) -> Workspace:
    """Raises Invalid with the sentence for `file`."""
    found = pictures.read(data)
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.{found.ending}"
    workspace = _locked(by)
    if workspace.logo != name:
        Logo.objects.update_or_create(workspace=workspace, defaults={"data": data})
        Workspace.objects.filter(pk=workspace.pk).update(logo=name)
        audit.write(by, "workspace.logo_changed", workspace, size=f"{found.width} × {found.height}")
    workspace.refresh_from_db()
    return workspace


@action(Capability.MEMBERS)
def remove(by: Actor) -> None:
    workspace = _locked(by)
    if workspace.logo:
        Logo.objects.filter(workspace=workspace).delete()
        Workspace.objects.filter(pk=workspace.pk).update(logo="")
        audit.write(by, "workspace.logo_removed", workspace)


def _locked(by: Actor) -> Workspace:
    rows = Workspace.objects.filter(pk=by.workspace.pk)
    return (rows.select_for_update() if connection.features.has_select_for_update else rows).get()
