"""One step of each class of operation, what it does to the service, and what a run with it came to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builder.models import Connection, Run
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_hooked, make_ninja, send

CLASSES = ("read", "idempotent", "keyed", "reconcile", "once")
API = "/api/v1"


@dataclass(frozen=True)
class Case:
    kind: str
    operation: str
    method: str
    path: str
    effect: str
    inputs: dict[str, str]

    def step(self, at: Connection) -> dict[str, Any]:
        return action("sonest", f"invoice_ninja.{self.operation}", at, **self.inputs)


def case_of(kind: str, ninja: Sandbox, number: int = 0) -> Case:
    """Another `number` works on other records."""
    client = ninja.records("clients")[number]["id"]
    invoice = [row["id"] for row in ninja.records("invoices") if row["status_id"] in "124"][number]
    return {
        "read": Case(kind, "clients.get", "GET", f"{API}/clients/*", "nothing", {"client_id": client}),
        "idempotent": Case(
            kind,
            "clients.update",
            "PUT",
            f"{API}/clients/*",
            "client.updated",
            {"client_id": client, "name": "Harbor Dental"},
        ),
        "keyed": Case(
            kind,
            "payments.create",
            "POST",
            f"{API}/payments",
            "payment.created",
            {"client_id": client, "amount": "5"},
        ),
        "reconcile": Case(
            kind, "clients.create", "POST", f"{API}/clients", "client.created", {"name": "Harbor Dental"}
        ),
        "once": Case(kind, "invoices.mail_files", "POST", f"{API}/invoices/bulk", "invoice.mailed", {"ids": invoice}),
    }[kind]


@dataclass
class Came:
    run: Run
    effects: int

    @property
    def short(self) -> tuple[str, int]:
        return self.run.status, self.effects


def came_of(kind: str, ninja: Sandbox, url: str, prepare: Callable[[Case], object]) -> Came:
    """A run of its own workspace with a step of the class, to its end; `prepare` does harm to its call."""
    case, at = case_of(kind, ninja), make_ninja(url)
    recipe = make_hooked(case.step(at), workspace=at.workspace)
    before = len(ninja.effects())
    prepare(case)
    send(recipe, {})
    work()
    run = until_over(Run.objects.get(recipe=recipe))
    return Came(run, [e["kind"] for e in ninja.effects()][before:].count(case.effect))
