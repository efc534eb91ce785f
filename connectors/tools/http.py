"""A web request to anywhere, through the same guarded client as every other."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors import fields as f
from connectors import redact
from connectors.errors import ConnectorError, Misconfigured, NotFound, RateLimited, Refused, Unavailable, Unknown
from connectors.guard import check_url
from connectors.notation import Outputs, outputs
from connectors.often import an_address, remembered
from connectors.pages import ask
from connectors.spec import Account, Context, Conversation, Operation, Request, Response, Retry
from connectors.tools import paging, signing

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OURS = frozenset(["host", "content-length", "connection", "transfer-encoding", "accept-encoding"])
"""Headers that follow from the request itself."""
SHORTEST = 8
"""Characters of a secret that is looked for everywhere."""
PAIR = (f.required(f.text("name")), f.text("value"))
SAMPLE = {
    "status": 200,
    "headers": {"content-type": "application/json"},
    "body": {"id": "1042", "ok": True},
    "items": [],
    "pages": 1,
    "more": False,
}


def account_for(inputs: Mapping[str, Any]) -> Account:
    """The place a request goes to; the runner opens it instead of a connection. Raises Misconfigured."""
    url = str(inputs.get("url") or "").strip()
    return Account(_origin(url), signing.headers(inputs), secrets_of(inputs))


@remembered(an_address)
def _origin(url: str) -> str:
    """Raises Misconfigured for what is no address."""
    try:
        check_url(url, allow_private=True)
    except Misconfigured as wrong:
        raise Misconfigured(wrong.message, field="url") from None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def secrets_of(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Values of headers and parameters with telling names, hidden wherever an answer repeats them. Short ones are words
    that anything may hold: they are hidden only where they were typed."""
    url = str(inputs.get("url") or "")
    pairs = [*parse_qsl(url.partition("?")[2]), *_rows(inputs, "query"), *_rows(inputs, "headers")]
    told = [*(value for name, value in pairs if redact.telling(name)), *signing.secrets(inputs)]
    return tuple(sorted({word for value in told for word in (value, value.split(" ")[-1]) if len(word) >= SHORTEST}))


def shown(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as records and pages may hold them."""
    found = redact.redact(dict(inputs), secrets_of(inputs))
    for name in ("query", "headers"):
        if isinstance(found.get(name), list):
            found[name] = [_hidden(row) for row in found[name]]
    if found.get("auth_secret"):
        found["auth_secret"] = redact.DOTS
    if found.get("url"):
        found["url"] = redact.address(str(found["url"]))
    return dict(found)


def _hidden(row: Any) -> Any:
    known = isinstance(row, Mapping) and row.get("value") and redact.guarded(str(row.get("name") or "").strip())
    return {**row, "value": redact.DOTS} if known else row


def _rows(inputs: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    """Whatever was given, readable or not."""
    rows = inputs.get(name)
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    return [(str(row.get("name") or "").strip(), str(row.get("value") or "")) for row in found]


def class_of(inputs: Mapping[str, Any]) -> Retry:
    """GET changes nothing, PUT and DELETE may be repeated; a POST or PATCH may not."""
    method = str(inputs.get("method") or "GET").upper()
    return {"GET": Retry.READ, "PUT": Retry.IDEMPOTENT, "DELETE": Retry.IDEMPOTENT}.get(method, Retry.ONCE)


def _perform(inputs: dict[str, Any], context: Context) -> Conversation[dict[str, Any]]:
    request, book = request_of(inputs), paging.Book(inputs)
    while True:
        response = yield from ask(request, explain, f"call {urlsplit(str(inputs['url'])).hostname}")
        body = response.json if response.json is not None else response.body.decode("utf-8", "replace")
        if request.method != "GET" or not (after := book.turned(body, response.headers, len(response.body))):
            break
        request = request_of({**inputs, **after})
    return {"status": response.status, "headers": dict(response.headers), "body": body, **book.told()}


def request_of(inputs: Mapping[str, Any]) -> Request:
    """The request below the account that `account_for` gives for the same inputs."""
    parts = urlsplit(str(inputs.get("url") or "").strip())
    query: dict[str, list[str]] = {}
    typed = () if inputs.get("turned") == "link" else _pairs(inputs, "query")  # what the next page needs stands in it
    for name, value in (*parse_qsl(parts.query, keep_blank_values=True), *typed):
        query.setdefault(name, []).append(value)
    query |= {name: [value] for name, value in signing.query(inputs)}
    query |= {name: [value] for name, value in (inputs.get("page") or {}).items()}
    method = str(inputs.get("method") or "GET").upper()
    if method not in METHODS:
        raise Refused(f"{method!r} is no method: choose one of {', '.join(METHODS)}.", field="method")
    json, form = _body(inputs) if method != "GET" else (None, None)
    return Request(method, parts.path or "/", query, json, form, _headers(inputs))


def _body(inputs: Mapping[str, Any]) -> tuple[Any, dict[str, str] | None]:
    body = inputs.get("body")
    if body in (None, ""):
        return None, None
    if inputs.get("send_as") != "form":
        return body, None
    if not isinstance(body, Mapping):
        raise Refused("A form needs names and values: write the body as an object.", field="body")
    return None, {str(name): str(value) for name, value in body.items()}


def _headers(inputs: Mapping[str, Any]) -> dict[str, str]:
    headers = dict(_pairs(inputs, "headers"))
    for name, value in headers.items():
        if (
            name.lower() in OURS
            or not name.replace("-", "").replace("_", "").isalnum()
            or not (value.isascii() and value.isprintable())
        ):
            raise Refused(f"The header {name!r} can't be sent: leave it out.", field="headers")
    return headers


def _pairs(inputs: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    return [(told, value) for told, value in _rows(inputs, name) if told]


def explain(request: Request, response: Response, what: str) -> None:
    """Raises for every answer that isn't a success."""
    if 200 <= response.status < 300:
        return
    problem = _problem(request, response, what)
    problem.response = response
    raise problem


def _problem(request: Request, response: Response, what: str) -> ConnectorError:
    status = response.status
    if status == 429:
        wait = response.headers.get("retry-after", "")
        return RateLimited("The service had too many requests: tried again later.", retry_after=_seconds(wait))
    if status == 404:
        return NotFound(f"Couldn't {what}: there is nothing at this address.", field="url")
    if status < 500:
        return Refused(f"Couldn't {what}: it answered {status}. Its answer is in the exchange below.")
    if request.effect and status != 503:
        return Unknown(f"The service broke off with an error ({status}): it may or may not have done it.")
    return Unavailable(f"The service is out of order ({status}): tried again later.")


def _seconds(text: str) -> float | None:
    return min(float(text), 3600.0) if text.isdigit() else None


REQUEST = Operation(
    key="tools.http.request",
    label="Send a web request",
    kind="action",
    retry=Retry.ONCE,
    perform=_perform,
    fields=(
        f.choice("method", choices=tuple((m, m) for m in METHODS), default="GET", required=True),
        f.required(f.url("url", "The whole address, with https://.", label="Address")),
        f.lines("query", "Put behind the address after a question mark.", label="Parameters", fields=PAIR, more=True),
        f.lines(
            "headers",
            "What Authorization, cookies, keys and tokens hold is sealed with each run and shown to nobody.",
            fields=PAIR,
            more=True,
        ),
        f.json("body", 'An object such as {"id": 1}; pills may stand in it.'),
        f.choice(
            "send_as",
            label="Send the body as",
            choices=(("json", "JSON"), ("form", "A form")),
            default="json",
            more=True,
        ),
        *signing.FIELDS,
        *paging.FIELDS,
    ),
    outputs=Outputs(lambda: outputs(SAMPLE)),
    sample=SAMPLE,
    object="web request",
    words=("http", "api", "webhook", "rest", "curl", "call", "post"),
    help="Calls any address, with the way to sign in and to turn pages that its service wants. An answer that is an "
    "error ends the step.",
)
