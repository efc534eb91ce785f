import pytest

from connectors.errors import Forbidden, Refused
from connectors.invoice_ninja import CONNECTOR
from tests.connectors.invoice_ninja.records import here, invalid, item, listed, told
from tests.connectors.talk import answer, talk

URL = "https://recette.example/hooks/k3y/"
SECRET = "s" * 32


def hook(hook_id, event="2", secret=SECRET, **changes):
    return {
        "id": hook_id,
        "target_url": f"{URL}{event}/",
        "event_id": event.split("-")[0],
        "headers": {"X-Webhook-Secret": secret},
        "archived_at": 0,
        "is_deleted": False,
        **changes,
    }


def subscribe(events, *answers, url=URL, unwanted=()):
    return talk(CONNECTOR.subscribe(events, unwanted, url, SECRET, here()), *answers)


def test_missing_webhooks_are_made_one_for_each_event():
    standing, asked = subscribe(("2", "4-invoice"), listed(), item(hook("a")), item(hook("b", "4-invoice")))

    assert standing == ["a", "b"]
    assert [r.json for r in asked[1:]] == [
        {
            "target_url": f"{URL}2/",
            "event_id": "2",
            "rest_method": "post",
            "format": "JSON",
            "headers": {"X-Webhook-Secret": SECRET},
        },
        {
            "target_url": f"{URL}4-invoice/",
            "event_id": "4",
            "rest_method": "post",
            "format": "JSON",
            "headers": {"X-Webhook-Secret": SECRET},
        },
    ]


def test_standing_webhooks_are_adopted():
    standing, asked = subscribe(("2",), listed(hook("mine"), hook("other", target_url="https://else.example/2/")))

    assert standing == ["mine"]
    assert [told(r) for r in asked] == [("GET", "/api/v1/webhooks")]
    assert (asked[0].query["per_page"], asked[0].query["status"]) == (5000, "active")


def test_archived_webhook_is_dead_and_made_anew():
    standing, asked = subscribe(("2",), listed(hook("dead", archived_at=1795340000)), item(hook("new")))

    assert standing == ["new"]
    assert told(asked[1]) == ("POST", "/api/v1/webhooks")


def test_webhook_that_lost_its_secret_is_mended():
    standing, asked = subscribe(("2",), listed(hook("bare", headers=[])), item(hook("bare")))

    assert standing == ["bare"]
    assert told(asked[1]) == ("PUT", "/api/v1/webhooks/bare")
    assert asked[1].json["headers"] == {"X-Webhook-Secret": SECRET}


def test_doubles_are_deleted_and_the_good_one_stays():
    found = listed(hook("wrong", secret="old"), hook("good"), hook("double"))

    standing, asked = subscribe(("2",), found, item(hook("wrong")), item(hook("double")))

    assert standing == ["good"]
    assert [told(r) for r in asked[1:]] == [
        ("DELETE", "/api/v1/webhooks/wrong"),
        ("DELETE", "/api/v1/webhooks/double"),
    ]


def test_what_is_left_over_from_recipes_that_are_gone_is_removed():
    left, foreign = hook("left", "8"), hook("theirs", "8", target_url="https://else.example/8/")

    standing, asked = subscribe(("2",), listed(hook("mine"), left, foreign), answer({}, 200), unwanted=("8", "9"))

    assert standing == ["mine"]
    assert [told(r) for r in asked[1:]] == [("DELETE", "/api/v1/webhooks/left")]


def test_private_address_falls_back_to_polling_with_a_sentence():
    refused = invalid(target_url=["The target url must be a public address."])

    with pytest.raises(Refused) as caught:
        subscribe(("2",), listed(), refused, url="http://10.0.0.5:8000/hooks/k/")

    assert caught.value.message == (
        "Invoice Ninja doesn't call 10.0.0.5:8000, because it isn't a public address for it: polling is used instead."
    )


def test_token_that_is_no_administrators_is_said():
    with pytest.raises(Forbidden, match="may not set up the webhooks"):
        subscribe(("2",), listed(), answer({"message": "This action is unauthorized."}, 401))


def test_unsubscribing_what_is_gone_is_fine():
    gone = answer({"message": "No query results for model"}, 400)

    _, asked = talk(CONNECTOR.unsubscribe("x", here()), gone)

    assert told(asked[0]) == ("DELETE", "/api/v1/webhooks/x")


@pytest.mark.parametrize(
    ("headers", "secrets", "genuine"),
    [
        ({"x-webhook-secret": SECRET}, {"secret": SECRET}, True),
        ({"x-webhook-secret": "other"}, {"secret": SECRET}, False),
        ({}, {"secret": SECRET}, False),
        ({"x-webhook-secret": ""}, {"secret": ""}, False),
        ({"x-webhook-secret": SECRET}, {}, False),
    ],
)
def test_delivery_must_bring_the_secret(headers, secrets, genuine):
    assert CONNECTOR.verify(headers, b"{}", secrets) is genuine


@pytest.mark.parametrize(("tail", "event"), [("60/", "60"), ("60", "60"), ("/4-invoice/", "4-invoice"), ("", "")])
def test_event_is_named_by_the_address(tail, event):
    assert CONNECTOR.event_of({}, tail) == event
