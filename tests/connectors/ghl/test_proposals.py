"""Documents and contracts: what is sent, and how a lost answer is looked for."""

from connectors.ghl import CONNECTOR
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

NOON = 1_795_348_800.0
SEND = {"documentId": "d1", "sentBy": "u1"}


def operation(key):
    return CONNECTOR.operations[f"ghl.proposals.{key}"]


def document(key="d1", status=("sent",), at="2026-11-22T12:00:05Z", **more):
    return {"documentId": key, "_id": f"x{key}", "name": f"Paper {key}", "status": status, "updatedAt": at, **more}


def find(*rows, since=NOON):
    context = make_context()
    context = type(context)(context.account, since=since)
    return talk(operation("send_documents_contracts").find(SEND, context), answer({"documents": rows}))


def test_who_gets_a_copy_is_sent_with_a_whole_name():
    who = {"id": "c1", "email": "a@x.example", "firstName": "Ada", "lastName": "Bell"}
    perform = operation("send_documents_contracts").perform

    _, (request,) = talk(
        perform({**SEND, "ccRecipients": [who]}, make_context()), answer({"success": True, "links": []})
    )

    assert request.json == {
        **SEND,
        "locationId": "loc1",
        "ccRecipients": [{**who, "contactName": "Ada Bell", "imageUrl": ""}],
    }


def test_e_mail_is_written_in_the_parts_that_the_service_has():
    mail = {
        "receive.templateId": "t1",
        "receive.subject": "Sign",
        "sender.fromEmail": "a@x.example",
        "sender.fromName": "A",
    }
    perform = operation("send_documents_contracts").perform

    inputs = {**SEND, "notificationSettings": mail}
    _, (request,) = talk(perform(inputs, make_context()), answer({"success": True, "links": []}))

    assert request.json["notificationSettings"] == {
        "receive": {"templateId": "t1", "subject": "Sign"},
        "sender": {"fromEmail": "a@x.example", "fromName": "A"},
    }


def test_document_that_went_out_is_found_and_never_sent_again():
    sent = document(links=[{"referenceId": "l1"}])

    found, (request,) = find(sent, document("d2"), document(status=("draft",)))

    assert operation("send_documents_contracts").retry is Retry.ONCE
    assert found == [{"success": True, "links": [{"referenceId": "l1"}]}]
    assert request.query["locationId"] == "loc1"


def test_document_that_went_out_before_or_not_at_all_is_not_ours():
    assert find(document(at="2026-11-22T09:00:00Z"))[0] == []
    assert find(document(status="draft"))[0] == []
    assert find(document(status="viewed"))[0] == [{"success": True, "links": []}]


def test_documents_and_templates_are_chosen_by_name():
    rows = {"documents": [document(), {"name": "nothing"}]}
    templates = {"data": [{"_id": "t1", "id": "t1", "name": "Agreement"}]}

    listed = [
        [
            (one.value, one.label, one.hint)
            for one in talk(CONNECTOR.choices[key].load({}, make_context()), answer(said))[0]
        ]
        for key, said in (("documents", rows), ("document_templates", templates))
    ]

    assert listed == [[("d1", "Paper d1", "Sent")], [("t1", "Agreement", "")]]


def test_template_is_never_sent_twice_by_itself():
    assert operation("send_documents_contracts_template").retry is Retry.ONCE
    assert operation("send_documents_contracts_template").find is None
