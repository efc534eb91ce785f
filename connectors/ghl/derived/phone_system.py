"""Phone system: derived from phone-system.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH, LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import get, post

S = samples("phone_system")

OPERATIONS = resource(
    "phone_system", "",
    get("get_number_pool_list", "/phone-system/number-pools", "List pools of phone numbers", LOCATION_QUERY,
        sample=S["get_number_pool_list"], scopes="numberpools.read"),
    get("available_numbers", "/phone-system/numbers/location/{locationId}/available", "List phone numbers to buy",
        LOCATION_PATH, need(f.text("countryCode")), f.text("numberTypes"), f.text("firstPart"), f.text("lastPart"),
        f.text("anywhere"), f.boolean("smsEnabled"), f.boolean("mmsEnabled"), f.boolean("voiceEnabled", more=True),
        sample=S["available_numbers"], scopes="phonenumbers.read"),
    post("purchase_phone_number", "/phone-system/numbers/location/{locationId}/purchase", "Buy a phone number",
        LOCATION_PATH, need(f.text("phoneNumber")), f.text("countryCode"),
        f.choice("numberType", choices=options("local tollFree mobile")), f.text("addressSid"), f.text("bundleSid"),
        f.text("locality"), f.text("region"), ref("fingerprintId", more=True),
        f.boolean("skipLocationKYC", more=True), sample=S["purchase_phone_number"], scopes="phonenumbers.write"),
    get("active_numbers", "/phone-system/numbers/location/{locationId}", "List the location's phone numbers",
        LOCATION_PATH, f.number("pageSize", example=100), f.number("page", example=0), f.text("searchFilter"),
        f.boolean("skipNumberPool"), sample=S["active_numbers"], scopes="phonenumbers.read"),
    version="2021-07-28", source="phone-system.json", object="phone system",
)
