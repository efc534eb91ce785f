"""Forms: derived from forms.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_QUERY
from connectors.ghl.derived.shared import ref, resource, samples
from connectors.notation import get

S = samples("forms")

OPERATIONS = resource(
    "forms", "",
    get("get_forms_submissions", "/forms/submissions", "List form submissions", LOCATION_QUERY, f.number("page"),
        f.number("limit"), ref("formId"), f.text("q"), f.text("startAt"), f.text("endAt"),
        sample=S["get_forms_submissions"], scopes="forms.readonly"),
    get("get_forms", "/forms/", "List forms", LOCATION_QUERY, f.number("skip"), f.number("limit"), f.text("type"),
        sample=S["get_forms"], scopes="forms.readonly"),
    version="2021-07-28", source="forms.json", object="form",
)
