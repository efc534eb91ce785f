"""What passes between a provider and us: allauth's OpenID Connect, made strict. Each answer is of the issuer that the
settings name, signed with its keys, for us, for this very sign-in and not old, or it counts for nothing.

It brings `requests` and `jwt` along: `providers` imports it when somebody signs in so, and not before.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from builder.actions.errors import ActionError, Forbidden, Gone, Invalid
from builder.actions.identities import Identity
from builder.oidc import Provider

log = logging.getLogger(__name__)

SCOPE = "openid email profile"
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With a key that only the provider has. Never `none`, nor HS256, whose key is the one that everybody may know."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CLOCKS = 60
"""Seconds by which theirs and ours may differ."""
FRESH = 300
"""Seconds for which it counts that they were asked who they are."""
LONGEST = 191


class Unfit(Exception):
    """What a provider sent, and why it counts for nothing. For the log and the doctor; people are told less."""


class Away(ActionError):
    """The provider doesn't answer as it should."""

    status = 502


class Line(OpenIDConnectOAuth2Adapter):
    """To one provider, for one request."""

    def __init__(self, request: HttpRequest | None, provider: Provider):
        self.at = provider
        super().__init__(request, provider.key)

    def get_provider(self) -> OpenIDConnectProvider:
        app = SocialApp(provider=OpenIDConnectProvider.id, provider_id=self.at.key, name=self.at.name)
        app.client_id, app.secret = self.at.client_id, self.at.secret
        return OpenIDConnectProvider(self.request, app=app)

    @property
    def openid_config(self) -> dict[str, Any]:
        """Its discovery document. Raises Unfit."""
        if not hasattr(self, "_openid_config"):
            self._openid_config = _checked(self.at, self._fetched(self.at.discovery))
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return redirect_address(self.at, request)

    def address(self, state: str, more: dict[str, str]) -> str:
        """Where the person goes to say who they are."""
        asked = {
            "client_id": self.at.client_id,
            "redirect_uri": redirect_address(self.at, self.request),
            "response_type": "code",
            "scope": SCOPE,
            "state": state,
            **more,
        }
        url = self.authorize_url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"

    def identity(self, state: dict[str, Any]) -> Identity:
        """Who they are, for the code that they came back with. Raises Unfit."""
        client = self.get_client(self.request, self.get_provider().app)
        answer = self.get_access_token_data(self.request, None, client, state["pkce_code_verifier"])
        claims = self._claims(answer.get("id_token"))
        if not compare_digest(str(claims.get("nonce") or "").encode(), state["nonce"].encode()):
            raise Unfit("the nonce is that of another sign-in")
        if state["process"] == "again" and not _asked_just_now(claims):
            raise Unfit("it did not ask again who they are: auth_time is too old")
        if not claims.get("email") and self.openid_config.get("userinfo_endpoint"):
            claims |= self._told(answer["access_token"], claims["sub"])
        return Identity.of(self.at, claims)

    def _claims(self, token: Any) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in SIGNED:
                raise Unfit(f"the ID token is signed by {str(header.get('alg'))[:20]}")
            claims = jwt.decode(
                token,
                key=self._key(header.get("kid")),
                algorithms=[header["alg"]],
                audience=self.at.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError, AttributeError) as problem:
            raise Unfit(f"the ID token is no good: {type(problem).__name__}: {problem}") from None
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.at.client_id:
            raise Unfit("the ID token was made out to another application")
        if not 0 < len(claims["sub"]) <= LONGEST:
            raise Unfit(f"the subject has {len(claims['sub'])} characters")
        return claims

    def _key(self, name: Any) -> Any:
        found = jwt.PyJWKSet.from_dict(self._fetched(self.openid_config["jwks_uri"])).keys
        fitting = [key for key in found if key.public_key_use != "enc" and (name is None or key.key_id == name)]
        if len(fitting) != 1:
            raise Unfit(f"{len(fitting)} of the provider's keys fit the one that the ID token names")
        return fitting[0].key

    def _told(self, access: str, subject: str) -> dict[str, Any]:
        """What it says about the person when asked; nothing of somebody else."""
        told = self._fetched(self.openid_config["userinfo_endpoint"], {"Authorization": f"Bearer {access}"})
        if told.get("sub") != subject:
            raise Unfit("what it told about the person is about somebody else")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}

    def _fetched(self, url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(url, headers=headers)
            answer.raise_for_status()
            found = answer.json()
        if not isinstance(found, dict):
            raise Unfit(f"{url} is no JSON object")
        return found


def begin(request: HttpRequest, provider: Provider, process: str, **kept: Any) -> str:
    """Where to send the person. What is kept comes back with them, within ten minutes and once. `process`: login,
    connect or again. Raises Away."""
    line, nonce, challenge = Line(request, provider), token_urlsafe(24), generate_code_challenge()
    more = {"nonce": nonce, "code_challenge_method": challenge["code_challenge_method"]}
    more["code_challenge"] = challenge["code_challenge"].decode()
    if prompt := provider.again if process == "again" else provider.choose:
        more["prompt"] = prompt
    if process == "again" and prompt == "login":
        more["max_age"] = "0"
    state = {"process": process, "nonce": nonce, "pkce_code_verifier": challenge["code_verifier"], **kept}
    with _on(provider):
        name = statekit.stash_state(request, provider_id=provider.key, state=state) if line.openid_config else ""
        return line.address(name, more)


def begun(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    """What was kept when they left, once. Raises Gone when it was in another browser, long ago, or used."""
    given = request.GET.get("state", "")
    state = statekit.unstash_state(request, provider_id=provider.key, state_id=given)
    if state is None:
        said = _("This sign-in was begun in another browser or more than ten minutes ago, or it is over. Begin again.")
        raise Gone(said)
    return state


def finish(request: HttpRequest, provider: Provider, state: dict[str, Any]) -> Identity:
    """Who the provider says they are. Raises Invalid when they or the provider would not, Away, and Forbidden when what
    it sent counts for nothing."""
    words = {"provider": provider.name}
    error = request.GET.get("error", "")
    if error == "access_denied":
        raise Invalid(_("You stopped at %(provider)s, so nothing was done. Try again, or use another way.") % words)
    if error or not request.GET.get("code"):
        log.warning("%s refused a sign-in: %r", provider.name, error[:60], extra={"action": "sign_in_refused"})
        said = _(
            "%(provider)s would not do it. Try again; if it goes on so, tell whoever looks after the server: its log "
            "has the reason that %(provider)s gave."
        )
        raise Invalid(said % words)
    with _on(provider):
        line = Line(request, provider)
        issuer = line.openid_config["issuer"]
        if request.GET.get("iss", issuer) != issuer:
            raise Unfit("the answer came from another issuer")
        return line.identity(state)


@contextmanager
def _on(provider: Provider) -> Iterator[None]:
    words = {"provider": provider.name}
    try:
        yield
    except (Unfit, OAuth2Error) as problem:
        why = str(problem) if isinstance(problem, Unfit) else "it gave no token for the code"
        log.warning("%s could not be trusted: %s", provider.name, why, extra={"action": "sign_in_refused"})
        said = _(
            "What %(provider)s sent can’t be trusted, so nothing was done. Try again; if it goes on so, tell whoever "
            "looks after the server: its log has the reason."
        )
        raise Forbidden(said % words) from None
    except (RequestException, ValueError) as problem:
        kind = type(problem).__name__
        log.warning("%s does not answer: %s", provider.name, kind, extra={"action": "sign_in_refused"})
        said = _("%(provider)s doesn’t answer as it should at the moment. Try again soon, or sign in another way.")
        raise Away(said % words) from None


def discover(provider: Provider) -> dict[str, Any]:
    """Its discovery document. Raises Unfit for one that can't be used, RequestException when there is none."""
    return Line(None, provider).openid_config


def redirect_address(provider: Provider, request: HttpRequest | None = None) -> str:
    """Where the provider sends people back: it has to be registered there, to the letter."""
    base = settings.PUBLIC_URL or (request.build_absolute_uri("/") if request else settings.LOCAL_URL)
    return base.rstrip("/") + reverse("web:provider-back", args=[provider.key])


def _checked(provider: Provider, config: dict[str, Any]) -> dict[str, Any]:
    issuer = config.get("issuer")
    if not isinstance(issuer, str) or issuer.rstrip("/") != provider.issuer:
        raise Unfit(f"its discovery document names the issuer {str(issuer)[:200]}, not {provider.issuer}")
    for name in (*ENDPOINTS, "userinfo_endpoint"):
        url = config.get(name)
        if url is None and name not in ENDPOINTS:
            continue
        parts = urlsplit(url if isinstance(url, str) else "")
        if not parts.hostname or parts.scheme not in ("https", urlsplit(provider.issuer).scheme):
            raise Unfit(f"its discovery document has no https address for {name}")
    return config


def _asked_just_now(claims: dict[str, Any]) -> bool:
    """A provider that doesn't say when it asked is believed."""
    at = claims.get("auth_time")
    return at is None or (isinstance(at, int | float) and time.time() - at < FRESH + CLOCKS)
