"""A phone with an authenticator app: the codes of RFC 6238, computed here and not by what is tested."""

import base64
import hashlib
import hmac
import re
import struct
import time

from django.test import Client
from django.urls import reverse

from builder.models import User
from tests.make import PASSWORD


def code_of(secret: str, later: int = 0) -> str:
    """What the app shows now, or so many times 30 seconds later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def wrong(secret: str) -> str:
    """No code of now, nor of a minute before or after."""
    near = {code_of(secret, later) for later in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def in_browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def set_up_app(client: Client) -> str:
    """The key that phone and server share from then on."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="secret" readonly value="(\w+)"', page)[1]
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, -1)})
    return secret


def recovery_codes(client: Client) -> list[str]:
    """As the page shows them."""
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    return re.search(r"<pre[^>]*>([\d\n]+)</pre>", page)[1].split()


def with_password(user: User, password: str = PASSWORD, client: Client | None = None, **more: str):
    """(browser, what it was answered)"""
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": password, **more})


def age_of_sign_in(client: Client, seconds: int) -> None:
    """As if all that this browser has shown of its person were so long ago."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session.save()
