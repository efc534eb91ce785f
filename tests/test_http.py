"""What every answer carries, whoever asks."""

import pytest
from celery import current_app
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.urls import get_resolver

from builder import health
from tests.services import free_port

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

    assert (answer.status_code, answer.content.decode().splitlines()) == (
        200,
        ["ok", "the database answers", "all migrations are applied", "the broker answers"],
    )


@pytest.mark.django_db
def test_ready_without_a_broker_says_so_and_goes_on(client, monkeypatch):
    monkeypatch.setattr(health, "_broker", (0.0, ""))
    monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{free_port()}/0")
    current_app.amqp  # noqa: B018 -- made before, with the broker there is

    answer = client.get("/readyz")

    monkeypatch.setattr(health, "_broker", (0.0, ""))
    assert answer.status_code == 200
    assert b"the broker does not answer (OperationalError): runs begin a little later" in answer.content


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client):
    health._insist_migrated.cache_clear()
    newest = MigrationLoader(connection).graph.leaf_nodes("builder")[0]
    MigrationRecorder(connection).record_unapplied(*newest)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"1 migrations are not applied: run manage.py migrate\n")


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
