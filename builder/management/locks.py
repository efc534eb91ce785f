import fcntl
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError


def alone(path: Path) -> IO[str]:
    """Held while this installation runs, or is being replaced; a second holder is refused."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CommandError(
            "Recette runs from this folder. Stop it with Ctrl-C where it was started, or name another VAR_DIR."
        ) from None
    return lock
