"""Why an action did not happen. Messages are sentences for the person who tried.

ActionError
├── Invalid     something given is wrong; `errors` has the sentences for each field ("" for the whole)
│   └── Unready a draft that can't be published; `problems` as `recipe.check` found them
├── Forbidden   the role or the token doesn't reach so far
├── Conflict    somebody else changed the same thing meanwhile
├── NotFound    not in this workspace
└── Gone        was there once: expired, used, deleted, closed
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _


class ActionError(Exception):
    status = 422
    code = "error"

    def __init__(self, message: Any, field: str = ""):
        self.message = str(message)
        self.field = field
        super().__init__(self.message)


class Invalid(ActionError):
    code = "invalid"

    def __init__(self, message: Any = "", field: str = "", errors: Mapping[str, Sequence[Any]] | None = None):
        self.errors = {name: [str(m) for m in found] for name, found in (errors or {field: [message]}).items()}
        first = next(iter(self.errors))
        super().__init__(message or self.errors[first][0], field or first)


class Unready(Invalid):
    code = "unready"

    def __init__(self, message: Any, problems: list[Any]):
        super().__init__(message)
        self.problems = problems


class Forbidden(ActionError):
    status = 403
    code = "forbidden"


class NotFound(ActionError):
    status = 404
    code = "not_found"


class Gone(ActionError):
    status = 410
    code = "gone"


class Conflict(ActionError):
    """`mine` is what was sent, `theirs` what stands now, `who` put it there, `key` is `step.field`."""

    status = 409
    code = "conflict"

    def __init__(self, message: Any, mine: Any = None, theirs: Any = None, who: str = "", key: str = ""):
        super().__init__(message, key)
        self.mine, self.theirs, self.who, self.key = mine, theirs, who, key


def not_found() -> NotFound:
    return NotFound(_("This is not in the workspace any more, or never was. Go back to the list."))
