"""Messages to people, which can't be taken back, and many contacts at once, of which each must be well."""

import pytest

from builder.models import Run, RunStatus, StepStatus
from tests.runner.conftest import Sandbox, later, until_over, work
from tests.runner.cuts import cut_at
from tests.runner.make import action, last_step, make_ghl, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def kinds(ghl: Sandbox) -> list[str]:
    return [e["kind"] for e in ghl.effects()]


MAIL = {"type": "Email", "subject": "Invoice 7", "message": "Dear A & B,\nit is <paid>."}
SMS = {"type": "SMS", "message": "Paid, thanks."}


def lost(ghl: Sandbox, when: str, options: dict[str, str] | None = None, answer: int = 502, **message: str) -> Run:
    """A run whose message went out, or didn't, while the answer got lost; it waits for a clear view."""
    ghl.set(rate_max=0)
    at, person = make_ghl(ghl), ghl.records("contacts")[20]["id"]
    step = action("ssend1", "ghl.messages.send", at, contactId=person, **message)
    recipe = make_hooked(step | {"options": options or {}}, workspace=at.workspace)
    ghl.fail({"method": "POST", "path": "/conversations/messages", "when": when, "status": answer})
    send(recipe, {})
    work()
    return only_run(recipe)


def by_hand(ghl: Sandbox, text: str) -> None:
    person = ghl.records("contacts")[20]["id"]
    told = {"type": "SMS", "contactId": person, "message": text}
    token = ghl.get("/_sandbox/state")["connect"]["token"]
    ghl.post("/conversations/messages", told, Version="2021-04-15", Authorization=f"Bearer {token}")


@pytest.mark.parametrize("message", [SMS, MAIL], ids=["sms", "e-mail"])
def test_message_whose_answer_got_lost_is_found(ghl: Sandbox, message: dict[str, str]) -> None:
    run = until_over(lost(ghl, "after", **message))

    (effect,) = ghl.effects("message.sent")
    assert (run.status, len(ghl.calls("POST", "/conversations/messages"))) == (RunStatus.DONE, 1)
    assert last_step(run, "ssend1").output["messageId"] == effect["id"]


@pytest.mark.parametrize("message", [SMS, MAIL], ids=["sms", "e-mail"])
def test_message_that_is_not_to_be_seen_is_never_sent_again_without_a_person(
    ghl: Sandbox, message: dict[str, str]
) -> None:
    run = until_over(lost(ghl, "before", **message))

    assert (run.status, len(ghl.calls("POST", "/conversations/messages"))) == (RunStatus.HELD, 1)
    assert run.because == (
        "Nobody knows whether “Send a message” was done: the answer got lost. HighLevel shows no such message in the "
        "conversation with the contact, but its list lags and one may still be on its way: look at the conversation "
        "there, then tell Recette."
    )


@pytest.mark.parametrize(("rule", "status", "posts"), [("again", RunStatus.DONE, 2), ("skip", RunStatus.DONE, 1)])
def test_recipe_may_say_what_becomes_of_a_lost_message(ghl: Sandbox, rule: str, status: RunStatus, posts: int) -> None:
    run = until_over(lost(ghl, "before", {"on_unknown": rule}, **SMS))

    assert (run.status, len(ghl.calls("POST", "/conversations/messages"))) == (status, posts)


def test_message_that_was_turned_away_before_anything_happened_is_sent_again(ghl: Sandbox) -> None:
    run = until_over(lost(ghl, "before", answer=429, **SMS))

    assert (run.status, kinds(ghl)) == (RunStatus.DONE, ["message.sent"])


@pytest.mark.parametrize("point", ["http.after_send", "http.after_response"])
def test_message_of_a_worker_that_died_goes_out_once(ghl: Sandbox, point: str) -> None:
    at, person = make_ghl(ghl), ghl.records("contacts")[20]["id"]
    step = action("ssend1", "ghl.messages.send", at, contactId=person, **SMS)
    recipe = make_hooked(step, workspace=at.workspace)
    send(recipe, {})

    blown = cut_at(point, subject="ssend1")
    later()

    run = until_over(only_run(recipe))
    assert (blown, run.status, kinds(ghl)) == (True, RunStatus.DONE, ["message.sent"])


@pytest.mark.parametrize("point", ["http.after_send", "http.after_response"])
def test_mail_of_a_worker_that_died_goes_out_once(ninja: Sandbox, point: str) -> None:
    ninja.set(guard=0)
    at, invoice = make_ninja(ninja.url), ninja.records("invoices")[0]["id"]
    step = action("semail", "invoice_ninja.invoices.email", at, invoice_id=invoice)
    recipe = make_hooked(step, workspace=at.workspace)
    send(recipe, {})

    blown = cut_at(point, 2, "semail")  # it reads the invoice before it mails it
    later()

    run = until_over(only_run(recipe))
    assert (blown, run.status, len(ninja.effects("invoice.emailed"))) == (True, RunStatus.DONE, 1)


def test_message_that_reads_otherwise_than_ours_is_put_to_a_person(ghl: Sandbox) -> None:
    run = lost(ghl, "before", **SMS)
    by_hand(ghl, "Paid. Thank you!")

    run = until_over(run)

    assert (run.status, kinds(ghl)) == (RunStatus.HELD, ["message.sent"])
    assert run.because == (
        "Nobody knows whether “Send a message” was done: the answer got lost. HighLevel shows a message to the contact "
        "from about then that reads otherwise. It may be this one: look at the conversation there, then tell Recette."
    )


def test_same_words_from_shortly_before_are_put_to_a_person(ghl: Sandbox) -> None:
    by_hand(ghl, SMS["message"])

    run = until_over(lost(ghl, "before", **SMS))

    assert (run.status, kinds(ghl)) == (RunStatus.HELD, ["message.sent"])
    assert "It may be this one or an earlier one" in run.because


@pytest.mark.parametrize(("when", "status"), [("before", RunStatus.HELD), ("after", RunStatus.DONE)])
def test_message_for_later_that_is_not_to_be_seen_is_put_to_a_person(
    ghl: Sandbox, when: str, status: RunStatus
) -> None:
    run = until_over(lost(ghl, when, **SMS, scheduledTimestamp="2036-12-01T09:00:00Z"))

    assert (run.status, len(ghl.calls("POST", "/conversations/messages"))) == (status, 1)


def test_contact_that_was_not_changed_is_no_success(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    people = [ghl.records("contacts")[20]["id"], "gone"]
    step = action("stags1", "ghl.contacts.change_tags", at, type="add", contacts=people, tags=["season"])
    after = action("safter", "ghl.tags.list", at)
    recipe = make_hooked(step, after, workspace=at.workspace)

    send(recipe, {})
    work()

    run, tagged = only_run(recipe), last_step(only_run(recipe), "stags1")
    assert (run.status, tagged.status, tagged.output) == (RunStatus.HELD, StepStatus.FAILED, None)
    assert tagged.error["message"] == "HighLevel changed 1 of 2 contacts. Not changed: gone: contact is deleted."
    assert kinds(ghl) == ["contact.tagged"]


def test_sound_of_a_call_is_nowhere_in_a_run(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    call = next(row["id"] for row in ghl.records("messages") if row["messageType"] == "TYPE_CALL")
    recipe = make_hooked(action("ssound", "ghl.messages.get_recording", at, messageId=call), workspace=at.workspace)

    send(recipe, {})
    work()

    step = last_step(only_run(recipe), "ssound")
    assert (step.status, step.output["recording"]["size"]) == (StepStatus.DONE, 16044)
    assert step.exchanges.get().response_body == "(audio/x-wav, 16,044 bytes)"


def test_document_whose_answer_got_lost_is_found_and_sent_once(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    draft, user = ghl.records("documents")[0]["id"], ghl.records("users")[0]["id"]
    step = action("ssign1", "ghl.proposals.send_documents_contracts", at, documentId=draft, sentBy=user)
    recipe = make_hooked(step, workspace=at.workspace)
    ghl.fail({"method": "POST", "path": "/proposals/document/send", "when": "after", "status": 502})

    send(recipe, {})
    work()

    run = until_over(only_run(recipe))
    assert (run.status, kinds(ghl)) == (RunStatus.DONE, ["document.sent"])
    assert last_step(run, "ssign1").output["links"][0]["documentId"] == draft


def test_document_that_was_not_sent_waits_for_a_person(ghl: Sandbox) -> None:
    """Nothing is found, and even so it may be on its way."""
    at = make_ghl(ghl)
    draft, user = ghl.records("documents")[0]["id"], ghl.records("users")[0]["id"]
    step = action("ssign1", "ghl.proposals.send_documents_contracts", at, documentId=draft, sentBy=user)
    recipe = make_hooked(step, workspace=at.workspace)
    ghl.fail({"method": "POST", "path": "/proposals/document/send", "status": 502})

    send(recipe, {})
    work()

    run = until_over(only_run(recipe))
    assert (run.status, kinds(ghl)) == (RunStatus.HELD, [])
    assert "Nobody knows whether “Send a document or contract” was done" in run.because
