"""What Invoice Ninja asks the user's password for: users, and clients that are merged or erased."""

import base64

import pytest

from connectors.catalogue import CONNECTORS
from connectors.client import build
from connectors.errors import Forbidden, Refused
from connectors.invoice_ninja.account import account
from connectors.spec import Request
from tests.connectors.talk import answer, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]
PLACE = {"base_url": "https://billing.example", "token": "t0ken"}
GONE = answer({"message": "No query results for model [App\\Models\\Client] c2"}, 400)


def perform(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context()), *answers)


def find(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].find(inputs, make_context(marker="wf-x")), *answers)


def data(record):
    return answer({"data": record})


def headers(password, **request):
    sent = build(account("token", {**PLACE, "user_password": password}), Request("POST", "/api/v1/users", **request))
    return {name: value for name, value in sent.headers.items() if "password" in name}


def test_password_goes_only_with_the_calls_that_want_it():
    assert headers("correct horse", proof=True) == {"x-api-password": "correct horse"}
    assert headers("correct horse") == {}
    assert headers("", proof=True) == {}


@pytest.mark.parametrize("password", ["Grüße", " leading", "two\nlines"])
def test_password_that_no_header_can_hold_is_sent_in_base64(password):
    assert headers(password, proof=True) == {"x-api-password-base64": base64.b64encode(password.encode()).decode()}


def test_password_is_a_secret_in_both_spellings_and_no_setting():
    made = account("token", {**PLACE, "user_password": "correct horse"})

    assert made.secrets == ("t0ken", "correct horse", base64.b64encode(b"correct horse").decode())
    assert made.settings == {}


def test_call_without_the_password_says_where_to_enter_it():
    with pytest.raises(Forbidden, match="Enter it in the connection"):
        perform("users.get", {"user_id": "u1"}, answer({"message": "Invalid Password", "errors": {}}, 412))


@pytest.mark.parametrize(
    ("key", "inputs", "answers"),
    [
        ("users.get", {"user_id": "u1"}, [data({"id": "u1"})]),
        ("users.create", {"first_name": "A", "last_name": "B", "email": "a@b.example"}, [data({"id": "u1"})]),
        ("users.update", {"user_id": "u1", "first_name": "A"}, [data({"id": "u1"}), data({"id": "u1"})]),
        ("users.invite", {"user_id": "u1"}, [answer({})]),
        ("users.detach", {"user_id": "u1"}, [answer({})]),
        ("clients.purge", {"client_id": "c1"}, [answer({"message": "Success"})]),
    ],
)
def test_every_guarded_call_bears_the_proof(key, inputs, answers):
    _, asked = perform(key, inputs, *answers)

    assert all(request.proof for request in asked)


def test_update_of_a_user_keeps_name_address_and_role():
    person = {"first_name": "Odile", "last_name": "Farrow", "email": "odile@farrow.example"}
    there = {"id": "u1", **person, "company_user": {"is_admin": False, "permissions": "view_client"}}

    _, (_read, sent) = perform(
        "users.update", {"user_id": "u1", "company_user.is_admin": True}, data(there), data(there)
    )

    assert sent.json == {**person, "company_user": {"is_admin": True, "permissions": "view_client"}}


def test_lost_user_is_found_by_the_address():
    rows = answer({"data": [{"id": "u2", "email": "Odile@Farrow.example"}, {"id": "u1", "email": "x@y.example"}]})

    found, _ = find("users.create", {"email": "odile@farrow.example"}, rows)

    assert found == [{"user": {"id": "u2", "email": "Odile@Farrow.example"}}]


def test_user_that_stays_after_a_200_is_a_refusal():
    there = {"id": "u1", "archived_at": 0, "is_deleted": False}

    with pytest.raises(Refused, match="left the user as it was"):
        perform("users.archive", {"user_id": "u1"}, data(there), answer({"data": []}), data(there))


def test_merge_that_happened_is_known_by_the_missing_client():
    found, _ = find("clients.merge", {"client_id": "c1", "other_id": "c2"}, GONE, data({"id": "c1"}))
    none, _ = find("clients.merge", {"client_id": "c1", "other_id": "c2"}, data({"id": "c2"}))

    assert (found, none) == ([{"client": {"id": "c1"}}], [])


def test_client_is_not_merged_with_itself():
    with pytest.raises(Refused, match="choose two"):
        perform("clients.merge", {"client_id": "c1", "other_id": "c1"})


def test_erased_client_is_erased_once():
    again, _ = perform("clients.purge", {"client_id": "c2"}, GONE)
    found, _ = find("clients.purge", {"client_id": "c2"}, GONE)

    assert again == {"deleted": True, "found": False}
    assert found == [{"deleted": True, "found": True}]
