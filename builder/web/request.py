from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from builder.actions.actor import Actor
from builder.models import Membership


class Request(HttpRequest):
    """What a view gets once the middleware and, in a workspace, `room` have seen it."""

    user: Any
    """A User, or AnonymousUser behind a door without sign-in."""
    htmx: HtmxDetails
    membership: Membership
    actor: Actor
