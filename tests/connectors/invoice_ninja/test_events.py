from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.errors import NotFound
from connectors.invoice_ninja import CONNECTOR
from connectors.invoice_ninja.events import EVENTS, PAGE, fingerprint, sighting
from tests.connectors.invoice_ninja.records import here, item, listed, make
from tests.connectors.talk import answer, talk

SINCE = "2026-11-22T10:00:00.250000+00:00"
BEGAN = int(datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp())
BEFORE, AFTER = BEGAN - 86_400, BEGAN + 60


def seen(object, created=BEFORE, updated=AFTER, hint="", **changes):
    return sighting(object, make(object, created_at=created, updated_at=updated, **changes), hint)


def fires(key, before, now):
    return CONNECTOR.triggers[f"invoice_ninja.{key}"].fired(before, now, SINCE, {})


# Created


@pytest.mark.parametrize("object", list(EVENTS))
def test_record_made_since_the_watching_began_is_created_once(object):
    now = seen(object, created=AFTER)

    assert fires(f"{object}.created", None, now)
    assert not fires(f"{object}.created", now.values, now)


@pytest.mark.parametrize("object", list(EVENTS))
def test_old_record_is_not_created_because_it_is_seen_for_the_first_time(object):
    assert not fires(f"{object}.created", None, seen(object))


def test_record_made_in_the_second_the_watching_began_counts():
    assert fires("client.created", None, seen("client", created=BEGAN))


def test_webhook_on_a_new_record_is_believed_whatever_the_clocks_say():
    assert fires("client.created", None, seen("client", created=BEFORE, hint="1"))


# Updated


def test_changed_client_is_updated():
    before = seen("client").values

    assert fires("client.updated", before, seen("client", city="Kiel"))
    assert not fires("client.updated", before, seen("client"))


def test_payment_is_no_update_of_the_client():
    before = seen("client").values
    paid = seen("client", balance=Decimal(0), paid_to_date=Decimal("9.00"), updated=AFTER + 5)

    assert not fires("client.updated", before, paid)


def test_changed_contact_is_an_update_of_the_client():
    client = make("client", updated_at=AFTER)
    client["contacts"][0]["last_name"] = "New"

    assert fires("client.updated", seen("client").values, sighting("client", client))


def test_client_seen_for_the_first_time_was_updated_unless_it_is_new():
    assert fires("client.updated", None, seen("client"))
    assert not fires("client.updated", None, seen("client", created=AFTER))
    assert not fires("client.updated", None, seen("client", updated=BEFORE))


def test_webhook_on_a_new_client_comes_too_early_to_be_compared_with():
    early = seen("client", created=AFTER, hint="1", contacts=[], number="")

    assert not fires("client.updated", early.values, seen("client", created=AFTER))
    assert not fires("client.updated", seen("client", created=AFTER).values, early)


def test_numbers_and_stamps_written_otherwise_are_the_same_record():
    one = fingerprint({"price": Decimal("10.00"), "contacts": [{"id": "a", "updated_at": 1}], "updated_at": 1})
    two = fingerprint({"price": 10, "contacts": [{"id": "a", "updated_at": 2}], "updated_at": 2})

    assert one == two


# Sent, paid, approved


@pytest.mark.parametrize(
    ("key", "object", "before", "now"),
    [
        ("invoice.sent", "invoice", "1", "2"),
        ("invoice.sent", "invoice", "1", "4"),
        ("invoice.paid", "invoice", "2", "4"),
        ("invoice.paid", "invoice", "3", "4"),
        ("quote.approved", "quote", "2", "3"),
        ("quote.approved", "quote", "2", "4"),
    ],
)
def test_reaching_the_status_fires_once(key, object, before, now):
    there = seen(object, status_id=now)

    assert fires(key, seen(object, status_id=before).values, there)
    assert not fires(key, there.values, there)
    assert not fires(key, there.values, seen(object, status_id=before))


@pytest.mark.parametrize(
    ("key", "object", "status", "hint"),
    [
        ("invoice.sent", "invoice", "2", "60"),
        ("invoice.paid", "invoice", "4", "4-invoice"),
        ("quote.approved", "quote", "3", "21"),
    ],
)
def test_first_sight_by_the_fitting_webhook_fires(key, object, status, hint):
    assert fires(key, None, seen(object, status_id=status, hint=hint))
    assert not fires(key, None, seen(object, status_id="1", hint=hint))


@pytest.mark.parametrize(
    ("changes", "fired"),
    [
        ({"last_sent_date": "2026-11-22"}, True),
        ({"invitations": [{"sent_date": "2026-11-22 11:00:00"}]}, True),
        ({"last_sent_date": "2026-11-21"}, False),
        ({}, False),
        ({"last_sent_date": "2026-11-22", "updated": BEFORE}, False),
    ],
)
def test_invoice_first_seen_as_sent_must_have_been_sent_since(changes, fired):
    assert fires("invoice.sent", None, seen("invoice", status_id="2", **changes)) is fired


@pytest.mark.parametrize(("paid_at", "fired"), [(AFTER, True), (BEFORE, False), (0, False)])
def test_invoice_first_seen_as_paid_must_have_a_payment_since(paid_at, fired):
    paid = seen("invoice", status_id="4", payments=[{"created_at": paid_at}])

    assert fires("invoice.paid", None, paid) is fired


def test_invoice_made_and_paid_since_is_all_of_it():
    now = seen("invoice", created=AFTER, status_id="4")

    assert [fires(f"invoice.{name}", None, now) for name in ("created", "sent", "paid")] == [True, True, True]


def test_quote_first_seen_as_converted_may_have_been_approved_long_ago():
    assert fires("quote.approved", None, seen("quote", status_id="3"))
    assert not fires("quote.approved", None, seen("quote", status_id="4"))


# Webhooks


@pytest.mark.parametrize(
    ("object", "event"), [(object, event) for object, events in EVENTS.items() for event in events[:2]]
)
def test_delivery_is_a_hint_that_must_be_read_again(object, event):
    body = {"id": "p", "invoices": [make("invoice")]} if event == "4-invoice" else make(object)

    found = CONNECTOR.watched[object].read(body, event)

    assert (found.object, found.hint, found.complete) == (object, event, False)


def test_every_event_belongs_to_one_object():
    names = [event for events in EVENTS.values() for event in events]

    assert len(names) == len(set(names))


def test_payment_shows_the_invoice_it_paid():
    payment = make("payment", invoices=[make("invoice", status_id="4")])

    found = CONNECTOR.watched["invoice"].read(payment, "4-invoice")

    assert (found.record_id, found.values["status_id"]) == ("Opnel5aKBz", "4")


@pytest.mark.parametrize("body", [{}, {"invoices": []}, {"invoices": ["x"]}, {"id": ""}])
def test_delivery_that_shows_nothing_is_passed_over(body):
    assert CONNECTOR.watched["invoice"].read(body, "4-invoice") is None
    assert CONNECTOR.watched["client"].read({**body, "id": ""}, "1") is None


def test_delivery_and_poll_show_the_same_change():
    invoice = make("invoice", status_id="2")
    hook = CONNECTOR.watched["invoice"].read({**invoice, "client": make("client")}, "60")
    page, _ = talk(CONNECTOR.watched["invoice"].poll({"at": BEFORE}, here()), listed({**invoice, "payments": []}))

    assert hook.values == page.sightings[0].values


def test_reading_again_brings_client_and_payments():
    invoice = make("invoice", client=make("client"))

    found, asked = talk(CONNECTOR.watched["invoice"].reread("Opnel5aKBz", here()), item(invoice))

    assert (found.complete, found.data["client"]["name"]) == (True, "Northlight Studio")
    assert asked[0].query == {"include": "client,payments"}


def test_purged_record_is_not_found_and_a_deleted_one_is_gone():
    reread = CONNECTOR.watched["client"].reread
    missing = answer({"message": "No query results for model"}, 400)

    with pytest.raises(NotFound):
        talk(reread("x", here()), missing)
    found, _ = talk(reread("x", here()), item(make("client", is_deleted=True)))
    assert found.gone


# Polling


def rows(*stamps):
    return [make("client", id=f"c{n}", updated_at=stamp) for n, stamp in enumerate(stamps)]


def poll(cursor, *records):
    page, (asked,) = talk(CONNECTOR.watched["client"].poll(cursor, here()), listed(*records))
    return page, asked.query


def test_first_poll_notes_where_things_stand_and_reports_nothing():
    page, asked = poll({}, *rows(AFTER))

    assert (page.sightings, page.cursor, page.more) == ([], {"at": AFTER}, False)
    assert asked == {"per_page": 1, "sort": "updated_at|desc", "status": "active"}


def test_first_poll_of_an_empty_list_reports_the_first_record_later():
    page, _ = poll({})
    later, asked = poll(page.cursor, *rows(AFTER))

    assert page.cursor == {"at": 0}
    assert asked["updated_at"] == 1
    assert len(later.sightings) == 1


def test_poll_asks_from_the_cursor_with_an_overlap():
    page, asked = poll({"at": 1000}, *rows(1000, 1007))

    assert asked == {"per_page": PAGE, "sort": "updated_at|asc", "status": "active", "page": 1, "updated_at": 998}
    assert [s.stamp for s in page.sightings] == ["1970-01-01T00:16:40+00:00", "1970-01-01T00:16:47+00:00"]
    assert (page.cursor, page.more) == ({"at": 1007}, False)


def test_quiet_poll_keeps_its_cursor():
    page, _ = poll({"at": 1000})

    assert (page.cursor, page.more) == ({"at": 1000}, False)


def test_full_page_asks_again_from_its_last_row():
    page, _ = poll({"at": 1000}, *rows(*range(1000, 1000 + PAGE)))

    assert (page.cursor, page.more) == ({"at": 1000 + PAGE - 1}, True)


def test_second_fuller_than_a_page_is_walked_by_page_number():
    first, _ = poll({"at": 1000}, *rows(*[1000] * PAGE))
    second, asked = poll(first.cursor, *rows(*[1000] * 5, 1003))

    assert (first.cursor, first.more) == ({"at": 1000, "page": 2}, True)
    assert (asked["page"], asked["updated_at"]) == (2, 998)
    assert (second.cursor, second.more) == ({"at": 1003}, False)


def test_every_change_is_seen_however_many_share_a_second():
    """A list of 700 changes, 450 of them in one second, walked as the runner does."""
    records = rows(*[1000 + n for n in range(100)], *[1100] * 450, *[1101 + n for n in range(150)])
    cursor, found, more = {"at": 999}, set(), True

    while more:
        conversation = CONNECTOR.watched["client"].poll(cursor, here())
        query = next(conversation).query
        fitting = [r for r in records if r["updated_at"] >= query["updated_at"]]
        start = (query["page"] - 1) * PAGE
        with pytest.raises(StopIteration) as end:
            conversation.send(listed(*fitting[start : start + PAGE]))
        page = end.value.value
        cursor, more = page.cursor, page.more
        found |= {(s.record_id, s.stamp) for s in page.sightings}

    assert len(found) == 700


def test_paid_invoices_that_are_archived_at_once_are_polled_too():
    _, (asked,) = talk(CONNECTOR.watched["invoice"].poll({"at": 1000}, here()), listed())

    assert (asked.query["status"], asked.query["include"]) == ("active,archived", "client,payments")


# Trying a trigger out


def test_latest_gives_at_most_ten_that_fit():
    invoices = [make("invoice", id=f"i{n}", status_id="4" if n % 2 else "1") for n in range(40)]

    found, asked = talk(CONNECTOR.triggers["invoice_ninja.invoice.paid"].latest({}, here()), listed(*invoices))

    assert [s.record_id for s in found] == [f"i{n}" for n in range(1, 21, 2)]
    assert asked[0].query["status_id"] == "4"


@pytest.mark.parametrize("key", CONNECTOR.triggers)
def test_sample_of_a_trigger_is_what_a_poll_brings(key):
    trigger = CONNECTOR.triggers[key]
    now = sighting(trigger.object, trigger.sample)

    assert now.data == trigger.sample
    assert trigger.fired(None, replace(now, hint=EVENTS[trigger.object][0]), _soon(), {}) in (True, False)


def _soon():
    return (datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=1)).isoformat()
