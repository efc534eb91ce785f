"""Signing in and turning pages, for a web request of one's own."""

import pytest

from connectors.client import build
from connectors.errors import Misconfigured, Refused
from connectors.redact import DOTS
from connectors.spec import Context
from connectors.tools import CONNECTOR, http, paging
from tests.connectors.talk import answer, talk

URL = "https://api.example/orders?team=a"
KEY = "key-of-nobody-1"


def perform(*answers, **inputs):
    given = {"method": "GET", "url": URL, **inputs}
    return talk(CONNECTOR.operations["tools.http.request"].perform(given, Context(http.account_for(given))), *answers)


def sent(**inputs):
    given = {"method": "GET", "url": URL, **inputs}
    return build(http.account_for(given), http.request_of(given))


def queries(asked):
    return [{name: values[-1] for name, values in request.query.items()} for request in asked]


@pytest.mark.parametrize(
    ("inputs", "name", "value"),
    [
        ({"auth": "bearer", "auth_secret": KEY}, "authorization", f"Bearer {KEY}"),
        ({"auth": "bearer", "auth_secret": f"Bearer {KEY}"}, "authorization", f"Bearer {KEY}"),
        ({"auth": "basic", "auth_name": "mara", "auth_secret": "höhö"}, "authorization", "Basic bWFyYTpow7Zow7Y="),
        ({"auth": "header", "auth_name": "X-Api-Key", "auth_secret": KEY}, "x-api-key", KEY),
    ],
)
def test_request_says_who_it_comes_from(inputs, name, value):
    assert sent(**inputs).headers[name] == value


def test_key_behind_the_question_mark():
    request = sent(auth="query", auth_name="key", auth_secret=KEY)

    assert str(request.url) == f"https://api.example/orders?team=a&key={KEY}"
    assert "authorization" not in sent(auth="none", auth_secret=KEY).headers


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"auth": "bearer"}, "auth_secret"),
        ({"auth": "bearer", "auth_secret": "a\nb"}, "auth_secret"),
        ({"auth": "header", "auth_secret": KEY}, "auth_name"),
        ({"auth": "header", "auth_name": "X Key", "auth_secret": KEY}, "auth_name"),
        ({"auth": "basic", "auth_name": "a:b", "auth_secret": "p"}, "auth_name"),
        ({"auth": "query", "auth_secret": KEY}, "auth_name"),
        ({"auth": "smoke signal", "auth_secret": KEY}, "auth"),
    ],
)
def test_what_can_not_be_sent_is_told_at_its_field(inputs, field):
    with pytest.raises(Misconfigured) as caught:
        sent(**inputs)

    assert caught.value.field == field


@pytest.mark.parametrize("auth", ["bearer", "basic", "query", "none"])
def test_secret_is_shown_to_nobody(auth):
    inputs = {
        "method": "GET",
        "url": URL,
        "auth": auth,
        "auth_name": "mara",
        "auth_secret": KEY,
        "body": f"it is {KEY}",
    }

    assert http.shown(inputs) == {**inputs, "auth_secret": DOTS, "body": f"it is {DOTS}"}
    assert KEY in http.account_for(inputs).secrets


def test_one_page_is_the_default():
    output, asked = perform(answer({"data": [1], "next": "b"}))

    assert (len(asked), output["items"], output["pages"], output["more"]) == (1, [], 1, False)


def test_pages_by_their_number_end_with_an_empty_one():
    output, asked = perform(
        answer({"data": [1, 2]}), answer({"data": [3]}), answer({"data": []}), pages="number", items_at="data"
    )

    assert queries(asked) == [{"team": "a"}, {"team": "a", "page": "2"}, {"team": "a", "page": "3"}]
    assert (output["items"], output["pages"], output["more"]) == ([1, 2, 3], 3, False)


def test_pages_that_begin_at_0():
    query = [{"name": "p", "value": "0"}]

    _, asked = perform(answer([1]), answer([]), pages="number", page_name="p", query=query)

    assert [request.query["p"][-1] for request in asked] == ["0", "1"]


def test_entries_that_are_counted():
    _, asked = perform(answer([1, 2]), answer([3]), answer([]), pages="offset", page_name="skip")

    assert queries(asked)[1:] == [{"team": "a", "skip": "2"}, {"team": "a", "skip": "3"}]


def test_mark_of_the_answer_leads_on():
    output, asked = perform(
        answer({"rows": [1], "meta": {"next": "b"}}),
        answer({"rows": [2], "meta": {"next": None}}),
        pages="cursor",
        items_at="rows",
        next_at="meta.next",
    )

    assert queries(asked)[1] == {"team": "a", "cursor": "b"}
    assert output["items"] == [1, 2]


def test_mark_that_comes_again_ends_it():
    output, asked = perform(
        answer({"rows": [1], "next": "b"}), answer({"rows": [2], "next": "b"}), pages="cursor", items_at="rows"
    )

    assert (len(asked), output["more"]) == (2, False)


@pytest.mark.parametrize("told", ["https://api.example/orders?page=2", "/orders?page=2", "?page=2"])
def test_address_of_the_next_page(told):
    output, asked = perform(
        answer({"data": [1], "links": {"next": told}}),
        answer({"data": [2], "links": {}}),
        pages="link",
        items_at="data",
        next_at="links.next",
        auth="bearer",
        auth_secret=KEY,
    )

    assert (asked[1].path, asked[1].query) == ("/orders", {"page": ["2"]})
    assert output["items"] == [1, 2]


def test_header_names_the_next_page():
    link = '<https://api.example/orders?page=9>; rel="last", <https://api.example/orders?page=2>; rel="next"'

    _, asked = perform(answer([1], link=link), answer([2]), pages="link")

    assert asked[1].query == {"page": ["2"]}


def test_next_page_at_another_address_is_not_asked_for():
    """The token is of this one alone."""
    with pytest.raises(Refused, match=r"another address \(evil.example\)"):
        perform(answer({"next": "https://evil.example/orders"}), pages="link", next_at="next")


def test_no_more_pages_than_wanted():
    output, asked = perform(answer([1]), answer([2]), pages="number", pages_most=2)

    assert (len(asked), output["items"], output["more"]) == (2, [1, 2], True)


def test_only_what_reads_turns_pages():
    output, asked = perform(answer([1]), method="POST", pages="number")

    assert (len(asked), output["items"]) == (1, [])


def test_way_that_is_none_is_refused():
    with pytest.raises(Refused) as caught:
        perform(pages="leafing")

    assert caught.value.field == "pages"


@pytest.mark.parametrize(
    ("way", "url", "query", "next_one"),
    [
        ("number", "https://api.example/orders?page=0", [], "1"),
        ("number", "https://api.example/orders?page=3", [], "4"),
        ("number", "https://api.example/orders?page=3", [{"name": "page", "value": "7"}], "8"),
        ("offset", "https://api.example/orders?offset=100", [], "102"),
        ("offset", "https://api.example/orders", [], "2"),
    ],
)
def test_pages_go_on_from_where_the_first_one_began(way, url, query, next_one):
    done, asked = perform(answer([1, 2]), answer([]), pages=way, url=url, query=query)

    assert asked[1].query[way.replace("number", "page")][-1] == next_one
    assert done["items"] == [1, 2]


def test_all_pages_together_are_no_larger_than_one_answer_may_be():
    whole = "x" * (paging.LARGEST // 2)
    page = answer([whole])
    page = type(page)(page.status, page.headers, b"x" * (paging.LARGEST // 2), page.json)

    done, asked = perform(page, page, pages="number", pages_most="50")

    assert (len(asked), done["more"], len(done["items"])) == (2, True, 2)
