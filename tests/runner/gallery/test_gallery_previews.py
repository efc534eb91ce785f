"""Every template's preview over the real sandboxes: it shows what a run sends, and sends none of it."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail

from builder.actions import gallery
from builder.models import RunStatus
from builder.runner import captured, preview
from tests.runner.conftest import Sandbox, work
from tests.runner.gallery.stage import Stage
from tests.runner.gallery.test_gallery_plays import boxes  # noqa: F401 -- a fixture
from tests.runner.gallery.words import plain

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
Sent = tuple[str, str, Any]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")
MADE_UP = re.compile(captured.NEW + r"\w+")


@pytest.mark.parametrize("template", gallery.templates(), ids=lambda template: template.key)
def test_preview_shows_what_is_sent_and_sends_nothing(template, boxes: tuple[Sandbox, Sandbox]) -> None:  # noqa: F811
    stage = Stage(template, template.samples[0], *boxes)
    stage.set_up()
    for act in stage.sample.happens:
        stage.play(act)
    stage.hear()
    begun, before, mails = stage.began_with(), stage.effects(), len(mail.outbox)

    shown = preview.of(stage.recipe, begun)

    assert (shown.status, stage.effects(), len(mail.outbox)) == (RunStatus.DONE, before, mails)
    work()
    first = stage.runs()[0]
    real = [sent[1:] for sent in stage.sent(first)]
    told = list(unsent(shown))
    assert len(told) == len(real) or any("goes through the first" in row.note for row in shown.taken)
    for (mine, leans), theirs in zip(told, real, strict=False):
        assert alike(mine[:2], theirs[:2])
        assert leans or alike(mine[2], theirs[2])


def unsent(shown: preview.Shown) -> Iterator[tuple[Sent, list[str]]]:
    """What would be sent, and whose made-up values are in it."""
    for row in shown.taken:
        for call in row.calls:
            if not call["sent"]:
                parts = urlsplit(call["url"])
                path = f"{parts.path}{'?' if parts.query else ''}{parts.query}"
                yield (call["method"], path, plain(json.loads(call["body"]) if call["body"] else None)), row.leans


def alike(mine: Any, theirs: Any) -> bool:
    """Equal, but for moments, IDs of records that only the run made, and the key that comes of its mark."""
    if isinstance(mine, str) and MADE_UP.search(mine):
        pattern = MADE_UP.sub("ANYTHING", mine)
        return re.fullmatch(re.escape(pattern).replace("ANYTHING", r"\w+"), str(theirs)) is not None
    if isinstance(mine, str) and MOMENT.fullmatch(mine):
        return MOMENT.fullmatch(str(theirs)) is not None
    if isinstance(mine, dict):
        return mine.keys() == theirs.keys() and all(
            alike(mine[name], theirs[name]) for name in mine if name != "idempotency_key"
        )
    if isinstance(mine, list | tuple):
        return len(mine) == len(theirs) and all(map(alike, mine, theirs))
    return bool(mine == theirs)
