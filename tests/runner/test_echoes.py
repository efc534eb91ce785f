"""Our own change, come back as an event, starts nothing; a person's change always does."""

from typing import Any

import pytest

from builder.models import Connection, Event, Fate, OwnWrite, Recipe, Run, RunStatus, Subscription
from builder.runner import echoes, polling
from builder.runner.clock import clock
from connectors import catalogue
from connectors.spec import Sighting
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, make_ghl, make_ninja, make_watching, overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)


def poll() -> None:
    Subscription.objects.update(poll_at=overdue())
    polling.work([s.pk for s in Subscription.objects.all()])


def turn() -> list[str]:
    """What is new is asked for and carried out; the fates of the events so far."""
    poll()
    work()
    return [e.fate for e in Event.objects.order_by("pk")]


def person(ghl: Sandbox) -> dict[str, Any]:
    return next(row for row in ghl.records("contacts") if "vip" not in row["tags"])


def tagging(at: Connection, operation: str, trigger: str, tag: str, **more: Any) -> Recipe:
    step = action("stagss", operation, at, contactId="{{ trigger.id }}", tags=[tag])
    return make_watching(at, trigger, step, **more)


def test_own_change_of_a_contact_is_an_echo(ghl: Sandbox) -> None:
    recipe = tagging(make_ghl(ghl), "ghl.contacts.add_tags", "ghl.contact.updated", "seen")
    turn()
    ghl.do("add_tag", id=person(ghl)["id"], tag="vip")

    fates = [turn() for _ in range(3)][-1]

    run = Run.objects.get(recipe=recipe)
    echo = Event.objects.get(fate=Fate.ECHO)
    assert fates == [Fate.RAN, Fate.ECHO]
    assert run.status == RunStatus.DONE
    assert echo.fate_details[0]["because"] == (
        f"This is Recette's own change of the contact: this recipe's run {run.public_id} made it."
    )


def test_change_a_person_made_meanwhile_is_not_swallowed(ghl: Sandbox) -> None:
    recipe = tagging(make_ghl(ghl), "ghl.contacts.add_tags", "ghl.contact.updated", "seen")
    turn()
    who = person(ghl)
    ghl.do("add_tag", id=who["id"], tag="vip")
    turn()
    ghl.do("add_tag", id=who["id"], tag="urgent")

    fates = turn()

    assert fates == [Fate.RAN, Fate.RAN]
    assert Run.objects.filter(recipe=recipe).count() == 2


def test_same_value_set_again_by_a_person_is_news(ghl: Sandbox) -> None:
    tagging(make_ghl(ghl), "ghl.contacts.add_tags", "ghl.contact.updated", "seen")
    turn()
    who = person(ghl)
    ghl.do("add_tag", id=who["id"], tag="vip")
    for _ in range(2):
        turn()
    ghl.do("remove_tag", id=who["id"], tag="seen")
    poll()
    ghl.do("add_tag", id=who["id"], tag="seen")

    fates = turn()

    assert fates[:2] == [Fate.RAN, Fate.ECHO]
    assert set(fates[2:]) == {Fate.RAN}


def test_own_change_of_an_opportunity_is_an_echo(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    step = action("ssetss", "ghl.opportunities.set_status", at, id="{{ trigger.id }}", status="lost")
    make_watching(at, "ghl.opportunity.status_changed", step)
    turn()
    ghl.do("win_deal", id=next(r["id"] for r in ghl.records("opportunities") if r["status"] == "open"))

    fates = [turn() for _ in range(3)][-1]

    assert fates == [Fate.RAN, Fate.ECHO]


def test_own_change_of_a_client_is_an_echo(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action(
        "snotes", "invoice_ninja.clients.update", at, client_id="{{ trigger.id }}", private_notes="Seen at {{ now }}"
    )
    make_watching(at, "invoice_ninja.client.updated", step)
    turn()
    client = ninja.records("clients")[0]
    ninja.do("change_email", id=client["id"], email="known@example.com")
    turn()
    ninja.do("change_email", id=client["id"], email="new@example.com")

    fates = [turn() for _ in range(3)][-1]

    assert fates[-2:] == [Fate.RAN, Fate.ECHO]
    assert Run.objects.filter(status=RunStatus.DONE).count() == fates.count(Fate.RAN)


def test_another_recipe_may_start_from_it_and_the_chain_is_held_in_the_end(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    for mine, other in (("ping", "pong"), ("pong", "ping")):
        away = action("sawayy", "ghl.contacts.remove_tags", at, contactId="{{ trigger.id }}", tags=[mine])
        onto = action("sontoo", "ghl.contacts.add_tags", at, contactId="{{ trigger.id }}", tags=[other])
        recipe = make_watching(at, "ghl.contact.tagged", away, onto, tag=mine)
        Recipe.objects.filter(pk=recipe.pk).update(name=mine.title())
    turn()
    ghl.do("add_tag", id=person(ghl)["id"], tag="ping")

    for _ in range(10):
        turn()

    runs = list(Run.objects.order_by("pk"))
    assert [len(run.chain) for run in runs] == [0, 1, 2, 3, 4, 5, 6]
    assert [run.status for run in runs] == [RunStatus.DONE] * 6 + [RunStatus.HELD]
    assert "6 recipes in a row: “Ping” → “Pong” → “Ping”" in runs[-1].because


def test_echo_is_known_for_a_while_only(ghl: Sandbox) -> None:
    tagging(make_ghl(ghl), "ghl.contacts.add_tags", "ghl.contact.updated", "seen")
    turn()
    ghl.do("add_tag", id=person(ghl)["id"], tag="vip")
    turn()
    clock.offset += echoes.WINDOW

    assert turn() == [Fate.RAN, Fate.RAN]


@pytest.mark.parametrize(
    ("written", "before", "seen", "explained"),
    [
        ({"status": "won"}, {"status": "open", "name": "x"}, {"status": "won", "name": "x"}, True),
        ({"status": "won"}, {"status": "open", "name": "x"}, {"status": "won", "name": "y"}, False),
        ({"status": "won"}, {"status": "open", "name": "x"}, {"status": "lost", "name": "x"}, False),
        ({"status": "won"}, None, {"status": "won", "name": "x"}, False),
        ({"status": "won", "name": "x"}, None, {"status": "won", "name": "x", "status_at": "now"}, True),
        ({"status": "won"}, {"status": "open", "status_at": "1"}, {"status": "won", "status_at": "2"}, True),
        ({"status": "won"}, {"status": "won"}, {"status": "won"}, False),
    ],
)
def test_change_is_ours_when_all_that_is_new_is_what_we_wrote(
    written: dict[str, Any], before: dict[str, Any] | None, seen: dict[str, Any], explained: bool
) -> None:
    write = OwnWrite(values=written)

    assert echoes.explains(write, before, Sighting("opportunity", "o1", seen, {})) is explained


@pytest.mark.parametrize(
    ("key", "given", "output", "told"),
    [
        ("ghl.contacts.add_tags", {"contactId": "c1"}, {"tags": ["B", "a"]}, ("c1", {"tags": ["a", "b"]})),
        ("ghl.contacts.delete", {"contactId": "c1"}, {"succeded": True}, None),
        ("ghl.opportunities.set_status", {}, {"opportunity": {"id": "o1", "status": "won"}}, ("o1", {"status": "won"})),
        (
            "invoice_ninja.invoices.mark_sent", {}, {"invoice": {"id": "i1", "status_id": "2", "balance": "10.00"}},
            ("i1", {"status_id": "2", "balance": "10.00"}),
        ),
        ("invoice_ninja.invoices.search", {}, {"invoices": [], "invoice": None}, None),
    ],
)  # fmt: skip
def test_steps_tell_what_they_left(key: str, given: dict[str, Any], output: dict[str, Any], told: Any) -> None:
    operation = catalogue.operation(key)
    watched = catalogue.connector(operation.connector).watched[operation.object]

    assert watched.told(given, output) == told
