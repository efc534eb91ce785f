from datetime import UTC, date, datetime
from email.utils import format_datetime

import pytest

from connectors.invoice_ninja import CONNECTOR
from connectors.invoice_ninja.due import FAR, INVOICE, PAPERS, QUOTE, sighting, step_of
from tests.connectors.invoice_ninja.records import here, make
from tests.connectors.talk import answer, talk

SINCE = "2026-11-22T10:00:00.250000+00:00"
TODAY = date(2026, 11, 22)
NOON = format_datetime(datetime(2026, 11, 22, 12, tzinfo=UTC), usegmt=True)


def listed(*rows, at=NOON):
    return answer({"data": list(rows)}, date=at)


def unpaid(due="2026-12-06", **changes):
    return make("invoice", **({"due_date": due, "status_id": "2"} | changes))


def fires(name, before, due, today, paper=INVOICE, **inputs):
    seen = None if before is None else sighting(paper, make(paper.object, due_date=due), before).values
    now = sighting(paper, make(paper.object, due_date=due), today)
    return CONNECTOR.triggers[f"invoice_ninja.{paper.object}.{name}"].fired(seen, now, SINCE, inputs)


@pytest.mark.parametrize(
    ("due", "days", "step"),
    [
        ("2027-05-01", -160, FAR),
        ("2026-12-22", -30, -30),
        ("2026-12-01", -9, -14),
        ("2026-11-23", -1, -1),
        ("2026-11-22", 0, 0),
        ("2026-11-20", 2, 1),
        ("2026-08-01", 113, 90),
    ],
)
def test_step_is_the_last_that_is_reached(due, days, step):
    seen = sighting(INVOICE, unpaid(due), TODAY)

    assert (seen.data["days_past_due"], seen.values["step"], step_of(days)) == (days, step, step)


@pytest.mark.parametrize(("name", "paper"), [("overdue", INVOICE), ("expired", QUOTE)])
def test_day_after_is_told_once_however_late_it_is_seen(name, paper):
    due = "2026-11-22"

    assert not fires(name, date(2026, 11, 21), due, TODAY, paper)
    assert fires(name, TODAY, due, date(2026, 11, 23), paper)
    assert fires(name, TODAY, due, date(2026, 12, 30), paper)
    assert not fires(name, date(2026, 11, 23), due, date(2026, 11, 30), paper)
    assert fires(name, None, due, date(2026, 12, 30), paper)


def test_chosen_day_is_told_also_when_nobody_looked_on_it():
    due = "2026-12-06"

    assert fires("due", date(2026, 11, 28), due, date(2026, 11, 29), when="-7")
    assert fires("due", date(2026, 11, 28), due, date(2026, 12, 5), when="-7")
    assert not fires("due", date(2026, 11, 29), due, date(2026, 12, 5), when="-7")
    assert not fires("due", date(2026, 11, 28), due, date(2026, 11, 29), when="0")


def test_invoice_first_seen_falls_due_only_on_the_very_step():
    assert fires("due", None, "2026-12-06", date(2026, 11, 22), when="-14")
    assert not fires("due", None, "2026-11-30", date(2026, 11, 22), when="-14")


def test_due_date_put_off_counts_anew():
    late, put_off = sighting(INVOICE, unpaid("2026-11-20"), TODAY), sighting(INVOICE, unpaid("2026-11-30"), TODAY)
    later = sighting(INVOICE, unpaid("2026-11-30"), date(2026, 12, 1))
    overdue = CONNECTOR.triggers["invoice_ninja.invoice.overdue"].fired

    assert not overdue(late.values, put_off, SINCE, {})
    assert overdue(put_off.values, later, SINCE, {})


def test_first_look_only_notes_what_is_open():
    poll = CONNECTOR.watched["invoice_due"].poll

    page, asked = talk(
        poll({}, here()),
        listed(unpaid(updated_at=50)),
        listed(unpaid(id="a"), unpaid(id="b", balance=0), unpaid("", id="c"), unpaid(id="d", status_id="4")),
    )

    assert (page.baseline, [s.record_id for s in page.sightings]) == (True, ["a"])
    assert page.cursor == {"day": "2026-11-22", "newest": 50}
    assert asked[1].query["status_id"] == "2,3"


def test_quiet_day_costs_one_small_call():
    poll = CONNECTOR.watched["invoice_due"].poll

    page, asked = talk(poll({"day": "2026-11-22", "newest": 50}, here()), listed(unpaid(updated_at=50)))

    assert (page.sightings, len(asked), asked[0].query["per_page"]) == ([], 1, 1)


@pytest.mark.parametrize("cursor", [{"day": "2026-11-21", "newest": 50}, {"day": "2026-11-22", "newest": 49}])
def test_new_day_or_a_change_lists_the_open_ones(cursor):
    page, _ = talk(
        CONNECTOR.watched["invoice_due"].poll(cursor, here()), listed(unpaid(updated_at=50)), listed(unpaid())
    )

    assert (len(page.sightings), page.baseline) == (1, False)


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Auckland", "2026-11-23"), ("", "2026-11-22"), ("Nowhere", "2026-11-22")]
)
def test_days_are_those_of_the_company(zone, day):
    page, _ = talk(CONNECTOR.watched["invoice_due"].poll({}, here(timezone=zone)), listed(), listed())

    assert page.cursor["day"] == day


def test_quote_whose_last_day_is_over_is_listed_and_still_open():
    """The service answers -1 instead of 2 from that day on."""
    quote = make("quote", due_date="2026-11-20", status_id="-1", updated_at=50)
    watched, expired = CONNECTOR.watched["quote_due"], CONNECTOR.triggers["invoice_ninja.quote.expired"]

    page, _ = talk(watched.poll({"day": "2026-11-21", "newest": 50}, here()), listed(quote), listed(quote))
    now, _ = talk(watched.reread(quote["id"], here()), answer({"data": quote}, date=NOON))

    assert [expired.fired(None, seen, SINCE, {}) for seen in page.sightings] == [True]
    assert expired.why_not({}, now) == ""


def test_what_was_paid_meanwhile_starts_nothing():
    for paper, changes in ((INVOICE, {"status_id": "4", "balance": 0}), (QUOTE, {"status_id": "4"})):
        record = make(paper.object, due_date="2026-11-20", **changes)
        now, _ = talk(CONNECTOR.watched[paper.key].reread("x", here()), answer({"data": record}, date=NOON))
        key = "overdue" if paper is INVOICE else "expired"

        assert CONNECTOR.triggers[f"invoice_ninja.{paper.object}.{key}"].why_not({}, now) == paper.over
        assert now.data["days_past_due"] == 2


def test_examples_are_those_that_are_late():
    late, soon = unpaid("2026-11-20", id="late"), unpaid("2026-12-06", id="soon")
    overdue, due = (CONNECTOR.triggers[f"invoice_ninja.invoice.{name}"].latest for name in ("overdue", "due"))

    assert [s.record_id for s in talk(overdue({}, here()), listed(soon, late))[0]] == ["late"]
    assert [s.record_id for s in talk(due({}, here()), listed(soon, late))[0]] == ["soon", "late"]


def test_service_calls_nobody_about_due_dates():
    assert all(CONNECTOR.watched[paper.key].events == () for paper in PAPERS)
