"""Payment links, groups, gateways, bank accounts, schedules, tokens, webhooks: what differs from the plain notation."""

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Refused
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]
NOW = 1_795_330_000


def perform(key, inputs, *answers, **context):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context(**context)), *answers)


def find(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].find(inputs, make_context(marker="wf-x")), *answers)


def test_update_of_a_group_keeps_its_other_settings():
    there = {"id": "g1", "name": "Agencies", "settings": {"currency_id": "1", "payment_terms": "14"}}

    _, (_read, sent) = perform(
        "group_settings.update",
        {"group_setting_id": "g1", "settings.currency_id": "3"},
        answer({"data": there}),
        answer({"data": there}),
    )

    assert sent.json == {"settings": {"currency_id": "3", "payment_terms": "14"}}


@pytest.mark.parametrize(
    ("table", "there", "change"),
    [
        ("webhooks", {"target_url": "https://x.example", "event_id": "2", "rest_method": "post"}, {"event_id": "4"}),
        ("task_schedulers", {"next_run": "2026-12-01", "template": "email_statement"}, {"name": "Monthly"}),
        ("bank_transaction_rules", {"name": "Rent"}, {"matches_on_all": False}),
        ("bank_transactions", {"date": "2026-11-20", "amount": 12}, {"description": "Paper"}),
        ("subscriptions", {"steps": "cart"}, {"promo_code": "MAY"}),
    ],
)
def test_update_sends_again_what_the_service_wants_each_time(table, there, change):
    record = {"id": "x1", **there}

    _, (_read, sent) = perform(
        f"{table}.update", {f"{table[:-1]}_id": "x1", **change}, answer({"data": record}), answer({"data": record})
    )

    assert sent.json == there | change


@pytest.mark.parametrize(
    ("key", "inputs", "secret"),
    [
        ("tokens.get", {"token_id": "x1"}, "token"),
        ("webhooks.get", {"webhook_id": "x1"}, "headers"),
        ("company_gateways.get", {"company_gateway_id": "x1"}, "config"),
        ("client_gateway_tokens.get", {"client_gateway_token_id": "x1"}, "token"),
        ("tokens.create", {"name": "Till"}, "token"),
        ("tokens.delete", {"token_id": "x1"}, "token"),
    ],
)
def test_secrets_are_passed_on_to_no_step(key, inputs, secret):
    name = next(iter(NINJA.operations[f"invoice_ninja.{key}"].sample))
    record = {"id": "x1", "name": "Till", secret: "s3cret", "is_deleted": False}
    answers = [answer({"data": record}), answer({"data": record | {"is_deleted": True}})]

    given, _ = perform(key, inputs, *answers[: 2 if key.endswith("delete") else 1])

    assert given[name].keys() == record.keys() - {secret}


def test_secrets_are_no_part_of_a_list():
    rows = {"data": [{"id": "x1", "name": "Till", "token": "s3cret"}]}

    given, _ = perform("tokens.search", {}, answer(rows))

    assert given == {"tokens": [{"id": "x1", "name": "Till"}], "token": {"id": "x1", "name": "Till"}, "total": 1}


def test_lost_payment_link_is_found_by_its_name_alone():
    rows = {"data": [{"id": "s1", "name": "Care plan for dogs"}, {"id": "s2", "name": "Care plan"}]}

    found, (asked,) = find("subscriptions.create", {"name": "Care plan"}, answer(rows))

    assert found == [{"subscription": rows["data"][1]}]
    assert asked.query["filter"] == "Care plan"


def test_what_has_no_name_of_its_own_is_never_made_twice():
    assert NINJA.operations["invoice_ninja.tokens.create"].retry is Retry.ONCE
    assert NINJA.operations["invoice_ninja.designs.create"].retry is Retry.RECONCILE


def test_payment_method_without_bulk_actions_is_not_offered_them():
    offered = {key.split(".")[-1] for key in NINJA.operations if ".client_gateway_tokens." in key}

    assert offered == {"create", "update", "get", "search", "delete"}


def test_bank_transaction_that_is_matched_is_not_matched_again():
    booking = {"id": "b1", "status_id": "3", "invoice_ids": "i1,i2"}

    given, asked = perform(
        "bank_transactions.match", {"bank_transaction_id": "b1", "invoice_ids": "i1"}, answer({"data": booking})
    )

    assert (given, [one.method for one in asked]) == ({"bank_transaction": booking}, ["GET"])


@pytest.mark.parametrize("to", [{"invoice_ids": "i2"}, {"payment_id": "p1"}, {"vendor_id": "v1"}])
def test_bank_transaction_that_is_matched_with_something_else_is_refused(to):
    booking = {"id": "b1", "status_id": "3", "invoice_ids": "i1"}

    with pytest.raises(Refused, match="matched with something else"):
        perform("bank_transactions.match", {"bank_transaction_id": "b1", **to}, answer({"data": booking}))


def test_match_that_a_rule_only_proposed_is_made():
    proposed, made = {"id": "b1", "status_id": "2"}, {"id": "b1", "status_id": "3", "invoice_ids": "i1"}

    given, asked = perform(
        "bank_transactions.match",
        {"bank_transaction_id": "b1", "invoice_ids": "i1"},
        answer({"data": proposed}),
        answer({"data": []}),
        answer({"data": made}),
    )

    assert (given, [one.method for one in asked]) == ({"bank_transaction": made}, ["GET", "POST", "GET"])


def test_match_that_changed_nothing_is_a_refusal():
    booking = {"data": {"id": "b1", "status_id": "1"}}

    with pytest.raises(Refused, match="left it unmatched"):
        perform(
            "bank_transactions.match",
            {"bank_transaction_id": "b1", "invoice_ids": "i1"},
            answer(booking),
            answer({"data": []}),
            answer(booking),
        )


def test_match_with_nothing_is_refused_before_it_is_asked():
    with pytest.raises(Refused, match="nothing to match it with"):
        perform(
            "bank_transactions.match", {"bank_transaction_id": "b1"}, answer({"data": {"id": "b1", "status_id": "1"}})
        )


def test_gateway_that_fails_its_test_fails_the_step():
    with pytest.raises(Refused, match="doesn't accept"):
        perform("company_gateways.test", {"company_gateway_id": "g1"}, answer({"message": "false"}))


def test_bank_account_without_a_bank_is_not_asked_for_transactions():
    with pytest.raises(Refused, match="made by hand"):
        perform(
            "bank_integrations.get_transactions",
            {"bank_integration_id": "a1"},
            answer({"data": {"id": "a1", "bank_account_id": 0}}),
        )


def test_transactions_are_fetched_by_the_number_of_the_account():
    _, (_read, sent) = perform(
        "bank_integrations.get_transactions",
        {"bank_integration_id": "a1"},
        answer({"data": {"id": "a1", "bank_account_id": 4711}}),
        answer({}),
    )

    assert (sent.method, sent.path, sent.json) == ("POST", "/api/v1/bank_integrations/get_transactions/4711", None)


def test_record_that_is_gone_after_its_deletion_counts_as_deleted():
    gone = answer({"message": "No query results for model [App\\Models\\Scheduler] t1"}, 400)

    given, _ = perform(
        "task_schedulers.delete", {"task_scheduler_id": "t1"}, answer({"data": {"id": "t1"}}), answer({}), gone
    )

    assert given == {"task_scheduler": {"id": "t1", "is_deleted": True}}


def test_webhook_that_is_only_archived_counts_as_deleted():
    hook = {"id": "h1", "archived_at": 0, "is_deleted": False}

    given, _ = perform(
        "webhooks.delete", {"webhook_id": "h1"}, answer({"data": hook}), answer({"data": hook | {"archived_at": NOW}})
    )

    assert given == {"webhook": hook | {"archived_at": NOW}}


def test_schedule_is_sent_with_its_parameters():
    _, (sent,) = perform(
        "task_schedulers.create",
        {"template": "email_statement", "next_run": "2026-12-01", "parameters.date_range": "last_month"},
        answer({"data": {"id": "t1"}}),
    )

    assert sent.json == {
        "template": "email_statement",
        "next_run": "2026-12-01",
        "parameters": {"date_range": "last_month"},
    }
