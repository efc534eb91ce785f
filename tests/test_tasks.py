import threading

from builder import tasks


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
