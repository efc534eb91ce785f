"""Every template over the real sandboxes: what its file says is what goes out, once, whatever happens."""

from collections import Counter

import pytest
from django.conf import LazySettings

from builder.actions import gallery
from builder.models import RunStatus
from tests.runner.conftest import Sandbox
from tests.runner.gallery.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PLAYS = [
    pytest.param(template, sample, id=f"{template.key}-{number}")
    for template in gallery.templates()
    for number, sample in enumerate(template.samples, 1)
]


@pytest.fixture
def boxes(_ghl: Sandbox, _ninja: Sandbox, settings: LazySettings) -> tuple[Sandbox, Sandbox]:
    settings.PUBLIC_URL = "https://recipes.example.com"  # some triggers are told by webhook alone
    return _ghl, _ninja


@pytest.mark.parametrize(("template", "sample"), PLAYS)
def test_sample_sends_what_its_file_says_and_once_however_often_it_is_told(template, sample, boxes) -> None:
    stage = Stage(template, sample, *boxes)
    stage.set_up()
    looked = stage.done()

    stage.happen()
    ends, sent, did = [run.status for run in stage.runs()], stage.sent(), stage.done()
    stage.tell()

    assert looked == {}
    assert sent == stage.wanted()
    assert ends == ([] if sample.ends == "nothing" else [sample.ends])
    assert [run.status for run in stage.runs()] == ends * (2 if stage.by_hand else 1)
    assert (stage.sent(), stage.done(), stage.mails()) == (sent, did, sample.mails)
    if sample is template.samples[0]:
        lost_answers_double_nothing(Stage(template, sample, *boxes), did)


def lost_answers_double_nothing(stage: Stage, did: Counter[str]) -> None:
    """What it did is done as often as with all answers, or the run is on hold and asks."""
    stage.set_up()
    stage.lose_answers()

    stage.happen()

    (run,) = stage.runs()
    assert run.status in (RunStatus.DONE, RunStatus.HELD)
    assert stage.done() == did if run.status == RunStatus.DONE else stage.done() <= did
