"""How HighLevel says no; the texts are its own."""

from typing import Any


class Refusal(Exception):
    def __init__(self, status: int, message: Any, error: str = "", **more: Any):
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.body = {"statusCode": status, "message": message} | ({"error": error} if error else {}) | more


def unauthorized(message: str) -> Refusal:
    return Refusal(401, message, "Unauthorized")


def bad(message: str, **more: Any) -> Refusal:
    return Refusal(400, message, "Bad Request", **more)


def unfit(*messages: str) -> Refusal:
    return Refusal(422, list(messages), "Unprocessable Entity")


def not_found(what: str, record_id: str) -> Refusal:
    return bad(f"{what} with id {record_id} not found")


def too_many(headers: dict[str, str]) -> Refusal:
    """No Retry-After, as there."""
    refusal = Refusal(429, "Too Many Requests")
    refusal.headers = headers
    return refusal


BAD_TOKEN = unauthorized("Invalid JWT")
EXPIRED = unauthorized("Invalid token: access token is expired")
NO_SCOPE = unauthorized("The token is not authorized for this scope.")
NO_ROUTE = unauthorized("This route is not yet supported by the IAM Service. Please update your IAM config.")
NO_VERSION = unauthorized("version header was not found.")
WRONG_VERSION = unauthorized("version header is invalid")
NO_PARAMETER = unauthorized("E01 - Unauthorized request")
NO_LOCATION = Refusal(403, "The token does not have access to this location.", "Forbidden")
AGENCY_ONLY = Refusal(403, "Forbidden resource", "Forbidden")
