import threading

from builder import tasks


def test_errands_take_two_threads_at_most() -> None:
    entered, leave = [threading.Event(), threading.Event()], threading.Event()

    def wait(number: int) -> None:
        entered[number].set()
        leave.wait(10)

    busy = [threading.Thread(target=tasks._errand, args=(wait, number)) for number in (0, 1)]
    for thread in busy:
        thread.start()
    assert all(event.wait(10) for event in entered)

    done: list[int] = []
    tasks._errand(done.append, 3)
    leave.set()
    for thread in busy:
        thread.join()
    tasks._errand(done.append, 4)

    assert done == [4]
