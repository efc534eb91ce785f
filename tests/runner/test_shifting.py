"""Lists that shift while they are read, and a search that sees things late: nothing is missed, nothing comes twice."""

import time
from collections import Counter
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from builder.models import Run, Subscription
from tests.runner.conftest import Sandbox, wait_for, work
from tests.runner.make import make_ghl, make_watching, poll

pytestmark = pytest.mark.django_db(transaction=True)
TASKS = "/locations/*/tasks/search"
CONTACTS = "/contacts/search"


@pytest.fixture(autouse=True)
def _at_once(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)


class Person:
    """Somebody who works in HighLevel meanwhile."""

    def __init__(self, ghl: Sandbox) -> None:
        token = ghl.get("/_sandbox/state")["connect"]
        self.ghl, self.location = ghl, token["location_id"]
        self.headers = {"Version": "2021-07-28", "Authorization": f"Bearer {token['token']}"}
        self.whose = ghl.records("contacts")[0]["id"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.ghl._ask(method, path, body, self.headers)

    def adds_task(self, title: str) -> str:
        due = {"dueDate": "2026-12-01T09:00:00Z", "completed": False}
        made = self.ask("POST", f"/contacts/{self.whose}/tasks", {"title": title, **due})
        return f"{self.whose}/{made['task']['id']}"

    def drops_task(self, place: str) -> None:
        whose, _, task = place.partition("/")
        self.ask("DELETE", f"/contacts/{whose}/tasks/{task}")

    def adds_contact(self, name: str) -> str:
        made = self.ask("POST", "/contacts/", {"locationId": self.location, "firstName": name})
        return str(made["contact"]["id"])

    def tags(self, contact: str) -> None:
        self.ask("POST", f"/contacts/{contact}/tags", {"tags": ["sailor"]})


def watching(ghl: Sandbox, trigger: str, **inputs: str) -> Subscription:
    connection = make_ghl(ghl)
    make_watching(connection, trigger, **inputs)
    return Subscription.objects.get(connection=connection)


def poll_while(ghl: Sandbox, subscription: Subscription, path: str, happens: Callable[[], object]) -> None:
    """A poll, while whose second page is asked for something happens there."""
    before = len(ghl.calls("POST", path.partition("*")[0]))
    ghl.fail({"method": "POST", "path": path}, {"method": "POST", "path": path, "delay": 0.5})

    def meanwhile() -> None:
        wait_for(lambda: len(ghl.calls("POST", path.partition("*")[0])) > before)
        happens()

    other = Thread(target=meanwhile)
    other.start()
    poll(subscription)
    other.join()
    ghl.mend()


def started() -> Counter[str]:
    """How many runs each record has started."""
    work()
    return Counter(Run.objects.values_list("event__record_id", flat=True))


def test_task_that_another_one_s_going_hid_while_things_were_noted_is_not_new(ghl: Sandbox) -> None:
    person = Person(ghl)
    tasks = [person.adds_task(f"Task {number}") for number in range(101)]
    subscription = watching(ghl, "ghl.task.created")

    poll_while(ghl, subscription, TASKS, lambda: person.drops_task(tasks[0]))
    for _ in range(2):
        poll(subscription)

    assert started() == Counter()


def test_task_that_comes_while_others_go_starts_one_run(ghl: Sandbox) -> None:
    person = Person(ghl)
    tasks = [person.adds_task(f"Task {number}") for number in range(101)]
    subscription, new = watching(ghl, "ghl.task.created"), list[str]()
    poll(subscription)

    def happens() -> None:
        for place in tasks[:3]:
            person.drops_task(place)
        new.append(person.adds_task("New"))

    poll_while(ghl, subscription, TASKS, happens)
    for _ in range(2):
        poll(subscription)

    assert started() == Counter(new)


def test_contacts_that_change_while_they_are_read_start_one_run_each(ghl: Sandbox) -> None:
    person = Person(ghl)
    people = [person.adds_contact(f"P{number}") for number in range(104)]
    subscription = watching(ghl, "ghl.contact.tagged", tag="sailor")
    for _ in range(2):
        poll(subscription)
    for each in people:
        person.ask("PUT", f"/contacts/{each}", {"lastName": "Changed"})
    for number in (0, 60, 103):
        person.tags(people[number])

    def happens() -> None:
        person.ask("PUT", f"/contacts/{people[0]}", {"lastName": "Late"})
        person.ask("DELETE", f"/contacts/{people[1]}")
        person.tags(people[2])

    poll_while(ghl, subscription, CONTACTS, happens)
    for _ in range(2):
        poll(subscription)

    assert started() == Counter(people[number] for number in (0, 2, 60, 103))


def test_contact_that_the_search_sees_late_starts_one_run(ghl: Sandbox) -> None:
    person, subscription = Person(ghl), watching(ghl, "ghl.contact.created")
    for _ in range(2):
        poll(subscription)
    ghl.set(search_lag=0.6)

    first = person.adds_contact("First")
    soon = poll(subscription)
    time.sleep(0.4)
    second = person.adds_contact("Second")
    time.sleep(0.3)
    poll(subscription)
    between = started()
    time.sleep(0.4)
    poll(subscription)

    assert (soon, between) == (0, Counter([first]))
    assert started() == Counter([first, second])
