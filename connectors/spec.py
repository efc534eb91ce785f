"""How a service is declared. The runner, the pages and the API know a connector by these records alone.

A *conversation* is a generator: it yields `Request`s, is sent `Response`s and returns its result. It never does I/O
itself, so it can be tested with plain lists, recorded by the runner, budgeted and cut off at any point. An answer
it can't accept is raised as one of `connectors.errors`.

Records that declare are themselves and equal to no other (`eq=False`): nobody compares them.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.fields import Field
from connectors.frozen import Frozen

if TYPE_CHECKING:
    from connectors.doors import Door

T = TypeVar("T")


class Retry(StrEnum):
    """What may be done when a call has to be made again."""

    READ = "read"
    IDEMPOTENT = "idempotent"
    KEYED = "keyed"
    RECONCILE = "reconcile"
    ONCE = "once"


class Part(Frozen):
    """One part of a form that carries files."""

    name: str
    content: bytes
    filename: str = ""
    """Empty: a plain value."""
    type: str = ""


class Request(Frozen):
    """One call of a service."""

    method: str
    path: str
    """Below the account's base URL; already escaped."""
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    """The body as a form with files (multipart/form-data)."""
    url: str = ""
    """A file that lies elsewhere: fetched from this whole address, without anything of the account. A redirect comes
    back as an answer. `path` is not used then."""

    @property
    def effect(self) -> bool:
        """Whether the service may change something on it."""
        return self.method not in ("GET", "HEAD") and not self.reads

    reads: bool = False
    """A search by POST."""
    proof: bool = False
    """The service wants whoever is signed in to prove it again: sent with the account's `proof` besides."""
    together: str = ""
    """Name of the list in `json` that takes several records: calls that differ in it alone may go as one, where the
    operation's class lets them be repeated freely, and each finds its own record in the answer. Empty: never."""
    many: "Request | None" = None
    """Where several records have an address of their own: the call there that does the same for this record, and for
    others besides (its `together`). Sent instead when others wait for the same; the answer is that call's, then."""


class Response(Frozen):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    json: Any = None
    """The decoded body with Decimal for every fraction, or None when it is not JSON."""


Conversation = Generator[Request, Response, T]


class Account(Frozen):
    """A connection as a connector sees it: where, with what headers, and what to hide from every record."""

    base_url: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    """Values that must never be stored or shown."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Public facts of the connection: `location_id`, `company`, `currency` …"""
    proof: Mapping[str, str] = field(default_factory=dict)
    """Headers for calls that want a second proof, such as a password; sent with no other."""


class Context(Frozen):
    """What an operation may know besides its inputs."""

    account: Account
    marker: str = ""
    """Written into the created record so that it can be found again: `wf-` + 20 letters and digits, the same for every
    attempt of one step."""
    linked: str = ""
    """Id of the record that the link table already knows for this input, or empty."""
    currency: str = ""
    """The workspace's, for money without one."""
    since: float = 0.0
    """When the step's first attempt began, in seconds since the epoch: nothing it made is older. 0: nobody knows."""


class Output(Frozen):
    """One value a step gives to later steps."""

    path: str
    """`client.contacts[0].email` in dots and indexes, below the step's id."""
    type: str
    label: str
    example: Any = None


class LinkKind(Frozen, eq=False):
    """An operation that ties a record there to a record here."""

    kind: str
    """Kind of the record in this service: `client`."""
    key: str
    """Name of the input that holds the other side's id."""
    id: str = "id"
    """Path of this service's id in the output."""


class Operation(Frozen, eq=False):
    """Something a step can do."""

    key: str
    """`ghl.contacts.create`: stored in recipes, never renamed."""
    label: str
    """Imperative, without the service's name: `Create a contact`."""
    kind: str
    """`action` or `lookup`."""
    retry: Retry
    perform: Callable[[dict[str, Any], Context], Conversation[dict[str, Any]]]
    fields: Sequence[Field] = ()
    outputs: Sequence[Output] = ()
    sample: Mapping[str, Any] = field(default_factory=dict)
    """A whole output, valid against the official document; pills show it until the step was tested."""
    find: Callable[[dict[str, Any], Context], Conversation[list[dict[str, Any]]]] | None = None
    """For class reconcile (and once, to look first): every record that bears our marker or natural key, compared
    exactly. Each is shaped like the output of `perform`."""
    lag: float = 0.0
    """Seconds the service's search may lag behind its writes; a look-up that finds nothing is asked again after it."""
    doubtful: bool = False
    """Class reconcile: its look may leave it open whether it was done, which is a person's to tell then."""
    link: LinkKind | None = None
    object: str = ""
    """`contact`: the chooser groups by it."""
    words: tuple[str, ...] = ()
    """What people also call it; the chooser's search knows them."""
    help: str = ""
    permission: str = ""
    """The scope the service wants: `contacts.write`."""
    source: str = ""
    """Document and operation id the declaration was made from."""
    cache: int = 0
    """Seconds for which a run may take an answer read before: for lists that hardly ever change. Never for records."""
    one_of: tuple[str, ...] = ()
    """Inputs of which one at least has to be filled."""
    derived: bool = False
    """Made from the document alone, not by hand: found after the others."""
    consumes: bool = False
    """It reads, and what it reads is gone by that, or something begins: a preview doesn't carry it out."""

    @property
    def connector(self) -> str:
        return self.key.split(".")[0]

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


ANY = "*"
"""In the values that a write of ours left a record with: whatever the service made of it."""


class Sighting(Frozen):
    """A record as a webhook or a poll showed it."""

    object: str
    record_id: str
    values: Mapping[str, Any]
    """What is compared to tell a change: `{"status": "won", "stage": "…"}`. Plain JSON. A value that this way in
    doesn't show is left out: what was seen last stays."""
    data: Mapping[str, Any]
    """What the trigger gives to the recipe, shaped like the trigger's sample."""
    stamp: str = ""
    """ISO time of the version seen; an older one than the last seen is passed over. Empty: unknown."""
    created: str = ""
    """ISO time the record was made, when known."""
    hint: str = ""
    """Name of the webhook event that carried it (`OpportunityStatusUpdate`), empty from a poll."""
    complete: bool = True
    """False: `data` must be read again before a recipe sees it."""
    gone: bool = False
    owner: str = ""
    """Id of the account (location, company) it belongs to, when the delivery tells: another one than the connection's
    `Identity.record_id` is not ours, since one app hears of many accounts at one address."""


class Page(Frozen):
    """What one poll brought."""

    sightings: list[Sighting]
    cursor: dict[str, Any]
    """Handed to the next poll; plain JSON."""
    more: bool = False
    """Ask again at once."""
    baseline: bool = False
    """Only where things stand before the watching: to be remembered as last seen and not reported, but for what changed
    since the watching began."""


class Watched(Frozen, eq=False):
    """An object whose changes can be noticed, whatever the ways."""

    object: str
    label: str
    events: tuple[str, ...]
    """Webhook events (GHL type names, Invoice Ninja event ids) that can carry it."""
    read: Callable[[Mapping[str, Any], str], Sighting | None]
    """(webhook body, event name) to a sighting; None when it is not about this object."""
    reread: Callable[[str, Context], Conversation[Sighting]]
    """The record as it is now. Raises NotFound when it is gone."""
    poll: Callable[[dict[str, Any], Context], Conversation[Page]]
    """From a cursor (empty at first: then it records where things stand and reports nothing) to what changed since."""
    permission: str = ""
    told: Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[str, dict[str, Any]] | None] | None = None
    """(inputs, output) of an operation on this object to the record's id and the values it was left with, as a
    sighting has them; what the output doesn't tell is left out. None: it is about no record."""


class Trigger(Frozen, eq=False):
    """Something a recipe can start with."""

    key: str
    """`ghl.opportunity.won`"""
    label: str
    """`An opportunity is won`; the card reads "When an opportunity is won"."""
    object: str
    fired: Callable[[Mapping[str, Any] | None, Sighting, str, dict[str, Any]], bool]
    """(values seen before or None, sighting, ISO time the watching began, the trigger's inputs) to whether it
    happened."""
    why_not: Callable[[dict[str, Any], Sighting], str] = lambda inputs, sighting: ""
    """Why this recipe's own choice (pipeline, tag) leaves it out, as a sentence with the values; empty when it
    doesn't."""
    fields: tuple[Field, ...] = ()
    outputs: Sequence[Output] = ()
    sample: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    """Below these paths stand ids of fields that people made there, and the live list that names them:
    `{"contact.custom": "custom_fields"}`."""
    latest: Callable[[dict[str, Any], Context], Conversation[list[Sighting]]] | None = None
    """The newest records that fit, for "Test with real data"; at most ten."""
    words: tuple[str, ...] = ()
    help: str = ""
    about: str = ""
    """The kind of record that people look for it under, when that isn't `object`."""
    events: tuple[str, ...] | None = None
    """Webhook events that tell of it; only those are subscribed. None: all of the object's."""
    per_recipe: bool = False
    """What is asked hangs on the recipe's own inputs: each has a poll of its own, which finds them in its cursor under
    `asked`."""
    needs_webhook: bool = False
    """No poll can find it: a connection that nobody calls us over is none for it."""
    wants: Callable[[Mapping[str, Any]], str] = lambda inputs: ""
    """(the trigger's inputs) to the permissions that hang on what the recipe chose, beside the object's own."""

    @property
    def connector(self) -> str:
        return self.key.split(".")[0]

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


class Choice(Frozen):
    """One entry of a live list."""

    value: str
    label: str
    hint: str = ""
    several: bool = False
    """Others of the list may be chosen beside it."""


class Choices(Frozen, eq=False):
    """A live list for a form field."""

    key: str
    load: Callable[[dict[str, Any], Context], Conversation[list[Choice]]]
    """The inputs filled in so far (for `depends`), to choices."""
    seconds: int = 300
    """How long it may be kept."""


class Identity(Frozen):
    """Who a connection turned out to be."""

    name: str
    """Company or location."""
    detail: str
    """`1,204 contacts`"""
    version: str = ""
    record_id: str = ""
    """Id of the company or location: another one later means another account."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Merged into the connection's public settings (currency, time zone …)."""
    missing: tuple[str, ...] = ()
    """Permissions the token lacks, as the service spells them."""
    also: tuple[str, ...] = ()
    """Ids by which the same account may be known from before."""

    def is_of(self, record_id: str) -> bool:
        """Whether it may be the account of that id; where one of them is not known, it may."""
        return not record_id or not self.record_id or record_id in (self.record_id, *self.also)


class Method(Frozen, eq=False):
    """One way to connect."""

    key: str
    """`token` or `app`"""
    label: str
    help: str
    fields: tuple[Field, ...]
    secret: tuple[str, ...]
    """Names of the fields that are sealed and never shown again."""
    webhooks: bool
    """Whether the service can call us over such a connection."""
    renewal: str = ""
    """How a person makes a new secret beside the one in use; empty where the secret renews itself."""
    renew_days: int | None = None
    """After how many days the service advises a new one; None: it says nothing of it."""
    grants: str = ""
    """The fact that comes with the tokens and lists what they may do, separated by blanks. Empty: nobody tells."""
    beside: tuple[str, ...] = ()
    """Names of further secrets that needn't be there, such as a password that few calls want."""

    @property
    def sealed(self) -> tuple[str, ...]:
        return (*self.secret, *self.beside)


class Budget(Frozen):
    """The service's own rate limit; its answer headers correct it."""

    requests: int
    seconds: float
    daily: int | None = None


def dig(value: Any, path: str) -> Any:
    """What stands at a path of names, or None."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


class Flow(StrEnum):
    """What became of money."""

    INVOICED = "invoiced"
    QUOTED = "quoted"
    RECEIVED = "received"
    REFUNDED = "refunded"
    CREDITED = "credited"
    SPENT = "spent"


class Moved(Frozen):
    """The money in what an operation made. Changes of it later are none of their own."""

    flow: Flow
    amount: Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
    """(inputs, output) to a figure, or None."""
    currency: Callable[[Mapping[str, Any]], str]
    """(output) to an ISO 4217 code; empty: not told."""


class Connector(Frozen, eq=False):
    """A service, with all that can be done and noticed there."""

    key: str
    label: str
    words: tuple[str, ...]
    methods: tuple[Method, ...]
    account: Callable[[str, Mapping[str, str]], Account]
    """(method key, all fields of the connection) to an account. Raises Misconfigured with `field` for a bad URL."""
    test: Callable[[Context], Conversation[Identity]]
    operations: Mapping[str, Operation]
    triggers: Mapping[str, Trigger]
    watched: Mapping[str, Watched]
    choices: Mapping[str, Choices]
    budget: Budget
    explain: Callable[[Request, Response, str], None]
    """(request, response, what was asked for in words) raises the fitting error for a bad answer; else returns None."""
    budget_of: Callable[[Account], Budget] | None = None
    """Where it depends on the account: a service of one's own has none."""
    counted: Callable[[Account], str] | None = None
    """Whom the service counts a budget by: connections with one name share it. None: nobody counts."""
    limits: Callable[[Response], dict[str, int]] = lambda response: {}
    """Rate headers to `{"most": …, "remaining": …, "reset_ms": …, "daily_remaining": …}`, whichever are there."""
    verify: Callable[[Mapping[str, str], bytes, Mapping[str, str]], bool] = lambda headers, body, secrets: False
    """(headers in lower case, raw body, the connection's hook secrets) to whether a delivery is genuine."""
    event_of: Callable[[Mapping[str, Any], str], str] = lambda body, tail: ""
    """(body, what follows the key in the hook's path) to the webhook event's name."""
    delivery_of: Callable[[Mapping[str, Any]], str] = lambda body: ""
    """The sender's own id of a delivery, or empty."""
    subscribe: Callable[[tuple[str, ...], tuple[str, ...], str, str, Context], Conversation[list[str]]] | None = None
    """(events wanted, events of the same object that nobody wants, hook URL, secret) makes what is missing, heals what
    died, removes doubles and left-overs; ids of what stands. None: the service has no such call and hooks are set up by
    hand or by the app."""
    unsubscribe: Callable[[str, Context], Conversation[None]] | None = None
    refresh: Callable[[Mapping[str, str]], Request] | None = None
    """OAuth: the connection's fields to the request (absolute path below `base_url`) for new tokens."""
    tokens: Callable[[Response], dict[str, str]] | None = None
    """OAuth: the answer to the fields to store. Raises SignedOut."""
    door: "Door | None" = None
    """OAuth: the service's own page where people grant access."""
    unasked: frozenset[str] = frozenset()
    """OAuth: permissions that few can be given; who wants one of them names it."""
    named: Callable[[Mapping[str, str], str, str], str] = lambda settings, kind, name: ""
    """(the connection's settings, kind of record, name of a field) to the label that people gave the field there; empty
    where they gave none."""
    foresees: Callable[[str, Mapping[str, Any]], Mapping[str, Any]] = lambda path, body: {}
    """(path, body) of a call that makes a record, to what the service will set in it by itself: a preview goes on with
    that. What can't be told before is left out."""
    moves: Mapping[str, Moved] = field(default_factory=dict)
    """Operations that move money, by key."""
    sandbox: str = ""
    """Dotted path of the ASGI application that stands in for the service."""

    def called_by_hand(self, way: Method) -> bool:
        """It has no call to set up webhooks: a person pastes our address there."""
        return way.webhooks and self.subscribe is None

    def __repr__(self) -> str:
        """Its name alone: asyncio writes out what a task came to, and the whole catalogue took a second each time."""
        return f"<Connector {self.key}>"
