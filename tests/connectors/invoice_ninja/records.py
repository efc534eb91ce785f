"""Records and answers as Invoice Ninja gives them."""

import copy
from datetime import UTC, datetime
from typing import Any

from connectors.invoice_ninja.service import samples
from connectors.spec import Context, Request, Response
from tests.connectors.talk import answer, make_context

MARKER = "wf-aaaaaaaaaaaaaaaaaaaa"
BEGAN = int(datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp())
"""When the watching began, in seconds since 1970."""
BEFORE, AFTER = BEGAN - 86_400, BEGAN + 60


def make(kind: str, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(samples(kind)), **changes}


def item(record: dict[str, Any]) -> Response:
    return answer({"data": record})


def listed(*records: dict[str, Any]) -> Response:
    return answer({"data": list(records), "meta": {"pagination": {"total": len(records)}}})


def invalid(**errors: Any) -> Response:
    return answer({"message": "The given data was invalid.", "errors": errors}, 422)


def here(marker: str = MARKER, linked: str = "", **settings: str) -> Context:
    return make_context(marker, linked, **settings)


def told(request: Request) -> tuple[str, str]:
    return request.method, request.path
