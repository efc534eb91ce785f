"""Where an Invoice Ninja is and how we sign in to it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from connectors import fields as f
from connectors.errors import Misconfigured
from connectors.spec import Account, Method

HOSTED = "https://invoicing.co"
HOSTED_PAGES = ("app.invoicing.co", "www.invoicing.co")
OLD_HOSTED = ("app.invoiceninja.com",)
MARKER_FIELDS = (
    ("custom_value4", "Custom field 4"),
    ("custom_value3", "Custom field 3"),
    ("custom_value2", "Custom field 2"),
    ("custom_value1", "Custom field 1"),
    ("private_notes", "Private notes"),
)

TOKEN = Method(
    "token",
    "API token",
    "In Invoice Ninja open Settings › Account Management › API Tokens, make a token as an administrator, paste it.",
    (
        f.required(f.url("base_url", "The address you open Invoice Ninja at.", label="Address", example=HOSTED)),
        f.required(f.text("token", "64 letters and digits; Invoice Ninja shows it once.", label="API token")),
        f.choice(
            "marker_field",
            "Recette writes a short reference into each record it makes, so that it never makes one twice. Choose a "
            "field you don't use yourself.",
            label="Field for Recette's reference",
            choices=MARKER_FIELDS,
            default="custom_value4",
            more=True,
        ),
    ),
    secret=("token",),
    webhooks=True,
)


def account(method: str, given: Mapping[str, str]) -> Account:
    token = given.get("token", "").strip()
    return Account(
        base_url=base_url(given.get("base_url", "")),
        headers={
            "X-API-TOKEN": token,
            "X-Requested-With": "XMLHttpRequest",
            "Accept": "application/json",
        },
        secrets=(token,) if token else (),
        settings={name: value for name, value in given.items() if name not in ("token", "base_url")},
    )


def base_url(pasted: str) -> str:
    """The root of the installation, from whatever page of it somebody pasted. Raises Misconfigured."""
    text = pasted.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = _host(parts)
    if host in OLD_HOSTED:
        raise _wrong(
            "app.invoiceninja.com is Invoice Ninja 4; Recette needs version 5, hosted at https://invoicing.co."
        )
    if host in HOSTED_PAGES:
        return HOSTED
    return f"{parts.scheme}://{parts.netloc}{_root(parts.path)}"


def _host(parts) -> str:
    try:
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or " " in parts.netloc:
        raise _wrong("That is no web address: it looks like https://invoices.example.com.")
    if "@" in parts.netloc:
        raise _wrong("Leave the user name and password out of the address; the token signs us in.")
    return host.lower()


def _root(path: str) -> str:
    """`/invoices/api/v1/` gives `/invoices`."""
    kept = []
    for part in path.split("/"):
        if part in ("api", "index.php"):
            break
        kept.append(part)
    return "/".join(kept).rstrip("/")


def _wrong(message: str) -> Misconfigured:
    return Misconfigured(message, field="base_url")
