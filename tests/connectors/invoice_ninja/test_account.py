import pytest

from connectors.errors import Misconfigured
from connectors.invoice_ninja import CONNECTOR
from connectors.invoice_ninja.account import account, base_url

TOKEN = "t" * 64


@pytest.mark.parametrize(
    ("pasted", "root"),
    [
        ("https://invoicing.co", "https://invoicing.co"),
        ("https://invoicing.co/", "https://invoicing.co"),
        (" invoices.example.com ", "https://invoices.example.com"),
        ("https://example.com/invoices", "https://example.com/invoices"),
        ("https://example.com/invoices/api/v1/", "https://example.com/invoices"),
        ("https://example.com/api/v1/clients?page=2", "https://example.com"),
        ("https://example.com/invoices/#/dashboard", "https://example.com/invoices"),
        ("https://app.invoicing.co/#/settings/api_tokens", "https://invoicing.co"),
        ("http://127.0.0.1:8012", "http://127.0.0.1:8012"),
    ],
)
def test_any_page_of_the_installation_gives_its_root(pasted, root):
    assert base_url(pasted) == root


@pytest.mark.parametrize("pasted", ["", "not an address", "ftp://example.com", "https://me:pw@example.com"])
def test_what_is_no_address_is_refused_at_its_field(pasted):
    with pytest.raises(Misconfigured) as caught:
        base_url(pasted)

    assert caught.value.field == "base_url"


def test_hosted_version_4_is_refused_with_the_way_out():
    with pytest.raises(Misconfigured, match=r"version 5, whose hosted address is https://invoicing\.co"):
        base_url("https://app.invoiceninja.com/settings")


def test_account_signs_in_and_insists_on_json():
    made = account(
        "token", {"base_url": "https://invoicing.co", "token": f" {TOKEN}\n", "marker_field": "custom_value2"}
    )

    assert made.headers == {
        "X-API-TOKEN": TOKEN,
        "X-Requested-With": "XMLHttpRequest",
        "Accept": "application/json",
    }
    assert made.secrets == (TOKEN,)
    assert made.settings == {"marker_field": "custom_value2"}


def test_token_method_seals_the_token_and_can_have_webhooks():
    (method,) = CONNECTOR.methods

    assert (method.key, method.secret, method.webhooks) == ("token", ("token",), True)
