"""The rest of what HighLevel's documents describe, derived from them once and kept as source: whatever has no hand-made
declaration. Names, types and choices are the service's; the sandbox hasn't these calls and says so."""

from importlib import import_module
from pkgutil import iter_modules

from connectors.spec import Operation


def operations() -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for module in iter_modules(__path__):
        found |= getattr(import_module(f"{__name__}.{module.name}"), "OPERATIONS", {})
    return found
