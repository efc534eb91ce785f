"""Expenses, vendors, projects and tasks of the Invoice Ninja sandbox, and the traps of their updates."""

import json

API = "/api/v1"


def make(books, table, **fields):
    return books.post(f"{API}/{table}", fields)["data"]


def change(books, table, record, **fields):
    return books.call("PUT", f"{API}/{table}/{record['id']}", fields).json()["data"]


def errors(answer):
    return answer.status_code, answer.json()["errors"]


def test_expense_without_currency_in_an_update_falls_back_to_the_company_s(books):
    made = make(books, "expenses", amount="12.50", currency_id="3")

    changed = change(books, "expenses", made, public_notes="Paper")

    assert (made["currency_id"], changed["currency_id"], changed["public_notes"]) == ("3", "1", "Paper")
    assert books.effects() == ["expense.created", "expense.updated"]


def test_task_without_time_log_in_an_update_loses_it(books):
    made = make(books, "tasks", description="Sew", time_log=[[1764000000, 1764003600]])

    changed = change(books, "tasks", made, description="Sew twice")

    assert (made["time_log"], changed["time_log"]) == ("[[1764000000,1764003600]]", "[]")


def test_time_that_ends_before_it_begins_is_refused(books):
    answer = books.call("POST", f"{API}/tasks", {"description": "Sew", "time_log": "[[200,100]]"})

    assert errors(answer) == (422, {"time_log": ["The time log is invalid."]})


def test_project_s_client_is_demanded_and_stays(books):
    clients = [row["id"] for row in books.call("GET", f"{API}/clients").json()["data"][:2]]
    made = make(books, "projects", name="Sails", client_id=clients[0])

    changed = change(books, "projects", made, client_id=clients[1])

    assert changed["client_id"] == clients[0]
    assert errors(books.call("POST", f"{API}/projects", {"name": "Nobody's"})) == (
        422,
        {"client_id": ["The client id field is required."]},
    )


def test_record_of_somebody_else_is_refused(books):
    answer = books.call("POST", f"{API}/expenses", {"amount": 1, "vendor_id": "nothing000"})

    assert errors(answer) == (422, {"vendor_id": ["The selected vendor id is invalid."]})


def test_number_of_one_s_own_is_unique(books):
    make(books, "vendors", name="Print", number="V-1")

    answer = books.call("POST", f"{API}/vendors", {"name": "Paper", "number": "V-1"})

    assert errors(answer) == (422, {"number": ["The number has already been taken."]})


def test_timer_runs_until_it_is_stopped(books):
    made = make(books, "tasks", description="Sew")
    flags, ends = [], []
    for action in ("start", "start", "stop", "start"):
        books.post(f"{API}/tasks/bulk", {"action": action, "ids": [made["id"]]})
        task = books.call("GET", f"{API}/tasks/{made['id']}").json()["data"]
        flags.append(task["is_running"])
        ends.append([bool(row[1]) for row in json.loads(task["time_log"])])

    assert ends == [[False], [False], [True], [True, False]]
    assert flags == [False, False, False, True]
