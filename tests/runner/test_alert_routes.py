"""Over which routes alerts are told: signed, in quiet hours, again when it did not arrive, to whom."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core import mail

from builder.models import (
    AlertKind,
    AlertLetter,
    AlertWay,
    Recipe,
    Role,
    Run,
)
from builder.runner import alerts, messengers
from tests import make
from tests.runner.alert_desk import at, carry, fail, failing, later, route

pytestmark = pytest.mark.django_db(transaction=True)


class Mailbox:
    """An address that takes messages, and keeps what came."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                box.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(box.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?team=1"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_webhook_is_signed_as_the_standard_says(mailbox: Mailbox) -> None:
    recipe = failing()
    route(recipe.workspace, AlertWay.WEBHOOK, mailbox.url)

    assert carry() == [True]

    ((headers, body),) = mailbox.came
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mark = base64.b64encode(hmac.new(b"k" * 24, text, hashlib.sha256).digest()).decode()
    told = json.loads(body)
    assert headers["webhook-signature"] == f"v1,{mark}"
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert told["type"] == "alert.raised"
    assert told["data"]["alerts"][0]["title"] == f"{recipe.name}: 1 run failed"
    assert told["data"]["alerts"][0]["because"] == "No money"


def test_slack_gets_text_in_which_nothing_is_markup(mailbox: Mailbox) -> None:
    recipe = failing()
    Recipe.objects.update(name="<!channel> & co")
    route(recipe.workspace, AlertWay.SLACK, mailbox.url)

    carry()

    ((headers, body),) = mailbox.came
    text = json.loads(body)["text"]
    assert "webhook-signature" not in headers
    assert "&lt;!channel&gt; &amp; co: 1 run failed>*\nNo money" in text
    assert text.count("<") == 1


def test_message_that_does_not_arrive_is_sent_again_ever_later_and_given_up(mailbox: Mailbox) -> None:
    recipe = failing()
    mailbox.status = 503
    way = route(recipe.workspace, AlertWay.WEBHOOK, mailbox.url)
    first = carry()
    at_once = carry()
    for _ in range(20):
        later(hours=13)
        carry()
    tries = len(mailbox.came)
    way.refresh_from_db()

    assert (first, at_once) == ([False], [])
    assert tries == len(messengers.TRIES) + 1
    assert way.trouble == "127.0.0.1 answered 503 instead of taking the message."
    mailbox.status = 204
    fail(recipe)
    later(hours=2)
    assert carry() == [True]
    way.refresh_from_db()
    assert way.trouble == ""


def test_redirect_is_not_followed(mailbox: Mailbox) -> None:
    recipe = failing()
    mailbox.status = 302
    route(recipe.workspace, AlertWay.WEBHOOK, mailbox.url)

    assert carry() == [False]


@pytest.mark.parametrize(
    ("start", "end", "hour", "silent"),
    [
        (time(22), time(7), 23, True),
        (time(22), time(7), 3, True),
        (time(22), time(7), 12, False),
        (time(9), time(17), 12, True),
        (time(9), time(17), 18, False),
    ],
)
def test_in_quiet_hours_nothing_is_sent_and_it_comes_afterwards(
    start: time, end: time, hour: int, silent: bool
) -> None:
    at(hour)
    recipe = failing()
    route(recipe.workspace, quiet_from=start, quiet_to=end)

    carry()
    during = len(mail.outbox)
    due = AlertLetter.objects.get().due_at
    later(hours=10)
    carry()

    assert during == (0 if silent else 1)
    assert len(mail.outbox) == 1
    if silent:
        assert (due.hour, due.minute) == (end.hour, 0)


def test_only_what_a_route_asks_for_goes_there_and_only_while_it_is_on() -> None:
    recipe = failing()
    route(recipe.workspace, kinds=[AlertKind.BUDGET])
    route(recipe.workspace, active=False)

    assert carry() == []
    assert not AlertLetter.objects.exists()


def test_what_is_over_before_it_was_told_is_not_told() -> None:
    recipe = failing()
    route(recipe.workspace)
    messengers.post()
    Run.objects.all().delete()
    alerts.settle()

    carry()

    assert mail.outbox == []


def test_people_who_left_are_told_nothing_more() -> None:
    recipe = failing()
    gone = make.make_member(workspace=recipe.workspace, role=Role.EDITOR, email="gone@lumen.example")
    route(recipe.workspace, people=["gone@lumen.example"])
    gone.delete()

    carry()

    assert [message.to for message in mail.outbox] == [["owner@lumen.example"]]


def test_two_workers_send_one_message() -> None:
    recipe = failing(2)
    way = route(recipe.workspace)
    messengers.post()

    results = [messengers.carry(way.pk), messengers.carry(way.pk)]

    assert results == [True, False]
    assert len(mail.outbox) == 1
