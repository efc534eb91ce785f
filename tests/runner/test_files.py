"""Files that a step fetches and passes on, over real HTTP from end to end."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from builder.models import RunStatus, StepStatus
from tests.runner.conftest import Sandbox, later, until_over, work
from tests.runner.make import action, last_step, make_ghl, make_hooked, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

SCAN = b"%PDF-1.7 \x00\xff" * 1000


class Shelf(BaseHTTPRequestHandler):
    """A place where files lie: one of them behind a redirect, one behind a sign-in page."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/moved/scan.pdf":
            self._answer(302, b"", Location="/scan.pdf")
        elif path == "/scan.pdf":
            self._answer(200, SCAN, **{"Content-Type": "application/pdf"})
        else:
            self._answer(200, b"<html>Sign in</html>", **{"Content-Type": "text/html"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def shelf() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def upload(ghl: Sandbox, url: str, **more: Any) -> Any:
    at = make_ghl(ghl)
    step = action("sfile1", "ghl.medias.upload_media_content", at, file_url=url, **more)
    recipe = make_hooked(step, workspace=at.workspace)
    send(recipe, {})
    work()
    return recipe


def test_file_arrives_whole_and_no_record_holds_it(ghl: Sandbox, shelf: str) -> None:
    recipe = upload(ghl, f"{shelf}/moved/scan.pdf?token=s3cret")

    step = last_step(only_run(recipe), "sfile1")
    moved, fetched, sent = step.exchanges.order_by("position")
    assert (step.status, step.output["url"].rsplit("/", 1)[-1]) == (StepStatus.DONE, f"scan (ref {step.marker}).pdf")
    assert ghl.records("medias")[-1]["sha256"] == hashlib.sha256(SCAN).hexdigest()
    assert (moved.status, fetched.response_body) == (302, f"(application/pdf, {len(SCAN):,} bytes)")
    assert "s3cret" not in moved.url and not any("uthorization" in name for name in moved.request_headers)
    assert (
        sent.request_body
        == f'{{"name":"scan (ref {step.marker}).pdf","file":"(scan.pdf, application/pdf, {len(SCAN):,} bytes)"}}'
    )


def test_upload_whose_answer_got_lost_is_looked_for_and_not_made_again(ghl: Sandbox, shelf: str) -> None:
    ghl.fail({"method": "POST", "path": "/medias/upload-file", "when": "after", "status": 502})
    recipe = upload(ghl, f"{shelf}/scan.pdf")
    later()
    work()

    run = until_over(only_run(recipe))
    assert run.status == RunStatus.DONE
    assert len(ghl.effects("media.uploaded")) == 1


def test_page_in_place_of_a_file_ends_the_step_before_anything_is_written(ghl: Sandbox, shelf: str) -> None:
    recipe = upload(ghl, f"{shelf}/share?id=1")

    run, step = only_run(recipe), last_step(only_run(recipe), "sfile1")
    assert (run.status, step.error["field"], ghl.effects()) == (RunStatus.HELD, "file_url", [])
    assert "lies a web page, not the file" in step.error["message"]


def test_place_that_is_down_is_no_outage_of_the_service(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    steps = [
        action(f"sfile{n}", "ghl.medias.upload_media_content", at, file_url="http://127.0.0.1:9/scan.pdf")
        for n in range(8)
    ]
    recipes = [make_hooked(step, workspace=at.workspace) for step in steps]
    for recipe in recipes:
        send(recipe, {})
    work()

    after = make_hooked(action("safter", "ghl.tags.list", at), workspace=at.workspace)
    send(after, {})
    work()

    assert {only_run(recipe).status for recipe in recipes} <= {RunStatus.WAITING, RunStatus.QUEUED}
    assert only_run(after).status == RunStatus.DONE, only_run(after).because
