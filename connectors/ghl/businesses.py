from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import bulk, odd_businesses
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, resource, sample
from connectors.notation import delete, get, post, put, reconcile
from connectors.spec import Retry

BUSINESS = f.choice("businessId", "Which business.", source="businesses", label="Business")
LIMIT = f.integer("limit", "At most so many.", default=100, more=True)
SKIP = f.integer("skip", "Leave out so many from the start.", more=True)
NAME = f.text("name", "The name of the company.")
DETAILS = (
    f.email("email"),
    f.phone("phone", "With the country's code, such as +4915112345678."),
    f.url("website"),
    f.text("address", label="Street", more=True),
    f.text("city", more=True),
    f.text("state", more=True),
    f.text("postalCode", more=True),
    f.text("country", "Two letters, such as DE.", more=True),
    f.note("description", more=True),
)
record = sample("business")
changed = {"changed": [sample("contact")["id"]], "failed": [], "count": 1}

BUSINESSES = resource(
    "businesses",
    "/businesses",
    get(
        "list", "/", "List businesses", LOCATION_QUERY, LIMIT, SKIP,
        returns="businesses", sample={"businesses": [record]}, scopes="businesses.readonly", words=("by location",),
    ),
    get("get", "/{businessId}", "Get a business", BUSINESS, returns="business", scopes="businesses.readonly"),
    post(
        "create", "/", "Create a business", LOCATION, required(NAME), *DETAILS,
        returns="business", read=odd_businesses.spelt, retry=reconcile(by=odd_businesses.find, lag=10),
    ),
    put(
        "update", "/{businessId}", "Update a business", BUSINESS, NAME, *DETAILS,
        returns="business", read=odd_businesses.spelt, help="Fields left empty stay as they are.",
    ),
    delete("delete", "/{businessId}", "Delete a business", BUSINESS, returns="business"),
    version=DATED,
    scopes="businesses.write",
    source="businesses.json",
    object="business",
    sample=record,
    words=("company", "firm", "account"),
)  # fmt: skip

MEMBERS = resource(
    "contacts",
    "/contacts",
    get(
        "list_by_business", "/business/{businessId}", "List a business's contacts", LOCATION_QUERY, BUSINESS,
        f.text("query", "A part of the name or the e-mail address."), replace(LIMIT, default=25), SKIP,
        sample={"contacts": [sample("contact")], "count": 1},
        scopes="contacts.readonly", words=("get contacts by business",),
    ),
    post(
        "set_business", "/bulk/business", "Put contacts into a business",
        required(bulk.CONTACTS), required(BUSINESS), bulk.SOME_FAIL,
        sample=changed, perform=odd_businesses.put_in, retry=Retry.IDEMPOTENT,
        words=("bulk business update", "assign", "several"),
    ),
    post(
        "leave_business", "/bulk/business", "Take contacts out of their business",
        required(bulk.CONTACTS), bulk.SOME_FAIL,
        sample=changed, perform=odd_businesses.take_out, retry=Retry.IDEMPOTENT,
        words=("bulk business update", "remove from", "several"),
    ),
    version=DATED,
    scopes="contacts.write",
    source="contacts.json",
    object="contact",
    words=("company",),
)  # fmt: skip

OPERATIONS = {**BUSINESSES, **MEMBERS}
