"""Two write the same rows in another order: PostgreSQL ends one of them, SQLite lets one wait; both are done."""

import asyncio
import threading

import pytest
from django.db import connection, transaction

from builder.models import Workspace
from builder.runner.journal import Journal
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def rename(workspace: Workspace, name: str) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(name=name)


def test_work_that_a_deadlock_ended_is_done_again() -> None:
    first, second = make.make_workspace(), make.make_workspace()
    began, other_began, tries = threading.Event(), threading.Event(), []

    def work() -> str:
        tries.append(1)
        rename(first, "journal")
        began.set()
        other_began.wait(2)
        rename(second, "journal")
        return "done"

    def other() -> None:
        with transaction.atomic():
            if connection.vendor == "postgresql":  # it is the journal that is ended
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL deadlock_timeout = '20s'")
            rename(second, "other")
            other_began.set()
            began.wait(2)
            rename(first, "other")
        connection.close()

    journal = Journal()
    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert asyncio.run(journal.do(work)) == "done"
    finally:
        thread.join(30)
        journal.close()

    assert len(tries) > 1 if connection.vendor == "postgresql" else len(tries) == 1
    assert set(Workspace.objects.values_list("name", flat=True)) == {"journal"} or connection.vendor == "sqlite"
    assert {one.name for one in Workspace.objects.filter(pk__in=[first.pk, second.pk])} <= {"journal", "other"}
