"""Pages where something was let go because it was old."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from builder.models import Run
from tests import make
from tests.web.people import browser_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """Forty days old, without the exchanges it had."""
    then = timezone.now() - timedelta(days=40)
    run = make.make_run(created_at=then, started_at=then, finished_at=then)
    make.make_step_run(run=run, started_at=then, finished_at=then)
    return run


def page(run: Run, name: str, public_id: str, query: str = "") -> tuple[int, str]:
    answer = browser_of(run.workspace).get(reverse(f"web:{name}", args=[run.workspace.slug, public_id]) + query)
    return answer.status_code, text(answer)


def test_step_of_an_old_run_says_where_its_exchanges_are(run):
    status, words = page(run, "run", run.public_id, "?step=sclien")

    assert status == 200
    assert "requests and answers are kept for 30 days." in words


def test_step_of_a_new_run_says_nothing_of_that(run):
    fresh = make.make_run(recipe=run.recipe)
    make.make_step_run(run=fresh)

    assert "is gone" not in page(fresh, "run", fresh.public_id, "?step=sclien")[1]


def test_address_of_a_run_that_went_says_how_long_runs_are_kept(run):
    status, words = page(run, "run", "gonegonegone")

    assert status == 404
    assert "This run is not here. Runs that are over are kept for 90 days." in words


def test_address_of_an_event_that_went_says_how_long_events_are_kept(run):
    status, words = page(run, "event", "gonegonegone")

    assert status == 404
    assert "This event is not here. Events are kept for 90 days." in words


def test_event_whose_runs_went_says_so(run):
    event = run.event
    run.delete()

    assert "They are gone: runs that are over are kept for 90 days" in page(run, "event", event.public_id)[1]


def test_lists_say_how_long_things_are_kept(run):
    browser, slug = browser_of(run.workspace), [run.workspace.slug]

    assert "Kept for 90 days, requests and answers for 30" in text(browser.get(reverse("web:runs", args=slug)))
    assert "Kept for 90 days" in text(browser.get(reverse("web:events", args=slug)))
