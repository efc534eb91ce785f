"""A run rests on a question until somebody answers, or nobody does in time."""

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction

from builder.models import Approval, Decision, Recipe, Run, RunStatus, StepRun, User
from builder.runner import approvals, letters, replay
from builder.runner.clock import now
from tests import make
from tests.runner.conftest import later, work
from tests.runner.make import last_step, make_hooked, only_run, overdue, send
from tests.runner.test_power_cut import Fuse, cut_short
from tests.runner.test_steps import text, texts, trail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]
DAY = 86_400
BOSS = "boss@lumen.example"


def approval(**more: Any) -> dict[str, Any]:
    asked = {"people": [BOSS, "{{ trigger.also }}"], "message": "Send {{ trigger.amount }} to {{ trigger.who }}?"}
    return {"id": "sappro", "kind": "approval", "timeout": {"amount": "2", "unit": "days"}, **asked, **more}


def asked(*after: dict[str, Any], body: Any = None, **more: Any) -> tuple[Recipe, User]:
    """A live recipe whose run has come to the question."""
    known = User.objects.filter(email=BOSS).first()
    boss = make.make_member(user=known or make.make_user(email=BOSS, name="Berta Boss"))
    recipe = make_hooked(approval(**more), *after, workspace=boss.workspace)
    send(recipe, body or {"amount": "900.00", "who": "Ada", "also": "CFO@lumen.example, cfo@lumen.example"})
    work()
    return recipe, boss.user


def answer(recipe: Recipe, by: User, approve: bool, note: str = "") -> bool:
    with transaction.atomic():
        return approvals.decide(Approval.objects.get(run__recipe=recipe, decision=""), by, approve, note)


def test_run_rests_as_a_row_and_knows_whom_it_asked_what() -> None:
    recipe, _boss = asked(text("sdone1", "on"))

    run, question = only_run(recipe), Approval.objects.get()
    assert (run.status, run.lane, run.stopped_at, run.lease_until) == (RunStatus.WAITING, "", "sappro", None)
    assert run.because == "It waits for a decision by boss@lumen.example or cfo@lumen.example."
    assert abs((run.wake_at - now()).total_seconds() - 2 * DAY) < 60
    assert (question.people, question.message) == ([BOSS, "cfo@lumen.example"], "Send 900.00 to Ada?")
    assert (question.decision, question.until, question.step_run) == ("", run.wake_at, last_step(run, "sappro"))


def test_yes_lets_the_run_on_with_who_said_so() -> None:
    recipe, boss = asked(text("sdone1", "{{ sappro.by }} / {{ sappro.email }} / {{ sappro.note }}"))

    counted = answer(recipe, boss, True, "Go ahead.")
    work()

    run, question = only_run(recipe), Approval.objects.get()
    assert counted is True
    assert (run.status, texts(run)) == (RunStatus.DONE, ["Berta Boss / boss@lumen.example / Go ahead."])
    assert (question.decision, question.decided_by, question.decided_name) == (Decision.APPROVED, boss, "Berta Boss")
    assert last_step(run, "sappro").note == "Approved by Berta Boss: Go ahead."
    assert last_step(run, "sappro").output["approved"] is True


def test_no_ends_the_run_and_that_is_no_failure() -> None:
    recipe, boss = asked(text("sdone1", "never"))

    answer(recipe, boss, False, "Too much")
    work()

    run = only_run(recipe)
    assert (run.status, run.because, run.stopped_at) == (
        RunStatus.FILTERED, "Declined by Berta Boss: Too much.", "sappro",
    )  # fmt: skip
    assert trail(run) == ["sappro filtered"]


def test_no_may_be_a_value_for_the_steps_that_follow() -> None:
    recipe, boss = asked(text("sdone1", "{{ sappro.approved }} {{ sappro.decision }}"), on_decline="go_on")

    answer(recipe, boss, False)
    work()

    assert texts(only_run(recipe)) == ["false declined"]


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [("decline", RunStatus.FILTERED, []), ("approve", RunStatus.DONE, ["true"]), ("hold", RunStatus.HELD, [])],
)
def test_time_answers_as_the_recipe_says(wish: str, status: RunStatus, said: list[str]) -> None:
    recipe, boss = asked(text("sdone1", "{{ sappro.approved }}"), on_timeout=wish)
    early = [later(DAY), only_run(recipe).status][1]

    later(2 * DAY)

    run, question = only_run(recipe), Approval.objects.get()
    assert (early, run.status, texts(run)) == (RunStatus.WAITING, status, said)
    assert (question.decision, question.decided_by, question.decided_name) == (Decision.TIMED_OUT, None, "")
    assert approvals.decide(question, boss, True, "late") is False
    assert Approval.objects.get().decision == Decision.TIMED_OUT


def test_held_for_want_of_an_answer_it_asks_once_more() -> None:
    recipe, boss = asked(text("sdone1", "on"), on_timeout="hold")
    later(3 * DAY)

    replay.resume(only_run(recipe))
    work()
    again = [only_run(recipe).status, Approval.objects.count()]
    answer(recipe, boss, True)
    work()

    assert again == [RunStatus.WAITING, 2]
    assert (only_run(recipe).status, trail(only_run(recipe))) == (
        RunStatus.DONE, ["sappro failed", "sappro done", "sdone1 done"],
    )  # fmt: skip


def test_question_cannot_be_passed_over_as_an_unknown_outcome() -> None:
    recipe, _boss = asked(text("sdone1", "on"))

    for answer in ("done", "skip"):
        with pytest.raises(replay.Late):
            replay.resume(only_run(recipe), answer)
    replay.resume(only_run(recipe), "again")
    work()

    assert (only_run(recipe).status, Approval.objects.count()) == (RunStatus.WAITING, 1)


def test_second_answer_changes_nothing() -> None:
    recipe, boss = asked(text("sdone1", "on"))
    question = Approval.objects.get()
    other = make.make_user(name="Otto Other")

    first = approvals.decide(question, boss, True, "")
    second = approvals.decide(question, other, False, "No!")
    work()

    kept = Approval.objects.get()
    assert (first, second) == (True, False)
    assert (kept.decision, kept.decided_name, kept.note) == (Decision.APPROVED, "Berta Boss", "")
    assert only_run(recipe).status == RunStatus.DONE


def test_run_that_is_woken_without_an_answer_goes_back_to_rest_and_still_hears_it() -> None:
    recipe, boss = asked(text("sdone1", "on"))

    replay.resume(only_run(recipe))
    work()
    woken = only_run(recipe)
    answer(recipe, boss, True)
    work()

    assert (woken.status, Approval.objects.count()) == (RunStatus.WAITING, 1)
    assert 0 < (woken.wake_at - now()).total_seconds() < 120
    assert only_run(recipe).status == RunStatus.DONE


def test_question_without_anybody_holds_the_run() -> None:
    recipe, _boss = asked(people=["{{ trigger.nobody | default: '' }}"])

    run = only_run(recipe)
    assert (run.status, Approval.objects.count()) == (RunStatus.HELD, 0)
    assert run.because == "Nobody is named who could approve this. Name somebody in the recipe, then run it again."


def test_loop_asks_for_each_item_and_a_no_leaves_only_its_round() -> None:
    boss = make.make_member(user=make.make_user(email=BOSS, name="Berta Boss"))
    question = approval(people=[BOSS], message="{{ seach1.item }}?")
    each = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.items }}",
        "steps": [question, text("sround", "{{ seach1.item }}")],
    }
    recipe = make_hooked(each, workspace=boss.workspace)
    send(recipe, {"items": ["a", "b", "c"]})

    for approve in (True, False, True):
        work()
        answer(recipe, boss.user, approve)
    work()

    run = only_run(recipe)
    assert (run.status, texts(run)) == (RunStatus.DONE, ["a", "c"])
    assert [q.message for q in Approval.objects.order_by("pk")] == ["a?", "b?", "c?"]


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", range(1, 4))
def test_power_cut_on_the_way_to_the_question_asks_it_once(moment: str, count: int) -> None:
    boss = make.make_member(user=make.make_user(email=BOSS))
    recipe = make_hooked(text("sfirst", "a"), approval(people=[BOSS]), text("sdone1", "on"), workspace=boss.workspace)
    send(recipe, {"amount": "1", "who": "x"})

    cut_short(Fuse(moment, count))
    for _ in range(3):
        later(settings.LEASE + 1)
    questions = Approval.objects.count()
    answer(recipe, boss.user, True)
    work()

    assert questions == 1
    assert (only_run(recipe).status, texts(only_run(recipe), "sdone1")) == (RunStatus.DONE, ["on"])


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", range(1, 5))
@pytest.mark.parametrize("late", [False, True], ids=["answered", "timed-out"])
def test_power_cut_on_the_way_from_the_answer_keeps_it(moment: str, count: int, late: bool) -> None:
    recipe, boss = asked(text("sdone1", "{{ sappro.decision }}"), on_timeout="approve")
    if late:
        Run.objects.update(wake_at=overdue())
        Approval.objects.update(until=overdue())
    else:
        answer(recipe, boss, True)

    cut_short(Fuse(moment, count))
    for _ in range(3):
        later(settings.LEASE + 1)

    decision = Decision.TIMED_OUT if late else Decision.APPROVED
    assert (only_run(recipe).status, texts(only_run(recipe))) == (RunStatus.DONE, [decision.value])
    assert Approval.objects.get().decision == decision
    assert StepRun.objects.filter(step_id="sappro").count() == 1


# the mail


def test_those_asked_who_can_come_in_get_one_mail_with_the_way_there() -> None:
    recipe, _boss = asked()

    told = [letters.ask(pk) for pk in letters.questions() * 2]

    question = Approval.objects.get()
    assert (told, letters.questions()) == ([True, False], [])
    assert [message.to for message in mail.outbox] == [[BOSS]]
    assert "Send 900.00 to Ada?" in mail.outbox[0].body
    assert f"/w/{recipe.workspace.slug}/approvals/{question.public_id}/" in mail.outbox[0].body


def test_mail_about_a_question_that_does_not_leave_is_due_again(settings: Any) -> None:
    asked()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    failed = [letters.ask(pk) for pk in letters.questions()]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert failed == [False]
    assert [letters.ask(pk) for pk in letters.questions()] == [True]


def test_nobody_is_mailed_about_what_is_decided_or_over() -> None:
    _recipe, boss = asked()
    answered = Approval.objects.get()
    approvals.decide(answered, boss, True, "")
    other, _boss = asked()
    replay.cancel(only_run(other))

    assert [letters.ask(pk) for pk in letters.questions()] == [False]
    assert mail.outbox == []
