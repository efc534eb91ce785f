"""What a form sent, as values; odd input costs a sentence, never the page."""

import json
from typing import Any

from django.utils.translation import gettext as _

from builder.actions.errors import Invalid


def loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(_("The browser sent something that Recette can’t read. Reload the page.")) from None


def whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
