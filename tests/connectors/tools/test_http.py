import pytest

from connectors.client import build
from connectors.errors import Misconfigured, NotFound, RateLimited, Refused, Unavailable, Unknown
from connectors.redact import DOTS
from connectors.spec import Context, Retry
from connectors.tools import CONNECTOR, http
from tests.connectors.talk import answer, page, talk

URL = "https://hooks.example/orders/7?team=a&team=b"


def perform(inputs, *answers):
    context = Context(http.account_for(inputs))
    return talk(CONNECTOR.operations["tools.http.request"].perform(inputs, context), *answers)


def test_request_goes_out_as_it_was_written():
    inputs = {
        "method": "POST",
        "url": URL,
        "query": [{"name": "page", "value": "2"}],
        "headers": [{"name": "X-Key", "value": "k"}],
        "body": {"id": 7},
    }

    sent = build(http.account_for(inputs), http.request_of(inputs))

    assert (sent.method, str(sent.url)) == ("POST", "https://hooks.example/orders/7?team=a&team=b&page=2")
    assert (sent.headers["x-key"], sent.content) == ("k", b'{"id":7}')


def test_answer_is_given_whole():
    output, _ = perform({"method": "GET", "url": URL}, answer({"ok": True}, 201))

    assert output == {
        "status": 201,
        "headers": {"content-type": "application/json"},
        "body": {"ok": True},
        "items": [],
        "pages": 1,
        "more": False,
    }


def test_answer_that_is_no_json_is_given_as_text():
    output, _ = perform({"method": "GET", "url": URL}, page())

    assert output["body"] == "<!doctype html><title>Sign in</title>"


def test_body_can_be_a_form():
    request = http.request_of({"method": "POST", "url": URL, "send_as": "form", "body": {"a": 1}})

    assert (request.form, request.json) == ({"a": "1"}, None)


def test_body_that_is_no_object_is_no_form():
    with pytest.raises(Refused) as caught:
        http.request_of({"method": "POST", "url": URL, "send_as": "form", "body": [1]})

    assert caught.value.field == "body"


def test_get_has_no_body():
    assert http.request_of({"method": "GET", "url": URL, "body": {"a": 1}}).json is None


@pytest.mark.parametrize("name", ["Host", "content-length", "X Key", "X-Key\r\nEvil"])
def test_header_that_would_break_the_request_is_refused(name):
    with pytest.raises(Refused) as caught:
        http.request_of({"method": "GET", "url": URL, "headers": [{"name": name, "value": "x"}]})

    assert caught.value.field == "headers"


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://a.example", "https://me:pw@a.example"])
def test_address_that_is_none_is_refused_at_its_field(url):
    with pytest.raises(Misconfigured) as caught:
        http.account_for({"url": url})

    assert caught.value.field == "url"


def test_unknown_method_is_refused():
    with pytest.raises(Refused) as caught:
        http.request_of({"method": "BREW", "url": URL})

    assert caught.value.field == "method"


@pytest.mark.parametrize(
    ("method", "retry"),
    [
        ("GET", Retry.READ),
        ("PUT", Retry.IDEMPOTENT),
        ("DELETE", Retry.IDEMPOTENT),
        ("POST", Retry.ONCE),
        ("PATCH", Retry.ONCE),
    ],
)
def test_class_follows_from_the_method(method, retry):
    assert http.class_of({"method": method}) is retry


@pytest.mark.parametrize(
    ("method", "status", "kind"),
    [
        ("GET", 404, NotFound),
        ("POST", 422, Refused),
        ("POST", 429, RateLimited),
        ("POST", 500, Unknown),
        ("POST", 503, Unavailable),
        ("GET", 500, Unavailable),
    ],
)
def test_error_ends_the_step(method, status, kind):
    with pytest.raises(kind):
        perform({"method": method, "url": URL}, answer({}, status, retry_after="7"))


def test_wait_that_the_service_names_is_kept():
    with pytest.raises(RateLimited) as caught:
        perform({"method": "GET", "url": URL}, answer({}, 429, retry_after="7"))

    assert caught.value.retry_after == 7


SECRETS = {
    "method": "PUT",
    "url": "https://hooks.example/orders?token=url-token-1&page=2",
    "query": [{"name": "api_key", "value": "query-key-1"}, {"name": "page", "value": "2"}],
    "headers": [{"name": "Authorization ", "value": "Bearer bearer-token-1"}, {"name": "X-Key", "value": "short"}],
    "body": {"id": 7, "password": "p", "note": "it is bearer-token-1", "key": "Q1"},
}


def test_secrets_of_a_request_are_hidden_where_it_is_shown():
    assert http.shown(SECRETS) == {
        "method": "PUT",
        "url": f"https://hooks.example/orders?token={DOTS}&page=2",
        "query": [{"name": "api_key", "value": DOTS}, {"name": "page", "value": "2"}],
        "headers": [{"name": "Authorization ", "value": DOTS}, {"name": "X-Key", "value": DOTS}],
        "body": {"id": 7, "password": DOTS, "note": f"it is {DOTS}", "key": "Q1"},
    }


def test_secrets_of_a_request_are_sent_and_looked_for_in_what_comes_back():
    place = http.account_for(SECRETS)

    sent = build(place, http.request_of(SECRETS))

    assert place.secrets == ("Bearer bearer-token-1", "bearer-token-1", "query-key-1", "url-token-1")
    assert (sent.headers["authorization"], sent.url.params["token"]) == ("Bearer bearer-token-1", "url-token-1")


@pytest.mark.parametrize(
    "inputs",
    [{}, {"url": None}, {"url": 7, "headers": 7, "query": "token=1"}, {"headers": [None, 7, {"value": "x"}]},
     {"headers": [{"name": 1}]}, {"url": "http://[", "body": "password"}],
)  # fmt: skip
def test_what_is_no_request_is_shown_as_it_is(inputs):
    assert http.shown(inputs) == {**inputs, **({"url": "7"} if inputs.get("url") == 7 else {})}
