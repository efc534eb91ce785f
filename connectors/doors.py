"""How a service lets people grant access on a page of its own, and what an agency's consent opens."""

from collections.abc import Callable, Mapping
from datetime import datetime

from connectors.frozen import Frozen
from connectors.spec import Account, Context, Conversation, Request, Response, Sighting

Fields = Mapping[str, str]


class Place(Frozen):
    """One of the locations that an agency's consent reaches."""

    id: str
    name: str
    detail: str = ""


class Places(Frozen):
    """A page of them."""

    rows: tuple[Place, ...]
    total: int
    """As the service counts them: maybe beyond what it was asked for."""
    more: bool


class Agency(Frozen, eq=False):
    """Consent that is given once for many locations. Its token opens none of them, but gets a token for each."""

    field: str
    """Name of the fact that comes with the agency's tokens, and only with those: `company_id`."""
    place: str
    """Name of the fact that says which location a token is for."""
    permissions: tuple[str, ...]
    """What an app needs for that, beside all else."""
    secret: tuple[str, ...]
    """Names of its fields that are sealed."""
    account: Callable[[Fields], Account]
    """The agency itself: its fields to what its calls are made with."""
    places: Callable[[str, int, int, Context], Conversation[Places]]
    """(words of the name, how many to leave out, how many to show): the locations that the app is in."""
    enter: Callable[[str, Context], Conversation[dict[str, str]]]
    """(location) to the fields of a connection of that location. Raises SignedOut when the agency's token is refused,
    Refused when it doesn't reach so far."""
    renew: Callable[[Fields], Request]
    """The agency's fields to the request for its new tokens."""


class Door(Frozen, eq=False):
    page: str
    """Where people choose, when the API is at its usual address."""
    path: str
    """The same below any other address (a sandbox, a proxy)."""
    hosts: tuple[str, ...]
    """Where the service's own links to that page lead."""
    exchange: Callable[[Fields, str, str], Request]
    """(fields, code, redirect URL) to the request that makes tokens of a code. No redirect URL: it was the service that
    chose it."""
    entered: Callable[[Response], dict[str, str]]
    """The answer to what is kept: tokens and facts. Raises SignedOut when the code is no longer good, Misconfigured
    with `field` when the app's keys are wrong."""
    agency: Agency
    leaving: frozenset[str]
    """Webhook events that say that the app was taken out of an account."""
    left: Callable[[Sighting, Fields, datetime | None], bool]
    """(one of those, the public facts of a connection or an agency, since when its tokens are there) to whether it is
    meant."""
