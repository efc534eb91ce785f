import pytest

from connectors.errors import Forbidden, Misconfigured, SignedOut
from connectors.ghl import CONNECTOR
from tests.connectors.talk import answer, make_context, talk

PLACE = {"location": {"id": "loc1", "name": "Harbour Studio", "companyId": "co1", "timezone": "Europe/Berlin"}}
LACKING = answer({"message": "The token is not authorized for this scope."}, 401)


def account(**given):
    return CONNECTOR.account("token", {"token": "pit-1", "location_id": "loc1", **given})


def test_token_connection():
    made = account()

    assert made.base_url == "https://services.leadconnectorhq.com"
    assert made.headers == {"Authorization": "Bearer pit-1"}
    assert made.secrets == ("pit-1",)
    assert made.settings == {"location_id": "loc1"}


def test_app_connection_hides_all_it_holds():
    fields = {"client_id": "id", "client_secret": "s", "access_token": "a", "refresh_token": "r", "location_id": "loc1"}

    made = CONNECTOR.account("app", fields)

    assert made.headers == {"Authorization": "Bearer a"}
    assert set(made.secrets) == {"s", "a", "r"}
    assert made.settings == {"client_id": "id", "location_id": "loc1"}


def test_address_is_data():
    assert account(base_url="http://127.0.0.1:8100/").base_url == "http://127.0.0.1:8100"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token", ""),
        ("location_id", ""),
        ("location_id", "https://app.gohighlevel.com/v2/location/x"),
        ("base_url", "https://app.gohighlevel.com"),
        ("base_url", "ftp://x"),
        ("base_url", "htp:/x y"),
        ("base_url", "https://some where.example"),
    ],
)
def test_wrong_field_is_named(field, value):
    with pytest.raises(Misconfigured) as caught:
        account(**{field: value})

    assert caught.value.field == field


def test_connection_says_who_it_is():
    who, asked = talk(
        CONNECTOR.test(make_context()),
        answer(PLACE),
        answer({"contacts": [], "total": 1204}),
        answer({"pipelines": []}),
    )

    assert (who.name, who.detail, who.record_id, who.missing) == ("Harbour Studio", "1,204 contacts", "loc1", ())
    assert who.settings == {"company_id": "co1", "company": "Harbour Studio", "timezone": "Europe/Berlin"}
    assert [request.path for request in asked] == ["/locations/loc1", "/contacts/search", "/opportunities/pipelines"]
    assert not any(request.effect for request in asked)


def test_missing_permissions_are_listed():
    who, _ = talk(CONNECTOR.test(make_context()), LACKING, answer({"total": 1}), LACKING)

    assert (who.name, who.detail) == ("Location loc1", "1 contact")
    assert who.missing == ("locations.readonly", "opportunities.readonly")


STRANGER = answer({"message": "The token does not have access to this location."}, 403)


def test_token_of_the_agency_makes_a_connection_though_it_reads_nothing_in_the_location():
    who, _ = talk(CONNECTOR.test(make_context()), answer(PLACE), STRANGER)

    assert (who.name, who.settings["company_id"]) == ("Harbour Studio", "co1")
    assert who.missing == ("contacts.readonly", "opportunities.readonly")


def test_token_of_another_location_makes_none():
    with pytest.raises(Misconfigured, match="does not belong to that location"):
        talk(CONNECTOR.test(make_context()), LACKING, STRANGER)


def test_way_to_a_token_of_the_agency_is_told_wherever_one_is_wanted():
    token = next(field for field in CONNECTOR.methods[0].fields if field.name == "token")
    helps = [one.help for one in CONNECTOR.operations.values() if "Only for a connection with a token" in one.help]

    assert len(helps) > 30
    assert all("agency view, under Settings, Private Integrations" in text for text in helps)
    assert "agency view" in token.help


def test_token_that_may_do_nothing_is_no_connection():
    with pytest.raises(Forbidden):
        talk(CONNECTOR.test(make_context()), LACKING, LACKING, LACKING)


def test_wrong_token_is_no_connection():
    with pytest.raises(SignedOut):
        talk(CONNECTOR.test(make_context()), answer({"message": "Invalid JWT"}, 401))


def test_only_the_app_has_webhooks():
    assert {method.key: method.webhooks for method in CONNECTOR.methods} == {"token": False, "app": True}
