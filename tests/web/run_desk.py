"""Runs for the tests of their page, and who looks at them."""

import pytest
from django.test import Client
from django.urls import reverse

from builder.models import Role, Run, RunStatus, StepStatus
from tests import make

RETRY = "Retry from here"
TAKEN = {"code": "refused", "message": "The number has already been taken.", "field": "number"}

DENTAL = {"id": "Vol1", "name": "Harbor Dental", "number": "0142"}


@pytest.fixture
def recipe():
    return make.make_recipe(live=True)


@pytest.fixture
def held(recipe) -> Run:
    """On hold at step 4, after two tries."""
    run = make.make_run(
        recipe=recipe, status=RunStatus.HELD, because=TAKEN["message"], stopped_at="sinvoi", place=[2], title="Harbor"
    )
    make.make_step_run(run=run, step_id="sonlyi", note="value is 1210.00, so it is more than 0.")
    make.make_step_run(run=run, step_id="sclien", note="Found by e-mail.")
    for attempt in (1, 2):
        row = make.make_step_run(
            run=run,
            step_id="sinvoi",
            status=StepStatus.FAILED,
            attempt=attempt,
            error=TAKEN,
            input={"number": "2026-1"},
        )
        make.make_exchange(step_run=row, request_body=f'{{"number":"2026-{attempt}"}}', status=422)
    return run


@pytest.fixture
def asking(recipe) -> Run:
    """Nobody knows whether the invoice was made."""
    run = make.make_run(
        recipe=recipe, status=RunStatus.HELD, because="The answer got lost.", stopped_at="sinvoi", place=[2]
    )
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD)
    return run


def client_of(run, role=Role.OWNER) -> Client:
    client = Client()
    client.force_login(make.make_member(workspace=run.workspace, role=role).user)
    return client


def address(run, name="run", /, **query) -> str:
    return reverse(f"web:{name}", args=[run.workspace.slug, run.public_id], query=query or None)


def page_of(run, role=Role.OWNER, /, **query) -> str:
    answer = client_of(run, role).get(address(run, **query))
    assert answer.status_code == 200
    return answer.content.decode()


def cards_of(run, **query) -> dict[str, tuple[str, str]]:
    """State and foot (or summary) of each card."""
    answer = client_of(run).get(address(run, **query))
    return {card.id: (card.state, card.foot or card.summary) for card in _all(answer.context["cards"])}


def _all(cards):
    return [one for card in cards for one in (card, *_all([c for lane in card.lanes for c in lane.cards]))]
