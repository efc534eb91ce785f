import pytest

from connectors.errors import (
    Duplicate,
    Forbidden,
    Misconfigured,
    NotFound,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
    Unknown,
)
from connectors.invoice_ninja.answers import explain, limits
from connectors.spec import Request
from tests.connectors.talk import answer, page

READ, WRITE = Request("GET", "/api/v1/clients"), Request("POST", "/api/v1/clients", json={})


def problem(given, request=READ):
    with pytest.raises(Exception) as caught:
        explain(request, given, "get the client")
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (400, {"message": "No query results for model [App\\Models\\Client] x"}, NotFound, "no such record"),
        (400, {"message": "Record with value 5 not found"}, NotFound, "no such record"),
        (400, {"message": "Record is deleted and cannot be edited."}, Refused, "Restore it there first"),
        (400, {"error": {"message": "Invoice has no balance owing"}}, Refused, "Invoice has no balance owing"),
        (400, "Invalid event", Refused, "Invalid event"),
        (401, {"message": "This action is unauthorized."}, Forbidden, "user may not get the client"),
        (403, {"message": "Invalid token", "errors": {}}, SignedOut, "make a new one"),
        (403, {"message": "Feature not available with free / unpaid account."}, Forbidden, "paid plan"),
        (404, {"message": "Route does not exist"}, Misconfigured, "no Invoice Ninja 5"),
        (401, {"statusCode": 401, "message": "Invalid JWT"}, Misconfigured, "Another service than Invoice Ninja"),
        (412, {"message": "Invalid Password", "errors": {}}, Forbidden, "password"),
        (422, {"message": "x", "errors": {"date": ["The date is wrong."]}}, Refused, "The date is wrong."),
    ],
)
def test_every_status_means_what_it_means_there(status, body, kind, says):
    found = problem(answer(body, status))

    assert type(found) is kind
    assert says in found.message
    assert found.response.status == status


def test_route_that_an_older_version_lacks_names_the_version():
    found = problem(answer({"message": "Route does not exist"}, 404, x_app_version="5.3.1"))

    assert found.message == "Invoice Ninja 5.3.1 has no way to get the client: update it to the newest version 5."


def test_duplicate_request_is_tried_again_after_the_guard():
    found = problem(answer({"message": "Duplicate request"}, 400), WRITE)

    assert (type(found), found.retry_after, found.again) == (RateLimited, 3, True)


def test_too_many_requests_waits_for_the_next_minute():
    found = problem(answer({"message": "Too many requests"}, 429))

    assert (type(found), found.retry_after) == (RateLimited, 60)


def test_invalid_field_is_named():
    found = problem(answer({"errors": {"due_date": ["Too early.", "Really."]}}, 422))

    assert (found.field, found.message) == ("due_date", "Couldn't get the client: Too early. Really.")


def test_every_invalid_field_is_told_and_the_first_is_named():
    errors = {"due_date": ["Too early."], "number": ["The number must be a text."], "po_number": ["Too long"]}

    found = problem(answer({"message": "The given data was invalid.", "errors": errors}, 422))

    says = "Couldn't get the client: due_date: Too early. The number must be a text. po_number: Too long."
    assert (type(found), found.field, found.message) == (Refused, "due_date", says)


def test_what_is_wrong_besides_is_no_duplicate():
    errors = {"date": ["The date is wrong."], "number": ["The number has already been taken."]}

    assert type(problem(answer({"errors": errors}, 422), WRITE)) is Refused


def test_locked_invoice_gives_its_reason_as_a_text():
    found = problem(answer({"message": "", "errors": {"number": "This invoice is locked"}}, 422))

    assert found.message == "Couldn't get the client: This invoice is locked."


@pytest.mark.parametrize("field", ["number", "id_number", "idempotency_key"])
def test_what_exists_already_is_a_duplicate(field):
    found = problem(answer({"errors": {field: [f"The {field} has already been taken."]}}, 422), WRITE)

    assert (type(found), found.field) == (Duplicate, field)


def test_web_page_instead_of_json_is_a_wrong_address():
    found = problem(page())

    assert (type(found), found.field) == (Misconfigured, "base_url")


def test_unreadable_answer_to_a_write_leaves_open_whether_it_happened():
    assert type(problem(page(), WRITE)) is Unknown
    assert type(problem(answer(None), WRITE)) is Unknown


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [(READ, 500, Unavailable), (WRITE, 500, Unknown), (WRITE, 503, Unavailable), (READ, 503, Unavailable)],
)
def test_an_error_after_a_write_began_is_unknown(request_, status, kind):
    assert type(problem(answer({"message": "Server Error"}, status), request_)) is kind


def test_version_4_is_refused_whatever_it_answers():
    found = problem(answer({"data": []}, 200, x_ninja_version="4.5.50"))

    assert (type(found), found.message[:24]) == (Misconfigured, "This is Invoice Ninja 4,")


def test_good_answer_passes():
    assert explain(READ, answer({"data": []}), "get the client") is None


def test_limits_are_read_where_they_are_counted():
    assert limits(answer({}, x_ratelimit_remaining="482")) == {"remaining": 482}
    assert limits(answer({})) == {}
