import threading
from collections.abc import Callable

import pytest

from builder import tasks

OF_ONE = (
    tasks.poll,
    tasks.subscribe,
    tasks.look_after,
    tasks.look_after_agency,
    tasks.tell,
    tasks.ask,
    tasks.alert,
    tasks.backfill,
)


def test_errands_of_a_kind_take_one_thread() -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait(number: int) -> None:
        entered.set()
        leave.wait(10)

    busy = threading.Thread(target=tasks._errand, args=(tasks.ERRANDS, wait, 1))
    busy.start()
    assert entered.wait(10)

    done: list[int] = []
    tasks._errand(tasks.ERRANDS, done.append, 2)
    tasks._errand(tasks.POLLS, done.append, 3)
    leave.set()
    busy.join()
    tasks._errand(tasks.ERRANDS, done.append, 4)

    assert done == [3, 4]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("task", OF_ONE, ids=lambda task: task.name)
def test_task_looks_into_every_workspace_and_finds_nothing_of_what_is_gone(task: Callable[[int], None]) -> None:
    assert task(0) is None


def test_every_task_is_tried() -> None:
    ours = {name for name in tasks.drain_runs.app.tasks if name.startswith("recette.")}

    assert {task.name for task in OF_ONE} == ours - {"recette.drain", "recette.present"}
