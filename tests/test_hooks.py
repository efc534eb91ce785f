"""The door for the world: who may come in, what is kept, what is answered."""

import io
import logging
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builder.models import Event, Hook, StrayCount, StrayDelivery
from builder.runner import deliveries, listening, turn
from builder.runner.intake import unpack
from tests import doors, make
from tests.runner.make import make_hooked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere")]

BODY = b'{"id": "Wpmbk5ezJn"}'


def own_hook() -> Hook:
    return Hook.objects.get(subscription__recipe=make_hooked())


def test_genuine_delivery_is_stored_before_it_is_answered(knock):
    signer = doors.Signer()
    hook = doors.make_ghl_hook(signer)
    body = doors.envelope()

    answer = knock(f"/hooks/{doors.key_of(hook)}/", body, x_ghl_signature=signer(body), user_agent="HighLevel")

    event = Event.objects.get()
    hook.refresh_from_db()
    assert (answer.status, answer.body) == (200, b'{"message": "Received."}')
    assert (event.connection, event.source, unpack(event.raw)) == (hook.connection, "hook", body)
    assert event.headers == {"content-type": "application/json", "user-agent": "HighLevel"}
    assert hook.last_at


@pytest.mark.parametrize(("seconds", "again"), [(600, False), (0, True)])
def test_busy_hook_notes_when_it_was_called_once_in_a_while(seconds, again):
    class Registrar(deliveries.Registrar):
        TOUCH = seconds

    hook, desk, said = own_hook(), Registrar(), []
    for _ in range(2):
        with turn.writing():
            desk.register([deliveries.Delivery(doors.key_of(hook), "", {}, BODY)])
        hook.refresh_from_db()
        said.append(hook.last_at)

    assert Event.objects.count() == 2
    assert said[0]
    assert (said[0] != said[1]) == again


def test_hook_that_is_called_again_is_looked_at_in_one_statement():
    class Registrar(deliveries.Registrar):
        KEEP = 0.0

    hook, desk = own_hook(), Registrar()
    call = [deliveries.Delivery(doors.key_of(hook), "", {}, BODY)]
    with turn.writing():
        desk.register(call)

    with turn.writing(), CaptureQueriesContext(connection) as asked:
        assert desk.register(call) == [200]

    assert len([q for q in asked if "builder_hook" in q["sql"] and q["sql"].lstrip().startswith("SELECT")]) == 1
    assert not [q for q in asked if "builder_version" in q["sql"]]


@pytest.mark.parametrize("signature", [None, "", "not base64 ä", "AAAA", "other"])
def test_delivery_with_a_wrong_signature_is_refused_and_counted(knock, signature):
    hook = doors.make_ghl_hook(doors.Signer())
    body = doors.envelope()
    headers = {} if signature is None else {"x_ghl_signature": signature}
    if signature == "other":
        headers["x_ghl_signature"] = doors.Signer()(body)

    answer = knock(f"/hooks/{doors.key_of(hook)}/", body, **headers)

    hook.refresh_from_db()
    assert (answer.status, hook.refused, bool(hook.refused_at)) == (401, 1, True)
    assert (Event.objects.count(), StrayDelivery.objects.count(), hook.last_at) == (0, 0, None)


def test_body_changed_on_its_way_is_refused(knock):
    signer = doors.Signer()
    hook = doors.make_ghl_hook(signer)

    answer = knock(f"/hooks/{doors.key_of(hook)}/", doors.envelope(status="lost"), x_ghl_signature=signer(b"{}"))

    assert (answer.status, Event.objects.count()) == (401, 0)


@pytest.mark.parametrize(("given", "status"), [("right", 200), ("wrong", 401), ("", 401), (None, 401)])
def test_secret_of_invoice_ninja_lets_in(knock, given, status):
    hook, secret = doors.make_ninja_hook()
    headers = {} if given is None else {"x_webhook_secret": secret if given == "right" else given}

    answer = knock(f"/hooks/{doors.key_of(hook)}/60/", BODY, **headers)

    assert answer.status == status
    assert [e.name for e in Event.objects.all()] == (["60"] if status == 200 else [])


def test_secret_that_was_changed_just_now_lets_in(knock):
    hook, old = doors.make_ninja_hook()
    path = f"/hooks/{doors.key_of(hook)}/"
    before = knock(path, BODY, x_webhook_secret=old).status

    listening.set_secret(hook, "another-secret-of-theirs")

    assert (before, knock(path, BODY, x_webhook_secret="another-secret-of-theirs").status) == (200, 200)
    assert knock(path, BODY, x_webhook_secret=old).status == 401


def test_address_of_a_recipe_is_its_own_secret(knock):
    hook = own_hook()

    answer = knock(f"/hooks/{doors.key_of(hook)}", b"anything at all")

    assert (answer.status, Event.objects.get().subscription) == (200, hook.subscription)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_stands_behind_the_question_mark_is_kept_for_a_recipe(knock, method):
    hook = own_hook()

    answer = knock(f"/hooks/{doors.key_of(hook)}/", b"", method, query="sku=Q1&note=%00\xff")

    event = Event.objects.get()
    assert (answer.status, bytes(event.query), event.fate) == (200, b"sku=Q1&note=%00\xff", "")


def test_what_stands_behind_the_question_mark_is_kept_for_no_service(knock):
    """A secret may stand there."""
    signer = doors.Signer()
    ghl, (ninja, secret) = doors.make_ghl_hook(signer), doors.make_ninja_hook()
    body, query = doors.envelope(), f"secret={secret}"

    signed = knock(f"/hooks/{doors.key_of(ghl)}/", body, query=query, x_ghl_signature=signer(body))
    told = knock(f"/hooks/{doors.key_of(ninja)}/60/", BODY, query=query, x_webhook_secret=secret)
    refused = knock(f"/hooks/{doors.key_of(ninja)}/60/", BODY, query=query)
    stray = knock("/hooks/nobody/", BODY, query=query, x_webhook_secret=secret)

    assert [answer.status for answer in (signed, told, refused, stray)] == [200, 200, 401, 202]
    kept = [*Event.objects.values(), *StrayDelivery.objects.values()]
    assert len(kept) == 3
    keys = [secret, doors.key_of(ghl), doors.key_of(ninja)]
    assert [one for one in keys for row in kept if one in str({**row, "raw": bytes(row["raw"])})] == []


@pytest.mark.parametrize(("size", "status"), [(0, 200), (1, 413)])
def test_body_and_question_count_together(knock, settings, size, status):
    query = "a" * (settings.HOOK_BODY_LIMIT - len(BODY) + size)

    assert knock(f"/hooks/{doors.key_of(own_hook())}/", BODY, query=query).status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "POST", "BREW"])
def test_no_method_and_no_path_is_turned_away(knock, method):
    key = doors.key_of(own_hook())
    ends = ["", "/", "/60", "/60/", "/a/b//c/", "/\x00/\xe9", "/\n", "/..\n/"]

    known = [knock(f"/hooks/{key}{end}", BODY, method) for end in ends]
    unknown = [knock(f"/hooks/nobody{end}", BODY, method) for end in ends]

    assert {a.status for a in known} == {200}
    assert {a.status for a in unknown} == {202}
    assert {a.body == b"" for a in known} == {method == "HEAD"}


@pytest.mark.parametrize("path", ["/hooks", "/hooks/", "/hooks//", "/hooks///x", "/hooks/\xff\xfe/", "/hooks/a\x00b/"])
def test_odd_addresses_are_taken_in_as_unknown(knock, path):
    assert knock(path, BODY).status == 202


@pytest.mark.parametrize("path", ["/", "/hookshelf/", "/api/hooks/x/", "/hooks.txt"])
def test_other_addresses_are_left_to_the_pages(knock, path):
    assert knock(path, BODY).status == 404


def test_unknown_address_is_kept_for_a_while(knock):
    answer = knock("/hooks/nobody/", BODY, authorization="Bearer x", user_agent="curl")

    stray = StrayDelivery.objects.get()
    assert (answer.status, unpack(stray.raw)) == (202, BODY)
    assert stray.headers == {"content-type": "application/json", "user-agent": "curl"}


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ({"deliveries": deliveries.STRAYS - 1, "bytes": 0}, 1),
        ({"deliveries": deliveries.STRAYS, "bytes": 0}, 0),
        ({"deliveries": 1, "bytes": deliveries.STRAY_BYTES - len(BODY)}, 1),
        ({"deliveries": 1, "bytes": deliveries.STRAY_BYTES - len(BODY) + 1}, 0),
    ],
)
def test_unknown_addresses_are_only_counted_beyond_a_day_s_worth(knock, before, kept):
    StrayCount.objects.create(day=deliveries.now().date(), **before)

    answer = knock("/hooks/nobody/", BODY)

    count = StrayCount.objects.get()
    assert answer.status == 202
    assert (count.deliveries, count.bytes) == (before["deliveries"] + 1, before["bytes"] + len(BODY))
    assert StrayDelivery.objects.count() == kept


def test_hook_of_a_deleted_connection_is_unknown(knock):
    hook, secret = doors.make_ninja_hook()
    hook.connection.deleted_at = deliveries.now()
    hook.connection.save()

    assert knock(f"/hooks/{doors.key_of(hook)}/", BODY, x_webhook_secret=secret).status == 202


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.taken += size
        return b"x" * size


def test_body_over_the_limit_is_not_read(knock, settings):
    settings.HOOK_BODY_LIMIT = 1000
    path, told, chunked = f"/hooks/{doors.key_of(own_hook())}/", Endless(), Endless()

    answers = [
        knock(path, told, content_length="1001"),
        knock(path, chunked, transfer_encoding="chunked"),
        knock(path, b"x" * 1000),
    ]

    assert [a.status for a in answers] == [413, 413, 200]
    assert (told.taken, chunked.taken) == (0, 1001)
    assert Event.objects.count() == 1


@pytest.mark.parametrize("length", ["-5", "nonsense", ""])
def test_odd_length_reads_nothing(knock, length):
    assert knock(f"/hooks/{doors.key_of(own_hook())}/", Endless(), content_length=length).status == 200


def test_body_that_broke_off_is_not_stored(knock):
    answer = knock(f"/hooks/{doors.key_of(own_hook())}/", b"half", content_length="100")

    assert (answer.status, Event.objects.count()) == (400, 0)


def test_many_at_once_share_their_commits_and_all_are_stored(knock):
    path = f"/hooks/{doors.key_of(own_hook())}/"
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(knock(path, BODY).status)) for _ in range(100)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 100
    assert Event.objects.count() == 100


def test_delivery_that_can_not_be_stored_keeps_none_of_the_others_out(knock):
    path = f"/hooks/{doors.key_of(own_hook())}/"
    hook, secret = doors.make_ninja_hook()
    other = f"/hooks/{doors.key_of(hook)}/"
    knock(other, BODY, x_webhook_secret=secret)
    make.Workspace.objects.filter(pk=hook.workspace_id).delete()  # the door remembers its hook for a moment
    answers = {}
    gate = threading.Barrier(2)

    def call(name, *args, **headers):
        gate.wait()
        answers[name] = knock(*args, **headers).status

    threads = [
        threading.Thread(target=call, args=("good", path, BODY)),
        threading.Thread(target=call, args=("gone", other, BODY), kwargs={"x_webhook_secret": secret}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers["good"] == 200
    assert answers["gone"] in (202, 429)


def test_keys_and_bodies_stay_out_of_the_log(knock, caplog):
    caplog.set_level(logging.DEBUG)
    hook = doors.make_ghl_hook(doors.Signer())
    key = doors.key_of(hook)

    knock(f"/hooks/{key}/", b'{"token": "s3cret-body"}', x_ghl_signature="AAAA")
    knock("/hooks/nobody-knows-this/", b"s3cret-body")

    assert key not in caplog.text
    assert "nobody-knows-this" not in caplog.text
    assert "s3cret-body" not in caplog.text
