"""Documents, contracts and their templates in the HighLevel sandbox."""

import pytest

from tests.sandboxes.bench import PLACE


def documents(crm, **more):
    return crm.get("/proposals/document", params={**PLACE, **more})


def templates(crm, **more):
    return crm.get("/proposals/templates", params={**PLACE, **more})["data"]


def people(crm):
    return {"userId": crm.app.store.rows("users")[0]["id"], "contactId": crm.app.store.rows("contacts")[0]["id"]}


def test_template_makes_a_document_that_goes_out(crm):
    who = people(crm)

    answer = crm.post("/proposals/templates/send", {**PLACE, **who, "templateId": templates(crm)[0]["id"]})

    newest = documents(crm)["documents"][0]
    assert (newest["status"], newest["recipients"][0]["id"]) == (["sent"], who["contactId"])
    assert answer["links"] == newest["links"]
    assert crm.effects() == ["document.made", "document.sent"]


def test_template_may_leave_a_draft_which_is_sent_once(crm):
    who = people(crm)
    crm.post(
        "/proposals/templates/send", {**PLACE, **who, "templateId": templates(crm)[0]["id"], "sendDocument": False}
    )
    draft = documents(crm, status="draft")["documents"][0]
    send = {**PLACE, "documentId": draft["documentId"], "sentBy": who["userId"], "medium": "link"}

    links = crm.post("/proposals/document/send", send)["links"]
    again = crm.call("POST", "/proposals/document/send", send)

    assert (draft["links"], [one["recipientId"] for one in links]) == ([], [who["contactId"]])
    assert (again.status_code, crm.effects()) == (400, ["document.made", "document.sent"])


def test_documents_are_found_by_state_name_and_time(crm):
    assert documents(crm, status="sent,viewed")["total"] == 0
    assert documents(crm, query="agreement", status="draft")["total"] == 1
    assert documents(crm, dateFrom="2020-01-01", dateTo="2020-02-01")["total"] == 0
    assert [row["name"] for row in templates(crm, type="estimate")] == ["Hourly estimate"]


@pytest.mark.parametrize(("asked", "status"), [({"status": "lost"}, 422), ({"dateFrom": "2020-01-01"}, 400)])
def test_list_that_can_not_be_is_refused(crm, asked, status):
    assert crm.call("GET", "/proposals/document", params={**PLACE, **asked}).status_code == status
