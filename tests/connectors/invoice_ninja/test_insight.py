"""Figures, the search, activities, mails and the company: what is asked and what is left of the answer."""

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Refused
from tests.connectors.talk import answer, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]


def perform(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context()), *answers)


def test_totals_are_a_question():
    given, (asked,) = perform(
        "charts.totals", {"start_date": "2026-11-01", "end_date": "2026-11-30"}, answer({"currencies": {"3": "EUR"}})
    )

    assert given == {"totals": {"currencies": {"3": "EUR"}}}
    assert (asked.path, asked.effect) == ("/api/v1/charts/totals_v2", False)


def test_search_gives_a_list_of_each_kind_whatever_comes():
    given, (asked,) = perform("search.everything", {"search": "sail"}, answer({"clients": [{"name": "Farrow Sails"}]}))

    assert given == {"clients": [{"name": "Farrow Sails"}], "client_contacts": [], "invoices": [], "settings": []}
    assert asked.json == {"search": "sail"}


def test_activities_of_a_record_are_asked_for_in_the_singular():
    given, (asked,) = perform(
        "activities.of_record", {"entity": "recurring_invoice", "entity_id": "r1"}, answer({"data": [{"id": "a1"}]})
    )

    assert asked.json == {"entity": "recurring_invoice", "entity_id": "r1"}
    assert given == {"activities": [{"id": "a1"}], "activity": {"id": "a1"}, "total": 1}


def test_note_is_added_under_the_plural():
    _, (asked,) = perform(
        "activities.add_note",
        {"entity": "clients", "entity_id": "c1", "notes": "Synced"},
        answer({"data": {"id": "a1"}}),
    )

    assert asked.json == {"entity": "clients", "entity_id": "c1", "notes": "Synced"}


def test_fixed_list_is_one_of_the_statics():
    given, _ = perform("statics.list", {"list": "languages"}, answer({"languages": [{"id": "1"}], "currencies": []}))

    assert given == {"rows": [{"id": "1"}], "total": 1}


def test_company_is_shown_without_its_secrets():
    company = {
        "id": "co1",
        "smtp_password": "s3cret",
        "smtp_host": "mail.example.com",
        "e_invoice_certificate_passphrase": "s3cret",
        "settings": {"name": "Farrow", "postmark_secret": "s3cret", "mailgun_secret": "s3cret"},
    }

    given, _ = perform("companies.get", {}, answer({"data": company}))

    assert given == {"company": {"id": "co1", "settings": {"name": "Farrow"}}}


def test_company_keeps_settings_and_names_that_are_not_changed():
    company = {"id": "co1", "settings": {"name": "Farrow", "city": "Lyme"}, "custom_fields": {"client1": "Berth"}}

    _, (_who, _read, sent) = perform(
        "companies.update",
        {"settings.city": "Poole", "custom_fields.client2": "Mast"},
        answer({"data": company}),
        answer({"data": company}),
        answer({"data": company}),
    )

    assert (sent.method, sent.path) == ("PUT", "/api/v1/companies/co1")
    assert sent.json == {
        "settings": {"name": "Farrow", "city": "Poole"},
        "custom_fields": {"client1": "Berth", "client2": "Mast"},
    }


def test_company_that_the_token_may_not_see_is_said_so():
    with pytest.raises(Refused, match="may not see the company"):
        perform("companies.get", {}, answer({}))
