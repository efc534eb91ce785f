"""Surveys: derived from surveys.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_QUERY
from connectors.ghl.derived.shared import ref, resource, samples
from connectors.notation import get

S = samples("surveys")

OPERATIONS = resource(
    "surveys", "",
    get("get_surveys_submissions", "/surveys/submissions", "List survey submissions", LOCATION_QUERY,
        f.number("page"), f.number("limit"), ref("surveyId"), f.text("q"), f.text("startAt"), f.text("endAt"),
        sample=S["get_surveys_submissions"], scopes="surveys.readonly"),
    get("get_surveys", "/surveys/", "List surveys", LOCATION_QUERY, f.number("skip"), f.number("limit"),
        f.text("type"), sample=S["get_surveys"], scopes="surveys.readonly"),
    version="2021-07-28", source="surveys.json", object="survey",
)
