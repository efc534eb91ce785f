import pytest

from connectors import auth
from connectors.errors import Misconfigured, SignedOut, Unavailable
from tests.connectors.talk import answer

DATE = "Sun, 22 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize("pasted", ["pit-1", " pit-1\n", '"pit-1"', "Bearer pit-1"])
def test_token_is_taken_as_it_was_meant(pasted):
    assert auth.bearer(pasted) == {"Authorization": "Bearer pit-1"}


@pytest.mark.parametrize("pasted", ["", "  ", "two words", "pit-ä", "pit\x00"])
def test_token_that_can_not_be_one_is_explained(pasted):
    with pytest.raises(Misconfigured) as caught:
        auth.header("X-API-TOKEN", pasted)

    assert caught.value.field == "token"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("https://a.example/", "https://a.example"),
        ("a.example", "https://a.example"),
        ("http://10.0.0.2:9100/api/?x=1", "http://10.0.0.2:9100/api"),
        ("", "https://default.example"),
    ],
)
def test_address_is_made_the_beginning_of_paths(pasted, kept):
    assert auth.base_url(pasted, "https://default.example") == kept


def test_refresh_builds_a_form():
    request = auth.refresher("/oauth/token", user_type="Location")(
        {"client_id": "id", "client_secret": "s", "refresh_token": "r1"}
    )

    assert (request.method, request.path) == ("POST", "/oauth/token")
    assert request.form == {
        "client_id": "id",
        "client_secret": "s",
        "grant_type": "refresh_token",
        "refresh_token": "r1",
        "user_type": "Location",
    }


def test_new_tokens_end_by_the_services_clock():
    given = answer({"access_token": "a2", "refresh_token": "r2", "expires_in": 3600}, date=DATE)

    stored = auth.new_tokens(given)

    assert stored == {"access_token": "a2", "refresh_token": "r2", "expires_at": "2026-11-22T10:00:00+00:00"}


@pytest.mark.parametrize("status", [400, 401, 403])
def test_spent_refresh_token_signs_out(status):
    with pytest.raises(SignedOut):
        auth.new_tokens(answer({"error": "invalid_grant"}, status))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_service_in_trouble_does_not_sign_out(status):
    with pytest.raises(Unavailable):
        auth.new_tokens(answer({}, status))
