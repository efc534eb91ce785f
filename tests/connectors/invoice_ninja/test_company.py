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

    assert identity == Identity(
        "Northlight", "1,204 clients", "5.10.17", "VolejRejNm", {"currency": "EUR", "user": "Ines Okafor"}
    )
    assert [told(request) for request in asked] == [
        ("GET", "/api/v1/ping"),
        ("GET", "/api/v1/clients"),
        ("POST", "/api/v1/companies/current"),
        ("GET", "/api/v1/statics"),
    ]
    assert not any(request.effect for request in asked)


def test_token_without_sight_of_the_company_still_connects():
    refused = answer({"message": "This action is unauthorized."}, 401)

    identity, _ = talk(CONNECTOR.test(here()), PING, clients(1), refused)

    assert identity == Identity("Northlight", "1 client", "5.10.17", "", {"user": "Ines Okafor"})
