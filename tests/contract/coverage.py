"""Which of our operations uses each of Invoice Ninja's, and why some need none of their own."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from tests.contract.documents import Service

NEEDS_NONE: dict[str, str] = {}
"""Operations by name, with a star for any part, and why a recipe has no use for them."""


def tally(service: Service, used: Mapping[str, list[str]]) -> tuple[list[str], list[str]]:
    """(lines for people, what is neither used nor named). A reason that explains nothing is wrong as well."""
    names = [one.name for one in service.operations]
    called = [name for name in names if any("." in key for key in used.get(name, ()))]
    by_itself = [name for name in used if name in names and name not in called]
    unused = [name for name in names if name not in used]
    known = len(names) - len(unused)
    named = [name for name in unused if any(_explained(name))]
    lines = [
        f"{service.key}: {known + len(named)} of {len(names)} described operations are accounted for",
        f"  {len(called)} are called by operations of ours, {len(by_itself)} by connections, live lists and polls",
        f"  {len(named)} need none of their own",
        *(f"    {n}: {reason}" for reason, n in _counted(named)),
    ]
    wrong = [f"{name}: nothing of ours calls it, and nothing says why" for name in unused if name not in named]
    wrong += [f"{pattern}: no operation needs this reason" for pattern in NEEDS_NONE if not _fits_any(pattern, unused)]
    return lines, wrong


def _explained(name: str) -> Iterator[str]:
    return (reason for pattern, reason in NEEDS_NONE.items() if fnmatchcase(name, pattern))


def _fits_any(pattern: str, names: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _counted(names: list[str]) -> Iterator[tuple[str, int]]:
    reasons = [next(_explained(name)) for name in names]
    return ((reason, reasons.count(reason)) for reason in dict.fromkeys(reasons))
