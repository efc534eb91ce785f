"""What an answer of Invoice Ninja means. Its status codes are its own: 400 is "not found", 401 "may not", 403 "wrong
token" (source: app/Exceptions/Handler.php of v5.10.17, read 2026-11)."""

from typing import Any

from connectors.errors import (
    ConnectorError,
    Duplicate,
    Forbidden,
    Misconfigured,
    NotFound,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
    Unknown,
)
from connectors.spec import Request, Response

MISSING = ("no query results", "not found")
OLD = "This is Invoice Ninja 4, which speaks another language: Recette needs version 5. Upgrade it, then connect again."
NO_API = (
    "There is a web page, but no Invoice Ninja 5, behind this address: check it, and the folder if it was installed "
    "in one (https://example.com/invoices)."
)
ANOTHER = "Another service than Invoice Ninja answers at this address: put the one you open Invoice Ninja at."
MINUTE = 60
"""A 429 names no time; the limits are per minute."""
GUARD = 3
"""Seconds. The same write again within one second (three after a bulk delete) is turned away."""


def explain(request: Request, response: Response, what: str) -> None:
    """Raises what a bad answer means; `what` completes "couldn't …"."""
    if _is_old(response):
        raise _seen(Misconfigured(OLD, field="base_url"), response)
    if _is_another(response):
        raise _seen(Misconfigured(ANOTHER, field="base_url"), response)
    if 200 <= response.status < 300:
        return _readable(request, response, what)
    raise _seen(_problem(request, response, what), response)


def limits(response: Response) -> dict[str, int]:
    """Only the hosted service counts (500 a minute for each address); it never says when the minute ends."""
    told = {"remaining": "x-ratelimit-remaining", "most": "x-ratelimit-limit"}
    said = {key: int(value) for key, name in told.items() if (value := response.headers.get(name, "")).isdigit()}
    return {**said, "reset_ms": MINUTE * 1000} if "most" in said else said


def _is_old(response: Response) -> bool:
    return "x-ninja-version" in response.headers and "x-app-version" not in response.headers


def _is_another(response: Response) -> bool:
    """Every answer of Invoice Ninja names its version; HighLevel's refusals repeat their status."""
    told = response.json if isinstance(response.json, dict) else {}
    return "statusCode" in told and "x-app-version" not in response.headers


def _readable(request: Request, response: Response, what: str) -> None:
    if isinstance(response.json, dict | list):
        return
    if request.effect:
        raise _seen(Unknown(f"Invoice Ninja answered with something unreadable: it may or may not {what}."), response)
    raise _seen(Misconfigured(NO_API, field="base_url"), response)


def _problem(request: Request, response: Response, what: str) -> ConnectorError:
    reader = STATUSES.get(response.status)
    if reader:
        return reader(response, what)
    if response.status >= 500:
        return _broken(request, response, what)
    return Refused(f"Couldn't {what}: {_said(response) or f'Invoice Ninja answered {response.status}'}.")


def _bad_request(response: Response, what: str) -> ConnectorError:
    said = _said(response)
    if said == "Duplicate request":
        return RateLimited(f"Invoice Ninja takes one such call a second: tried again to {what}.", retry_after=GUARD)
    if any(word in said.lower() for word in MISSING):
        return NotFound(f"Couldn't {what}: there is no such record in Invoice Ninja. It may have been purged.")
    if "is deleted" in said:
        return Refused(f"Couldn't {what}: the record is deleted in Invoice Ninja. Restore it there first.")
    return Refused(f"Couldn't {what}: {said or 'Invoice Ninja refused it without a reason'}.")


def _not_allowed(response: Response, what: str) -> ConnectorError:
    return Forbidden(f"The token's user may not {what}: give that user the permission in Invoice Ninja.")


def _signed_out(response: Response, what: str) -> ConnectorError:
    said = _said(response)
    if said.startswith("Feature not available"):
        return Forbidden("This Invoice Ninja account's plan has no API: choose a paid plan there.")
    return SignedOut("Invoice Ninja doesn't accept the token: make a new one there and connect again.", field="token")


def _no_route(response: Response, what: str) -> ConnectorError:
    if version := response.headers.get("x-app-version"):
        return Misconfigured(f"Invoice Ninja {version} has no way to {what}: update it to the newest version 5.")
    return Misconfigured(NO_API, field="base_url")


def _password(response: Response, what: str) -> ConnectorError:
    return Forbidden(
        f"Couldn't {what}: Invoice Ninja asks for the password of the token's user. Enter it in the connection, or "
        "check the one there."
    )


def _invalid(response: Response, what: str) -> ConnectorError:
    errors = response.json.get("errors") if isinstance(response.json, dict) else None
    wrong = _wrong(errors) if errors else [("", _said(response))]
    said = " ".join(f"{text.rstrip('.')}." for text in _told(wrong) if text)
    message = f"Couldn't {what}: {said or 'Invoice Ninja found something wrong with it.'}"
    field, first = wrong[0]
    if "taken" in first or field == "idempotency_key":
        return Duplicate(message, field=field)
    return Refused(message, field=field)


def _wrong(errors: Any) -> list[tuple[str, str]]:
    """Each field and what is wrong with it. A locked invoice's `errors.number` is a string instead of a list."""
    if not isinstance(errors, dict):
        return [("", str(errors))]
    texts = {field: " ".join(map(str, said)) if isinstance(said, list) else str(said) for field, said in errors.items()}
    return [(str(field), text) for field, text in texts.items()]


def _told(wrong: list[tuple[str, str]]) -> list[str]:
    """Where there are several, each with its field, unless the sentence has it already."""
    return [
        text if len(wrong) == 1 or field.replace("_", " ") in text.lower().replace("_", " ") else f"{field}: {text}"
        for field, text in wrong
    ]


def _too_many(response: Response, what: str) -> ConnectorError:
    return RateLimited("Invoice Ninja had too many requests this minute: tried again in the next.", retry_after=MINUTE)


def _broken(request: Request, response: Response, what: str) -> ConnectorError:
    """503 is its maintenance page, before any work; any other may come after it (mail, PDF)."""
    if request.effect and response.status != 503:
        return Unknown(f"Invoice Ninja broke off with an error ({response.status}): it may or may not {what}.")
    return Unavailable(f"Invoice Ninja is out of order ({response.status}): tried again later to {what}.")


def _said(response: Response) -> str:
    body = response.json
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    text = body.get("message", "") if isinstance(body, dict) else body if isinstance(body, str) else ""
    return str(text or "").strip().rstrip(".")[:300]


def _seen(problem: ConnectorError, response: Response) -> ConnectorError:
    problem.response = response
    return problem


STATUSES = {
    400: _bad_request,
    401: _not_allowed,
    403: _signed_out,
    404: _no_route,
    405: _no_route,
    412: _password,
    422: _invalid,
    429: _too_many,
}
