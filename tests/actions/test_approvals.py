"""Who may answer a question, and what an answer leaves behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from builder.actions import approvals
from builder.actions.actor import Actor
from builder.actions.errors import Forbidden, Gone, Invalid, NotFound
from builder.models import Approval, AuditEvent, Run
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def ask(workspace: Any, *people: str, **more: Any) -> Approval:
    recipe = make.make_recipe(workspace=workspace, live=True)
    soon = timezone.now() + timedelta(days=1)
    run = make.make_run(recipe=recipe, status="waiting", place=[0], wake_at=soon, finished_at=None, **more)
    row = make.make_step_run(run=run, status="waiting", finished_at=None)
    kept = {"people": [one.lower() for one in people], "message": "Send it?", "until": soon}
    return Approval.objects.create(workspace=workspace, run=run, step_run=row, created_at=timezone.now(), **kept)


def test_who_is_named_decides_whatever_the_role(workspace: Any):
    viewer = make.make_actor(workspace=workspace, role="viewer", email="Vera@Lumen.example", name="Vera Viewer")
    question = ask(workspace, "vera@lumen.example")

    decided = approvals.decide(viewer, question, True, " Fine. ")

    assert (decided.decision, decided.decided_by, decided.note) == ("approved", viewer.user, "Fine.")
    assert Run.objects.get().wake_at <= timezone.now()
    audit = AuditEvent.objects.get()
    assert (audit.verb, audit.details) == ("run.decided", {"decision": "approved"})


def test_owner_decides_though_somebody_else_was_asked(workspace: Any, owner: Actor):
    assert approvals.decide(owner, ask(workspace, "vera@lumen.example"), False).decision == "declined"


def test_nobody_else_decides(workspace: Any, editor: Actor):
    question = ask(workspace, "vera@lumen.example")

    with pytest.raises(Forbidden) as refused:
        approvals.decide(editor, question, True)

    assert refused.value.message.startswith("Only vera@lumen.example can decide this")
    assert (Approval.objects.get().decision, AuditEvent.objects.count()) == ("", 0)


def test_token_never_decides(workspace: Any, owner: Actor):
    program = Actor(workspace, owner.user, owner.membership, make.make_token(by=owner, scopes=["view", "members"]))

    with pytest.raises(Forbidden):
        approvals.decide(program, ask(workspace, owner.user.email), True)


def test_stranger_finds_no_question(workspace: Any):
    with pytest.raises(NotFound):
        approvals.decide(make.make_actor(), ask(workspace, "vera@lumen.example"), True)


def test_second_answer_is_told_the_first_and_written_down_nowhere(workspace: Any, owner: Actor, editor: Actor):
    question = ask(workspace, editor.user.email)
    late = Approval.objects.get()
    approvals.decide(editor, question, True, "Yes")

    decided = approvals.decide(owner, late, False, "No")

    assert (decided.decision, decided.decided_name, decided.note) == ("approved", "Eddie Editor", "Yes")
    assert AuditEvent.objects.count() == 1


def test_question_of_a_run_that_is_over_takes_no_answer(workspace: Any, owner: Actor):
    question = ask(workspace, owner.user.email)
    Run.objects.update(status="cancelled", wake_at=None)
    question.refresh_from_db()

    with pytest.raises(Gone):
        approvals.decide(owner, question, True)
    with pytest.raises(Invalid):
        approvals.decide(owner, question, True, "x" * 2001)
