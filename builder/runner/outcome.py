"""What a step came to, as a value that `advance` carries out."""

from dataclasses import dataclass
from datetime import datetime

from builder.models import RunStatus


@dataclass(frozen=True, slots=True)
class Go:
    """Done: on to the next place."""

    branch: int | None = None
    leave: bool = False
    """Only out of the loop's round."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do before `until`; the place stays."""

    until: datetime
    because: str
    wanted: bool = False
    """The recipe itself says to wait: later events of the record need not wait as well."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A person must decide or mend something; the place stays."""

    because: str
    of_item: bool = False
    """It is about what this one step was given: in a loop the other items may fare better."""
    guarded: bool = False
    """A guard of the recipe asks for a look: nothing went wrong."""


@dataclass(frozen=True, slots=True)
class End:
    """The run is over."""

    status: RunStatus
    because: str = ""


Outcome = Go | Rest | Hold | End
