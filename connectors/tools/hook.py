"""An address of its own that a recipe starts from."""

from collections.abc import Mapping
from typing import Any

from connectors import fields as f
from connectors import signatures
from connectors.notation import Outputs, outputs
from connectors.spec import Sighting, Trigger

SAMPLE = {"id": "1042", "name": "Mara Lindqvist", "email": "mara@northlight.example"}
"""An example only: the values a recipe gets are those of the delivery it was tested with."""


CHECKS = (
    ("", "Whoever knows the address"),
    ("secret", "Who sends the secret along in a header"),
    ("hmac", "Who signs with the secret (HMAC-SHA256)"),
)
HEADERS = {"secret": "X-Recette-Secret", "hmac": "X-Signature"}


def genuine(inputs: Mapping[str, Any], headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether a call may start the recipe, as its trigger's inputs want it checked. `headers`: in lower case."""
    check = str(inputs.get("check") or "")
    if not check:
        return True
    given = headers.get(header(inputs).lower(), "")
    if check == "secret":
        return signatures.same(given.strip().removeprefix("Bearer ").strip(), secret)
    return check == "hmac" and signatures.hmac_sha256(secret, given, body)


def header(inputs: Mapping[str, Any]) -> str:
    """Where the secret or the signature stands."""
    return str(inputs.get("header") or "").strip() or HEADERS.get(str(inputs.get("check") or ""), "")


def read(body: Mapping[str, Any], event: str) -> Sighting:
    """Every delivery is news: nothing in it is compared."""
    return Sighting("hook", "", {}, dict(body), hint=event)


RECEIVED = Trigger(
    key="tools.hook.received",
    label="A webhook comes in",
    object="hook",
    fired=lambda seen, now, since, inputs: True,
    fields=(
        f.choice(
            "check",
            "The secret stands beside the address, where the app is chosen.",
            label="Who may start it",
            choices=CHECKS,
            default="",
        ),
        f.text(
            "header",
            "Where the other app puts the secret or the signature. Left empty: X-Recette-Secret for a secret, "
            "X-Signature for a signature of the body, in hexadecimal digits or base 64.",
            more=True,
        ),
    ),
    outputs=Outputs(lambda: outputs(SAMPLE)),
    sample=SAMPLE,
    words=("incoming webhook", "catch", "http", "post", "form", "zapier", "api"),
    help="Gives the recipe an address. Whatever JSON or form another app sends there starts it, and its values become "
    "pills; what stands behind a question mark is found under “query”.",
)
