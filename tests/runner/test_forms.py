"""A call of a recipe's own address: JSON, a form, or nothing but what stands behind the question mark."""

import random
import time
import tracemalloc

import pytest

from builder.runner import forms
from builder.runner.bodies import Unreadable

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
DEEP, UTF8, MANY = (
    "It is nested deeper than 64 levels.", "It is not UTF-8 text.", "It holds more than 1,000 values.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("form", "found"),
    [
        (b"", {}),
        (b"sku=Q1", {"sku": "Q1"}),
        (b"a=1&b=&c", {"a": "1", "b": "", "c": ""}),
        (b"name=Mara+Lindqvist&mail=m%40x.example", {"name": "Mara Lindqvist", "mail": "m@x.example"}),
        (b"city=K%C3%B6ln&town=K\xc3\xb6ln", {"city": "Köln", "town": "Köln"}),
        (b"tag=a&tag=b", {"tag": ["a", "b"]}),
        (b"tag[]=a", {"tag": ["a"]}),
        (b"tag%5B%5D=a&tag[]=b", {"tag": ["a", "b"]}),
        (b"a[b]=1&a[c][d]=2", {"a": {"b": "1", "c": {"d": "2"}}}),
        (b"line[0][sku]=Q1&line[0][n]=2&line[1][sku]=Q2", {"line": [{"sku": "Q1", "n": "2"}, {"sku": "Q2"}]}),
        (b"line[][sku]=Q1&line[][sku]=Q2", {"line": [{"sku": "Q1"}, {"sku": "Q2"}]}),
        (b"a[5]=x&a[7]=y", {"a": {"5": "x", "7": "y"}}),
        (b"0=a&1=b", {"0": "a", "1": "b"}),
        (b"a=1&a[b]=2", {"a": "1", "a[b]": "2"}),
        (b"a[b]=2&a=1", {"a": {"b": "2", "": "1"}}),
        (b"1[a]=1&=2&=3", {"1": {"a": "1"}, "": ["2", "3"]}),
        (b"a[1][x]=1&a[]=2", {"a": {"1": {"x": "1"}}, "a[]": "2"}),
        (b"a[b=1&]=2&[x]=3&a]b[=4", {"a[b": "1", "]": "2", "[x]": "3", "a]b[": "4"}),
        (b"a=%zz&b=%&c=%4", {"a": "%zz", "b": "%", "c": "%4"}),
        (b"&&a=1&&", {"a": "1"}),
        (b"a=" + b"x" * 1_000_000, {"a": "x" * 1_000_000}),
    ],
)  # fmt: skip
def test_form_is_read_as_names_and_texts(form: bytes, found: object) -> None:
    assert forms.parse(form) == found


@pytest.mark.parametrize(
    ("form", "because"),
    [
        (b"&".join(b"a%d=1" % n for n in range(10_000)), MANY),
        (b"&" * 1_000_000, MANY),
        (b"a" + b"[b]" * 64 + b"=1", DEEP),
        (b"a" + b"[]" * 400_000 + b"=1", DEEP),
        (b"[" * 900_000 + b"=1", DEEP),
        (b"a=x%00y", "It holds the character NUL."),
        (b"a\x00=1", "It holds the character NUL."),
        (b"a=%ff", UTF8),
        (b"a=\xff", UTF8),
        (b"a=%ED%A0%80", UTF8),
    ],
)
def test_form_that_cannot_be_read_says_why(form: bytes, because: str) -> None:
    with pytest.raises(Unreadable) as problem:
        forms.parse(form)

    assert str(problem.value) == because


@pytest.mark.parametrize(
    ("body", "content_type", "query", "found"),
    [
        (b'{"a": 1}', JSON, b"", {"a": 1}),
        (b'{"a": 1}', JSON, b"sku=Q1", {"a": 1, "query": {"sku": "Q1"}}),
        (b'{"query": 1}', JSON, b"sku=Q1", {"query": 1, "query_string": {"sku": "Q1"}}),
        (b"[1]", JSON, b"sku=Q1", {"body": [1], "query": {"sku": "Q1"}}),
        (b"", "", b"sku=Q1", {"query": {"sku": "Q1"}}),
        (b" \r\n", FORM, b"sku=Q1", {"query": {"sku": "Q1"}}),
        (b"sku=Q1", f"{FORM}; charset=UTF-8", b"", {"sku": "Q1"}),
        (b"sku=Q1", FORM.title(), b"from=shop", {"sku": "Q1", "query": {"from": "shop"}}),
        (b'{"a": 1}', FORM, b"", {"a": 1}),
    ],
)
def test_call_gives_its_body_and_what_stands_behind_the_question_mark(
    body: bytes, content_type: str, query: bytes, found: object
) -> None:
    assert forms.called(body, content_type, query) == found


@pytest.mark.parametrize(
    ("body", "content_type", "because"),
    [
        (b"", "", "It is empty: nothing in its body and nothing behind a question mark."),
        (
            b"--x",
            "multipart/form-data; boundary=x",
            "It is a form with files (multipart/form-data): send JSON or a form",
        ),
        (b"sku=Q1", "text/plain", "It is not JSON: "),
        (b'{"a": ', FORM, "It is not JSON: "),
    ],
)
def test_call_that_cannot_be_read_says_why(body: bytes, content_type: str, because: str) -> None:
    with pytest.raises(Unreadable) as problem:
        forms.called(body, content_type, b"")

    assert str(problem.value)[: len(because)] == because


def test_no_form_trips_the_reader_up() -> None:
    chance = random.Random(7)
    parts = [
        b"a",
        b"b",
        b"[",
        b"]",
        b"[]",
        b"&",
        b"=",
        b"%",
        b"%00",
        b"%5B",
        b"%ED%A0%80",
        b"\xff",
        b"+",
        b"0",
        b"[0]",
        b"1",
    ]

    for _ in range(20_000):
        form = b"".join(chance.choices(parts, k=chance.randrange(24)))
        try:
            assert isinstance(forms.parse(form), dict)
        except Unreadable as problem:
            assert str(problem)


@pytest.mark.parametrize(
    "form",
    [b"&".join(b"a%d" % n + b"[]" * 60 + b"=1" for n in range(1000)), b"&".join([b"a[]=" + b"x" * 1000] * 1000)],
    ids=["deep", "long"],
)
def test_the_largest_form_is_read_in_a_moment_and_a_little_memory(form: bytes) -> None:
    tick = time.process_time()
    forms.parse(form)
    took = time.process_time() - tick
    tracemalloc.start()
    try:
        forms.parse(form)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert took < 2
    assert peak < 64 * 1024 * 1024
