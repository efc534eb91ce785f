"""How a request says who it comes from, and how an expired token is changed for a new one."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from connectors.errors import Misconfigured, Refused, SignedOut, Unavailable
from connectors.guard import check_url
from connectors.spec import Request, Response


def bearer(token: str, field: str = "token") -> dict[str, str]:
    return {"Authorization": f"Bearer {clean(token, field)}"}


def header(name: str, token: str, field: str = "token") -> dict[str, str]:
    return {name: clean(token, field)}


def clean(token: str, field: str) -> str:
    """A token as it was meant: without the spaces, quotes and the word Bearer that copying brings along."""
    token = token.strip().strip("\"'").removeprefix("Bearer ").strip()
    if not token:
        raise Misconfigured("The token is empty: paste it from the service's settings.", field=field)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Misconfigured("The token holds spaces or characters no token has: copy it again.", field=field)
    return token


def base_url(text: str, default: str = "", field: str = "base_url") -> str:
    """An address as people paste it, made the beginning of every path: no slash at the end, no query."""
    text = text.strip() or default
    if text and "://" not in text:
        text = f"https://{text}"
    try:
        check_url(text, allow_private=True)
    except Misconfigured as wrong:
        raise Misconfigured(wrong.message, field=field) from None
    parts = urlsplit(text)
    if any(c.isspace() for c in text) or parts.netloc.endswith(":"):
        raise Misconfigured("That is no web address: it looks like https://api.example.com.", field=field)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def refresher(path: str, **more: str) -> Callable[[Mapping[str, str]], Request]:
    """Builds the request that changes a refresh token (fields client_id, client_secret, refresh_token) for new ones.
    It raises SignedOut where there is none."""

    def refresh(fields: Mapping[str, str]) -> Request:
        if not fields.get("refresh_token"):
            raise SignedOut("The service gave this connection no token to renew itself with: connect again.")
        form = {"client_id": fields["client_id"], "client_secret": fields["client_secret"]}
        form |= {"grant_type": "refresh_token", "refresh_token": fields["refresh_token"], **more}
        return Request("POST", path, form=form)

    return refresh


def new_tokens(response: Response) -> dict[str, str]:
    """The fields to store before the new token is used. Raises SignedOut when the refresh token is spent."""
    answer = response.json if isinstance(response.json, dict) else {}
    if response.status >= 500 or response.status == 429:
        raise Unavailable("The service couldn't give out a new token just now; it is tried again.")
    if response.status in (400, 401, 403) or "access_token" not in answer:
        raise SignedOut("The service no longer accepts this connection: connect again.")
    if response.status >= 300:
        raise Refused(f"The service refused to give out a new token ({response.status}): connect again.")
    expiry = sent_at(response) + timedelta(seconds=int(answer.get("expires_in") or 3600))
    stored = {"access_token": str(answer["access_token"]), "expires_at": expiry.isoformat(timespec="seconds")}
    if answer.get("refresh_token"):
        stored["refresh_token"] = str(answer["refresh_token"])
    if isinstance(answer.get("scope"), str):
        stored["granted"] = " ".join(answer["scope"].split())
    return stored


def sent_at(response: Response) -> datetime:
    """When the service answered, by its own clock where it tells."""
    return dated(response.headers) or datetime.now(UTC)


def dated(headers: Mapping[str, str]) -> datetime | None:
    """The time an answer bears, in whole seconds; None where it bears none."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- it brings a dozen modules along, which declarations don't need

    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return None
