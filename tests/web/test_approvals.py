"""The page where somebody who was asked approves or declines."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Approval
from tests import make
from tests.actions.test_approvals import ask
from tests.web.people import browser_of, statuses, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def question() -> Approval:
    workspace = make.make_workspace()
    with scope(workspace=workspace):
        return ask(workspace, "vera@lumen.example", title="Autumn campaign")


@pytest.fixture
def vera(question: Approval) -> Client:
    return browser_of(question.workspace, "viewer", email="vera@lumen.example", name="Vera Viewer")


def url(question: Approval) -> str:
    return reverse("web:approval", args=[question.workspace.slug, question.public_id])


def fresh(question: Approval) -> Approval:
    with scope(workspace=question.workspace):
        return Approval.objects.get(pk=question.pk)


def test_page_is_for_members_and_the_answer_for_who_may(question: Approval):
    seen = statuses(question.workspace, lambda browser: browser.get(url(question)))
    answered = statuses(
        question.workspace,
        lambda browser: browser.post(url(question), {"answer": "decline"}),
        ("viewer", "operator", "editor", "stranger"),
    )

    assert seen == {"owner": 200, "admin": 200, "editor": 200, "operator": 200, "viewer": 200, "stranger": 404}
    assert answered == {"viewer": 403, "operator": 403, "editor": 403, "stranger": 404}
    assert fresh(question).decision == ""
    assert Client().get(url(question)).headers["Location"].startswith("/accounts/login/?next=/w/")


def test_who_is_asked_reads_what_it_is_about_and_answers(question: Approval, vera: Client):
    page = vera.get(url(question))
    answer = vera.post(url(question), {"answer": "approve", "note": "Fine <b>by</b> me"})

    assert "Send it?" in text(page) and "Asked: vera@lumen.example." in text(page)
    assert (answer.status_code, answer.headers["Location"]) == (302, url(question))
    decided = vera.get(url(question)).content.decode()
    assert "Approved by Vera Viewer" in decided
    assert "Fine &lt;b&gt;by&lt;/b&gt; me" in decided
    assert 'name="answer"' not in decided


def test_looking_decides_nothing(question: Approval, vera: Client):
    vera.get(url(question), {"answer": "approve"})

    assert fresh(question).decision == ""


def test_second_click_changes_nothing(question: Approval, vera: Client):
    vera.post(url(question), {"answer": "approve"})
    at = fresh(question).decided_at

    again = vera.post(url(question), {"answer": "decline", "note": "changed my mind"})

    assert again.status_code == 302
    kept = fresh(question)
    assert (kept.decision, kept.note, kept.decided_at) == ("approved", "", at)


def test_who_was_not_asked_sees_the_question_without_buttons(question: Approval):
    page = browser_of(question.workspace, "editor").get(url(question))

    assert "Only vera@lumen.example can decide this" in text(page)
    assert 'name="answer"' not in page.content.decode()


@pytest.mark.parametrize("sent", [{}, {"answer": "perhaps"}, {"answer": "approve", "note": "x" * 2001}])
def test_answer_that_is_none_is_refused_and_keeps_the_note(question: Approval, vera: Client, sent: dict[str, Any]):
    page = vera.post(url(question), sent)

    assert page.status_code == 422
    assert sent.get("note", "") in page.content.decode()
    assert fresh(question).decision == ""


def test_run_that_is_over_needs_no_answer(question: Approval, vera: Client):
    with scope(workspace=question.workspace):
        type(question.run).objects.filter(pk=question.run_id).update(status="cancelled")

    assert "The run is over, so no answer is needed." in text(vera.get(url(question)))
    assert vera.post(url(question), {"answer": "approve"}).status_code == 410


def test_question_that_nobody_answered_says_until_when(question: Approval, vera: Client):
    past = timezone.now() - timedelta(hours=1)
    with scope(workspace=question.workspace):
        Approval.objects.update(decision="timed_out", decided_at=past, until=past)

    assert "Nobody decided until" in text(vera.get(url(question)))
