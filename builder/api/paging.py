"""Lists page by page, steady while rows come and go: a cursor names the last row seen, not a position."""

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from builder.actions.errors import Invalid

LIMIT = 50
MOST = 200


def page(rows: QuerySet[Any] | Sequence[Any], name: str, limit: int, cursor: str) -> tuple[list[Any], str | None]:
    """The rows and the cursor of the next page, None on the last. Querysets go from the newest to the oldest.
    `name` is the list's own, with its workspace: a cursor of another list is refused."""
    last = _opened(cursor, name) if cursor else None
    if isinstance(rows, QuerySet):
        rows = rows.order_by("-pk")
        found = list((rows if last is None else rows.filter(pk__lt=last))[: limit + 1])
        mark = found[limit - 1].pk if len(found) > limit else None
    else:
        start = last or 0
        found = list(rows[start : start + limit + 1])
        mark = start + limit
    return found[:limit], signing.dumps(mark, salt=_salt(name)) if len(found) > limit else None


def _opened(cursor: str, name: str) -> int:
    try:
        return int(signing.loads(cursor, salt=_salt(name)))
    except (signing.BadSignature, ValueError, TypeError):
        message = _("This cursor is not of this list. Begin again without one.")
        raise Invalid(message, "cursor") from None


def _salt(name: str) -> str:
    return f"api.cursor|{name}"
