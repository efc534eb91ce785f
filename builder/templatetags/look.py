"""Tags and filters that give pages one look and one way of saying times, sums and states."""

import json
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import UnknownCurrencyError, format_currency, format_decimal, validate_currency
from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from connectors import catalogue

register = template.Library()

MINUS = "\N{MINUS SIGN}"
APPS = {"ghl": "HighLevel", "invoice_ninja": "Invoice Ninja"}
"""Services that have a picture of their own."""
TONES = ("", "b", "g", "y")

STATES: dict[str, tuple[str, Any]] = {
    # recipes
    "draft": ("pencil", lazy("Draft")),
    "live": ("circle-check-filled", lazy("Live")),
    "paused": ("player-pause-filled", lazy("Paused")),
    # runs and steps
    "queued": ("clock", lazy("Queued")),
    "running": ("loader-2", lazy("Running")),
    "started": ("loader-2", lazy("Running")),
    "waiting": ("clock", lazy("Waiting")),
    "held": ("player-pause-filled", lazy("On hold")),
    "done": ("circle-check", lazy("Done")),
    "filtered": ("filter", lazy("Filtered out")),
    "skipped": ("arrow-bar-both", lazy("Skipped")),
    "unreached": ("arrow-bar-both", lazy("Not reached")),
    "failed": ("alert-octagon", lazy("Failed")),
    "unknown": ("help", lazy("Outcome unknown")),
    "cancelled": ("ban", lazy("Cancelled")),
    # connections
    "well": ("circle-check", lazy("Connected")),
    "untested": ("circle-dashed", lazy("Not tested yet")),
    "signed_out": ("plug-connected-x", lazy("Signed out")),
    "trouble": ("alert-octagon", lazy("In trouble")),
    # drafts
    "problem": ("alert-triangle", pgettext_lazy("state", "Needs a look")),
}


@cache
def _sprite() -> str:
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """One icon of the sprite. Next to text it is silent; alone it takes a `label`. Classes: s (15 px), l, xl, spin."""
    voice = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    css = f"i {classes}".strip()
    return format_html('<svg class="{}" {}><use href="{}#i-{}"/></svg>', css, voice, _sprite(), name)


@register.simple_tag
def app_tile(app: str, size: str = "", glyph: str = "") -> SafeString:
    """The square of a connector: `ghl`, `invoice_ninja`, else a tool's with its `glyph`. Sizes: xs, s, (medium), l."""
    drawn, name = app in APPS, _service(app)
    known = app if drawn else "tools"
    picture = icon(f"app-{app}" if drawn else glyph or ("plug-connected" if name else "tools-kitchen-2"))
    title = format_html(' title="{}"', name) if name else ""
    return format_html('<span class="{}" data-app="{}"{}>{}</span>', f"tile {size}".strip(), known, title, picture)


@register.filter
def app_name(app: str) -> str:
    return _service(app) or _("Built-in tools")


def _service(app: str) -> str:
    """Its name; empty for our own tools."""
    home = catalogue.connector(app)
    return APPS.get(app) or (home.label if home and home.methods else "")


@register.filter
def state_word(state: str) -> str:
    """ "held" → "On hold"."""
    return str(STATES[str(state)][1]) if str(state) in STATES else str(state)


@register.inclusion_tag("_state.html")
def state(value: str, text: str = "", look: str = "") -> dict[str, Any]:
    """Shape, word and colour of a state; `look="chip"` gives it a ground."""
    picture, word = STATES.get(str(value), ("circle-dashed", value))
    return {
        "state": str(value),
        "icon_name": picture,
        "word": text or word,
        "look": look,
        "turns": picture == "loader-2",
    }


@register.inclusion_tag("_pill.html")
def pill(
    app: str, number: str = "", label: str = "", sample: str = "", glyph: str = "", ref: str = ""
) -> dict[str, Any]:
    """A mapped value: whose it is, from which step, which field. `ref` is the template text it stands for."""
    return {"app": app, "number": number, "label": label, "sample": sample, "glyph": glyph, "ref": ref}


@register.inclusion_tag("_avatar.html")
def avatar(person: Any, classes: str = "") -> dict[str, Any]:
    """Initials of a user (or of anything that has `initials` and a name) on a ground of their own."""
    name = str(person)
    tone = TONES[sum(name.encode()) % len(TONES)]
    return {"initials": person.initials, "name": name, "classes": f"{tone} {classes}".strip()}


@register.simple_tag
def dressed(bound: Any, hint: str = "") -> SafeString:
    """A form field's control alone, with our class and its error and help named to screen readers."""
    attributes = {} if bound.widget_type in ("checkbox", "radioselect") else {"class": "input"}
    parts = [("e", bound.errors), ("h", hint or bound.help_text)]
    described = " ".join(f"{bound.auto_id}-{part}" for part, there in parts if there)
    if described:
        attributes["aria-describedby"] = described
    if str(bound.label).lower() in str(bound.field.widget.attrs.get("placeholder", "")).lower():
        bound.field.widget.attrs.pop("placeholder", None)  # it only repeats the label
    return bound.as_widget(attrs=attributes)


@register.inclusion_tag("_field.html")
def field(bound: Any, hint: str = "", optional: str = "") -> dict[str, Any]:
    """A form field with label, help and error tied together, and the look of its widget."""
    return {
        "field": bound,
        "control": dressed(bound, hint),
        "hint": hint or bound.help_text,
        "optional": optional,
        "shape": bound.widget_type,
    }


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """How long ago within a day, the date before that; the exact time is one hover away."""
    if moment is None:
        return _("never")
    here = timezone.localtime(moment)
    exact = _("{day}, {time}").format(day=day(here), time=clock(here))
    return format_html('<time datetime="{}" title="{}">{}</time>', here.isoformat(), exact, _ago(here))


def _ago(moment: datetime) -> str:
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < -30 or seconds >= 86_400:
        return day(moment)
    if seconds < 10:
        return _("just now")
    if seconds < 60:
        return _("{n} s ago").format(n=seconds)
    if seconds < 3600:
        return _("{n} min ago").format(n=seconds // 60)
    return _("{n} h ago").format(n=seconds // 3600)


@register.filter
def day(moment: datetime | None) -> str:
    """22 Nov 2026"""
    return formats.date_format(timezone.localtime(moment), "j M Y") if moment else ""


@register.filter
def long_day(moment: datetime | None) -> str:
    """Sunday 22 November 2026"""
    return formats.date_format(timezone.localtime(moment), "l j F Y") if moment else ""


@register.filter
def clock(moment: datetime | None) -> str:
    """14:06:05, for runs"""
    return formats.date_format(timezone.localtime(moment), "H:i:s") if moment else ""


@register.filter
def called(run: Any) -> str:
    """What a run was about; where its event told of nothing, its recipe and the time."""
    if run.title:
        return str(run.title)
    told = {"recipe": run.recipe.name, "day": day(run.created_at), "time": clock(run.created_at)}
    return _("{recipe}, {day}, {time}").format(**told)


@register.filter
def took(length: timedelta | float | None) -> str:
    """Milliseconds (or a timedelta) as 412 ms, 1.8 s, 2 min 04 s, 1 h 05 min, 3 days."""
    if length is None or length == "":
        return ""
    milliseconds = length.total_seconds() * 1000 if isinstance(length, timedelta) else float(length)
    if milliseconds < 1000:
        return _("{n} ms").format(n=round(milliseconds))
    if milliseconds < 59_950:
        return _("{n} s").format(n=format_decimal(milliseconds / 1000, "0.0", locale=_locale()))
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    if minutes < 60:
        return _("{m} min {s:02d} s").format(m=minutes, s=seconds)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("{h} h {m:02d} min").format(h=hours, m=minutes)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


@register.filter
def count(number: int | None) -> str:
    """4,218"""
    return "" if number is None else _counted(number, str(_locale()))


@lru_cache(4096)
def _counted(number: int, locale: str) -> str:
    return format_decimal(number, locale=locale).replace("-", MINUS)


@register.filter
def money(amount: Decimal | int | str | None, currency: str = "") -> str:
    """$4,800.00. What is no amount is shown as it came; an unknown currency stays a word."""
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return "" if amount is None else str(amount)
    if not number.is_finite():
        return str(amount)
    try:
        validate_currency(currency or "")
        text = format_currency(number, currency, locale=_locale())
    except UnknownCurrencyError:
        text = f"{format_decimal(number, '#,##0.00', locale=_locale())} {currency}".strip()
    return text.replace("-", MINUS)


@register.filter
def percent(share: float | None) -> str:
    """0.938 → 93.8%, 1 → 100%"""
    if share is None:
        return ""
    figure = format_decimal(share * 100, "0" if share == 1 else "0.0", locale=_locale())
    return f"{figure}%"


def _locale() -> Locale:
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@register.filter
def as_json(value: Any) -> str:
    """For a `data-` attribute that a script reads."""
    return json.dumps(value)
