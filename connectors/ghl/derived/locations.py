"""Locations: derived from locations.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH, done
from connectors.ghl.derived.shared import AGENCY_ONLY, COMPANY, DONE, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("locations")
RRULE_OPTIONS = f.object_("rruleOptions", fields=(need(f.choice("intervalType",
    choices=options("yearly monthly weekly daily hourly"))), need(f.number("interval")), need(f.text("startDate")),
    f.text("endDate"), f.number("dayOfMonth"), f.choice("dayOfWeek", choices=options("MO TU WE TH FR SA SU")),
    f.number("monthOfYear"), f.number("count"), f.boolean("createTaskIfOverDue"), need(f.number("dueAfterSeconds")),))

OPERATIONS = resource(
    "locations", "",
    put("put_location", "/locations/{locationId}", "Update a sub-account", LOCATION_PATH, COMPANY, f.text("name"),
        f.text("phone"), f.text("address"), f.text("city"), f.text("state"),
        f.choice("country",
        choices=options("AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM "
        "BT BO BA BW BV BR IO BN BG BF BI KH CM CA CV KY CF TD CL CN CX CC CO KM CG "
        "CD CK CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ FI FR GF "
        "PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT HM VA HN HK HU IS "
        "IN ID IR IQ IE IM IL IT JM JP JE JO KZ KE KI KP KR XK KW KG LA LV LB LS LR "
        "LY LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT MX FM MD MC MN ME MS MA "
        "MZ MM NA NR NP NL AN NC NZ NI NE NG NU NF MP NO OM PK PW PS PA PG PY PE PH "
        "PN PL PT PR QA RE RO RU RW SH KN LC MF PM VC WS SM ST SA SN RS SC SL SG SX "
        "SK SI SB SO ZA GS ES LK SD SR SJ SZ SE CH SY TW TJ TZ TH TL TG TK TO TT TN "
        "TR TM TC TV UG GB UA AE US UM UY UZ VU VE VN VG VI WF EH YE ZM ZW")), f.text("postalCode", more=True),
        f.text("website", more=True), f.text("timezone", more=True),
        f.object_("prospectInfo", fields=(need(f.text("firstName")), need(f.text("lastName")),
        need(f.email("email")),), more=True), f.object_("settings", fields=(f.boolean("allowDuplicateContact"),
        f.boolean("allowDuplicateOpportunity"), f.boolean("allowFacebookNameMerge"),
        f.boolean("disableContactTimezone"),), more=True), f.object_("social", fields=(f.text("facebookUrl"),
        f.text("googlePlus"), f.text("linkedIn"), f.text("foursquare"), f.text("twitter"), f.text("yelp"),
        f.text("instagram"), f.text("youtube"), f.text("pinterest"), f.text("blogRss"),
        ref("googlePlacesId"),), more=True), f.object_("twilio", fields=(need(f.text("sid")),
        need(f.text("authToken")),), more=True), f.object_("mailgun", fields=(need(f.text("apiKey")),
        need(f.text("domain")),), more=True), f.object_("snapshot", fields=(need(f.text("id",
        "Its ID, as an earlier step gives it.")), f.boolean("override"),), more=True), sample=S["put_location"],
        scopes="locations.write", help=AGENCY_ONLY),
    delete("delete_location", "/locations/{locationId}", "Delete a sub-account", LOCATION_PATH,
        need(f.boolean("deleteTwilioAccount")), scopes="locations.internal-access-only",
        help=AGENCY_ONLY),
    get("get_recurring_task", "/locations/{locationId}/recurring-tasks/{id}", "Get a recurring task", LOCATION_PATH,
        sample=S["get_recurring_task"]),
    put("update_recurring_task", "/locations/{locationId}/recurring-tasks/{id}", "Update a recurring task",
        LOCATION_PATH, f.text("title"), f.note("description"), f.choices("contactIds"), f.choices("owners"),
        RRULE_OPTIONS, f.boolean("ignoreTaskCreation"), sample=S["update_recurring_task"]),
    delete("delete_recurring_task", "/locations/{locationId}/recurring-tasks/{id}", "Delete a recurring task",
        LOCATION_PATH),
    post("create_recurring_task", "/locations/{locationId}/recurring-tasks", "Create a recurring task", LOCATION_PATH,
        need(f.text("title")), need(RRULE_OPTIONS), f.note("description"), f.choices("contactIds"),
        f.choices("owners"), f.boolean("ignoreTaskCreation"), sample=S["create_recurring_task"]),
    get("get_timezones", "/locations/{locationId}/timezones", "List timezones", LOCATION_PATH, sample=DONE, read=done,
        scopes="locations.readonly"),
    get("get_all_or_email_sms_templates", "/locations/{locationId}/templates", "List e-mail and SMS templates",
        LOCATION_PATH, need(ref("originId")), f.boolean("deleted"), f.text("skip"), f.text("limit"),
        f.choice("type", choices=options("sms email whatsapp")), sample=S["get_all_or_email_sms_templates"],
        scopes="locations/templates.readonly"),
    delete("delete_an_email_sms_template", "/locations/{locationId}/templates/{id}",
        "Delete an e-mail or SMS template", LOCATION_PATH),
    version="2021-07-28", source="locations.json", object="location",
)
