"""A list of stolen passwords, as the service answers; it is on this machine."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

STOLEN = "correct horse battery"
PADDING = "nobody has this one"


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


@pytest.fixture
def asked(settings):
    """What the service was asked, as addresses."""
    seen: list[str] = []

    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            known = {digest(STOLEN): 7, digest(PADDING): 0}
            lines = [f"{each[5:]}:{number}" for each, number in known.items() if self.path == f"/range/{each[:5]}"]
            self.send_response(200)
            self.end_headers()
            self.wfile.write("\r\n".join(["0" * 35 + ":3", *lines]).encode())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.BREACH_CHECK_URL = f"http://127.0.0.1:{server.server_port}/range/"
    yield seen
    server.shutdown()
    server.server_close()


def test_stolen_password_is_refused_and_only_five_digits_leave(asked):
    with pytest.raises(ValidationError, match="known from a theft"):
        validate_password(STOLEN)

    assert asked == [f"/range/{digest(STOLEN)[:5]}"]


@pytest.mark.parametrize("password", [PADDING, "one that was never stolen"])
def test_other_passwords_pass(asked, password):
    validate_password(password)

    assert len(asked) == 1


def test_nobody_is_asked_unless_the_installation_wants_it(asked, settings):
    settings.BREACH_CHECK_URL = ""

    validate_password(STOLEN)

    assert asked == []


def test_service_that_is_away_keeps_nobody_from_a_password(settings):
    settings.BREACH_CHECK_URL = "http://127.0.0.1:9/range/"

    validate_password(STOLEN)
