"""Who is in the workspace: invited, let in, given another role, shown out."""

import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from builder import seal
from builder.actions import audit, handing, people
from builder.actions.actor import Actor, action, after_commit
from builder.actions.errors import Forbidden, Gone, Invalid, not_found
from builder.models import Capability, Invitation, Membership, Role, User

log = logging.getLogger(__name__)

VALID = timedelta(days=7)
PATH = "/invitations/{key}/"
"""Where the page that accepts an invitation stands."""


@action(Capability.MEMBERS)
def invite(by: Actor, email: str, role: str) -> tuple[Invitation, str]:
    """The invitation and its link, which is shown this once and sent by mail."""
    email = _address(email)
    _may_grant(by, role)
    if Membership.objects.filter(workspace=by.workspace, user__email__iexact=email).exists():
        raise Invalid(_("%(email)s is a member already. Change the role in the list.") % {"email": email}, "email")
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())
    key = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=by.workspace,
        email=email,
        role=role,
        key_hash=seal.key_hash(key),
        invited_by=by.user,
        expires_at=timezone.now() + VALID,
    )
    audit.write(by, "member.invited", invitation, email, role=role)
    url = by.base + PATH.format(key=key)
    after_commit(by.workspace, _send, by, email, url)
    return invitation, url


@action(Capability.MEMBERS)
def revoke(by: Actor, invitation: Invitation) -> Invitation:
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if open_ones.update(revoked_at=timezone.now()):
        audit.write(by, "member.invitation_revoked", invitation, invitation.email)
    invitation.refresh_from_db()
    return invitation


def invitation_of(key: str) -> Invitation:
    """The open invitation a link belongs to. Raises Gone, with one sentence for every reason."""
    with scopes_disabled():
        rows = Invitation.objects.select_related("workspace", "invited_by")
        found = rows.filter(key_hash=seal.key_hash(key), accepted_at=None, revoked_at=None).first()
    if found is None or found.expires_at <= timezone.now():
        raise Gone(_("This invitation was used, withdrawn or is older than a week. Ask for a new one."))
    return found


def accept(key: str, user: User | None = None, name: str = "", password: str = "") -> Membership:
    """Lets the invited person in: the signed-in `user`, or a new one with that name and password."""
    with transaction.atomic():
        invitation = invitation_of(key)
        return admit(invitation, _the_invited(invitation, user) if user else _newcomer(invitation, name, password))


def admit(invitation: Invitation, person: User) -> Membership:
    """Lets that person in by an open invitation of theirs."""
    with transaction.atomic(), scope(workspace=invitation.workspace):
        _use(invitation)
        plain = {"workspace": invitation.workspace, "user": person}
        member, _made = Membership.objects.get_or_create(**plain, defaults={"role": invitation.role})
        audit.write(Actor(member.workspace, person, member), "member.joined", person, person.email, role=member.role)
    return member


def newest_for(email: str) -> Invitation | None:
    """The open invitation that was sent last to that address, whichever workspace it is of."""
    with scopes_disabled():
        rows = Invitation.objects.select_related("workspace", "invited_by").filter(email__iexact=email)
        rows = rows.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()).order_by("-pk")
        return next((row for row in rows if row.email.lower() == email.lower()), None)


@action(Capability.MEMBERS)
def change_role(by: Actor, member: Membership, role: str) -> Membership:
    member = _locked(by, member)
    _may_grant(by, member.role)
    _may_grant(by, role)
    before, member.role = member.role, role
    if before == Role.OWNER and role != Role.OWNER:
        _another_owner(member)
    if before != role:
        member.save(update_fields=["role"])
        audit.write(by, "member.role_changed", member.user, member.user.email, before=before, after=role)
    return member


@action(Capability.MEMBERS)
def remove(by: Actor, member: Membership, heir: Membership | None = None) -> None:
    """What they had goes to the heir, to who removes them when nobody is named; see `handing`."""
    member = _locked(by, member)
    _may_grant(by, member.role)
    _show_out(by, member, heir, "member.removed")


@action(Capability.VIEW)
def leave(by: Actor, heir: Membership | None = None) -> None:
    """What they had goes to the heir, to an owner when nobody is named; see `handing`."""
    if by.token or not by.membership:
        raise Forbidden(_("A token can't leave a workspace. Sign in and leave on the Team page."))
    _show_out(by, _locked(by, by.membership), heir, "member.left")


def _show_out(by: Actor, member: Membership, heir: Membership | None, verb: str) -> None:
    if member.role == Role.OWNER:
        _another_owner(member)
    passed = handing.pass_all(by, member, heir or handing.usual_heir(by, member))
    audit.write(by, verb, member.user, member.user.email, role=member.role, **passed)
    member.delete()


def _locked(by: Actor, member: Membership) -> Membership:
    """The row as it is now, with all owners' rows held, so that two can't go at once."""
    owners = Membership.objects.select_for_update().filter(workspace=by.workspace, role=Role.OWNER)
    list(owners.order_by("pk"))
    found = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(pk=member.pk).first()
    if found is None:
        raise not_found()
    return found


def _another_owner(member: Membership) -> None:
    owners = Membership.objects.filter(workspace=member.workspace_id, role=Role.OWNER, user__is_active=True)
    if not owners.exclude(pk=member.pk).exists():
        message = _("%(name)s is the only owner of this workspace. Make somebody else an owner first.")
        raise Invalid(message % {"name": member.user}, "role")


def _may_grant(by: Actor, role: str) -> None:
    if role not in Role.values:
        raise Invalid(_("There is no role “%(role)s”. Choose one from the list.") % {"role": role[:20]}, "role")
    if not Role(role).capabilities <= by.capabilities:
        message = _("%(role)s may do more than you, so you can't give or take it. Ask an owner.")
        raise Forbidden(message % {"role": Role(role).label}, "role")


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("This is not an e-mail address. It looks like name@example.com."), "email") from None
    return email


def _the_invited(invitation: Invitation, user: User) -> User:
    if user.email.lower() != invitation.email.lower():
        message = _("This invitation is for %(email)s, and you are signed in as %(you)s. Sign out and open it again.")
        raise Forbidden(message % {"email": invitation.email, "you": user.email})
    return user


def _newcomer(invitation: Invitation, name: str, password: str) -> User:
    if wrong := people.errors_in(name, invitation.email, password):
        raise Invalid(errors=wrong)
    return people.new_user(name, invitation.email, password)


def _use(invitation: Invitation) -> None:
    """Once: of two who come at the same time the second finds it used."""
    fresh = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not fresh.update(accepted_at=timezone.now()):
        raise Gone(_("This invitation was used just now."))


def _send(by: Actor, email: str, url: str) -> None:
    """A mail that can't be sent is no failure: the link is on the page too."""
    subject = _("%(name)s invites you to %(workspace)s") % {"name": by.user, "workspace": by.workspace}
    lines = (
        _("%(name)s would like you to join “%(workspace)s” in Recette.") % {"name": by.user, "workspace": by.workspace},
        _("Open this link within seven days; it works once:"),
        url,
    )
    try:
        send_mail(" ".join(subject.splitlines()), "\n\n".join(lines), None, [email])
    except (SMTPException, OSError) as problem:
        log.warning("an invitation could not be mailed: %s", problem, extra={"action": "mail_failed"})
