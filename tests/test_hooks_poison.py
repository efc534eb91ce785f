"""Bodies made to break a reader: stored as they came, answered 200, and told apart afterwards."""

import gzip
import json
import resource

import pytest

from builder.models import Event, Fate, Hook, Run, RunStatus
from builder.runner.intake import unpack
from tests import doors, make
from tests.runner.conftest import work
from tests.runner.make import make_hooked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere")]

FORM = "application/x-www-form-urlencoded"
UNREADABLE = {
    "empty": (b"", "It is empty: nothing in its body and nothing behind a question mark."),
    "malformed": (b'{"a": ', "It is not JSON: what stands at line 1, character 7 does not belong there."),
    "nul": (b'{"a": "x\\u0000y"}', "It holds the character NUL."),
    "nul in a name": (b'{"a\\u0000": 1}', "It holds the character NUL."),
    "raw nul": (b'{"a": "\x00"}', "It is not JSON: what stands at line 1, character 8 does not belong there."),
    "nan": (b'{"a": NaN}', "It is not JSON: NaN is not a number that JSON knows."),
    "infinity": (b'{"a": -Infinity}', "It is not JSON: -Infinity is not a number that JSON knows."),
    "huge": (b'{"a": 1e400}', "It holds a number that is too large to be meant."),
    "tiny": (b'{"a": 1e-400}', "It holds a number that is too large to be meant."),
    "beyond decimals": (b'{"a": 1e9999999999999999999}', "It holds a number that is too large to be meant."),
    "5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "It holds a number that is too large to be meant."),
    "400 digits": (b'{"a": ' + b"9" * 400 + b"}", "It holds a number that is too large to be meant."),
    "lone surrogate": (b'{"a": "\\ud800"}', "It holds half a character (a lone surrogate)."),
    "surrogate in a name": (b'{"\\udfff": 1}', "It holds half a character (a lone surrogate)."),
    "1,000 deep": (b"[" * 1000 + b"]" * 1000, "It is nested deeper than 64 levels."),
    "100,000 deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "It is nested deeper than 64 levels."),
    "65 deep": (b"[" * 65 + b"]" * 65, "It is nested deeper than 64 levels."),
    "no utf-8": (b'{"a": "\xff\xfe"}', "It is not UTF-8 text."),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "It is not UTF-8 text."),
    "gzip": (gzip.compress(b'{"a": 1}'), "It is not UTF-8 text."),
    "multipart": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', "It is not JSON: "),
}
READABLE = {
    "bom": (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    "array": (b"[1, 2]", {"body": [1, 2]}),
    "string": (b'"hello"', {"body": "hello"}),
    "null": (b"null", {"body": None}),
    "number": (b"12.50", {"body": "12.50"}),
    "duplicate keys": (b'{"a": 1, "a": 2}', {"a": 2}),
    "whole surrogate pair": (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
    "zero with an exponent": (b'{"a": 0e-500}', {"a": "0E-500"}),
    "300 digits": (b'{"a": ' + b"9" * 300 + b"}", {"a": int("9" * 300)}),
}


CALLS = {
    "query alone": ("GET", b"", "", "sku=Q1", {"query": {"sku": "Q1"}}),
    "form": ("POST", b"lines[0][sku]=Q1&lines[1][sku]=Q2", FORM, "", {"lines": [{"sku": "Q1"}, {"sku": "Q2"}]}),
    "form and query": ("POST", b"sku=Q1", FORM, "from=shop", {"sku": "Q1", "query": {"from": "shop"}}),
    "json and query": ("PUT", b'{"sku": "Q1"}', "application/json", "n=2", {"sku": "Q1", "query": {"n": "2"}}),
}
HOSTILE = {
    "nothing": (b"", FORM, "", "It is empty: nothing in its body and nothing behind a question mark."),
    "many in the query": (b"", "", "&".join(f"a{n}=1" for n in range(10_000)), "It holds more than 1,000 values."),
    "many in the form": (b"a=1&" * 10_000, FORM, "", "It holds more than 1,000 values."),
    "deep": (b"a" + b"[b]" * 1000 + b"=1", FORM, "", "It is nested deeper than 64 levels."),
    "nul": (b"", "", "a=%00", "It holds the character NUL."),
    "surrogate": (b"a=%ED%A0%80", FORM, "", "It is not UTF-8 text."),
    "no utf-8": (b"", "", "a=\xff", "It is not UTF-8 text."),
    "good form, bad query": (b"a=1", FORM, "a=%ff", "It is not UTF-8 text."),
}


@pytest.mark.parametrize(("method", "body", "content_type", "query", "data"), CALLS.values(), ids=CALLS)
def test_a_recipe_is_given_forms_and_queries_as_values(knock, method, body, content_type, query, data):
    make_hooked()
    path = f"/hooks/{doors.key_of(Hook.objects.get())}/"

    knock(path, body, method, query=query, content_type=content_type)
    work()

    event = Event.objects.get()
    assert (event.fate, event.data) == (Fate.RAN, data)
    assert Run.objects.get().status == RunStatus.DONE


def test_hostile_forms_and_queries_end_as_unreadable_with_the_reason(knock):
    make_hooked()
    path = f"/hooks/{doors.key_of(Hook.objects.get())}/"

    statuses = [knock(path, b, query=q, content_type=c).status for b, c, q, _ in HOSTILE.values()]
    work()

    assert statuses == [200] * len(HOSTILE)
    told = [(e.fate, e.fate_details[0]["because"]) for e in Event.objects.order_by("pk")]
    assert told == [(Fate.UNREADABLE, because) for *_, because in HOSTILE.values()]


def test_poison_is_stored_raw_answered_and_told_with_the_reason(knock):
    recipe = make_hooked()
    path = f"/hooks/{doors.key_of(Hook.objects.get())}/"

    statuses = [knock(path, body).status for body, _ in UNREADABLE.values()]
    knock(path, b'{"name": "after all of that"}')
    work()

    assert statuses == [200] * len(UNREADABLE)
    events = list(Event.objects.order_by("pk"))
    assert [unpack(e.raw) for e in events[:-1]] == [body for body, _ in UNREADABLE.values()]
    assert {(e.fate, e.fate_details[0]["name"]) for e in events[:-1]} == {(Fate.UNREADABLE, recipe.name)}
    for event, (name, (_, because)) in zip(events, UNREADABLE.items(), strict=False):
        assert (name, event.fate_details[0]["because"][: len(because)]) == (name, because)
    run = Run.objects.get(recipe=recipe)
    assert (run.title, run.status) == ("after all of that", RunStatus.DONE)


def test_odd_but_legal_bodies_are_read(knock):
    make_hooked()
    path = f"/hooks/{doors.key_of(Hook.objects.get())}/"

    for body, _ in READABLE.values():
        knock(path, body)
    work()

    events = list(Event.objects.order_by("pk"))
    assert {e.fate for e in events} == {Fate.RAN}
    found = [json.loads(json.dumps(e.data, default=str)) for e in events]
    assert found == [data for _, data in READABLE.values()]


ODD = [
    {"type": {"a": 1}},
    {"type": 5},
    {"id": {"a": [1]}},
    {"id": "x" * 5000},
    {"webhookId": ["x"] * 500},
    {"customFields": "none"},
    {"customFields": [1, None, {"id": 5}]},
    {"tags": 7},
    {"monetaryValue": {"a": 1}},
    {"monetaryValue": "x" * 3000},
    {"dateAdded": 10**40},
    {"timestamp": "9" * 60},
    {"locationId": ["loc"]},
    {"contact": [1]},
    {"data": "text"},
    {"name": {"deep": [{"er": 1}]}},
    {"name": "n" * 5000, "pipelineId": "p" * 5000},
]


@pytest.mark.parametrize("event", ["OpportunityStatusUpdate", "ContactTagUpdate"])
def test_genuine_deliveries_of_odd_shapes_keep_none_waiting(knock, event):
    signer = doors.Signer()
    hook = doors.make_ghl_hook(signer)
    for name in ("opportunity", "contact"):
        make.make_subscription(connection=hook.connection, object=name)
    path = f"/hooks/{doors.key_of(hook)}/"
    odd = [doors.envelope(**{"type": event, "webhookId": f"w{n}", **odd}) for n, odd in enumerate(ODD)]

    for body in (*odd, doors.envelope(webhookId="good", id="opp_2")):
        assert knock(path, body, x_ghl_signature=signer(body)).status == 200
    work()

    *strange, good = Event.objects.order_by("pk")
    assert Fate.WAITING not in {e.fate for e in strange}
    assert (good.fate, good.record_id) == (Fate.NO_RECIPE, "opp_2")


def test_largest_body_is_stored_and_a_larger_one_refused_within_little_memory(knock, settings):
    settings.HOOK_BODY_LIMIT = 5 * 1024 * 1024
    recipe = make_hooked()
    path = f"/hooks/{doors.key_of(Hook.objects.get())}/"
    whole = b'{"name": "large", "a": "' + b"x" * (5 * 1024 * 1024 - 26) + b'"}'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answers = [knock(path, whole).status, knock(path, whole + b" " * 104_858).status]
    work()

    assert len(whole) == settings.HOOK_BODY_LIMIT
    assert answers == [200, 413]
    assert Run.objects.get(recipe=recipe).status == RunStatus.DONE
    assert unpack(Event.objects.get().raw) == whole
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 60 * 1024, "more than 60 MB"
