from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd, own_fields
from connectors.ghl.base import (
    ASSIGNED,
    CONTACT,
    DATED,
    EXISTS,
    LOCATION,
    LOCATION_QUERY,
    OPPORTUNITY,
    PIPELINE,
    STAGE,
    STATUSES,
    custom_fields,
    resource,
    sample,
)
from connectors.notation import Given, delete, get, post, put, reconcile
from connectors.spec import Retry

STATUS = f.choice("status", "Where it stands.", choices=STATUSES)
VALUE = f.money("monetaryValue", "In the location's currency.", label="Value")
LOST = f.choice("lostReasonId", "For a lost one.", source="lost_reasons", label="Lost reason", more=True)
NAME = f.text("name", "What it is about; HighLevel shows it on the card.")
DETAILS = (VALUE, ASSIGNED, custom_fields("opportunity_custom_fields", "opportunity_field_options"))
FOLLOWERS = f.choices("followers", "One or more users.", source="users", required=True)
OWNER = required(replace(CONTACT, help="Whose opportunity it is: the contact's ID."))

record = sample("opportunity")
people = ["0IHuJvc2ofPAAA8GzTRi"]
made = {"opportunity": record, "existing": False}

DECLARED = resource(
    "opportunities",
    "/opportunities",
    post(
        "create",
        "/",
        "Create an opportunity",
        LOCATION,
        OWNER,
        required(NAME),
        required(PIPELINE),
        STAGE,
        replace(STATUS, default="open"),
        *DETAILS,
        EXISTS,
        returns="opportunity",
        sample=made,
        finish=own_fields.fitted("opportunity"),
        wrap=odd.adopting("opportunity", "/opportunities/{id}"),
        retry=reconcile(by=odd.find_opportunity, lag=10),
    ),
    put(
        "update",
        "/{id}",
        "Update an opportunity",
        OPPORTUNITY,
        NAME,
        PIPELINE,
        replace(STAGE, help="Where it moves to."),
        STATUS,
        *DETAILS,
        returns="opportunity",
        finish=own_fields.fitted("opportunity"),
        help="Fields left empty stay as they are. Its contact can't be changed.",
        words=("move stage",),
    ),
    put(
        "set_status",
        "/{id}/status",
        "Set an opportunity's status",
        OPPORTUNITY,
        required(STATUS),
        LOST,
        sample={"opportunity": {"id": record["id"], "status": "won"}},
        read=odd.status_set,
        words=("win", "lose", "won", "lost", "abandon"),
    ),
    get("get", "/{id}", "Get an opportunity", OPPORTUNITY, returns="opportunity", scopes="opportunities.readonly"),
    post(
        "search",
        "/search",
        "Search opportunities",
        f.text("query", "A part of its name, or of the contact's name or e-mail."),
        STATUS,
        PIPELINE,
        STAGE,
        CONTACT,
        ASSIGNED,
        f.integer("limit", "At most so many, the newest first.", default=20, more=True),
        reads=True,
        sample={"opportunities": [record], "total": 1},
        perform=odd.search_opportunities,
        scopes="opportunities.readonly",
    ),
    delete("delete", "/{id}", "Delete an opportunity", OPPORTUNITY, returns="opportunity"),
    post(
        "add_followers",
        "/{id}/followers",
        "Add followers to an opportunity",
        OPPORTUNITY,
        FOLLOWERS,
        sample={"followers": people, "followersAdded": people},
        retry=Retry.IDEMPOTENT,
    ),
    delete(
        "remove_followers",
        "/{id}/followers",
        "Remove followers from an opportunity",
        OPPORTUNITY,
        FOLLOWERS,
        sample={"followers": [], "followersRemoved": people},
        body=True,
    ),
    get(
        "list_lost_reasons",
        "/lost-reason",
        "List why opportunities are lost",
        LOCATION_QUERY,
        sample={"lostReasons": [sample("lost_reason")], "total": 1},
        scopes="opportunities.readonly",
        cache=60,
    ),
    version=DATED,
    scopes="opportunities.write",
    source="opportunities.json",
    object="opportunity",
    sample=record,
    words=("deal",),
)

UPSERT = resource(
    "opportunities",
    "/opportunities",
    post(
        "upsert",
        "/",
        "Create or update an opportunity",
        OWNER,
        required(NAME),
        required(PIPELINE),
        STAGE,
        replace(STATUS, default="open"),
        *DETAILS,
        sample={"opportunity": record, "new": False},
        perform=odd.upserting(
            DECLARED["ghl.opportunities.create"].perform, DECLARED["ghl.opportunities.update"].perform
        ),
        retry=reconcile(by=odd.found_by_itself, lag=10),
        help="Updates the contact's newest open opportunity in the pipeline; makes one where there is none.",
        words=("find or create", "deal"),
    ),
    version=DATED,
    scopes="opportunities.write",
    source="opportunities.json",
    object="opportunity",
)

PIPELINES = resource(
    "pipelines",
    "/opportunities/pipelines",
    get(
        "list",
        "",
        "List pipelines",
        LOCATION_QUERY,
        returns="pipelines",
        sample={"pipelines": [sample("pipeline")]},
        cache=60,
    ),
    version=DATED,
    scopes="opportunities.readonly",
    source="opportunities.json",
    object="pipeline",
    words=("stages", "board"),
)

ORDERS = (
    ("added_desc", "Newest first"),
    ("added_asc", "Oldest first"),
    ("name_asc", "A to Z"),
    ("name_desc", "Z to A"),
)
PIPELINE_HERE = f.choice("pipeline_id", "Only of this pipeline.", source="pipelines", label="Pipeline")
BY_LIST = (
    f.text("q", "Part of a name, an e-mail address or a phone number.", label="Search for"),
    PIPELINE_HERE,
    f.choice("pipeline_stage_id", "Only in this stage.", source="stages", depends=("pipeline_id",), label="Stage"),
    f.choice("contact_id", "Only this contact's.", source="contacts", label="Contact"),
    f.choice("status", "Only those that stand so.", choices=(*STATUSES, ("all", "All"))),
    f.choice("assigned_to", "Only this user's.", source="users", label="Assigned to"),
    f.date("date", "Only those added since this day.", label="Since", more=True),
    f.date("endDate", "Only those added until this day.", label="Until", more=True),
    f.text("campaignId", "Only those of this campaign.", label="Campaign ID", more=True),
    f.text("id", "Only this one.", label="Opportunity ID", more=True),
    f.text("country", "Two letters, such as DE.", more=True),
    f.choice("order", choices=ORDERS, more=True),
    f.boolean("getTasks", label="With tasks", more=True),
    f.boolean("getNotes", label="With notes", more=True),
    f.boolean("getCalendarEvents", label="With appointments", more=True),
    f.integer("limit", "At most so many; 100 is the most.", default=20, more=True),
    f.integer("page", "Which page of them.", more=True),
    f.text("startAfter", "From the page before, below meta.", label="Start after", more=True),
    f.text("startAfterId", "From the page before, below meta.", label="Start after ID", more=True),
)

BY_ITSELF = resource(
    "opportunities",
    "/opportunities",
    get(
        "search_opportunity",
        "/search",
        "Search opportunities by their list",
        Given("location_id", "location_id", "query"),
        *BY_LIST,
        prepare=odd.american,
        sample={"opportunities": [record], "meta": {"total": 1, "currentPage": 1}},
        scopes="opportunities.readonly",
        help="The older search, which can also give tasks and notes; Search opportunities tells newer ones sooner.",
        words=("find", "filter"),
    ),
    post(
        "upsert_opportunity",
        "/upsert",
        "Create or update an opportunity, matched by the service",
        LOCATION,
        OWNER,
        required(PIPELINE),
        required(NAME),
        FOLLOWERS,
        f.choice(
            "followersActionType",
            "What becomes of the followers named.",
            choices=(("add", "They are added"), ("remove", "They are removed")),
            default="add",
            label="The followers",
            required=True,
        ),
        f.boolean(
            "isRemoveAllFollowers", "Yes: nobody follows it any more.", label="Without followers", required=True,
            default=False,
        ),
        STAGE,
        f.choice("status", "Where it stands.", choices=(*STATUSES, ("all", "All"))),
        VALUE,
        ASSIGNED,
        LOST,
        f.text("id", "Of one that is to be updated.", label="Opportunity ID", more=True),
        sample={"opportunity": record, "new": False},
        retry=reconcile(by=odd.find_upserted, lag=10),
        help="HighLevel doesn't say what it matches by; “Create or update an opportunity” does.",
        words=("upsert", "deal"),
    ),
    version=DATED,
    scopes="opportunities.write",
    source="opportunities.json",
    object="opportunity",
)  # fmt: skip

OPERATIONS = {**DECLARED, **UPSERT, **PIPELINES, **BY_ITSELF}
