"""Email isv: derived from email-isv.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, resource, samples
from connectors.notation import post

S = samples("email_isv")

OPERATIONS = resource(
    "email_isv", "",
    post("verify_email", "/email/verify", "Verify an e-mail address", LOCATION_QUERY,
        need(f.choice("type", choices=options("email contact"))), need(f.text("verify")), sample=S["verify_email"]),
    version="2021-07-28", source="email-isv.json", object="email isv",
)
