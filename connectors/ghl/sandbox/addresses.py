"""What makes two contacts the same to HighLevel: the e-mail, then the phone."""

import re
from collections.abc import Mapping
from typing import Any


def addresses(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The e-mail and the phone that a contact has, each as it is compared."""
    plain = {"email": str(data.get("email") or "").strip().lower(), "phone": phone(data.get("phone"))}
    return [(name, value) for name, value in plain.items() if value]


def phone(value: Any) -> str:
    """E.164; ten digits without a country are American."""
    text = str(value or "")
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    return f"+{digits}" if text.strip().startswith("+") or len(digits) != 10 else f"+1{digits}"
