"""How the processes of a run that work on the same database share its files out: whoever comes to one first runs it."""

import os
from functools import cache
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Nothing more happens to a test that another process has. What pytest keeps set up is for the next of the list,
    and when others have that, not for the next of ours."""
    if not is_mine(item):
        return True
    item.session._setupstate.teardown_exact(item)
    return None


def is_mine(item: pytest.Item) -> bool:
    return "TEST_TAKEN" not in os.environ or take(f"{os.environ.get('TEST_ON')} {weight(item)} {item.path.as_posix()}")


def weight(item: pytest.Item) -> int:
    """What takes longest comes first, what starts many processes late, what wants the machine for itself last."""
    if item.get_closest_marker("long"):
        return -1
    return 2 if item.get_closest_marker("alone") else 1 if item.get_closest_marker("heavy") else 0


@cache
def take(name: str) -> bool:
    """Whether this process was the first to ask."""
    try:
        Path(os.environ["TEST_TAKEN"], name.replace("/", "|")).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
