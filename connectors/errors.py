"""What can go wrong between us and a service.

    ConnectorError
    ├── Refused          the service understood and said no (400, 404, 409, 412, 422); nothing happened
    │   ├── NotFound     the record is not there
    │   └── Duplicate    it exists already; `record_id` names it when the service says which
    ├── SignedOut        the token is wrong, expired or revoked (401, Invoice Ninja 403)
    ├── Forbidden        the account or its token may not do it
    │   └── Lacking      because the token was not given the permission the call needs: the service says so
    ├── Misconfigured    wrong host or path: a redirect, an HTML page, an older API
    ├── Blocked          our own guard refused the address
    ├── RateLimited      429; `retry_after` seconds when the service names them
    ├── TooLarge         an answer came that is larger than we read; only of a write nobody knows what it did
    ├── Unavailable      not reached at all (refused, DNS, TLS, 500/503 before the work): nothing happened
    ├── Unknown          sent, and no trustworthy answer came back: it may have happened
    └── Unclear          looked for, and what was seen neither shows that it happened nor that it didn't

A message is one sentence for a person who has never seen an API; it names the thing, the cause and the way out.
"""

from typing import Any


class ConnectorError(Exception):
    code = "error"
    known = True
    """False: the request may have had its effect; look before repeating."""
    again = False
    """True: the same call can succeed later without anybody mending anything."""
    response: Any = None
    """The `spec.Response` it was read from, when there was one."""

    def __init__(self, message: str, *, field: str = "", retry_after: float | None = None, record_id: str = ""):
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.record_id = record_id


class Refused(ConnectorError):
    code = "refused"


class NotFound(Refused):
    code = "not_found"


class Duplicate(Refused):
    code = "duplicate"


class SignedOut(ConnectorError):
    code = "signed_out"


class Forbidden(ConnectorError):
    code = "forbidden"


class Lacking(Forbidden):
    pass


class Misconfigured(ConnectorError):
    code = "misconfigured"


class Blocked(ConnectorError):
    code = "blocked"


class RateLimited(ConnectorError):
    code = "rate_limited"
    again = True


class TooLarge(ConnectorError):
    """No try can succeed until somebody asks for less."""

    code = "too_large"

    def __init__(self, message: str, *, effect: bool):
        super().__init__(message)
        self.known = not effect


class Unavailable(ConnectorError):
    code = "unavailable"
    again = True


class Unknown(ConnectorError):
    code = "unknown"
    known = False
    again = True


class Unclear(ConnectorError):
    """Its message says what was seen, and where a person looks next."""

    code = "unclear"
