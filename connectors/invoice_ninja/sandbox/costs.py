"""Expenses, vendors, projects and tasks, and the lists they are sorted by."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.sandbox.casting import ZERO, filled
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import holds, same
from connectors.invoice_ninja.sandbox.refusals import invalid
from connectors.invoice_ninja.sandbox.resource import Resource, body, register, unique
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
OWN: Record = {
    **dict.fromkeys(words("number custom_value1 custom_value2 custom_value3 custom_value4"), ""),
    **dict.fromkeys(words("public_notes private_notes assigned_user_id"), ""),
    "user_id": encode(1),
}
TAXES: Record = {
    **dict.fromkeys(words("tax_name1 tax_name2 tax_name3"), ""),
    **dict.fromkeys(words("tax_rate1 tax_rate2 tax_rate3"), ZERO),
}
EXPENSE: Record = {
    **OWN,
    **TAXES,
    **dict.fromkeys(words("vendor_id client_id invoice_id category_id project_id bank_id currency_id"), ""),
    **dict.fromkeys(words("invoice_currency_id date payment_date payment_type_id transaction_reference"), ""),
    **dict.fromkeys(words("amount foreign_amount tax_amount1 tax_amount2 tax_amount3"), ZERO),
    **dict.fromkeys(words("should_be_invoiced invoice_documents uses_inclusive_taxes"), False),
    "exchange_rate": Decimal(1),
    "recurring_expense_id": "",
}
VENDOR: Record = {
    **OWN,
    **dict.fromkeys(words("name phone website address1 address2 city state postal_code country_id currency_id"), ""),
    **dict.fromkeys(words("vat_number id_number classification transaction_name language_id vendor_hash"), ""),
    "contacts": [],
    "last_login": 0,
}
PROJECT: Record = {
    **OWN,
    **dict.fromkeys(words("name client_id due_date color"), ""),
    **dict.fromkeys(words("task_rate budgeted_hours"), ZERO),
}
TASK: Record = {
    **{name: value for name, value in OWN.items() if not name.endswith("_notes")},
    **dict.fromkeys(words("description client_id invoice_id project_id status_id"), ""),
    "rate": ZERO,
    "time_log": "[]",
    "duration": 0,
    "status_order": 0,
    **dict.fromkeys(words("is_running is_date_based invoice_documents"), False),
}
CATEGORY: Record = {"name": "", "color": ""}
STATUS: Record = {"name": "", "color": "", "status_order": 0}
TERM: Record = {"num_days": 0, "name": ""}
BOOKING: Record = {
    **dict.fromkeys(words("base_type date description currency_id bank_integration_id invoice_ids"), ""),
    "amount": ZERO,
    "status_id": "1",
    "user_id": encode(1),
}
REPEATED: Record = {
    **OWN,
    **TAXES,
    **dict.fromkeys(words("vendor_id client_id category_id currency_id date payment_type_id"), ""),
    **dict.fromkeys(words("transaction_reference frequency_id next_send_date last_sent_date"), ""),
    "amount": ZERO,
    "remaining_cycles": -1,
    "should_be_invoiced": False,
    "status_id": "1",
}
PERSON: Record = dict.fromkeys(words("first_name last_name email phone"), "")
KNOWN = {"client_id": "clients", "vendor_id": "vendors", "project_id": "projects", "category_id": "expense_categories"}


class Plain:
    """A table of records without a life of their own."""

    def __init__(self, table: str, blank: Record, created: int, updated: int, *demanded: str, **reset: Any) -> None:
        self.table, self.blank, self.demanded, self.reset = table, blank, demanded, reset
        self.created, self.updated = created, updated
        self.kept: tuple[str, ...] = ()
        """What an update can't go without."""

    def store(self, box: Any, data: Record, call: Call | None = None) -> Record:
        lacking = [name for name in self.demanded if not data.get(name)]
        if lacking:
            raise invalid(**{name: f"The {name.replace('_', ' ')} field is required." for name in lacking})
        made = box.make(self.table, self.blank) | self._read(box, data)
        if "number" in self.blank:
            unique(box, self.table, "number", made["number"])
            made["number"] = made["number"] or box.number(self.table)
        return self._saved(box, made, data, "created", self.created)

    def update(self, box: Any, record: Record, data: Record, call: Call | None = None) -> Record:
        """What an update leaves out and the service sets anew (`reset`) is lost."""
        lacking = [name for name in self.kept if not data.get(name)]
        if lacking:
            raise invalid(**{name: f"The {name.replace('_', ' ')} field is required." for name in lacking})
        if "number" in self.blank:
            unique(box, self.table, "number", str(data.get("number") or ""), record["id"])
        return self._saved(box, record | self.reset | self._read(box, data, record), data, "updated", self.updated)

    def _read(self, box: Any, data: Mapping[str, Any], before: Record | None = None) -> Record:
        for name, table in KNOWN.items():
            if data.get(name) and name in self.blank and not box.store.get(table, str(data[name])):
                raise invalid(**{name: f"The selected {name.replace('_', ' ')} is invalid."})
        passed_over = {"client_id"} if before is not None and self.table == "projects" else set()
        read = filled(self.blank, data, [name for name in self.blank if name not in passed_over])
        if "contacts" in data and "contacts" in self.blank:
            read["contacts"] = [_person(box, at, one) for at, one in enumerate(data["contacts"])]
        if "time_log" in data and "time_log" in self.blank:
            read["time_log"] = _log(data["time_log"])
        return read

    def _saved(self, box: Any, record: Record, data: Record, what: str, event: int) -> Record:
        saved = box.save(self.table, record)
        box.effect(f"{self.table[:-1]}.{what}", saved["id"], data)
        if event:
            box.fire(event, self.table, saved["id"])
        return box.store.get(self.table, saved["id"])


def _person(box: Any, at: int, given: Mapping[str, Any]) -> Record:
    return {
        **filled(PERSON, {**PERSON, **given}, PERSON),
        "id": encode(box.store.next("vendor_contacts")),
        "is_primary": at == 0,
    }


def _log(given: Any) -> str:
    """Rows of start and end; the service takes them as a list or as its text, and prints the text."""
    try:
        rows = json.loads(given) if isinstance(given, str) else given
        fits = all(isinstance(row, list) and len(row) >= 2 and row[0] <= (row[1] or row[0]) for row in rows)
    except (ValueError, TypeError):
        fits = False
    if not fits:
        raise invalid(time_log="The time log is invalid.")
    return json.dumps(rows, separators=(",", ":"), default=int)


def _runs(running: bool) -> Any:
    def act(box: Any, task: Record, call: Call | None) -> Record:
        log, now = json.loads(task["time_log"]), int(box.clock())
        runs = bool(log) and not log[-1][1]
        if runs == running:
            return task
        log = [*log, [now, 0]] if running else [*log[:-1], [log[-1][0], now]]
        flag = running and len(log) > 1  # the first start leaves it as it was
        saved = box.save("tasks", task | {"is_running": flag, "time_log": json.dumps(log, separators=(",", ":"))})
        box.effect("task.started" if running else "task.stopped", task["id"], {})
        box.fire(19, "tasks", task["id"])
        return saved

    return act


def moved(box: Any, booking: Record, status: str, **to: str) -> Record:
    """The booking, unmatched (1), matched (2) or converted (3), and what with."""
    held = dict.fromkeys(("invoice_ids", "payment_id", "expense_id"), "") | to
    saved = box.save("bank_transactions", booking | {"status_id": status, **held})
    box.effect("bank_transaction.moved", saved["id"], {"status_id": status})
    return box.store.get("bank_transactions", saved["id"])


def _booked(come_from: str, go_to: str) -> Any:
    def act(box: Any, booking: Record, call: Call | None) -> Record:
        return moved(box, booking, go_to) if booking["status_id"] in come_from else booking

    return act


def _categorised(box: Any, expense: Record, call: Call | None) -> Record:
    wanted = str((body(call) if call else {}).get("category_id") or "")
    return box.save("expenses", expense | {"category_id": wanted})


def _turned(come_from: str, go_to: str) -> Any:
    def act(box: Any, expense: Record, call: Call | None) -> Record:
        if expense["status_id"] not in come_from.split():
            return expense
        box.effect("recurring_expense.turned", expense["id"], {"status_id": go_to})
        return box.save("recurring_expenses", expense | {"status_id": go_to})

    return act


EXPENSES = Plain("expenses", EXPENSE, 15, 16, currency_id="1")
VENDORS = Plain("vendors", VENDOR, 5, 13, "name")
PROJECTS = Plain("projects", PROJECT, 25, 26, "name", "client_id")
TASKS = Plain("tasks", TASK, 18, 19, time_log="[]")
CATEGORIES = Plain("expense_categories", CATEGORY, 0, 0, "name")
STATUSES = Plain("task_statuses", STATUS, 0, 0, "name")
TERMS = Plain("payment_terms", TERM, 0, 0)
BOOKINGS = Plain("bank_transactions", BOOKING, 0, 0)
BOOKINGS.kept = ("date", "amount")
REPEATS = Plain("recurring_expenses", REPEATED, 0, 0, "amount", "frequency_id")
CUSTOM = words("custom_value1 custom_value2 custom_value3 custom_value4")


def enrol(plain: Plain, model: str, searched: str, actions: Mapping[str, Any] | None = None, **events: int) -> None:
    """Writes the routes of the table."""
    numbered = "number" in plain.blank
    own = ("number", *CUSTOM) if numbered else ()
    filters = {"filter": holds(*words(searched), *own)} | ({"number": same("number")} if numbered else {})
    register(
        Resource(
            plain.table,
            model,
            lambda box: plain.blank,
            plain.store,
            plain.update,
            events=events,
            filters=filters,
            actions=actions or {},
            bulk_only=True,
        )
    )


enrol(EXPENSES, "Expense", "public_notes", {"bulk_categorize": _categorised}, archive=39, delete=17, restore=47)
enrol(VENDORS, "Vendor", "name", archive=48, delete=14, restore=49)
enrol(PROJECTS, "Project", "name", archive=38, delete=30, restore=46)
enrol(TASKS, "Task", "description", {"start": _runs(True), "stop": _runs(False)}, archive=36, delete=20, restore=44)
enrol(CATEGORIES, "ExpenseCategory", "name")
enrol(STATUSES, "TaskStatus", "name")
enrol(TERMS, "PaymentTerm", "name")
enrol(BOOKINGS, "BankTransaction", "description", {"convert_matched": _booked("2", "3"), "unlink": _booked("23", "1")})
enrol(REPEATS, "RecurringExpense", "public_notes", {"start": _turned("1 3", "2"), "stop": _turned("2 -1", "3")})


def plant(box: Any, clients: list[Record]) -> Record:
    """A little of each on the first day; the vendor."""
    for name in ("Travel", "Print and paper", "Software"):
        CATEGORIES.store(box, {"name": name})
    for name in ("Backlog", "In progress", "Done"):
        STATUSES.store(box, {"name": name})
    for days in (0, 14, 30):
        TERMS.store(box, {"num_days": days, "name": f"Net {days}"})
    paid = {"base_type": "CREDIT", "date": box.today(), "description": "SEPA Harbour Lane Bakery", "currency_id": "1"}
    BOOKINGS.store(box, {**paid, "amount": "240.00"})
    moved(box, BOOKINGS.store(box, {**paid, "amount": "95.00"}), "2")
    REPEATS.store(box, {"amount": "49.00", "frequency_id": "5", "public_notes": "Hosting", "currency_id": "1"})
    mail = {"first_name": "Jule", "last_name": "Petersen", "email": "jule@inkwell-print.example"}
    vendor = VENDORS.store(box, {"name": "Inkwell Print", "contacts": [mail], "country_id": "840"})
    project = PROJECTS.store(box, {"name": "Website relaunch", "client_id": clients[0]["id"], "task_rate": "95"})
    TASKS.store(
        box, {"description": "Retouch the portraits", "client_id": clients[0]["id"], "project_id": project["id"]}
    )
    spent = {"amount": "48.60", "vendor_id": vendor["id"], "client_id": clients[0]["id"], "date": box.today()}
    EXPENSES.store(box, {**spent, "public_notes": "Flyers", "currency_id": "1"})
    return vendor
