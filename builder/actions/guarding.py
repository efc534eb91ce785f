"""The guards of a recipe: limits past which its runs wait for a person."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import audit, drafts
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Recipe
from builder.runner import guards
from builder.templatetags import look

FIRST = guards.FIRST
COUNTED = (FIRST, guards.WRITES, guards.CUSTOMERS)
MONEY = (guards.PER_RUN, guards.PER_DAY)
NAMES = (*COUNTED, *MONEY)
MOST = 1_000_000
LONGEST = 20
"""Characters of a limit: reading a number of thousands of digits is an error of its own."""
PLACES = 4
"""After the point, as many as money is counted with."""


@action(Capability.PUBLISH)
def change(by: Actor, recipe: Recipe, given: Mapping[str, Any], first_was: str | None = None) -> Recipe:
    """All of them at once; what is left out or empty is no limit. They hold for the next write, also of a run that is
    under way. `first_was`: that one as the person found it; each look lowers it, so unchanged it stays as it is by
    now. Raises Invalid with the field."""
    recipe = drafts.locked(recipe)
    asked = {name: "" if given.get(name) is None else str(given[name]).strip() for name in NAMES}
    if asked[FIRST] == first_was:
        asked[FIRST] = str((recipe.guards or {}).get(FIRST, ""))
    wanted = limits(asked)
    if (recipe.guards or {}) != wanted:
        before, after = ({name: str(limit) for name, limit in (one or {}).items()} for one in (recipe.guards, wanted))
        recipe.guards = wanted or None
        recipe.save(update_fields=["guards"])
        audit.write(by, "recipe.guards_changed", recipe, **after, before=before, after=after)
    return recipe


def lasting(recipe: Recipe) -> dict[str, Any]:
    """Those that go along to a copy or into a file: all but the look at the next runs, which counts down."""
    return {name: limit for name, limit in (recipe.guards or {}).items() if name != FIRST}


def limits(asked: Mapping[str, str]) -> dict[str, Any]:
    """As they are kept, of what was typed. Raises Invalid with the field."""
    return {
        name: _counted(name, text) if name in COUNTED else _money(name, text) for name, text in asked.items() if text
    }


def _counted(name: str, text: str) -> int:
    if len(text) > LONGEST or not text.isdecimal() or not 0 < int(text) <= MOST:
        raise Invalid(_("Give a whole number from 1 on, or leave it empty."), name)
    return int(text)


def _money(name: str, text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if len(text) > LONGEST or not amount.is_finite() or not 0 < amount < guards.ABSURD or _places(amount) > PLACES:
        raise Invalid(_("Give a sum such as 5000 or 5000.00, or leave it empty."), name)
    return format(amount, "f")


def _places(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


def told(recipe: Recipe) -> list[str]:
    """Each guard that is set, in words."""
    found, currency = recipe.guards or {}, recipe.workspace.currency
    words = {
        guards.FIRST: lambda n: (
            ngettext("the next run waits for a look", "the next %(n)d runs wait for a look", n) % {"n": n}
        ),
        guards.WRITES: lambda n: ngettext("writes once an hour", "writes up to %(n)d times an hour", n) % {"n": n},
        guards.CUSTOMERS: lambda n: ngettext("one customer an hour", "up to %(n)d customers an hour", n) % {"n": n},
        guards.PER_RUN: lambda n: _("up to %(sum)s a run") % {"sum": look.money(n, currency)},
        guards.PER_DAY: lambda n: _("up to %(sum)s a day") % {"sum": look.money(n, currency)},
    }
    return [words[name](found[name]) for name in NAMES if name in found]
