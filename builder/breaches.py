"""Whether a password is known from a breach, where the installation wants that to be asked.

Asked is only for the first five of the forty digits of its hash, as the range search of haveibeenpwned.com has it; the
answer lists the ends of hundreds. A service that doesn't answer keeps nobody from choosing a password.
"""

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
PATIENCE = 3


class NotBreached:
    """A validator of passwords; without BREACH_CHECK_URL it finds nothing wrong."""

    def validate(self, password: str, user: Any = None) -> None:
        if settings.BREACH_CHECK_URL and is_known(password):
            message = _("This password is known from a theft at another service, so it would be tried. Choose another.")
            raise ValidationError(message, code="breached")

    def get_help_text(self) -> str:
        return ""


def is_known(password: str) -> bool:
    import httpx  # noqa: PLC0415 -- only where an installation asks

    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    headers = {"Add-Padding": "true", "User-Agent": "Recette"}
    try:
        answer = httpx.get(f"{settings.BREACH_CHECK_URL}{digest[:5]}", timeout=PATIENCE, headers=headers)
        answer.raise_for_status()
    except httpx.HTTPError as problem:
        log.warning("the breach check did not answer: %s", type(problem).__name__, extra={"action": "breach_check"})
        return False
    rows = (line.strip().split(":") for line in answer.text.splitlines() if ":" in line)
    return any(end == digest[5:] and number.strip() != "0" for end, number in rows)
