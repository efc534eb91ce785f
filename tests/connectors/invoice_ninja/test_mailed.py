"""Whether something was mailed, told by its history."""

from dataclasses import replace

import pytest

from connectors.errors import Forbidden, Unclear
from connectors.invoice_ninja import CONNECTOR
from tests.connectors.invoice_ninja.records import here, item, listed, make
from tests.connectors.talk import talk

BEGUN = 1_795_000_000.7
YOUNG, OLD = {"created_at": 1_795_000_000}, {"created_at": 1_794_999_999}


def find(name, inputs, *answers):
    return talk(CONNECTOR.operations[f"invoice_ninja.{name}"].find(inputs, replace(here(), since=BEGUN)), *answers)[0]


def invoice(*activities, email_type="", record=None):
    record = record or make("invoice", invitations=[])
    inputs = {"invoice_id": record["id"], "email_type": email_type}
    return find("invoices.email", inputs, item(record), listed(*activities))


@pytest.mark.parametrize(("kind", "email_type"), [("6", ""), (6, "reminder1"), ("63", "reminder1")])
def test_activity_since_the_step_began_shows_that_it_was_mailed(kind, email_type):
    assert invoice({"activity_type_id": kind, **YOUNG}, email_type=email_type)[0]["invoice"]["id"]


@pytest.mark.parametrize("activity", [{"activity_type_id": "6", **OLD}, {"activity_type_id": "63", **YOUNG}])
def test_earlier_mail_or_a_reminder_of_the_service_s_own_shows_nothing(activity):
    with pytest.raises(Unclear, match="no e-mail of the invoice since then, but it mails in the background"):
        invoice(activity)


def test_mail_that_failed_is_a_person_s_to_mend():
    with pytest.raises(Unclear, match="notes that an e-mail of the invoice failed"):
        invoice({"activity_type_id": "57", **YOUNG}, {"activity_type_id": "6", **YOUNG})


INVITED = {"sent_date": "2026-11-18 11:06:41", "updated_at": 1_795_000_001, "message_id": "m1"}


def credit(**changes):
    record = make("credit", invitations=[{**INVITED, **changes}])
    return find("credits.email", {"credit_id": record["id"]}, item(record), Forbidden("This may not be read."))


def test_invitation_shows_it_where_the_history_may_not_be_read():
    assert len(credit()) == 1


@pytest.mark.parametrize(
    "changes",
    [{"sent_date": "2026-11-18 09:00:00"}, {"updated_at": 1_794_990_000}, {"message_id": ""}, {"sent_date": ""}],
)
def test_invitation_that_only_looks_like_it_shows_nothing(changes):
    with pytest.raises(Unclear, match="no e-mail of the credit"):
        credit(**changes)


def test_statement_is_told_by_its_client_s_history():
    assert find("statements.email", {"client_id": "c1"}, listed({"activity_type_id": "140", **YOUNG}))


def by_template(entity, *activities, template="", record=None):
    record = record or make(entity, invitations=[])
    inputs = {"entity": entity, "entity_id": record["id"], "template": f"email_template_{template or entity}"}
    return find("emails.send", inputs, item(record), listed(*activities))[0]["document"]["id"]


@pytest.mark.parametrize(
    ("entity", "template", "kind"),
    [("invoice", "", "6"), ("invoice", "reminder2", "64"), ("quote", "", "20"), ("purchase_order", "custom1", "135")],
)
def test_mail_by_a_template_is_told_by_its_document_s_history(entity, template, kind):
    assert by_template(entity, {"activity_type_id": kind, **YOUNG}, template=template)


def test_mail_of_a_credit_by_a_template_is_told_by_its_invitation():
    assert by_template("credit", record=make("credit", invitations=[INVITED]))


def test_mail_by_a_template_that_nothing_shows_is_a_person_s_to_tell():
    with pytest.raises(Unclear, match="no e-mail of the quote since then, but it mails in the background"):
        by_template("quote", {"activity_type_id": "20", **OLD})
