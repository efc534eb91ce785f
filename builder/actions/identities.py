"""Who a person is at a provider of OpenID Connect, and whether that lets them in here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from builder.actions import members, people, second_factor
from builder.actions.errors import Forbidden, Invalid
from builder.models import Invitation, Membership, User
from builder.oidc import Provider


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider said, once it is known to be its word."""

    provider: Provider
    subject: str
    """Names the person there for ever; issuer and subject together are theirs alone."""
    email: str = ""
    proved: bool = False
    """Whether the address is known to be theirs."""
    name: str = ""

    @classmethod
    def of(cls, provider: Provider, claims: dict[str, Any]) -> "Identity":
        email = _address(claims.get("email"))
        name = " ".join(str(claims.get("name") or "").split())[:120]
        proved = bool(email) and _proved(provider, email, claims.get("email_verified"))
        return cls(provider, str(claims["sub"]), email, proved, name)

    @classmethod
    def kept(cls, values: Any) -> "Identity | None":
        """The opposite of `to_keep`; None when the provider isn't among the settings any more."""
        if not isinstance(values, dict) or (provider := provider_at(values.get("issuer", ""))) is None:
            return None
        return cls(provider, values["subject"], values["email"], values["proved"], values["name"])

    def to_keep(self) -> dict[str, Any]:
        """For a session."""
        told = {"subject": self.subject, "email": self.email, "proved": self.proved, "name": self.name}
        return {"issuer": self.provider.issuer, **told}

    @property
    def words(self) -> dict[str, str]:
        """For sentences."""
        return {"provider": self.provider.name, "email": self.email}


def _address(value: Any) -> str:
    """Empty for what is none."""
    email = value.strip().lower() if isinstance(value, str) else ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= 254 else ""


def _proved(provider: Provider, email: str, said: Any) -> bool:
    """What the provider says of it counts; one that says nothing is believed for the domains in its settings."""
    if said is None:
        return email.partition("@")[2] in provider.domains
    return said is True or said == "true"


def provider_of(key: str) -> Provider | None:
    return next((each for each in settings.OIDC if each.key == key), None)


def provider_at(issuer: str) -> Provider | None:
    return next((each for each in settings.OIDC if each.issuer == issuer), None)


def usable(user: User) -> dict[str, SocialAccount]:
    """The connected accounts that let the person in, by the key of their provider; what isn't among the settings any
    more doesn't."""
    if not settings.OIDC:
        return {}
    keys = {each.issuer: each.key for each in settings.OIDC}
    rows = SocialAccount.objects.filter(user=user, provider__in=keys).order_by("pk")
    return {keys[row.provider]: row for row in rows}


def owner_of(identity: Identity) -> User | None:
    """Who signs in with it: whose account is connected to it, else whose confirmed address the provider says is theirs.
    None for somebody new. Raises Forbidden with the way out for who is neither."""
    if row := _row(identity):
        return row.user
    words = identity.words
    if not identity.email:
        message = _(
            "%(provider)s told no e-mail address, so Recette can’t know who you are. Allow it to tell your address, or "
            "sign in another way and connect %(provider)s under Your account › How you sign in."
        )
        raise Forbidden(message % words)
    if not identity.proved:
        message = _(
            "%(provider)s doesn’t say that %(email)s is proved to be yours, so it lets nobody in here. Confirm the "
            "address there, or sign in another way and connect %(provider)s under Your account › How you sign in."
        )
        raise Forbidden(message % words)
    rows = EmailAddress.objects.select_related("user").filter(email__iexact=identity.email, verified=True)
    confirmed = next((row for row in rows if row.email.lower() == identity.email), None)
    if confirmed is None:
        _insist_nobody_has(identity)
        return None
    if SocialAccount.objects.filter(user=confirmed.user, provider=identity.provider.issuer).exists():
        message = _(
            "The account of %(email)s here is connected to another account at %(provider)s. Sign in another way, then "
            "disconnect that one under Your account › How you sign in."
        )
        raise Forbidden(message % words)
    return confirmed.user


def _insist_nobody_has(identity: Identity) -> None:
    alike = User.objects.filter(email__iexact=identity.email).values_list("email", flat=True)
    if any(email.lower() == identity.email for email in alike):
        message = _(
            "There is an account for %(email)s here, but that the address is theirs was never confirmed. Sign in with "
            "the password (“Forgot it?” sets a new one), then connect %(provider)s under Your account › How you sign "
            "in. If it isn’t yours, tell an owner of your workspace."
        )
        raise Forbidden(message % identity.words)


def invitation_for(identity: Identity, key: str = "") -> Invitation | None:
    """That of the link, else the newest open one for the address. Raises Gone for a link that is over, and Forbidden
    for one that is for somebody else."""
    if not key:
        return members.newest_for(identity.email)
    invitation = members.invitation_of(key)
    if invitation.email.lower() != identity.email:
        message = _(
            "This invitation is for %(invited)s, and at %(provider)s you are %(email)s. Open the link again and choose "
            "the account of %(invited)s, or join with a password."
        )
        raise Forbidden(message % {**identity.words, "invited": invitation.email})
    return invitation


def join(identity: Identity, invitation: Invitation) -> Membership:
    """A new person, without a password, in the workspace they are invited to. Raises Gone when it is over."""
    with transaction.atomic():
        return members.admit(invitation, new_person(identity))


def new_person(identity: Identity, name: str = "") -> User:
    """Their address is confirmed and the provider connected. Raises Invalid when somebody was faster."""
    try:
        with transaction.atomic():
            user = people.new_user(name or identity.name, identity.email, None)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            _keep(user, identity)
    except IntegrityError:
        raise Invalid(_("Somebody signed up with %(email)s just now. Sign in again.") % identity.words) from None
    return user


def connect(user: User, identity: Identity, address: str | None = None) -> bool:
    """Whether it is new. Raises Forbidden for one that is another person's, Invalid for a second one of a provider."""
    with transaction.atomic():
        _one_at_a_time(user)
        if row := _row(identity):
            if row.user_id == user.pk:
                return False
            raise _taken(identity)
        if SocialAccount.objects.filter(user=user, provider=identity.provider.issuer).exists():
            message = _(
                "You are connected to another account at %(provider)s. Disconnect that one under Your account › How "
                "you sign in first."
            )
            raise Invalid(message % identity.words)
        try:
            with transaction.atomic():
                _keep(user, identity)
        except IntegrityError:
            raise _taken(identity) from None
        second_factor.note(user, "member.provider_connected", address, label=identity.provider.name)
    return True


def _taken(identity: Identity) -> Forbidden:
    message = _(
        "This account at %(provider)s is connected to somebody else’s account here. Sign in with it and disconnect it "
        "there first, or choose another one."
    )
    return Forbidden(message % identity.words)


def disconnect(user: User, provider: Provider, address: str | None = None) -> bool:
    """Whether there was one. Raises Invalid when it is the only way in."""
    with transaction.atomic():
        _one_at_a_time(user)
        row = SocialAccount.objects.filter(user=user, provider=provider.issuer).first()
        if row is None:
            return False
        if not has_way_in(user, without=row):
            message = _("Without %(provider)s you could not sign in any more. Set a password first, or add a passkey.")
            raise Invalid(message % {"provider": provider.name})
        row.delete()
        second_factor.note(user, "member.provider_disconnected", address, label=provider.name)
    return True


def remove_passkey(user: User, passkey: Authenticator, remove: Callable[[], None]) -> None:
    """`remove` does it. Raises Invalid when it is the only way in."""
    with transaction.atomic():
        _one_at_a_time(user)
        if not has_way_in(user, without=passkey):
            message = _(
                "Without this passkey you could not sign in any more. Set a password first, or add another one."
            )
            raise Invalid(message)
        remove()


def _one_at_a_time(user: User) -> None:
    """Of two who take the last two ways in away at once, the second finds one."""
    User.objects.select_for_update().get(pk=user.pk)


def has_way_in(user: User, without: SocialAccount | Authenticator | None = None) -> bool:
    """Whether something signs the person in by itself: password, passkey, provider. An app's code doesn't."""
    if user.has_usable_password():
        return True
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return any(way != without for way in (*usable(user).values(), *passkeys))


def seen(user: User, identity: Identity, address: str | None = None) -> bool:
    """They are in by it. Whether it was connected only now: what is known by the address alone is by more from then
    on, for an address may get another owner."""
    row = _row(identity)
    new = row is None and connect(user, identity, address)
    if row is not None and row.user_id == user.pk:
        row.extra_data = _extra(identity)
        row.save(update_fields=["extra_data", "last_login"])
    second_factor.note(user, "member.signed_in", address, label=identity.provider.name)
    return new


def is_theirs(user: User, identity: Identity) -> bool:
    row = _row(identity)
    return row is not None and row.user_id == user.pk


def _row(identity: Identity) -> SocialAccount | None:
    """The issuer stands where allauth keeps a provider's name: under another issuer the same subject is another
    person."""
    rows = SocialAccount.objects.select_related("user")
    return rows.filter(provider=identity.provider.issuer, uid=identity.subject).first()


def _keep(user: User, identity: Identity) -> None:
    plain = {"provider": identity.provider.issuer, "uid": identity.subject}
    SocialAccount.objects.create(user=user, extra_data=_extra(identity), **plain)


def _extra(identity: Identity) -> dict[str, str]:
    """No more than is shown: which of their accounts it is."""
    return {"email": identity.email}
