"""Keys for programs: `rct_`, 43 random characters and a checksum by which a mistyped or leaked one is recognised."""

import secrets
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from builder import seal
from builder.actions import audit, second_factor
from builder.actions.actor import Actor, action
from builder.actions.errors import Forbidden, Invalid
from builder.models import ApiToken, Capability, Membership

PREFIX = "rct_"
LENGTH = len(PREFIX) + 43 + 6
SEEN_EVERY = timedelta(minutes=1)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@action(Capability.MEMBERS)
def create(by: Actor, name: str, scopes: Iterable[str], expires: datetime | None = None) -> tuple[ApiToken, str]:
    """The row and the token itself, which nobody sees again."""
    second_factor.demand(by)
    name, wanted = name.strip(), _scopes(by, scopes)
    if not name or len(name) > 80:
        raise Invalid(_("Name the program that will use it, in at most 80 characters."), "name")
    if expires and expires <= timezone.now():
        raise Invalid(_("This moment is over. Choose a later one, or none."), "expires")
    plain = new_token()
    token = ApiToken.objects.create(
        workspace=by.workspace,
        name=name,
        key_hash=seal.key_hash(plain),
        ending=plain[-4:],
        scopes=wanted,
        created_by=by.user,
        expires_at=expires,
    )
    audit.write(by, "token.created", token, name, scopes=wanted, expires=expires)
    return token, plain


@action(Capability.MEMBERS)
def revoke(by: Actor, token: ApiToken) -> ApiToken:
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.write(by, "token.revoked", token, token.name)
    token.refresh_from_db()
    return token


def actor_of(plain: str, address: str | None = None, origin: str = "") -> Actor | None:
    """Who a token speaks for; None when it is wrong, spent or its maker is no longer a member."""
    if not well_formed(plain):
        return None
    with scopes_disabled():
        rows = ApiToken.objects.select_related("workspace", "created_by")
        token = rows.filter(key_hash=seal.key_hash(plain), revoked_at=None).first()
        if token is None or (token.expires_at and token.expires_at <= timezone.now()):
            return None
        maker = Membership.objects.filter(workspace=token.workspace, user=token.created_by_id).first()
        if maker is None or not token.created_by or not token.created_by.is_active:
            return None
        _seen(token)
    return Actor(token.workspace, token.created_by, maker, token, address, origin)


def new_token() -> str:
    body = PREFIX + secrets.token_urlsafe(32)
    return body + _checksum(body)


def well_formed(plain: str) -> bool:
    """Without asking the database."""
    if len(plain) != LENGTH or not plain.startswith(PREFIX) or not plain.isascii():
        return False
    return secrets.compare_digest(_checksum(plain[:-6]), plain[-6:])


def _checksum(body: str) -> str:
    number, text = zlib.crc32(body.encode()), ""
    for _place in range(6):
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


def _scopes(by: Actor, given: Iterable[str]) -> list[str]:
    asked = set(given)
    if unknown := asked - {c.value for c in Capability}:
        raise Invalid(_("There is no scope “%(scope)s”.") % {"scope": min(unknown)[:40]}, "scopes")
    if not asked:
        raise Invalid(_("Choose at least one thing the token may do."), "scopes")
    if above := asked - by.capabilities:
        message = _("You may not “%(scope)s” yourself, so a token of yours can't either.")
        raise Forbidden(message % {"scope": min(above)}, "scopes")
    return [c.value for c in Capability if c in asked]


def _seen(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
