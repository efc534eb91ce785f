"""Two write the same rows in another order: PostgreSQL ends one of them, SQLite lets one wait; both are done."""

import asyncio
import threading

import pytest
from django.db import connection, transaction

from builder.models import Workspace
from builder.runner.journal import FEW, Journal
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


def test_each_of_many_hears_what_became_of_its_own_work() -> None:
    """They are told a few at a time, and one that fails keeps none of the others waiting."""
    journal, commits = Journal(), []
    journal.tripwire = commits.append

    def numbered(number: int) -> int:
        if number == 17:
            raise ArithmeticError(number)
        return number

    async def all_at_once() -> list[object]:
        works = [journal.do(lambda number=number: numbered(number)) for number in range(3 * FEW + 1)]
        return await asyncio.gather(*works, return_exceptions=True)

    try:
        told = asyncio.run(all_at_once())
    finally:
        journal.close()

    assert [number for number, result in enumerate(told) if result != number] == [17]
    assert isinstance(told[17], ArithmeticError)
    assert "after commit" in commits
