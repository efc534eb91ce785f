"""Who asks: the bearer of a workspace's token."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from builder.actions import tokens
from builder.actions.actor import Actor, address_of
from builder.api import limits
from builder.models import User


class Bearer(BaseAuthentication):
    """`request.auth` is the Actor."""

    def authenticate(self, request: Request) -> tuple[User | None, Actor] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words:
            return None
        address = address_of(request)
        limits.spent_up(f"refused|{address}", limits.REFUSED_PER_MINUTE)
        plain = words[1] if len(words) == 2 and words[0].lower() == "bearer" else ""
        actor = tokens.actor_of(plain, address, f"{request.scheme}://{request.get_host()}")
        if actor is None:
            limits.spend(f"refused|{address}", limits.REFUSED_PER_MINUTE + 1)
            raise AuthenticationFailed(_("This token is wrong, expired or revoked. Make a new one on the Team page."))
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Recette"'


class BearerInDocument(OpenApiAuthenticationExtension):
    target_class = Bearer
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rct_…",
            "description": "A workspace's token, made on the Team page or by `POST /api/v1/tokens`. "
            "Its scopes are what it may do: view, run, edit, publish, connect, members, own.",
        }
