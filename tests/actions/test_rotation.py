"""A new secret beside the old one: tested, refused where it is wrong, switched to at once, given up when it fails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from builder import seal
from builder.actions import connections, rotation
from builder.actions.errors import Gone, Invalid, NotFound
from builder.models import AuditEvent, Connection, Health
from builder.runner import accounts
from connectors import catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def another(ghl, **more):
    return ghl.post("/_sandbox/tokens", more)["token"]


def stands(connection):
    row = Connection.objects.get(pk=connection.pk)
    return connections.opened(row)["token"], row.health, row.waiting is not None, row.former is not None


def test_new_secret_waits_beside_the_old_one(owner, ghl, known, connection):
    token = another(ghl)

    row = rotation.offer(owner, connection, {"token": f" {token} "})

    assert stands(connection) == (known["token"], Health.WELL, True, False)
    assert row.waiting["endings"] == {"token": token[-4:]}
    assert row.waiting["name"] == connection.identity["name"]
    assert token not in str(row.waiting)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "“Private integration token” is empty. Paste the new one."),
        ("x" * 9000, "“Private integration token” is too long. Copy it again."),
        (
            "pit-wrong",
            "HighLevel no longer accepts this token: it was changed, expired or deleted. Paste the current one.",
        ),
        ("pit with blanks", "The token holds spaces or characters no token has: copy it again."),
    ],
)
def test_bad_secret_is_refused_beside_the_field_and_changes_nothing(owner, known, connection, given, said):
    with pytest.raises(Invalid) as refused:
        rotation.offer(owner, connection, {"token": given})

    assert refused.value.errors == {"token": [said]}
    assert stands(connection) == (known["token"], Health.WELL, False, False)


def test_secret_of_another_location_is_refused_beside_the_field(owner, ghl, known, connection):
    token = another(ghl, location_id="elsewhere0000000000A")

    with pytest.raises(Invalid) as refused:
        rotation.offer(owner, connection, {"token": token})

    name = connection.identity["name"]
    assert refused.value.errors == {
        "token": [f"This one belongs to another account, not to {name}. Make the new one there, where the old one is."]
    }
    assert stands(connection) == (known["token"], Health.WELL, False, False)


def test_secret_of_another_company_is_named(owner, ninja):
    told = ninja.get("/_sandbox/state")["connect"]
    fields = {"token": told["token"], "base_url": ninja.url + told["path"]}
    books = connections.create(owner, "invoice_ninja", "token", "", fields)
    Connection.objects.update(
        sealed="", identity={**books.identity, "record_id": "another", "name": "Old Ltd"}
    )  # what is in use was another company's
    books.refresh_from_db()

    with pytest.raises(Invalid) as refused:
        rotation.offer(owner, books, {"token": told["token"]})

    assert refused.value.errors == {
        "token": [
            "This one belongs to Brightwater Studio, not to Old Ltd. Make the new one there, where the old one is from."
        ]
    }


def test_password_beside_the_token_stays_when_that_is_renewed(owner, ninja):
    told = ninja.get("/_sandbox/state")["connect"]
    place = {"base_url": ninja.url + told["path"], "user_password": "correct horse"}
    books = connections.create(owner, "invoice_ninja", "token", "", {**place, "token": told["token"]})
    old = {"token": "0" * 64, "user_password": "correct horse"}
    Connection.objects.update(sealed=seal.seal(old, accounts.place(books)))
    books.refresh_from_db()

    rotation.offer(owner, books, {"token": told["token"]})
    row = rotation.switch(owner, books)

    fields = connections.opened(row)
    assert (fields["token"], fields["user_password"]) == (told["token"], "correct horse")
    assert row.endings == {"token": told["token"][-4:]}


def test_password_alone_makes_no_token_younger(owner, ninja):
    told = ninja.get("/_sandbox/state")["connect"]
    fields = {"token": told["token"], "base_url": ninja.url + told["path"]}
    books = connections.create(owner, "invoice_ninja", "token", "", fields)
    before = Connection.objects.get(pk=books.pk).secret_at

    connections.update(owner, books, fields={"user_password": "correct horse"})

    assert Connection.objects.get(pk=books.pk).secret_at == before


def test_secret_in_use_is_no_new_one(owner, known, connection):
    with pytest.raises(Invalid) as refused:
        rotation.offer(owner, connection, {"token": known["token"]})

    assert refused.value.errors == {"token": ["This is the one in use. Make a new one first, and paste that."]}


def test_service_that_is_away_is_not_the_secret_s_fault(owner, ghl, known, connection):
    ghl.fail({"path": "*", "status": 503, "times": 9})

    with pytest.raises(Invalid) as refused:
        rotation.offer(owner, connection, {"token": another(ghl)})

    assert set(refused.value.errors) == {"base_url"}
    assert stands(connection) == (known["token"], Health.WELL, False, False)


def test_switching_takes_the_new_secret_at_once(owner, ghl, connection):
    token = another(ghl)
    rotation.offer(owner, connection, {"token": token})

    row = rotation.switch(owner, connection)

    assert stands(connection) == (token, Health.WELL, False, True)
    assert row.endings == {"token": token[-4:]}
    assert rotation.age(row) == 0
    verbs = ["connection.created", "connection.offered", "connection.rotated"]
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == verbs


def test_nothing_is_switched_to_twice_or_after_it_was_forgotten(owner, ghl, known, connection):
    rotation.offer(owner, connection, {"token": another(ghl)})
    rotation.withdraw(owner, connection)

    with pytest.raises(Gone):
        rotation.switch(owner, connection)
    assert stands(connection) == (known["token"], Health.WELL, False, False)


def test_new_secret_that_is_refused_within_the_hour_is_given_up_for_the_old_one(owner, ghl, known, connection):
    rotation.offer(owner, connection, {"token": another(ghl)})
    rotation.switch(owner, connection)
    new = accounts.open(connection)

    signed_out = accounts.refused(new, "refused")

    row = Connection.objects.get()
    assert signed_out is False
    assert stands(connection) == (known["token"], Health.WELL, False, False)
    assert row.trouble.startswith(f"The new token of {row.name} was refused within the hour, so Recette uses the one")
    assert row.endings == {"token": known["token"][-4:]}
    assert AuditEvent.objects.first().verb == "connection.went_back"


def test_later_than_that_it_is_signed_out(owner, ghl, connection):
    token = another(ghl)
    rotation.offer(owner, connection, {"token": token})
    rotation.switch(owner, connection)
    row = Connection.objects.get()
    Connection.objects.update(former={**row.former, "until": (timezone.now() - timedelta(seconds=1)).isoformat()})

    assert accounts.refused(accounts.open(row), "Refused.") is True
    assert stands(connection)[:2] == (token, Health.SIGNED_OUT)


def test_what_asked_with_the_old_secret_signs_nobody_out(owner, ghl, connection):
    before, row = accounts.open(connection), Connection.objects.get()
    token = another(ghl)
    rotation.offer(owner, connection, {"token": token})
    rotation.switch(owner, connection)

    assert accounts.refused(before, "Refused.") is False
    assert accounts.given_up(row, "Refused.") is False
    assert stands(connection) == (token, Health.WELL, False, True)


def test_old_secret_that_was_dead_is_not_gone_back_to(owner, ghl, connection):
    Connection.objects.update(health=Health.SIGNED_OUT, trouble="Revoked.")
    connection.refresh_from_db()
    token = another(ghl)
    rotation.offer(owner, connection, {"token": token})

    row = rotation.switch(owner, connection)

    assert stands(connection) == (token, Health.WELL, False, False)
    assert row.trouble == ""


def test_apps_renew_themselves(owner, ghl):
    told = ghl.get("/_sandbox/state")["connect"]
    app = Connection(
        workspace=owner.workspace, connector="ghl", method="app", settings={"location_id": told["location_id"]}
    )
    app.save()

    with pytest.raises(Invalid) as refused:
        rotation.offer(owner, app, {"access_token": "x"})

    assert refused.value.message == "Its tokens renew themselves. To change the app’s secret, sign in again."


def test_deleted_connection_keeps_no_secret_of_any_age(owner, ghl, connection):
    rotation.offer(owner, connection, {"token": another(ghl)})
    rotation.switch(owner, connection)
    rotation.offer(owner, connection, {"token": another(ghl)})

    connections.delete(owner, connection)

    row = Connection.objects.get()
    assert (row.sealed, row.waiting, row.former) == ("", None, None)
    with pytest.raises(NotFound):
        rotation.switch(owner, row)


@pytest.mark.parametrize(("days", "left", "due"), [(0, 90, False), (75, 15, False), (76, 14, True), (93, -3, True)])
def test_days_until_a_new_one_is_advised(connection, days, left, due):
    connection.secret_at = timezone.now() - timedelta(days=days, minutes=1)
    [token, app] = catalogue.CONNECTORS["ghl"].methods

    assert (rotation.days_left(connection, token), rotation.is_due(connection, token)) == (left, due)
    assert rotation.days_left(connection, app) is None


def test_test_that_finds_the_new_secret_dead_goes_back(owner, ghl, connection):
    token = another(ghl)
    rotation.offer(owner, connection, {"token": token})
    rotation.switch(owner, connection)
    another(ghl, token=token, seconds=0)

    with pytest.raises(Invalid) as told:
        connections.test(owner, connection)

    assert told.value.message.startswith(f"The new token of {connection.name} was refused within the hour")
    assert connections.test(owner, connection).name == connection.identity["name"]
    assert Connection.objects.get().trouble == ""
