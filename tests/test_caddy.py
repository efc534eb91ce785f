"""`deploy/Caddyfile` in a real Caddy, with Recette there and away."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import free_port, wait_for_port

ROOT = Path(__file__).parent.parent
ECHO = """
import json, sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {"path": environ["PATH_INFO"], "size": len(body), "for": environ.get("HTTP_X_FORWARDED_FOR"),
            "proto": environ.get("HTTP_X_FORWARDED_PROTO"), "host": environ.get("HTTP_HOST")}
    return [json.dumps(told).encode()]

make_server("127.0.0.1", int(sys.argv[1]), app, handler_class=Quiet).serve_forever()
"""


class Front:
    def __init__(self, log: Path) -> None:
        self.port, self.behind, self.log = free_port(), free_port(), log
        self.app: subprocess.Popen[bytes] | None = None

    def start_app(self) -> None:
        self.app = subprocess.Popen([sys.executable, "-c", ECHO, str(self.behind)])
        wait_for_port(self.behind)

    def stop_app(self) -> None:
        assert self.app
        self.app.terminate()
        self.app.wait(10)

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        """(status, Retry-After, body)"""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(link):
            link.request("GET" if body is None else "POST", path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.headers.get("Retry-After", ""), answer.read().decode()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("caddy")
    front = Front(folder / "log")
    environ = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "RECETTE_HOST": f"http://127.0.0.1:{front.port}",
        "RECETTE_WEB": f"127.0.0.1:{front.behind}",
    }
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n}\n" + (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8"))
    with front.log.open("wb") as log:
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
        caddy = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        wait_for_port(front.port)
        front.start_app()
        try:
            yield front
        finally:
            front.stop_app()
            caddy.terminate()
            caddy.wait(10)


def test_pages_and_hooks_go_through_with_who_asked(front):
    status, _, body = front.ask("/hooks/key/", b"{}", **{"X-Forwarded-For": "192.0.2.9"})

    told = json.loads(body)
    assert (status, told["path"], told["size"]) == (200, "/hooks/key/", 2)
    assert (told["for"], told["proto"], told["host"]) == ("127.0.0.1", "http", f"127.0.0.1:{front.port}")


def test_figures_are_not_for_the_world(front):
    assert [front.ask(path)[0] for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]


def test_no_hook_address_gets_into_the_log(front):
    front.ask("/hooks/a-secret-key/", b"{}")

    end = time.monotonic() + 5
    while "/hooks/…" not in front.log.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert "/hooks/…" in front.log.read_text()
    assert "a-secret-key" not in front.log.read_text()


def test_no_code_of_a_sign_in_gets_into_the_log(front):
    back = "/oauth/callback/?code=a-secret-code&state=a-secret-state"
    front.ask(back, Referer=f"http://127.0.0.1{back}")

    end = time.monotonic() + 5
    while front.log.read_text().count("/oauth/callback/?…") < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert front.log.read_text().count("/oauth/callback/?…") >= 2
    assert "a-secret" not in front.log.read_text().replace("a-secret-key", "")


def test_hooks_are_told_to_come_again_while_recette_is_away(front):
    front.stop_app()

    hook, page = front.ask("/hooks/key/", b"{}"), front.ask("/w/lumen/")

    front.start_app()
    assert (hook[0], hook[1], json.loads(hook[2])["message"]) == (
        429,
        "30",
        "Recette is away for a moment. Please send it again.",
    )
    assert (page[0], page[1]) == (503, "30")


def test_who_looks_at_a_page_during_a_restart_waits_for_it(front):
    front.stop_app()
    soon = threading.Timer(0.5, front.start_app)
    soon.start()

    began = time.monotonic()
    status, _, _ = front.ask("/w/lumen/")
    took = time.monotonic() - began
    soon.join()

    assert (status, took > 0.4) == (200, True)


def test_a_hook_gets_through_again_as_soon_as_recette_is_back(front):
    front.stop_app()
    front.ask("/hooks/key/", b"{}")
    front.start_app()

    end = time.monotonic() + 10
    while front.ask("/hooks/key/", b"{}")[0] != 200:
        assert time.monotonic() < end, "it stays away"
        time.sleep(0.2)
