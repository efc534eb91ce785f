import pytest

from connectors.invoice_ninja import CONNECTOR
from connectors.spec import Identity
from tests.connectors.invoice_ninja.records import here, told
from tests.connectors.talk import answer, talk

PING = answer({"company_name": "Northlight", "user_name": "Ines Okafor"}, x_app_version="5.10.17")
COMPANY = answer({"data": {"id": "VolejRejNm", "settings": {"currency_id": "3"}}})
STATICS = answer({"currencies": [{"id": 1, "code": "USD"}, {"id": 3, "code": "EUR"}]})


def clients(total):
    return answer({"data": [], "meta": {"pagination": {"total": total}}})


def test_connection_says_who_it_is():
    identity, asked = talk(CONNECTOR.test(here()), PING, clients(1204), COMPANY, STATICS)

    facts = {"currency": "EUR", "user": "Ines Okafor", "custom_fields": "{}"}
    assert identity == Identity("Northlight", "1,204 clients", "5.10.17", "VolejRejNm", facts)
    assert [told(request) for request in asked] == [
        ("GET", "/api/v1/ping"),
        ("GET", "/api/v1/clients"),
        ("POST", "/api/v1/companies/current"),
        ("GET", "/api/v1/statics"),
    ]
    assert not any(request.effect for request in asked)


def test_company_is_known_by_its_key_which_no_other_server_s_has():
    company = answer({"data": {"id": "VolejRejNm", "company_key": "Vnb14bRlwiFjc5ck", "settings": {}}})

    identity, _ = talk(CONNECTOR.test(here()), PING, clients(1), company)

    same = {known: identity.is_of(known) for known in ("Vnb14bRlwiFjc5ck", "VolejRejNm", "", "of another")}
    assert identity.record_id == "Vnb14bRlwiFjc5ck"
    assert same == {"Vnb14bRlwiFjc5ck": True, "VolejRejNm": True, "": True, "of another": False}


def test_token_without_sight_of_the_company_still_connects():
    refused = answer({"message": "This action is unauthorized."}, 401)

    identity, _ = talk(CONNECTOR.test(here()), PING, clients(1), refused)

    assert identity == Identity("Northlight", "1 client", "5.10.17", "", {"user": "Ines Okafor"})


def test_connection_keeps_the_names_of_the_company_s_own_fields():
    names = {"client1": "Berth|single_line_text", "invoice2": "Vessel", "product1": "", "task3": None}
    company = answer({"data": {"id": "co1", "settings": {}, "custom_fields": names}})

    identity, _ = talk(CONNECTOR.test(here()), PING, clients(1), company)

    assert identity.settings["custom_fields"] == '{"client1": "Berth", "invoice2": "Vessel"}'


@pytest.mark.parametrize(
    ("kind", "name", "called"),
    [
        ("client", "custom_value1", "Berth"),
        ("client", "custom_value2", ""),
        ("client", "name", ""),
        ("recurring invoice", "custom_value2", "Vessel"),
        ("purchase_order", "custom_value2", "Vessel"),
        ("line_items", "custom_value1", ""),
        ("dream", "custom_value1", ""),
    ],
)
def test_own_field_is_called_as_the_company_calls_it(kind, name, called):
    settings = {"custom_fields": '{"client1": "Berth", "invoice2": "Vessel"}'}

    assert CONNECTOR.named(settings, kind, name) == called


@pytest.mark.parametrize("kept", ["", "nonsense", "[]", None])
def test_names_that_are_not_known_yet_are_none(kept):
    assert CONNECTOR.named({"custom_fields": kept} if kept is not None else {}, "client", "custom_value1") == ""
