"""What HighLevel's answers mean. It says 401 to much that has nothing to do with signing in, so its words count more
than the number (facts read 2026-11-22)."""

import re
from typing import Any

from connectors.errors import (
    ConnectorError,
    Duplicate,
    Forbidden,
    Lacking,
    Misconfigured,
    NotFound,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
    Unknown,
)
from connectors.spec import Request, Response

HOST = "https://services.leadconnectorhq.com"
PAGE = "The address of this connection leads to a web page, not to HighLevel's API: it should be " + HOST + "."
ANOTHER = f"An Invoice Ninja answers at this address, not HighLevel: it should be {HOST}."
WAY = f"HighLevel knows no such way to {{what}}: the address should be {HOST}, with nothing behind it."
SCOPE = (
    "The token lacks the permission to {what}: tick it in HighLevel, Settings, Private Integrations, or in the app. "
    "What isn't listed there is the agency's, whose own private integrations are in the agency view."
)
SIGNED_OUT = "HighLevel no longer accepts this token: it was changed, expired or deleted. Paste the current one."
LOCATION = (
    "This token does not belong to that location: copy the location id from HighLevel, Settings, Business Profile."
)
AGENCY = (
    "To {what} HighLevel wants a token of the agency; this connection has one of a single location. Make a private "
    "integration in HighLevel's agency view, under Settings, Private Integrations, and choose a connection with its "
    "token and this location's ID."
)
PLAN = "The HighLevel plan of this agency does not include what is needed to {what}."

CARRIER = (
    "HighLevel lets only the app whose conversation provider carried a message set its status, and some ten seconds "
    "after it was sent at the earliest."
)


def explain(request: Request, response: Response, what: str) -> None:
    """Raises what a bad answer means; returns None for a good one."""
    if response.status >= 300 and "x-app-version" in response.headers:
        raise _with(Misconfigured(ANOTHER, field="base_url"), response)
    if response.status < 300 and _is_page(response):
        raise _with(Misconfigured(PAGE, field="base_url"), response)
    if response.status >= 300:
        raise _with(_error(request, response, what), response)


def explain_done(request: Request, response: Response, what: str) -> None:
    """The same, and of a write what it says of itself."""
    explain(request, response, what)
    if request.effect and _says_no(response.json):
        raise _with(_refused(response, _said(response), what), response)


def _says_no(answer: Any) -> bool:
    """Some forty calls answer with whether it was done, whatever their status is."""
    return isinstance(answer, dict) and any(answer.get(name) is False for name in ("success", "succeded", "status"))


def limits(response: Response) -> dict[str, int]:
    """The budget as the answer's headers tell it."""
    names = {
        "most": "x-ratelimit-max",
        "remaining": "x-ratelimit-remaining",
        "reset_ms": "x-ratelimit-interval-milliseconds",
        "daily_remaining": "x-ratelimit-daily-remaining",
    }
    told = {key: response.headers.get(name, "") for key, name in names.items()}
    return {key: int(value) for key, value in told.items() if value.isdigit()}


def _error(request: Request, response: Response, what: str) -> ConnectorError:
    said = _said(response)
    if response.status == 401:
        return _unauthorized(request, said, what)
    if response.status == 403:
        return _forbidden(said, what)
    if response.status == 404:
        return _not_found(response, what)
    if response.status == 429:
        return _limited(response)
    if response.status >= 500:
        return _broken(request, response)
    return _refused(response, said, what)


def _unauthorized(request: Request, said: str, what: str) -> ConnectorError:
    low = said.lower()
    if "conversation provider" in low:
        return Refused(CARRIER)
    if "scope" in low:
        return Lacking(SCOPE.format(what=what))
    if "iam service" in low:
        return Misconfigured(WAY.format(what=what), field="base_url")
    if "do not have access to this feature" in low:
        return Forbidden(PLAN.format(what=what))
    if "timed out" in low:
        return _lost(request, "HighLevel's gateway timed out")
    if "e01" in low:
        return Refused(f"HighLevel wants to know the company to {what}: test the connection once, so that it is read.")
    return SignedOut(SIGNED_OUT)


def _forbidden(said: str, what: str) -> ConnectorError:
    low = said.lower()
    if "conversation provider" in low:
        return Refused(CARRIER)
    if "location" in low:
        return Misconfigured(LOCATION, field="location_id")
    if "forbidden resource" in low:
        return Forbidden(AGENCY.format(what=what))
    return Forbidden(SCOPE.format(what=what))


def _not_found(response: Response, what: str) -> ConnectorError:
    if _is_page(response):
        return Misconfigured(PAGE, field="base_url")
    return NotFound(f"HighLevel could not {what}: there is no such record. It may be deleted, or the id is wrong.")


def _limited(response: Response) -> RateLimited:
    told = limits(response)
    if told.get("daily_remaining") == 0:
        return RateLimited("HighLevel's budget of calls for today is used up; it goes on tomorrow.", retry_after=3600)
    wait = told.get("reset_ms", 10_000) / 1000
    return RateLimited("HighLevel asks us to slow down; it goes on in a moment.", retry_after=wait)


def _broken(request: Request, response: Response) -> ConnectorError:
    if response.status == 503:
        return Unavailable("HighLevel is not available right now; it is tried again.")
    return _lost(request, f"HighLevel broke down while it worked ({response.status})")


def _lost(request: Request, what: str) -> ConnectorError:
    if request.effect:
        return Unknown(f"{what}: it may have been done or not.")
    return Unavailable(f"{what}: it is asked again.")


TALKING = "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS"


def _refused(response: Response, said: str, what: str) -> ConnectorError:
    body = _body(response)
    meta = body.get("meta")
    known = meta if isinstance(meta, dict) else {}
    talk = body.get("conversationId") if body.get("canonicalCode") == TALKING else None
    existing = known.get("contactId") or known.get("existingId") or talk
    if existing:
        return Duplicate(f"HighLevel has this record already ({existing}).", record_id=str(existing))
    if _wrong_location(said):
        return Misconfigured(LOCATION, field="location_id")
    sentence = f"HighLevel refused to {what}: {said or f'it answered {response.status} without a reason'}."
    return Refused(sentence, field=_blamed(body.get("message")))


BLAMED = re.compile(r"(?:each value in |property )?([A-Za-z_]\w*)[\w.]* (?:must|should|is|has)\b")


def _blamed(messages: Any) -> str:
    """The input that the first message of a list begins with; empty where it begins otherwise."""
    found = BLAMED.match(str(messages[0])) if isinstance(messages, list) and messages else None
    return found[1] if found else ""


def _wrong_location(said: str) -> bool:
    low = said.lower()
    return "location" in low and any(word in low for word in ("not found", "invalid", "does not have access"))


def _said(response: Response) -> str:
    """The service's own words, in one line."""
    body = _body(response)
    error = body.get("error")
    word = body.get("message") or (error.get("message") if isinstance(error, dict) else error) or ""
    return "; ".join(map(str, word)) if isinstance(word, list) else str(word).strip().rstrip(".")[:500]


def _body(response: Response) -> dict[str, Any]:
    return response.json if isinstance(response.json, dict) else {}


def _is_page(response: Response) -> bool:
    is_html = response.headers.get("content-type", "").startswith("text/html") and bool(response.body.strip())
    return response.json is None and (is_html or response.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<")


def _with(problem: ConnectorError, response: Response) -> ConnectorError:
    problem.response = response
    return problem
