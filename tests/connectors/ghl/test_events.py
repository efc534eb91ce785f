import base64
import json
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.ghl import CONNECTOR, events
from connectors.public_keys import loaded
from tests.connectors.test_signatures import pem

KEY, OLD = Ed25519PrivateKey.generate(), rsa.generate_private_key(public_exponent=65537, key_size=2048)
DEAL = {
    "type": "OpportunityStatusUpdate",
    "locationId": "loc1",
    "id": "o1",
    "contactId": "c1",
    "name": "Fit-out",
    "monetaryValue": Decimal("4850.50"),
    "pipelineId": "p1",
    "pipelineStageId": "s1",
    "status": "won",
    "dateAdded": "2026-10-05T07:30:12.000Z",
    "timestamp": "2026-11-20T16:40:02.118Z",
    "webhookId": "w1",
}
PERSON = {
    "type": "ContactTagUpdate",
    "locationId": "loc1",
    "id": "c1",
    "firstName": "Nadia",
    "lastName": "Brandt",
    "email": "n@x.example",
    "tags": ["VIP", "customer"],
    "customFields": [{"id": "f1", "value": "7"}],
    "dateAdded": "2026-10-05T07:30:12.000Z",
    "timestamp": "2026-11-20T16:40:02.118Z",
    "webhookId": "w2",
}
BODY = json.dumps(PERSON).encode()


def signed(body: bytes = BODY) -> dict[str, str]:
    return {"x-ghl-signature": base64.b64encode(KEY.sign(body)).decode()}


def signed_the_old_way(body: bytes = BODY) -> dict[str, str]:
    return {"x-wh-signature": base64.b64encode(OLD.sign(body, padding.PKCS1v15(), SHA256())).decode()}


def test_signed_delivery_is_genuine():
    assert CONNECTOR.verify(signed(), BODY, {"public_key": pem(KEY)}) is True


@pytest.mark.parametrize("headers", [{}, {"x-ghl-signature": ""}, {"x-ghl-signature": "N/A"}, signed_the_old_way()])
def test_delivery_without_our_signature_is_not(headers):
    assert CONNECTOR.verify(headers, BODY, {"public_key": pem(KEY), "old_public_key": pem(OLD)}) is False


def test_old_signature_counts_only_behind_its_setting():
    secrets = {"public_key": pem(KEY), "old_public_key": pem(OLD), "old_signature": "yes"}

    assert CONNECTOR.verify(signed_the_old_way(), BODY, secrets) is True
    assert CONNECTOR.verify(signed_the_old_way(), BODY + b" ", secrets) is False
    assert CONNECTOR.verify(signed_the_old_way() | {"x-ghl-signature": "N/A"}, BODY, secrets) is False


def test_published_keys_load():
    assert [len(loaded(key)) for key in (events.PUBLIC_KEY, events.OLD_KEY)] == [1, 1]
    assert CONNECTOR.verify(signed(), BODY, {}) is False


def test_names_of_a_delivery():
    assert CONNECTOR.event_of(PERSON, "") == "ContactTagUpdate"
    assert CONNECTOR.delivery_of(PERSON) == "w2"
    assert CONNECTOR.event_of({}, "") == CONNECTOR.delivery_of({}) == ""


def test_opportunity_is_read():
    seen = CONNECTOR.watched["opportunity"].read(DEAL, DEAL["type"])

    assert (seen.record_id, seen.hint, seen.owner, seen.complete) == ("o1", "OpportunityStatusUpdate", "loc1", False)
    assert (seen.stamp, seen.created) == ("2026-11-20T16:40:02.118Z", "2026-10-05T07:30:12.000Z")
    assert seen.values == {
        "status": "won",
        "stage": "s1",
        "pipeline": "p1",
        "value": "4850.5",
        "assigned_to": "",
        "name": "Fit-out",
    }
    assert seen.data["value"] == Decimal("4850.50")
    assert seen.data["contact"]["id"] == "c1"


def test_contact_is_read():
    seen = CONNECTOR.watched["contact"].read(PERSON, PERSON["type"])

    assert (seen.record_id, seen.complete, seen.gone) == ("c1", True, False)
    assert seen.values["tags"] == ["customer", "vip"]
    assert seen.data["tags"] == ["VIP", "customer"]
    assert seen.data["name"] == "Nadia Brandt"
    assert seen.data["custom"] == {"f1": "7"}


def test_nested_envelope_is_read_alike():
    outer = {name: PERSON[name] for name in ("type", "locationId", "timestamp", "webhookId")}
    inner = {name: value for name, value in PERSON.items() if name not in outer}
    read = CONNECTOR.watched["contact"].read

    assert read({**outer, "data": inner}, PERSON["type"]) == read(PERSON, PERSON["type"])


def test_deleted_record_is_gone():
    assert (
        CONNECTOR.watched["opportunity"].read({**DEAL, "type": "OpportunityDelete"}, "OpportunityDelete").gone is True
    )


@pytest.mark.parametrize(("body", "event"), [(PERSON, "InboundMessage"), ({"type": "ContactCreate"}, "ContactCreate")])
def test_other_deliveries_are_not_about_it(body, event):
    assert CONNECTOR.watched["contact"].read(body, event) is None


def test_fingerprint_sees_what_people_see():
    read = CONNECTOR.watched["contact"].read

    def fields(**changes):
        return read({**PERSON, **changes}, "ContactUpdate").values["fields"]

    assert fields(lastActivity="2026-11-21", indexVersion=9, tags=[], firstName="NADIA", phone=None) == fields()
    assert fields(email="other@x.example") != fields()
    assert fields(customFields=[{"id": "f1", "value": "8"}]) != fields()
    assert fields(customFields=[{"id": "f1", "value": "7"}, {"id": "f2", "value": ""}]) == fields()
