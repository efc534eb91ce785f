"""The settings of accounts elsewhere that one may sign in with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from builder import oidc
from builder.env import BadSetting


@pytest.fixture
def given(monkeypatch):
    def give(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"OIDC_{name}", value)

    give(GOOGLE_CLIENT_ID="recette", GOOGLE_CLIENT_SECRET="s3cret", ACME_CLIENT_ID="kitchen", ACME_CLIENT_SECRET="hush")
    return give


def test_nothing_named_is_nobody():
    assert oidc.providers([]) == ()


def test_google_needs_no_more_than_its_client(given):
    [google] = oidc.providers(["google"])

    assert (google.name, google.issuer, google.client_id, google.secret) == (
        "Google", "https://accounts.google.com", "recette", "s3cret",
    )  # fmt: skip
    assert google.discovery == "https://accounts.google.com/.well-known/openid-configuration"
    assert "s3cret" not in repr(google)


def test_any_provider_has_a_name_an_issuer_and_domains(given, monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    given(
        ACME_ISSUER="https://login.acme.example/realms/team/",
        ACME_NAME="Acme & Sons",
        ACME_DOMAINS="Acme.example, @a.example",
    )
    monkeypatch.setenv("OIDC_ACME_CLIENT_SECRET_FILE", str(tmp_path / "secret"))

    google, acme = oidc.providers(["google", "acme"])

    assert (google.key, acme.key, acme.name) == ("google", "acme", "Acme & Sons")
    assert (acme.issuer, acme.secret) == ("https://login.acme.example/realms/team", "from a file")
    assert acme.domains == ("acme.example", "a.example")


def test_microsoft_is_one_tenant(given):
    ours = "https://login.microsoftonline.com/9d0c2a4e-0000-4000-8000-000000000000/v2.0"
    given(MICROSOFT_CLIENT_ID="x", MICROSOFT_CLIENT_SECRET="y", MICROSOFT_ISSUER=ours)

    [microsoft] = oidc.providers(["microsoft"])

    assert (microsoft.name, microsoft.issuer) == ("Microsoft", ours)


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers"])
def test_microsoft_for_everybody_is_refused(given, tenant):
    issuer = f"https://login.microsoftonline.com/{tenant}/v2.0"
    given(MICROSOFT_CLIENT_ID="x", MICROSOFT_CLIENT_SECRET="y", MICROSOFT_ISSUER=issuer)

    with pytest.raises(BadSetting, match=r"OIDC_MICROSOFT_ISSUER is .*It takes the address of your own tenant"):
        oidc.providers(["microsoft"])


@pytest.mark.parametrize(
    ("issuer", "sentence"),
    [
        ("", "OIDC_ACME_ISSUER is ''. It takes the provider's https address, such as https://login.example.com"),
        ("login.acme.example", "OIDC_ACME_ISSUER is 'login.acme.example'. It takes the provider's https address"),
        ("https://acme.example/?a=b", "It takes the provider's https address"),
        ("http://acme.example", "It takes an https address: over http anybody on the way could sign in as anybody."),
        ("https://acme.example/.well-known/openid-configuration", "It takes the address before /.well-known/."),
        ("https://acme.example/" + "a" * 200, "It takes 200 characters at most."),
    ],
)
def test_issuer_that_will_not_do_is_told(given, issuer, sentence):
    given(ACME_ISSUER=issuer)

    with pytest.raises(BadSetting) as trouble:
        oidc.providers(["acme"])

    assert sentence in str(trouble.value)


def test_http_is_for_development(given):
    given(ACME_ISSUER="http://127.0.0.1:8080")

    assert oidc.providers(["acme"], plain=True)[0].issuer == "http://127.0.0.1:8080"


@pytest.mark.parametrize("what", ["CLIENT_ID", "CLIENT_SECRET"])
def test_client_that_is_missing_is_told(given, what):
    given(**{f"GOOGLE_{what}": ""})

    with pytest.raises(BadSetting) as trouble:
        oidc.providers(["google"])

    said = f"OIDC_GOOGLE_{what} is not set. Google gives it when Recette is registered there."
    assert str(trouble.value) == said


@pytest.mark.parametrize("key", ["a b", "7up", "reauthenticate", "über", "x" * 31])
def test_key_that_will_not_do_is_told(key):
    with pytest.raises(BadSetting, match="A provider's key is a short word of small letters"):
        oidc.providers([key])


def test_provider_that_is_named_twice_is_told(given):
    given(ACME_ISSUER="https://accounts.google.com")

    with pytest.raises(BadSetting, match="two providers with the key google"):
        oidc.providers(["google", "Google"])
    with pytest.raises(BadSetting, match="two providers with the issuer"):
        oidc.providers(["google", "acme"])


@pytest.mark.parametrize(
    ("mode", "answer"), [("development", "('acme', 'http://127.0.0.1:9')"), ("production", "over http")]
)
def test_environment_is_what_counts(mode, answer, tmp_path):
    (tmp_path / "secret").write_text("hush")
    given = {
        "OIDC": "acme", "OIDC_ACME_ISSUER": "http://127.0.0.1:9", "OIDC_ACME_CLIENT_ID": "kitchen",
        "OIDC_ACME_CLIENT_SECRET_FILE": str(tmp_path / "secret"), "RECETTE_ENV": mode, "ENV_FILE": os.devnull,
        "VAR_DIR": str(settings.VAR_DIR), "PATH": os.environ["PATH"],
    }  # fmt: skip
    show = "from builder import settings as s; print([(each.key, each.issuer) for each in s.OIDC])"

    found = subprocess.run(
        [sys.executable, "-c", show], cwd=Path(__file__).parent.parent, env=given, capture_output=True, text=True
    )

    assert answer in found.stdout + found.stderr
    assert "hush" not in found.stdout + found.stderr
