"""Where an Invoice Ninja is and how we sign in to it."""

import base64
from collections.abc import Mapping
from itertools import takewhile
from urllib.parse import urlsplit

from connectors import auth
from connectors import fields as f
from connectors.auth import clean
from connectors.errors import Misconfigured
from connectors.spec import Account, Budget, Method

HOSTED = "https://invoicing.co"
HOSTED_PAGES = ("app.invoicing.co", "www.invoicing.co")
OLD_HOSTED = ("app.invoiceninja.com",)
OLD = "app.invoiceninja.com is Invoice Ninja 4: Recette needs version 5, whose hosted address is https://invoicing.co."
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
        f.text(
            "user_password",
            "Only for recipes that change users, or merge or erase clients: Invoice Ninja asks for the password of the "
            "token's user again then. It is sent with those calls alone.",
            label="Password",
            more=True,
        ),
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
    renewal="In Invoice Ninja: Settings › Account Management › API Tokens, make a second token as the same "
    "administrator. Delete the old one once Recette has switched over.",
    beside=("user_password",),
)


def account(method: str, given: Mapping[str, str]) -> Account:
    token, password = clean(given.get("token", ""), "token"), given.get("user_password", "")
    headers = {"X-API-TOKEN": token, "X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}
    settings = {name: value for name, value in given.items() if name not in ("token", "base_url", "user_password")}
    proof = _proof(password)
    return Account(base_url(given.get("base_url", "")), headers, (token, *_spelt(password)), settings, proof)


def _proof(password: str) -> dict[str, str]:
    """In base64 where a header can't hold it as it is."""
    if not password:
        return {}
    plain = password.isascii() and password.isprintable() and password == password.strip()
    return {"X-API-PASSWORD": password} if plain else {"X-API-PASSWORD-BASE64": _spelt(password)[1]}


def _spelt(password: str) -> tuple[str, ...]:
    """Whatever it may look like in a record of a call."""
    return (password, base64.b64encode(password.encode()).decode()) if password else ()


def base_url(pasted: str) -> str:
    """The root of the installation, from whatever page of it somebody pasted. Raises Misconfigured."""
    parts = urlsplit(auth.base_url(pasted))
    host = (parts.hostname or "").lower()
    if host in OLD_HOSTED:
        raise Misconfigured(OLD, field="base_url")
    return HOSTED if host in HOSTED_PAGES else f"{parts.scheme}://{parts.netloc}{_root(parts.path)}"


def _root(path: str) -> str:
    """`/invoices/api/v1` gives `/invoices`."""
    kept = list(takewhile(lambda part: part not in ("api", "index.php"), path.split("/")))
    return "/".join(kept).rstrip("/")


def counted(account: Account) -> str:
    """The hosted service counts by the caller's address, whatever the company."""
    return urlsplit(account.base_url).netloc


def budget(account: Account) -> Budget:
    """The hosted service's 500 a minute. One's own server has no throttle, so only a courtesy: 200 a second."""
    hosted = urlsplit(account.base_url).hostname in ("invoicing.co", *HOSTED_PAGES)
    return Budget(requests=500, seconds=60) if hosted else Budget(requests=2000, seconds=10)
