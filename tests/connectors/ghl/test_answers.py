import pytest

from connectors.errors import (
    Duplicate,
    Forbidden,
    Lacking,
    Misconfigured,
    NotFound,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
    Unknown,
)
from connectors.ghl import CONNECTOR
from connectors.ghl.answers import explain, limits
from connectors.spec import Request
from tests.connectors.talk import answer, make_context, page, talk

READ, WRITE = Request("GET", "/x"), Request("POST", "/x", json={})


def said(message: str, status: int):
    return answer({"statusCode": status, "message": message}, status)


TABLE = [
    (said("Invalid JWT", 401), SignedOut, "no longer accepts this token"),
    (said("The token is not authorized for this scope.", 401), Lacking, "permission to get a contact"),
    (said("This route is not yet supported by the IAM Service", 401), Misconfigured, "no such way to get a contact"),
    (said("E01 - Unauthorized request", 401), Refused, "company"),
    (said("Command timed out", 401), Unavailable, "gateway timed out"),
    (said("You do not have access to this feature", 401), Forbidden, "plan"),
    (said("The token does not have access to this location.", 403), Misconfigured, "location id"),
    (said("Forbidden resource", 403), Forbidden, "agency"),
    (answer(None, 404), NotFound, "no such record"),
    (page(404), Misconfigured, "https://services.leadconnectorhq.com"),
    (page(200), Misconfigured, "https://services.leadconnectorhq.com"),
    (answer({"message": "x"}, 404, x_app_version="5.12.0"), Misconfigured, "An Invoice Ninja answers at this address"),
    (
        answer({"message": ["name must be a string", "x"], "error": "Unprocessable"}, 422),
        Refused,
        "name must be a string; x",
    ),
    (answer({"error": {"message": "v3 says no"}}, 400), Refused, "v3 says no"),
    (answer({"message": "dup", "meta": {"contactId": "c1"}}, 400), Duplicate, "c1"),
    (
        answer(
            {
                "message": "Conversation already exists",
                "canonicalCode": "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS",
                "conversationId": "v1",
            },
            400,
        ),
        Duplicate,
        "v1",
    ),
    (answer({"message": "x", "canonicalCode": "SOMETHING_ELSE", "conversationId": "v1"}, 400), Refused, "x"),
    (said("Location not found", 400), Misconfigured, "location id"),
    (said("boom", 503), Unavailable, "not available"),
]


@pytest.mark.parametrize(("response", "kind", "words"), TABLE)
def test_answer_is_explained(response, kind, words):
    with pytest.raises(kind) as caught:
        explain(READ, response, "get a contact")

    assert type(caught.value) is kind
    assert words in caught.value.message
    assert caught.value.response is response


@pytest.mark.parametrize("response", [said("boom", 500), said("Command timed out", 401)])
def test_breakdown_during_a_write_is_unknown(response):
    with pytest.raises(Unknown):
        explain(WRITE, response, "create a contact")


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        (["email must be an email", "phone must be a string"], "email"),
        (["tags: each value in tags must be a string"], ""),
        (["each value in tags must be a string"], "tags"),
        (["property shoeSize should not exist"], "shoeSize"),
        (["address.city must be a string"], "address"),
        (["Invalid Operator passed for field date_updated"], ""),
        ("email must be an email", ""),
        ([], ""),
    ],
)
def test_field_that_is_refused_first_is_named(messages, field):
    with pytest.raises(Refused) as caught:
        explain(WRITE, answer({"message": messages}, 422), "create a contact")

    assert caught.value.field == field


@pytest.mark.parametrize(("message", "field"), [("email must be an email", "email"), ("shoeSize must be a string", "")])
def test_only_an_input_of_the_operation_is_blamed(message, field):
    create = CONNECTOR.operations["ghl.contacts.create"]

    with pytest.raises(Refused) as caught:
        talk(create.perform({"email": "x"}, make_context()), answer({"message": [message]}, 422))

    assert caught.value.field == field


def test_good_answer_passes():
    assert explain(READ, answer({"a": 1}, 201), "get") is None


def test_budget_used_up_names_the_wait():
    headers = {"x_ratelimit_remaining": "0", "x_ratelimit_interval_milliseconds": "7000"}

    with pytest.raises(RateLimited) as caught:
        explain(READ, answer({"message": "Too Many Requests"}, 429, **headers), "get")

    assert caught.value.retry_after == 7


def test_limits_are_read_from_headers():
    headers = {
        "x_ratelimit_remaining": "42",
        "x_ratelimit_interval_milliseconds": "10000",
        "x_ratelimit_daily_remaining": "199000",
    }

    assert limits(answer({}, **headers)) == {"remaining": 42, "reset_ms": 10000, "daily_remaining": 199000}
    assert limits(answer({})) == {}
