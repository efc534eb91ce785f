"""Who may come into the Invoice Ninja sandbox, and what a caller that doesn't say "JSON" gets."""

import pytest

from tests.sandboxes import bench

API = "/api/v1"


def said(answer):
    return answer.status_code, answer.json()


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_bad_token_is_a_403(books, token):
    answer = books.call("GET", f"{API}/clients", headers={"X-API-TOKEN": token})

    assert said(answer) == (403, {"message": "Invalid token", "errors": {}})


def test_missing_permission_is_a_401(books):
    books.app.store.put("tokens", {"id": "reader", "can": "view", "user_id": ""})
    mine = {"X-API-TOKEN": "reader"}

    assert books.call("GET", f"{API}/clients", headers=mine).status_code == 200
    assert said(books.call("POST", f"{API}/clients", {}, headers=mine)) == (
        401,
        {"message": "This action is unauthorized."},
    )
    assert books.call("GET", f"{API}/webhooks", headers=mine).status_code == 401


def test_record_that_is_not_there_is_a_400(books):
    words = said(books.call("GET", f"{API}/clients/nothing000"))
    digits = said(books.call("GET", f"{API}/clients/5"))

    assert words == (400, {"message": "No query results for model [App\\Models\\Client] nothing000"})
    assert digits == (400, {"message": "Record with value 5 not found"})


def test_wrong_route_and_wrong_verb_are_a_404(books):
    assert said(books.call("GET", f"{API}/dreams")) == (404, {"message": "Route does not exist"})
    assert said(books.call("DELETE", f"{API}/ping")) == (404, {"message": "Method not supported for this route"})


def test_without_saying_json_errors_are_pages_and_redirects(books):
    plain = {"X-Requested-With": None, "Accept": "*/*"}

    invalid = books.call("POST", f"{API}/invoices", {}, headers=plain)
    missing = books.call("GET", f"{API}/clients/nothing000", headers=plain)
    fine = books.call("GET", f"{API}/ping", headers=plain)

    assert (invalid.status_code, invalid.headers["location"]) == (302, "/")
    assert (missing.status_code, missing.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert fine.status_code == 200
    assert books.call("GET", "/").text.startswith("<!doctype html>")


def test_accept_alone_says_json(books):
    answer = books.call("POST", f"{API}/invoices", {}, headers={"X-Requested-With": None, "Accept": "application/json"})

    assert answer.status_code == 422


def test_every_answer_names_the_version(books):
    for answer in (books.call("GET", f"{API}/ping"), books.call("GET", f"{API}/dreams")):
        assert answer.headers["x-app-version"] == "5.10.17"
        assert answer.headers["x-minimum-client-version"] == "5.0.16"


def test_install_in_a_folder_answers_only_there():
    for books in bench.invoice_ninja(base_path="/billing"):
        assert books.call("GET", f"/billing{API}/ping").status_code == 200
        outside = books.call("GET", f"{API}/ping")
        assert (outside.status_code, outside.headers["content-type"]) == (404, "text/html; charset=utf-8")
        plain = {"X-Requested-With": None, "Accept": "*/*"}
        lost = books.call("POST", f"/billing{API}/invoices", {}, headers=plain)
        assert lost.headers["location"] == "/billing/"
        assert books.get("/_sandbox/state")["connect"]["path"] == "/billing"


def test_hosted_limit_has_no_retry_after():
    for books in bench.invoice_ninja(rate_max=2):
        answers = [books.call("GET", f"{API}/ping") for _ in range(3)]

        assert [one.status_code for one in answers] == [200, 200, 429]
        assert answers[2].json() == {"message": "Too many requests"}
        assert "retry-after" not in answers[2].headers
        books.clock.now += 61
        assert books.call("GET", f"{API}/ping").status_code == 200


def test_form_bodies_and_queries_count_as_input(books):
    answer = books.call("POST", f"{API}/clients?city=Lyme", data={"name": "By form"})

    assert (answer.json()["data"]["name"], answer.json()["data"]["city"]) == ("By form", "Lyme")


def test_body_that_is_no_json_counts_as_empty(books):
    answer = books.call("POST", f"{API}/invoices", content=b"{", headers={"Content-Type": "application/json"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["client_id"])
