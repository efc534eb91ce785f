"""Optional parts that libraries load wherever they are installed, and that nobody here uses: a process at rest is some
ten megabytes smaller without them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Meanwhile importing one of these fails as if it were not installed; what is loaded already stays."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] -- None is Python's word for “not to be had”
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
