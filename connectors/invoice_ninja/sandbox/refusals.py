"""How Invoice Ninja says no. The statuses are its own: 400 is "not found", 401 "not allowed", 403 "bad token"."""

from typing import Any


class Refusal(Exception):
    def __init__(self, status: int, body: Any):
        super().__init__(body)
        self.status = status
        self.body = body


def invalid(**errors: str) -> Refusal:
    texts = {name: [text] for name, text in errors.items()}
    return Refusal(422, {"message": "The given data was invalid.", "errors": texts})


def not_found(model: str, record_id: str) -> Refusal:
    if record_id.isdigit():
        return Refusal(400, {"message": f"Record with value {record_id} not found"})
    return Refusal(400, {"message": f"No query results for model [App\\Models\\{model}] {record_id}"})


def bad(message: str) -> Refusal:
    return Refusal(400, {"message": message})


def deleted() -> Refusal:
    return bad("Record is deleted and cannot be edited. Restore the record to enable editing")


BAD_TOKEN = Refusal(403, {"message": "Invalid token", "errors": {}})
NOT_ALLOWED = Refusal(401, {"message": "This action is unauthorized."})
NO_PASSWORD = Refusal(412, {"message": "Invalid Password", "errors": {}})
BROKEN = Refusal(500, {"message": "Server Error"})
TWICE = bad("Duplicate request")
