"""What every module of HighLevel's declarations shares."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from connectors import fields as f
from connectors.fields import Field
from connectors.ghl.answers import explain_done
from connectors.notation import Given, Outputs, outputs, sampler, service
from connectors.spec import Output

DATED = "2021-07-28"
"""The `Version` header of the modules declared here; newer ones would only change this datum."""

DATED_CALENDARS = "2021-04-15"
"""The calendars stayed with the older one."""

SERVICE = service("ghl", explain_done, headers=lambda version: {"Version": version}, money=frozenset({"monetaryValue"}))
resource = SERVICE.resource
FOLDER = Path(__file__).parent / "samples"
sample = sampler(FOLDER)

LOCATION = Given("locationId", "location_id")
LOCATION_QUERY = Given("locationId", "location_id", "query")
LOCATION_PATH = Given("locationId", "location_id", "path")

ALT_TYPE = f.choice("altType", choices=(("location", "Location"),), default="location", label="Belongs to", more=True)
CONTACT = f.text("contactId", "The contact's ID; from a trigger it is Contact ID.", label="Contact ID")
OPPORTUNITY = f.text("id", "The opportunity's ID, as a trigger or a search gives it.", label="Opportunity ID")
PIPELINE = f.choice("pipelineId", "The pipeline it belongs to.", source="pipelines")
STAGE = f.choice(
    "pipelineStageId", "Left empty, the first stage.", source="stages", depends=("pipelineId",), label="Stage"
)
ASSIGNED = f.choice("assignedTo", "The user who takes care of it.", source="users", label="Assigned to", more=True)
STATUSES = (("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("abandoned", "Abandoned"))
TAGS = f.tags("tags", "One or more; a tag that is new to HighLevel is made.", source="tags", required=True)
EXISTS = f.choice(
    "if_exists",
    "HighLevel may refuse a second one: take the one that is there, or stop here.",
    choices=(("use", "Use the one that is there"), ("fail", "Fail")),
    default="use",
    label="If it exists already",
    where="none",
    more=True,
)


def custom_fields(source: str, options: str) -> Field:
    """Custom fields as rows: which field, what value; both sources are live lists."""
    return f.lines(
        "customFields",
        "Your own fields in HighLevel. Several options are separated by commas where they come from an earlier step.",
        label="Custom fields",
        fields=(
            f.choice("id", source=source, label="Field", required=True),
            f.text("value", source=options, depends=("id",), required=True),
        ),
        more=True,
    )


CONTACT_OWN = {"contact.custom": "custom_fields"}
"""Where a record's contact has the fields that people made, and the live list that names them."""


def done(answer: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The document doesn't say what it answers: what comes is told all the same."""
    return {**(answer if isinstance(answer, dict) else {}), "done": True}


def declared(
    sample: Mapping[str, Any], own: Mapping[str, str], money: frozenset[str] = frozenset()
) -> Sequence[Output]:
    """What a trigger gives, all but custom fields: every location has others."""
    left_out = tuple(f"{place}." for place in own)
    return Outputs(lambda: (o for o in outputs(sample, money) if not o.path.startswith(left_out)))


class Sample(Mapping[str, Any]):
    """One answer of a file of several, read when somebody looks at it."""

    def __init__(self, file: Path, name: str) -> None:
        self.file, self.name = file, name

    @cached_property
    def whole(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text("utf-8"), parse_float=Decimal)[self.name])

    def __getitem__(self, key: str) -> Any:
        return self.whole[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)


class Samples:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __getitem__(self, name: str) -> Sample:
        return Sample(self.file, name)


def samples(family: str) -> Samples:
    """The answers of one family, by name."""
    return Samples(FOLDER / f"{family}.json")
