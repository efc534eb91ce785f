import base64
import json
from urllib.parse import quote

import pytest

from connectors.redact import DOTS, address, headers, redact

SECRET = 'pit-a/b+c"d ä'


@pytest.mark.parametrize(
    "spelled",
    [SECRET, quote(SECRET, safe=""), json.dumps(SECRET)[1:-1], base64.b64encode(SECRET.encode()).decode()],
)
def test_secret_is_blanked_however_it_is_spelled(spelled):
    assert redact(f"before {spelled} after", [SECRET]) == f"before {DOTS} after"


def test_secret_is_blanked_in_bytes_and_depths():
    value = {"body": b"x t0ken-1 y", "list": [{"deep": "t0ken-1"}], "t0ken-1": 1}

    assert redact(value, ["t0ken-1"]) == {"body": f"x {DOTS} y".encode(), "list": [{"deep": DOTS}], DOTS: 1}


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "X-API-TOKEN",
        "config",
        "e_invoice_certificate",
        "e_invoice_certificate_passphrase",
        "slack_webhook_url",
        "client_secret",
        "refresh_token",
        "accessToken",
        "Set-Cookie",
        "X-GHL-Signature",
        "api_key",
    ],
)
def test_telling_name_is_blanked_whatever_it_holds(name):
    assert redact({name: "anything"}) == {name: DOTS}


def test_ordinary_names_stay():
    value = {"name": "Token ring Ltd", "tokens_left": 3, "status": "won", "empty_secret": ""}

    assert redact(value, ["abc"]) == value


@pytest.mark.parametrize(
    "name", ["X-Api-Key", "X-Functions-Key", "X-Auth", "authorization", "Cookie", "session", "pwd"]
)
def test_header_with_a_telling_name_is_blanked(name):
    assert headers({name: "anything", "Idempotency-Key": "k-1", "Accept": "*/*"}) == {
        name: DOTS,
        "Idempotency-Key": "k-1",
        "Accept": "*/*",
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.test/a?page=2", "https://x.test/a?page=2"),
        ("https://me:s3cret@x.test/a", f"https://{DOTS}@x.test/a"),
        ("https://x.test/?token=abc&page=2", f"https://x.test/?token={DOTS}&page=2"),
        ("https://x.test/?page=2&api%5Fkey=abc#access_token=d", f"https://x.test/?page=2&api%5Fkey={DOTS}#access_token={DOTS}"),
        ("https://x.test/?key=&monkey=1", "https://x.test/?key=&monkey=1"),
        ("//[", "//["),
        ("", ""),
    ],
)  # fmt: skip
def test_address_is_shown_without_what_opens_it(url, shown):
    assert address(url) == shown


def test_secret_is_blanked_in_an_address_however_it_is_spelled():
    assert address(f"https://x.test/{quote(SECRET, safe='')}", [SECRET]) == f"https://x.test/{DOTS}"
