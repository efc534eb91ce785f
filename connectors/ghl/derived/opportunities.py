"""Opportunities: derived from opportunities.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import ASSIGNED, LOCATION, PIPELINE, STAGE
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import Given, get, post

S = samples("opportunities")

OPERATIONS = resource(
    "opportunities", "",
    get("search_opportunity", "/opportunities/search", "Search opportunities by their list",
        Given("location_id", "location_id", "query"), f.text("q"), ref("pipeline_id"), ref("pipeline_stage_id"),
        ref("contact_id"), f.choice("status", choices=options("open won lost abandoned all")), f.text("assigned_to"),
        ref("campaignId", more=True), f.text("id", "Its ID, as an earlier step gives it.", more=True),
        f.choice("order", choices=options("added_asc added_desc name_asc name_desc"), more=True),
        f.text("endDate", more=True), f.text("startAfter", more=True), ref("startAfterId", more=True),
        f.text("date", more=True), f.text("country", more=True), f.number("page", more=True),
        f.number("limit", more=True), f.boolean("getTasks", more=True), f.boolean("getNotes", more=True),
        f.boolean("getCalendarEvents", more=True), sample=S["search_opportunity"], scopes="opportunities.readonly"),
    post("upsert_opportunity", "/opportunities/upsert", "Create or update an opportunity", LOCATION,
        need(ref("contactId")), need(PIPELINE), need(f.choices("followers")), need(f.boolean("isRemoveAllFollowers")),
        need(f.choice("followersActionType", choices=options("add remove"))), need(f.text("name")),
        f.text("id", "Its ID, as an earlier step gives it."),
        f.choice("status", choices=options("open won lost abandoned all")), STAGE, f.number("monetaryValue"),
        ASSIGNED, ref("lostReasonId"), sample=S["upsert_opportunity"], scopes="opportunities.write"),
    version="2021-07-28", source="opportunities.json", object="opportunitie",
)
