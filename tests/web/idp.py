"""A provider of OpenID Connect on loopback, with real keys, that can be made to misbehave.

It is written from the specifications (OpenID Connect Core and Discovery, RFC 6749, RFC 7636), never from our own code:
what it is asked for it checks, and a request that they don't allow is answered 400.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from builder.oidc import Provider

CLIENT, SECRET = "recette-at-the-provider", "a secret that only Recette and the provider know"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Fake:
    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    """Who is signed in there: sub, email, email_verified, name. All that stands in it goes into the ID token."""
    wrong: set[str] = field(default_factory=set)
    """How it misbehaves; see `_Answers`."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Paths and what they were asked with, the oldest first."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def provider(self, **more: Any) -> Provider:
        """As the settings name it."""
        plain = {"key": "acme", "name": "Acme", "issuer": self.url, "client_id": CLIENT, "secret": SECRET}
        return Provider(**{**plain, **more})

    def last(self, path: str) -> dict[str, str]:
        return next(given for asked, given in reversed(self.asked) if asked == path)

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _given in self.asked)

    def answer(self, url: str, said: str = "yes") -> str:
        """Where a person who opens that address, and says yes (or no), is sent back to."""
        parts = urlsplit(url)
        link = HTTPConnection(parts.netloc, timeout=10)
        link.request("GET", f"{parts.path}?{parts.query}&said={said}")
        response = link.getresponse()
        text = response.read().decode()
        link.close()
        assert response.status == 302, text
        return response.headers["Location"]


class _Answers(BaseHTTPRequestHandler):
    fake: Fake

    def log_message(self, *_args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def _answer(self, given: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        self.fake.asked.append((path, given))
        if "down" in self.fake.wrong:
            return self._send(500, "not today", kind="text/plain")
        does = {
            "/.well-known/openid-configuration": self._discovery,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
            "/userinfo": self._userinfo,
        }
        return does[path](given) if path in does else self._send(204, "")  # a browser wants an icon

    def _send(self, status: int, body: Any, kind: str = "application/json", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _discovery(self, _given: dict[str, str]) -> None:
        url, wrong = self.fake.url, self.fake.wrong
        if "moved" in wrong:
            return self._send(302, "", Location=f"{url}/elsewhere")
        if "no document" in wrong:
            return self._send(200, "<h1>Welcome</h1>", kind="text/html")
        return self._send(
            200,
            {
                "issuer": "https://somebody-else.example" if "discovery" in wrong else url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": "ftp://127.0.0.1/token" if "endpoint" in wrong else f"{url}/token",
                "jwks_uri": f"{url}/keys",
                "userinfo_endpoint": f"{url}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"]
                if "basic" in wrong
                else ["client_secret_post"],
            },
        )

    def _authorize(self, given: dict[str, str]) -> None:
        for name in ("state", "nonce", "code_challenge", "redirect_uri"):
            if not given.get(name):
                return self._send(400, f"no {name}", kind="text/plain")
        if (given["client_id"], given["response_type"], given["code_challenge_method"]) != (CLIENT, "code", "S256"):
            return self._send(400, "not as registered", kind="text/plain")
        if "openid" not in given["scope"].split():
            return self._send(400, "no openid", kind="text/plain")
        code = secrets.token_urlsafe(12)
        self.fake.codes[code] = given
        state = {"state": given["state"]}
        if "mix-up" in self.fake.wrong:
            state["iss"] = "https://somebody-else.example"
        yes = f"{given['redirect_uri']}?{urlencode({**state, 'code': code})}"
        no = f"{given['redirect_uri']}?{urlencode({**state, 'error': 'access_denied'})}"
        error = f"{given['redirect_uri']}?{urlencode({**state, 'error': 'invalid_scope'})}"
        if said := given.get("said"):
            return self._send(302, "", Location={"yes": yes, "no": no, "error": error}[said])
        who = escape(str(self.fake.person.get("email", "somebody")))
        links = f'<p><a href="{escape(yes)}">Go on as {who}</a></p><p><a href="{escape(no)}">No</a></p>'
        page = f'<!doctype html><html lang="en"><title>Acme</title><h1>Acme</h1>{links}</html>'
        return self._send(200, page, kind="text/html; charset=utf-8")

    def _token(self, given: dict[str, str]) -> None:
        kept = self.fake.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client = self._client(given)
        if client != (CLIENT, SECRET):
            return self._send(401, {"error": "invalid_client"})
        if not kept or challenge != kept["code_challenge"] or given.get("redirect_uri") != kept["redirect_uri"]:
            return self._send(400, {"error": "invalid_grant"})
        access = secrets.token_urlsafe(12)
        self.fake.tokens[access] = dict(self.fake.person)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": "kept-by-nobody"}
        if "no id token" not in self.fake.wrong:
            answer["id_token"] = self._signed(kept)
        return self._send(200, answer)

    def _client(self, given: dict[str, str]) -> tuple[str, str]:
        if "basic" not in self.fake.wrong:
            return given.get("client_id", ""), given.get("client_secret", "")
        name, _colon, secret = base64.b64decode(self.headers["Authorization"].split()[1]).decode().partition(":")
        return name, secret

    def _signed(self, kept: dict[str, str]) -> str:
        wrong, now = self.fake.wrong, int(time.time())
        person = dict(self.fake.person)
        if wrong & {"only userinfo", "another's userinfo"}:
            person = {"sub": person["sub"]}
        claims = {
            "iss": "https://somebody-else.example" if "issuer" in wrong else self.fake.url,
            "aud": "another application" if "audience" in wrong else CLIENT,
            "iat": now - 7200 if "expired" in wrong else now,
            "exp": now - 3600 if "expired" in wrong else now + 300,
            "nonce": "of another sign-in" if "nonce" in wrong else kept["nonce"],
            **person,
        }
        if "party" in wrong:
            claims |= {"aud": [CLIENT, "another application"], "azp": "another application"}
        if "no nonce" in wrong:
            del claims["nonce"]
        if "no subject" in wrong:
            del claims["sub"]
        if "unsigned" in wrong:
            return jwt.encode(claims, None, algorithm="none")
        if "shared key" in wrong:
            return jwt.encode(claims, SECRET, algorithm="HS256", headers={"kid": "k1"})
        signer = key("somebody else's" if "signature" in wrong else "its own")
        name = "k9" if "key" in wrong else "k1"
        return jwt.encode(claims, signer, algorithm="RS256", headers={"kid": name})

    def _keys(self, _given: dict[str, str]) -> None:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("its own").public_key()))
        old = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("an old one").public_key()))
        told = [
            {**public, "kid": "k1", "use": "sig", "alg": "RS256"},
            {**old, "kid": "k0", "use": "sig", "alg": "RS256"},
        ]
        secret = {**old, "kid": "e1", "use": "enc", "alg": "RSA-OAEP"}  # for what is no business of ours
        self._send(200, {"keys": [*told, secret]})

    def _userinfo(self, _given: dict[str, str]) -> None:
        told = self.fake.tokens[self.headers["Authorization"].removeprefix("Bearer ")]
        self._send(200, {**told, "sub": "another"} if "another's userinfo" in self.fake.wrong else told)


@contextmanager
def running() -> Iterator[Fake]:
    fake = Fake()
    answers = type("Answers", (_Answers,), {"fake": fake})
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_port}"
        yield fake
        server.shutdown()
        thread.join()
