"""What deliveries and polls show of a record, and which rounds a poll makes."""

import pytest

from connectors.errors import NotFound
from connectors.invoice_ninja import CONNECTOR
from connectors.invoice_ninja.events import EVENTS, PAGE
from tests.connectors.invoice_ninja.records import AFTER, BEFORE, here, item, listed, make
from tests.connectors.talk import answer, talk

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


ALL_STATES = "active,archived,deleted"


def test_first_round_notes_where_things_stand_and_reports_nothing():
    first, asked = poll({}, *rows(AFTER))
    second, then = poll(first.cursor, *rows(BEFORE, AFTER - 100, AFTER))

    assert asked == {"per_page": 1, "sort": "updated_at|desc", "status": ALL_STATES}
    assert (first.sightings, first.cursor, first.more) == ([], {"at": 0, "until": AFTER}, True)
    assert (second.baseline, [s.record_id for s in second.sightings]) == (True, ["c0", "c1"])
    assert (second.cursor, second.more) == ({"at": AFTER}, False)
    assert then["updated_at"] == 1


def test_first_round_goes_on_over_several_pages():
    first, _ = poll({"at": 0, "until": 5000}, *rows(*range(1000, 1000 + PAGE)))
    last, asked = poll(first.cursor, *rows(4000, 4998, 5003))

    assert (first.more, first.baseline, first.cursor) == (True, True, {"at": 1000 + PAGE - 1, "until": 5000})
    assert asked["updated_at"] == 1000 + PAGE - 3
    assert ([s.record_id for s in last.sightings], last.cursor, last.more) == (["c0"], {"at": 5000}, False)


def test_first_poll_of_an_empty_list_reports_the_first_record_later():
    page, _ = poll({})
    later, asked = poll(page.cursor, *rows(AFTER))

    assert page.cursor == {"at": 0}
    assert asked["updated_at"] == 1
    assert len(later.sightings) == 1


def test_poll_asks_from_the_cursor_with_an_overlap():
    page, asked = poll({"at": 1000}, *rows(1000, 1007))

    assert asked == {"per_page": PAGE, "sort": "updated_at|asc", "status": ALL_STATES, "page": 1, "updated_at": 998}
    assert [s.stamp for s in page.sightings] == ["1970-01-01T00:16:40+00:00", "1970-01-01T00:16:47+00:00"]
    assert (page.cursor, page.more) == ({"at": 1007}, False)


def test_quiet_poll_keeps_its_cursor():
    page, _ = poll({"at": 1000})

    assert (page.cursor, page.more) == ({"at": 1000}, False)


def test_full_page_asks_again_from_its_last_row():
    page, _ = poll({"at": 1000}, *rows(*range(1000, 1000 + PAGE)))

    assert (page.cursor, page.more) == ({"at": 1000 + PAGE - 1}, True)


def test_second_fuller_than_a_page_is_read_in_larger_ones():
    first, _ = poll({"at": 1000}, *rows(*[1000] * PAGE))
    second, asked = poll(first.cursor, *rows(*[1000] * 5, 1003))

    assert (first.cursor, first.more) == ({"at": 1000, "page": 2}, True)
    assert (asked["per_page"], asked["page"], asked["updated_at"]) == (2 * PAGE, 1, 998)
    assert (second.cursor, second.more) == ({"at": 1003}, False)


@pytest.mark.parametrize("of_one_second", [450, 2450])
def test_every_change_is_seen_however_many_share_a_second(of_one_second):
    """A list of changes, most of them in one second, walked as the runner does."""
    records = rows(*[1000 + n for n in range(100)], *[1100] * of_one_second, *[1101 + n for n in range(150)])
    cursor, found, more = {"at": 999}, set(), True

    while more:
        conversation = CONNECTOR.watched["client"].poll(cursor, here())
        query = next(conversation).query
        fitting = [r for r in records if r["updated_at"] >= query["updated_at"]]
        start = (query["page"] - 1) * query["per_page"]
        with pytest.raises(StopIteration) as end:
            conversation.send(listed(*fitting[start : start + query["per_page"]]))
        page = end.value.value
        cursor, more = page.cursor, page.more
        found |= {(s.record_id, s.stamp) for s in page.sightings}

    assert len(found) == of_one_second + 250


def test_what_is_archived_or_deleted_is_polled_too():
    _, (asked,) = talk(CONNECTOR.watched["invoice"].poll({"at": 1000}, here()), listed())

    assert (asked.query["status"], asked.query["include"]) == (ALL_STATES, "client,payments")
