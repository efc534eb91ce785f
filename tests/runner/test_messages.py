"""Messages to people, which can't be taken back, and many contacts at once, of which each must be well."""

import pytest

from builder.models import RunStatus, StepStatus
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, last_step, make_ghl, make_hooked, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(ghl: Sandbox) -> list[str]:
    return [e["kind"] for e in ghl.effects()]


def test_message_whose_answer_got_lost_waits_for_a_person(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    person = ghl.records("contacts")[20]["id"]
    message = action("ssend1", "ghl.messages.send", at, type="SMS", contactId=person, message="Paid, thanks.")
    recipe = make_hooked(message, workspace=at.workspace)
    ghl.fail({"method": "POST", "path": "/conversations/messages", "when": "after", "status": 502})

    send(recipe, {})
    work()

    run = until_over(only_run(recipe))
    assert (run.status, kinds(ghl)) == (RunStatus.HELD, ["message.sent"])
    assert "Nobody knows whether “Send a message” was done" in run.because


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
