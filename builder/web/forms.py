"""Forms that show what an action says. What is right is decided by the action alone, so nothing is required here."""

from collections.abc import Callable
from functools import cache
from typing import Any, ParamSpec, TypeVar
from zoneinfo import available_timezones

from babel.numbers import get_currency_name
from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from builder.actions.errors import ActionError
from builder.actions.workspaces import CURRENCIES

P = ParamSpec("P")
R = TypeVar("R")
OLD_ZONES = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")


class Form(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            field.required = False

    def given(self, name: str) -> str:
        """As it was sent."""
        return str(self.data.get(self.add_prefix(name), ""))

    def blame(self, problem: ActionError) -> None:
        """Puts the action's sentences beside the fields they are about."""
        self.full_clean()
        self._errors = ErrorDict()
        for name, sentences in getattr(problem, "errors", {problem.field: [problem.message]}).items():
            self.add_error(name if name in self.fields else None, list(sentences))

    def tried(self, do: Callable[P, R], *args: P.args, **more: P.kwargs) -> R | None:
        """What the action returns; None, with its sentences on the form, when it refuses."""
        try:
            return do(*args, **more)
        except ActionError as problem:
            if problem.status not in (410, 422):
                raise
            self.blame(problem)
            return None


def zone_field(guessed: bool = False) -> forms.ChoiceField:
    """`guessed`: begins with the browser's own."""
    return forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in zones()],
        help_text=_("Schedules and dates on pages go by it."),
        widget=forms.Select({"data-zone": ""} if guessed else {}),
    )


def currency_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Currency"),
        choices=currencies,
        help_text=_("For amounts that come without one."),
    )


@cache
def zones() -> list[str]:
    """Old spellings too: browsers still say Asia/Calcutta."""
    return ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(OLD_ZONES))]


def currencies() -> list[tuple[str, str]]:
    return [(code, f"{code} · {get_currency_name(code, locale='en')}") for code in sorted(CURRENCIES)]
