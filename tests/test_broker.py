"""The embedded broker: messages as files, a bell instead of looking."""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from kombu import Connection, Consumer, Queue
from kombu.transport import TRANSPORT_ALIASES

from builder import broker

QUEUE = Queue("work", routing_key="work")
QUICK = 0.010


def test_transport_is_known_by_its_name():
    assert TRANSPORT_ALIASES["recette"] == "builder.broker:Transport"


def connect(folder: Path) -> Connection:
    return Connection("recette+file://", transport_options={"folder": str(folder)})


def publish(folder: Path, *bodies: object) -> None:
    with connect(folder) as connection, connection.Producer(serializer="json") as producer:
        for body in bodies:
            producer.publish(body, routing_key="work", declare=[QUEUE])


@contextmanager
def consuming(folder: Path) -> Iterator[list[tuple[object, float]]]:
    """What a waiting consumer took, and when."""
    taken: list[tuple[object, float]] = []
    over, ready = threading.Event(), threading.Event()

    def consume() -> None:
        with connect(folder) as connection, Consumer(connection.channel(), [QUEUE], accept=["json"]) as consumer:
            consumer.register_callback(lambda body, message: (taken.append((body, time.perf_counter())), message.ack()))
            while not over.is_set():
                ready.set()
                try:
                    connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue

    thread = threading.Thread(target=consume)
    thread.start()
    ready.wait(5)
    yield taken
    over.set()
    thread.join()


def wait_for(count: int, taken: list[tuple[object, float]], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while len(taken) < count and time.monotonic() < end:
        time.sleep(0.002)


@pytest.mark.alone
def test_message_is_taken_within_ten_milliseconds(tmp_path):
    waits = []
    with consuming(tmp_path) as taken, connect(tmp_path) as connection, connection.Producer() as producer:
        time.sleep(0.1)
        for n in range(100):
            sent = time.perf_counter()
            producer.publish({"n": n}, routing_key="work", declare=[QUEUE])
            wait_for(n + 1, taken)
            waits.append(taken[n][1] - sent)

    assert statistics.median(waits) < QUICK
    assert [body for body, _ in taken] == [{"n": n} for n in range(100)]


def test_messages_wait_for_a_consumer_in_their_order(tmp_path):
    publish(tmp_path, *range(30))

    with consuming(tmp_path) as taken:
        wait_for(30, taken)

    assert [body for body, _ in taken] == list(range(30))
    assert list((tmp_path / "queue").iterdir()) == []


def test_consumer_with_full_hands_takes_the_next_as_soon_as_it_has_one_free(tmp_path):
    publish(tmp_path, *range(20))
    taken, hands, end = [], [], time.monotonic() + 10
    with connect(tmp_path) as connection, Consumer(connection.channel(), [QUEUE], accept=["json"]) as consumer:
        consumer.qos(prefetch_count=1)

        def take(body, message):
            taken.append(body)
            hands.append(threading.Timer(0.01, message.ack))
            hands[-1].start()

        consumer.register_callback(take)
        began = time.monotonic()
        while len(taken) < 20 and time.monotonic() < end:
            connection.drain_events(timeout=5)
        took = time.monotonic() - began
        for hand in hands:
            hand.join()

    assert taken == list(range(20))
    assert took < 20 * broker.LOOK_EVERY / 10


def test_lost_bell_is_harmless(tmp_path):
    with consuming(tmp_path) as taken:
        for bell in broker._bells(str(tmp_path)).iterdir():
            bell.unlink()
        publish(tmp_path, "unheard")
        wait_for(1, taken, seconds=broker.LOOK_EVERY + 1)

    assert [body for body, _ in taken] == ["unheard"]


def test_bell_of_a_dead_consumer_is_forgotten(tmp_path):
    bell = broker.Bell(str(tmp_path))
    bell.socket.close()

    broker.ring(str(tmp_path))

    assert not bell.path.exists()


def test_bell_that_nobody_answers_does_not_hold_the_ringer_up(tmp_path):
    bell = broker.Bell(str(tmp_path))
    began = time.monotonic()

    for _ in range(2000):
        broker.ring(str(tmp_path))

    assert time.monotonic() - began < 2
    bell.close()
    assert not bell.path.exists()


def test_consumers_share_messages_and_take_none_twice(tmp_path):
    with consuming(tmp_path) as first, consuming(tmp_path) as second, consuming(tmp_path) as third:
        publishers = [threading.Thread(target=publish, args=(tmp_path, *range(n, n + 100))) for n in (0, 100, 200)]
        for thread in publishers:
            thread.start()
        for thread in publishers:
            thread.join()
        end = time.monotonic() + 10
        while len(first) + len(second) + len(third) < 300 and time.monotonic() < end:
            time.sleep(0.01)

    assert sorted(body for body, _ in (*first, *second, *third)) == list(range(300))


KILLED = """
import sys
sys.path.insert(0, sys.argv[1])
from kombu import Connection, Queue
from kombu.transport import TRANSPORT_ALIASES
TRANSPORT_ALIASES["recette"] = "builder.broker:Transport"
with Connection("recette+file://", transport_options={"folder": sys.argv[2]}) as connection:
    with connection.Producer() as producer:
        while True:
            producer.publish({"text": "x" * 50_000}, routing_key="work", declare=[Queue("work", routing_key="work")])
            print("sent", flush=True)
"""


def test_killed_publisher_leaves_no_half_message(tmp_path):
    for pause in (0.0, 0.003, 0.007):
        command = [sys.executable, "-c", KILLED, str(settings.BASE_DIR), str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            time.sleep(pause)
            os.kill(process.pid, signal.SIGKILL)
            process.stdout.read()

    waiting = len(list((tmp_path / "queue").iterdir()))
    with consuming(tmp_path) as taken:
        wait_for(waiting, taken)

    assert waiting > 3
    assert [body for body, _ in taken] == [{"text": "x" * 50_000}] * waiting


def test_resting_consumer_costs_nothing(tmp_path):
    with consuming(tmp_path):
        time.sleep(0.1)
        before = time.process_time()
        time.sleep(1)
        used = time.process_time() - before

    assert used < 0.02


def test_worker_s_own_configuration_uses_it(tmp_path):
    app = Celery("test", broker="recette+file://", set_as_current=False)  # else other tests would ring here
    app.conf.broker_transport_options = {"folder": str(tmp_path)}
    app.conf.task_default_queue = "work"

    app.send_task("recette.drain", retry=False)

    (message,) = (tmp_path / "queue").iterdir()
    assert "recette.drain" in message.read_text()
    assert (tmp_path / "queue").stat().st_mode & 0o777 == 0o700
