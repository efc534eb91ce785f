"""A link to a team's template, by which another workspace of this installation takes a copy of it."""

import secrets
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from builder import seal
from builder.actions import audit, template_saving
from builder.actions.actor import Actor, action
from builder.actions.errors import Gone, Invalid
from builder.models import Capability, Membership, TeamTemplate, TemplateLink, User, Workspace

PATH = "/templates/shared/{key}/"
DAYS = (1, 7, 30, 90)
MOST = 20
"""Links to one template that are open."""


@action(Capability.PUBLISH)
def share(by: Actor, row: TeamTemplate, days: str | int = 7) -> tuple[TemplateLink, str]:
    """The link, which is shown this once."""
    if str(days) not in map(str, DAYS):
        raise Invalid(_("Choose how long the link works."), "days")
    if open_links(row).count() >= MOST:
        raise Invalid(_("There are %(n)d links to it already. Revoke one first.") % {"n": MOST}, "days")
    key = secrets.token_urlsafe(32)
    link = TemplateLink.objects.create(
        workspace=by.workspace,
        template=row,
        key_hash=seal.key_hash(key),
        ending=key[-4:],
        created_by=by.user,
        expires_at=timezone.now() + timedelta(days=int(days)),
    )
    audit.write(by, "template.shared", row, days=int(days))
    return link, by.base + PATH.format(key=key)


@action(Capability.PUBLISH)
def revoke(by: Actor, link: TemplateLink) -> None:
    if TemplateLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.write(by, "template.link_revoked", link.template)


def open_links(row: TeamTemplate) -> "QuerySet[TemplateLink]":
    rows = row.links.filter(revoked_at=None, expires_at__gt=timezone.now())
    return rows.select_related("created_by").order_by("-pk")


def opened(key: str) -> TemplateLink:
    """The link that works. Raises Gone, with one sentence for every reason."""
    with scopes_disabled():
        rows = TemplateLink.objects.select_related("template", "workspace", "created_by")
        found = rows.filter(key_hash=seal.key_hash(key), revoked_at=None, template__retired_at=None).first()
    if found is None or found.expires_at <= timezone.now():
        raise Gone(_("This link was revoked, has expired, or was cut when it was copied. Ask for a new one."))
    return found


def rooms(user: User) -> list[Workspace]:
    """Workspaces where the person may make recipes, and so take a template into."""
    members = Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name")
    return [member.workspace for member in members if member.may(Capability.EDIT)]


@action(Capability.EDIT)
def take(by: Actor, key: str) -> TeamTemplate:
    """A copy in this workspace: what becomes of the original later doesn't touch it. Taken again, it is brought up to
    date. Raises Gone."""
    link = opened(key)
    if link.workspace_id == by.workspace.pk:
        return link.template
    with scopes_disabled():
        TemplateLink.objects.filter(pk=link.pk).update(taken=F("taken") + 1)
    with scope(workspace=by.workspace):
        data = {**link.template.data, "key": _own_key(link.template)}
        return template_saving.import_(by, data, replaces=True)


def _own_key(template: TeamTemplate) -> str:
    """Known by where it comes from, so that no template of the same name is replaced by it."""
    return f"{template.slug[:46].strip('-')}-{template.public_id}"
