"""Who else may say who somebody is: OpenID Connect providers, named by the settings.

`OIDC=google,acme` names them; each has settings of its own, such as `OIDC_ACME_ISSUER`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from builder import env

KEY = re.compile(r"[a-z][a-z0-9-]{0,29}")
TAKEN = {"reauthenticate"}
"""Stands where a provider's key would in an address."""
SEVERAL = re.compile(r"//login\.microsoftonline\.[a-z.]+/(common|organizations|consumers)(/|$)")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Provider:
    key: str
    """Stands in its addresses: `/accounts/oidc/<key>/`."""
    name: str
    issuer: str
    """Without the slash at the end."""
    client_id: str
    secret: str = field(repr=False)
    domains: tuple[str, ...] = ()
    """Of e-mail addresses that count as proved, though the provider doesn't say whether they are."""
    choose: str = ""
    """What makes it ask which account, as its `prompt`."""
    again: str = "login"
    """What makes it ask who it is although they are signed in there."""

    @property
    def discovery(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    issuer: str = ""
    again: str = "login"


PRESETS = {
    "google": Preset("Google", "https://accounts.google.com", again="select_account"),
    "microsoft": Preset("Microsoft"),
}


def providers(keys: list[str], *, plain: bool = False) -> tuple[Provider, ...]:
    """In the order given. `plain`: one may be at an http address. Raises BadSetting."""
    found = tuple(_provider(key.lower(), plain) for key in keys)
    for name in ("key", "issuer"):
        values = [getattr(each, name) for each in found]
        if twice := next((value for value in values if values.count(value) > 1), ""):
            raise env.BadSetting(f"OIDC names two providers with the {name} {twice}. Name each once.")
    return found


def _provider(key: str, plain: bool) -> Provider:
    if not KEY.fullmatch(key) or key in TAKEN:
        raise env.BadSetting(f"OIDC names {key!r}. A provider's key is a short word of small letters, such as google.")
    ours, preset = f"OIDC_{key.upper().replace('-', '_')}", PRESETS.get(key, Preset(key.capitalize()))
    issuer = env.text(f"{ours}_ISSUER", preset.issuer).rstrip("/")
    for problem in _wrong(issuer, plain):
        raise env.BadSetting(f"{ours}_ISSUER is {issuer!r}. {problem}")
    found = Provider(
        key=key,
        name=env.text(f"{ours}_NAME", preset.name)[:40],
        issuer=issuer,
        client_id=env.text(f"{ours}_CLIENT_ID"),
        secret=env.secret(f"{ours}_CLIENT_SECRET"),
        domains=tuple(domain.lower().lstrip("@") for domain in env.words(f"{ours}_DOMAINS")),
        choose="select_account" if key in PRESETS else "",
        again=preset.again,
    )
    for value, what in ((found.client_id, "CLIENT_ID"), (found.secret, "CLIENT_SECRET")):
        if not value:
            raise env.BadSetting(f"{ours}_{what} is not set. {found.name} gives it when Recette is registered there.")
    return found


def _wrong(issuer: str, plain: bool) -> Iterator[str]:
    parts = urlsplit(issuer)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        yield "It takes the provider's https address, such as https://login.example.com"
    if parts.scheme == "http" and not plain:
        yield "It takes an https address: over http anybody on the way could sign in as anybody."
    if "/.well-known/" in issuer:
        yield "It takes the address before /.well-known/."
    if SEVERAL.search(issuer):
        yield "It takes the address of your own tenant, with its ID: who is in another may call themselves anything."
    if len(issuer) > LONGEST:
        yield f"It takes {LONGEST} characters at most."
