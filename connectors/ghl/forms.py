"""Forms and surveys: which there are, and what people wrote into them."""

from connectors import fields as f
from connectors.ghl.base import DATED, LOCATION_QUERY, resource, samples
from connectors.notation import get

S = samples("forms")
WHO = f.text("q", "A name, an e-mail address, a phone number or a contact's ID.", label="Of whom")
WHEN = (
    f.date("startAt", "Those since this day; left empty, of the last month.", label="Since"),
    f.date("endAt", "Those until this day; left empty, until today.", label="Until"),
)
LIMIT = f.integer("limit", "At most so many; 100 is the limit.", default=20, more=True)
PAGE = f.integer("page", "The page of that size, counted from 1.", default=1, more=True)
LISTED = (
    f.integer("limit", "At most so many; 50 is the limit.", default=50, more=True),
    f.integer("skip", "Leave out so many from the start.", default=0, more=True),
    f.text("type", "HighLevel's word for what is listed, such as folder; left empty, all.", label="Kind", more=True),
)
HELP = "What was asked for stands below others: by its name, or by the custom field's ID."

FORMS = resource(
    "forms",
    "/forms",
    get(
        "get_forms_submissions", "/submissions", "List form submissions", LOCATION_QUERY,
        f.choice("formId", "Only of this form; left empty, of all.", source="forms", label="Form"),
        WHO, *WHEN, LIMIT, PAGE,
        sample=S["form_submissions"], words=("entries", "answers", "filled in", "leads"), help=HELP,
    ),
    get(
        "get_forms", "/", "List forms", LOCATION_QUERY, *LISTED, sample=S["forms"], cache=60, words=("find",),
    ),
    version=DATED,
    scopes="forms.readonly",
    source="forms.json",
    object="form",
)  # fmt: skip

SURVEYS = resource(
    "surveys",
    "/surveys",
    get(
        "get_surveys_submissions", "/submissions", "List survey submissions", LOCATION_QUERY,
        f.choice("surveyId", "Only of this survey; left empty, of all.", source="surveys", label="Survey"),
        WHO, *WHEN, LIMIT, PAGE,
        sample=S["survey_submissions"], words=("entries", "answers", "filled in", "quiz"), help=HELP,
    ),
    get(
        "get_surveys", "/", "List surveys", LOCATION_QUERY, *LISTED, sample=S["surveys"], cache=60, words=("find",),
    ),
    version=DATED,
    scopes="surveys.readonly",
    source="surveys.json",
    object="survey",
)  # fmt: skip

OPERATIONS = {**FORMS, **SURVEYS}
