"""Clients of the Invoice Ninja sandbox, and the traps of their update."""

import pytest

API = "/api/v1/clients"


def make(books, **fields):
    return books.post(API, {"name": "Farrow Sails", **fields})["data"]


def person(**fields):
    return {"first_name": "Odile", "last_name": "Farrow", "email": "odile@farrow.example", **fields}


def errors(answer):
    return answer.status_code, answer.json()["errors"]


def test_client_gets_number_contact_and_currency(books):
    made = make(books, contacts=[person()], country_code="GB", currency_code="GBP")

    assert (made["number"], made["country_id"], made["settings"]["currency_id"]) == ("0009", "826", "2")
    assert [(c["email"], c["is_primary"], c["send_email"]) for c in made["contacts"]] == [
        ("odile@farrow.example", True, True)
    ]
    assert books.effects() == ["client.created"]


def test_client_without_contacts_has_an_empty_one(books):
    assert len(make(books)["contacts"]) == 1


@pytest.mark.parametrize("name", ["id_number", "number"])
def test_number_is_unique_over_archived_and_deleted_clients_too(books, name):
    made = make(books, **{name: "X-1"})
    books.call("DELETE", f"{API}/{made['id']}")

    answer = books.call("POST", API, {name: "X-1"})

    assert errors(answer) == (422, {name: [f"The {name.replace('_', ' ')} has already been taken."]})


def test_update_without_a_currency_takes_the_company_s(books):
    made = make(books, settings={"currency_id": "3"}, city="Lyme")

    done = books.put(f"{API}/{made['id']}", {"address1": "1 Quay"})["data"]

    assert (done["settings"]["currency_id"], done["city"]) == ("1", "Lyme")


def test_update_with_contacts_drops_those_that_are_not_listed(books):
    made = make(books, contacts=[person(), person(email="second@farrow.example")])
    keep = made["contacts"][1]

    sent = [{"id": keep["id"], "phone": "1"}, person(email="third@farrow.example")]
    done = books.put(f"{API}/{made['id']}", {"contacts": sent})["data"]["contacts"]

    assert [(c["id"] == keep["id"], c["email"], c["phone"]) for c in done] == [
        (True, "second@farrow.example", "1"),
        (False, "third@farrow.example", ""),
    ]


def test_update_with_documents_does_nothing(books):
    made = make(books)

    done = books.put(f"{API}/{made['id']}", {"name": "Other", "documents": [{"id": "x"}]})["data"]

    assert done["name"] == "Farrow Sails"


def test_deleted_client_can_not_be_edited_until_restored(books):
    one = f"{API}/{make(books)['id']}"
    gone = books.call("DELETE", one).json()["data"]

    refused = books.call("PUT", one, {"name": "Other"})
    books.post(f"{API}/bulk", {"action": "restore", "ids": [gone["id"]]})

    assert (gone["is_deleted"], gone["archived_at"] > 0) == (True, True)
    assert (refused.status_code, "Restore the record" in refused.json()["message"]) == (400, True)
    assert books.put(one, {"name": "Other"})["data"]["name"] == "Other"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"contacts": [{"email": "no address"}]}, "contacts.0.email"), ({"country_id": 1}, "country_id")],
)
def test_client_that_can_not_be_is_refused(books, body, field):
    status, found = errors(books.call("POST", API, body))

    assert (status, list(found)) == (422, [field])


def test_purge_wants_a_password(books):
    one = f"{API}/{make(books)['id']}"

    assert books.call("POST", f"{one}/purge").status_code == 412
    assert books.call("POST", f"{one}/purge", headers={"X-API-PASSWORD": "x"}).status_code == 200
    assert books.call("GET", one).status_code == 400


def test_a_person_adds_a_client_and_changes_an_address(books):
    made = books.do("new_client", name="Pell & Sons", person="Vera Pell", email="vera@pell.example")["record"]["id"]
    books.do("change_email", id=made, email="new@pell.example")

    done = books.get(f"{API}/{made}")["data"]

    assert (done["contacts"][0]["first_name"], done["contacts"][0]["email"]) == ("Vera", "new@pell.example")
    assert books.app.effects.lines[0]["by"] == "person"


def test_person_is_told_of_a_wrong_address(books):
    answer = books.call("POST", "/_sandbox/do", {"do": "new_client", "name": "A", "email": "nowhere"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])
