"""Conditions built from menus: a field, an operator that fits its type, a value. Judging never fails: what is missing
counts as empty, what can't be compared counts as not fulfilled, and the verdict says so in words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from builder.recipe import coerce, dates, money, template
from builder.recipe.coerce import About
from builder.recipe.errors import CantRender, Missing, Wrong
from builder.recipe.values import empty, has_pill

__all__ = ["LABELS", "OPERATORS", "Operator", "Verdict", "arity", "field_name", "judge"]


class Operator(NamedTuple):
    op: str
    label: str
    """For the menu, and for "value is more than 0"."""
    arity: int
    """How many values it needs: 0, 1 or 2 (a list of two)."""


EMPTINESS = [Operator("empty", "is empty", 0), Operator("not_empty", "is not empty", 0)]
TEXT = [
    Operator("is", "is", 1),
    Operator("is_not", "is not", 1),
    Operator("contains", "contains", 1),
    Operator("not_contains", "doesn't contain", 1),
    Operator("starts_with", "starts with", 1),
    Operator("ends_with", "ends with", 1),
    Operator("one_of", "is one of", 1),
    *EMPTINESS,
]
NUMBER = [
    Operator("eq", "is equal to", 1),
    Operator("ne", "is not equal to", 1),
    Operator("gt", "is more than", 1),
    Operator("gte", "is at least", 1),
    Operator("lt", "is less than", 1),
    Operator("lte", "is at most", 1),
    Operator("between", "is between", 2),
    *EMPTINESS,
]
DATE = [
    Operator("before", "is before", 1),
    Operator("after", "is after", 1),
    Operator("on", "is on", 1),
    Operator("within_last", "is within the last (days)", 1),
    Operator("within_next", "is within the next (days)", 1),
    *EMPTINESS,
]
LIST = [
    Operator("includes", "includes", 1),
    Operator("not_includes", "doesn't include", 1),
    Operator("includes_any", "includes any of", 1),
    *EMPTINESS,
]
BOOLEAN = [Operator("yes", "is yes", 0), Operator("no", "is no", 0), *EMPTINESS]
CHOICE = [operator for operator in TEXT if operator.op in ("is", "is_not", "one_of", "empty", "not_empty")]

OPERATORS: dict[str, list[Operator]] = {
    **dict.fromkeys(("text", "note", "email", "phone", "url"), TEXT),
    **dict.fromkeys(("number", "integer", "money"), NUMBER),
    **dict.fromkeys(("date", "datetime"), DATE),
    **dict.fromkeys(("choices", "tags", "lines"), LIST),
    "choice": CHOICE,
    "boolean": BOOLEAN,
    "json": [*TEXT[:-2], *LIST],
    "object": EMPTINESS,
}
LABELS = {known.op: known.label for group in OPERATORS.values() for known in group}
ARITIES = {known.op: known.arity for group in OPERATORS.values() for known in group}
DATE_OPS = frozenset({"before", "after", "on"})
NUMBER_OPS = frozenset({"eq", "ne", "gt", "gte", "lt", "lte", "between", "within_last", "within_next"})
NEGATIVE = frozenset({"is_not", "ne", "not_contains", "not_includes"})
"""Fulfilled when there is nothing to compare."""
FAILED = {
    "is": "not {}", "is_not": "which it must not be", "contains": "which doesn't contain {}",
    "not_contains": "which contains {}", "starts_with": "which doesn't start with {}",
    "ends_with": "which doesn't end with {}", "one_of": "which is none of {}", "empty": "not empty",
    "eq": "not {}", "ne": "which it must not be", "gt": "not more than {}", "gte": "not at least {}",
    "lt": "not less than {}", "lte": "not at most {}", "between": "not between {}", "before": "not before {}",
    "after": "not after {}", "on": "not on {}", "within_last": "not within the last {} days",
    "within_next": "not within the next {} days", "includes": "which doesn't include {}",
    "not_includes": "which includes {}", "includes_any": "which includes none of {}", "yes": "not yes", "no": "not no",
}  # fmt: skip
PASSED = {
    "is_not": "not {}", "contains": "which contains {}", "not_contains": "which doesn't contain {}",
    "starts_with": "which starts with {}", "ends_with": "which ends with {}", "one_of": "which is one of {}",
    "ne": "not {}", "gt": "more than {}", "gte": "at least {}", "lt": "less than {}", "lte": "at most {}",
    "between": "between {}", "before": "before {}", "after": "after {}", "within_last": "within the last {} days",
    "within_next": "within the next {} days", "includes": "which includes {}",
    "not_includes": "which doesn't include {}", "includes_any": "which includes one of {}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    because: str
    """`value is 0.00, not more than 0`"""
    rules: list[tuple[dict[str, Any], bool, Any, Any]]
    """Every rule with its result and the two values that were compared."""


def judge(
    group: Mapping[str, Any],
    scope: Mapping[str, Any],
    *,
    now: datetime | None,
    zone: str | tzinfo = "UTC",
    currency: str = "",
    labels: Mapping[str, str] | None = None,
) -> Verdict:
    """Whether the group is fulfilled, and why. `labels` names fields (`trigger.value`) better than their last part."""
    return _group(group, scope, About(zone, currency, now), labels or {})


def arity(op: str) -> int | None:
    """How many values the operator needs; None when there is no such operator."""
    return ARITIES.get(op)


PILL = re.compile(r"\{\{-?\s*([\w.\[\]-]+)[^}]*\}\}")


def field_name(field: str, labels: Mapping[str, str] | None = None) -> str:
    """`{{ trigger.stage.name }}` as `stage name`, `{{ trigger.monetary_value }}` as `monetary value`; text beside a
    pill stays."""
    named = PILL.sub(lambda pill: _name(pill[1].rstrip("-"), labels), field) if "{{" in field else _name(field, labels)
    return named.strip() or "the value"


def _name(path: str, labels: Mapping[str, str] | None) -> str:
    path = path.strip()
    if labels and path in labels:
        return labels[path]
    parts = [part for part in re.split(r"[.\[\]]+", path) if part and not part.isdigit()]
    known = parts[1:] if len(parts) > 1 else parts
    tail = known[-2:] if known and known[-1] in ("id", "name", "item") else known[-1:]
    return " ".join(tail).replace("_", " ") or "the value"


def _group(group: Any, scope: Mapping[str, Any], about: About, labels: Mapping[str, str]) -> Verdict:
    rules = group.get("rules") if isinstance(group, Mapping) else None
    if not isinstance(rules, list) or not rules:
        return Verdict(True, "there are no conditions", [])
    verdicts = [_either(rule, scope, about, labels) for rule in rules]
    any_will_do = group.get("match") == "any"
    passed = any(v.passed for v in verdicts) if any_will_do else all(v.passed for v in verdicts)
    telling = [v.because for v in verdicts if v.passed == passed]
    return Verdict(passed, "; ".join(telling), [rule for v in verdicts for rule in v.rules])


def _either(rule: Any, scope: Mapping[str, Any], about: About, labels: Mapping[str, str]) -> Verdict:
    if isinstance(rule, Mapping) and "rules" in rule:
        return _group(rule, scope, about, labels)
    return _rule(rule if isinstance(rule, dict) else {}, scope, about, labels)


def _rule(rule: dict[str, Any], scope: Mapping[str, Any], about: About, labels: Mapping[str, str]) -> Verdict:
    op, name = str(rule.get("op") or ""), field_name(str(rule.get("field") or ""), labels)
    left: Any = None
    right: Any = None
    try:
        left = _side(rule.get("field"), scope, about)
        right = _side(rule.get("value"), scope, about)
        passed, reason = _compare(op, left, right, about)
    except CantRender as error:
        passed, reason = False, f"and can't be compared: {error.message.removesuffix('.')}"
    tail = f" {reason}" if reason.startswith("and ") else f", {reason}" if reason else ""
    return Verdict(passed, f"{name} is {_say_left(op, left, about)}{tail}", [(rule, passed, left, right)])


def _side(given: Any, scope: Mapping[str, Any], about: About) -> Any:
    """The value of one side; nothing where a pill has none."""
    if isinstance(given, list):
        return [_side(inner, scope, about) for inner in given]
    if not has_pill(given):
        return template.usable(given)
    try:
        return template.run(given, scope, about)
    except Missing:
        return None


def _compare(op: str, left: Any, right: Any, about: About) -> tuple[bool, str]:
    """Whether it holds, and the tail of the sentence."""
    test = TESTS.get(op)
    if test is None:
        return False, "and the comparison isn't known; choose one from the menu"
    if ARITIES[op] and empty(right):
        return op in NEGATIVE, "and there is nothing to compare it with"
    passed = op in NEGATIVE if ARITIES[op] and empty(left) else test(left, right, about)
    words = PASSED if passed else FAILED
    return passed, words.get(op, "").format(_say_right(op, right, about))


def _same(left: Any, right: Any, about: About) -> bool:
    if isinstance(left, int | Decimal) and not isinstance(left, bool):
        try:
            return money.number(left) == money.number(right)
        except Wrong:
            return False
    if isinstance(left, bool):
        return _is_yes(right) == left if _word(right) in coerce.YES | coerce.NO else False
    return _word(left) == _word(right)


def _word(value: Any) -> str:
    return " ".join(coerce.text(value).split()).casefold()


def _words(value: Any) -> set[str]:
    """The texts of a list, whatever their capitals; of objects their names and ids."""
    items = value if isinstance(value, list) else coerce.listed(value) if isinstance(value, str) else [value]
    found: set[str] = set()
    for item in items:
        parts = (
            [item.get(key) for key in ("name", "label", "title", "id", "value")] if isinstance(item, dict) else [item]
        )
        found.update(_word(part) for part in parts if not empty(part) and not isinstance(part, list | dict))
    return found


def _is_yes(value: Any) -> bool:
    return not empty(value) and coerce.boolean(value)


def _between(left: Any, right: Any, about: About) -> bool:
    ends = right if isinstance(right, list) else re.split(r"\s+and\s+|\s*;\s*|\s+to\s+", coerce.text(right))
    if len(ends) != 2:
        raise Wrong("“between” needs two values")
    low, high = sorted(money.amount(end, about.currency) for end in ends)
    return low <= money.amount(left, about.currency) <= high


def _ordered(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Any, Any, About], bool]:
    def test(left: Any, right: Any, about: About) -> bool:
        return holds(money.amount(left, about.currency), money.amount(right, about.currency))

    return test


def _dated(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, About], bool]:
    """Times are compared as times; where one side is a date, days are compared."""

    def test(left: Any, right: Any, about: About) -> bool:
        one, two = dates.moment(left, about.zone), dates.moment(right, about.zone)
        if not (isinstance(one, datetime) and isinstance(two, datetime)):
            one, two = dates.day(one, about.zone), dates.day(two, about.zone)
        return holds(one, two)

    return test


def _within(sign: int) -> Callable[[Any, Any, About], bool]:
    def test(left: Any, right: Any, about: About) -> bool:
        if about.now is None:
            raise Wrong("the time now isn't known here")
        when, now = dates.moment(left, about.zone), about.now.astimezone(dates.in_zone(about.zone))
        start: Any = now if isinstance(when, datetime) else now.date()
        end = dates.plus_days(start, sign * coerce.integer(right))
        return bool(min(start, end) <= when <= max(start, end))

    return test


def _on(left: Any, right: Any, about: About) -> bool:
    return dates.day(left, about.zone) == dates.day(right, about.zone)


TESTS: dict[str, Callable[[Any, Any, About], bool]] = {
    "is": _same,
    "is_not": lambda left, right, about: not _same(left, right, about),
    "contains": lambda left, right, about: _word(right) in _word(left),
    "not_contains": lambda left, right, about: _word(right) not in _word(left),
    "starts_with": lambda left, right, about: _word(left).startswith(_word(right)),
    "ends_with": lambda left, right, about: _word(left).endswith(_word(right)),
    "one_of": lambda left, right, about: any(_same(left, one, about) for one in coerce.listed(right)),
    "empty": lambda left, right, about: empty(left),
    "not_empty": lambda left, right, about: not empty(left),
    "eq": _ordered(lambda left, right: left == right),
    "ne": _ordered(lambda left, right: left != right),
    "gt": _ordered(lambda left, right: left > right),
    "gte": _ordered(lambda left, right: left >= right),
    "lt": _ordered(lambda left, right: left < right),
    "lte": _ordered(lambda left, right: left <= right),
    "between": _between,
    "before": _dated(lambda left, right: left < right),
    "after": _dated(lambda left, right: left > right),
    "on": _on,
    "within_last": _within(-1),
    "within_next": _within(1),
    "includes": lambda left, right, about: _words(right) <= _words(left),
    "not_includes": lambda left, right, about: not _words(right) & _words(left),
    "includes_any": lambda left, right, about: bool(_words(right) & _words(left)),
    "yes": lambda left, right, about: _is_yes(left),
    "no": lambda left, right, about: not _is_yes(left),
}


def _say(value: Any, about: About) -> str:
    """A value in a sentence: bare when a number or a date, else in quotes and short."""
    if empty(value):
        return "empty"
    try:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return dates.written(value.astimezone(dates.in_zone(about.zone)), "datetime")
        if isinstance(value, date):
            return dates.written(value, "short")
        said = coerce.text(value)
        if isinstance(value, int | Decimal):
            return said
    except CantRender:
        return "a large value"
    return f"“{said[:57]}…”" if len(said) > 60 else f"“{said}”"


def _say_left(op: str, value: Any, about: About) -> str:
    try:
        return _say(dates.moment(value, about.zone) if op in DATE_OPS and not empty(value) else value, about)
    except CantRender:
        return _say(value, about)


def _say_right(op: str, value: Any, about: About) -> str:
    if isinstance(value, list):
        return (" and " if op == "between" else ", ").join(_say_right(op, inner, about) for inner in value)
    if isinstance(value, str) and op in NUMBER_OPS:
        return value.strip()
    if isinstance(value, str) and op in DATE_OPS:
        return _say(dates.moment(value, about.zone), about)
    return _say(value, about)
