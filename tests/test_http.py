"""What every answer carries, whoever asks."""

import pytest
from django.urls import get_resolver

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)


def test_alive_needs_no_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_with_a_database(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/no/such/page"])
def test_every_answer_has_its_headers(client, path):
    headers = client.get(path).headers

    directives = set(headers["Content-Security-Policy"].split("; "))
    assert directives == set(CSP.split("; "))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert "HX-Request" in headers["Vary"]
    assert "Access-Control-Allow-Origin" not in headers


def views(patterns, above=""):
    for pattern in patterns:
        path = above + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


def test_no_page_of_a_workspace_is_open_to_strangers():
    rooms = [(path, view) for path, view in views(get_resolver().url_patterns) if path.startswith("w/")]

    assert rooms
    assert [path for path, view in rooms if not getattr(view, "login_required", True)] == []
