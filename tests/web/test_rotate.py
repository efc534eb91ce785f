"""A new token, step by step; and what a connection may do."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from builder.models import AuditEvent, Connection, Health, RunStatus, StepStatus
from tests import make
from tests.web.accounts_desk import CONNECT, at, connect_ninja, kept, known, owner, workspace
from tests.web.people import HTMX, only, said, statuses, text

__all__ = ["owner", "workspace"]

pytestmark = pytest.mark.django_db


def by_token(owner, workspace, ghl):
    told = known(ghl)
    fields = {"token": told["token"], "location_id": told["location_id"], "base_url": ghl.url}
    owner.post(at("connect-method", workspace, "ghl", "token"), fields)
    return kept(workspace)[-1]


def another(ghl, **more):
    return ghl.post("/_sandbox/tokens", more)["token"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("connection-rotate", 422), ("connection-rotate-switch", 302), ("connection-rotate-withdraw", 302)],
)
def test_rotating_asks_for_the_capability(workspace, name, status):
    url = at(name, workspace, make.make_connection(workspace=workspace).public_id)

    assert statuses(workspace, lambda client: client.post(url, {"token": ""})) == only(*CONNECT, status=status)


def test_app_has_no_token_to_rotate(workspace, owner):
    row = make.make_connection(workspace=workspace, connector="ghl", method="app")

    assert owner.get(at("connection-rotate", workspace, row.public_id)).status_code == 404
    assert "Rotate the token" not in text(owner.get(at("connection", workspace, row.public_id)))


def test_three_steps_lead_to_the_new_token(workspace, owner, ghl):
    row = by_token(owner, workspace, ghl)
    url = at("connection-rotate", workspace, row.public_id)
    token = another(ghl)

    first = text(owner.get(url))
    tested = owner.post(url, {"token": token})
    page = text(owner.get(at("connection", workspace, row.public_id)))
    switched = owner.post(at("connection-rotate-switch", workspace, row.public_id))

    assert "Both tokens work for 7 days then." in first
    assert f"It answers as Brightwater Studio. It ends in {token[-4:]}." in text(tested)
    assert token not in tested.content.decode()
    assert "A new token was tested and waits. Until you switch over, the old one is used." in page
    assert said(switched) == [f"Switched over: “{row.name}” uses the new token."]
    assert kept(workspace)[0].endings == {"token": token[-4:]}


def test_wrong_token_is_told_beside_the_field(workspace, owner, ghl):
    row = by_token(owner, workspace, ghl)
    url = at("connection-rotate", workspace, row.public_id)

    answer = owner.post(url, {"token": another(ghl, location_id="elsewhere0000000000A")}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.context["form"].errors["token"] == [
        "This one belongs to another account, not to Brightwater Studio. Make the new one there, where the old one is."
    ]
    assert kept(workspace)[0].waiting is None


def test_new_token_that_may_less_says_so(workspace, owner, ghl):
    row = by_token(owner, workspace, ghl)

    answer = owner.post(
        at("connection-rotate", workspace, row.public_id),
        {"token": another(ghl, scopes="locations.readonly contacts.readonly")},
    )

    assert "It may not do everything. Missing: opportunities.readonly" in text(answer)


def test_new_token_can_be_forgotten(workspace, owner, ghl):
    row = by_token(owner, workspace, ghl)
    owner.post(at("connection-rotate", workspace, row.public_id), {"token": another(ghl)})

    answer = owner.post(at("connection-rotate-withdraw", workspace, row.public_id))

    assert said(answer) == ["The new token is forgotten; the one in use stays."]
    assert kept(workspace)[0].waiting is None


@pytest.mark.parametrize("first", ["switch", "withdraw"])
@pytest.mark.parametrize("second", ["switch", "withdraw"])
def test_second_click_says_that_nothing_waits(workspace, owner, ghl, first, second):
    row, token = by_token(owner, workspace, ghl), another(ghl)
    owner.post(at("connection-rotate", workspace, row.public_id), {"token": token})
    owner.post(at(f"connection-rotate-{first}", workspace, row.public_id))
    before = kept(workspace)[0].endings

    answer = owner.post(at(f"connection-rotate-{second}", workspace, row.public_id), headers=HTMX)

    assert answer.headers["HX-Redirect"] == at("connection", workspace, row.public_id)
    assert said(answer)[-1] == "No new token waits here any more: it was switched over to already, or forgotten."
    assert kept(workspace)[0].endings == before
    with scope(workspace=workspace):
        assert AuditEvent.objects.filter(verb__in=("connection.rotated", "connection.withdrawn")).count() == 1


def test_runs_that_go_on_after_the_switch_are_counted(workspace, owner, ghl):
    row = by_token(owner, workspace, ghl)
    with scope(workspace=workspace):
        Connection.objects.update(health=Health.SIGNED_OUT, trouble="Revoked.")
    recipe = make.make_recipe(workspace=workspace, live=True, connection=row)
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, stopped_at="trigger", place=[0], because="Signed out.")
    gone = {"code": "signed_out", "message": "", "field": ""}
    make.make_step_run(run=run, step_id="trigger", status=StepStatus.FAILED, error=gone)
    owner.post(at("connection-rotate", workspace, row.public_id), {"token": another(ghl)})

    answer = owner.post(at("connection-rotate-switch", workspace, row.public_id))

    assert said(answer) == [f"Switched over: “{row.name}” uses the new token. 1 run that was on hold goes on."]


@pytest.mark.parametrize(
    ("days", "said_"),
    [
        (0, "In use since today. HighLevel advises a new one every 90 days: 90 are left."),
        (41, "In use for 41 days. HighLevel advises a new one every 90 days: 49 are left."),
        (89, "In use for 89 days. HighLevel advises a new one every 90 days: 1 is left."),
        (93, "In use for 93 days. HighLevel advises a new one every 90 days: it was due 3 days ago."),
    ],
)
def test_age_of_a_token_is_told_in_days(workspace, owner, days, said_):
    row = make.make_connection(
        workspace=workspace, connector="ghl", secret_at=timezone.now() - timedelta(days=days, minutes=5)
    )

    assert said_ in text(owner.get(at("connection", workspace, row.public_id)))


@pytest.mark.parametrize(("days", "there"), [(60, False), (80, True), (95, True)])
def test_list_says_when_a_new_token_is_due(workspace, owner, days, there):
    make.make_connection(
        workspace=workspace, connector="ghl", secret_at=timezone.now() - timedelta(days=days, minutes=5)
    )

    assert ("New token " in text(owner.get(at("connections", workspace)))) is there


def test_app_says_until_when_its_token_is_good(workspace, owner):
    ends = {"expires_at": "2026-11-30T09:12:00+00:00"}
    row = make.make_connection(workspace=workspace, connector="ghl", method="app", settings=ends)
    books = make.make_connection(workspace=workspace)

    assert "Renews itself. The one in use is good until 30 Nov 2026, 09:12." in text(
        owner.get(at("connection", workspace, row.public_id))
    )
    assert "In use since today. It does not expire by itself." in text(
        owner.get(at("connection", workspace, books.public_id))
    )


# permissions


def test_missing_permission_is_told_with_what_fails(workspace, owner):
    granted = {"granted": "contacts.readonly locations.readonly"}
    row = make.make_connection(workspace=workspace, connector="ghl", method="app", settings=granted)
    make.make_recipe(workspace=workspace, name="Won deal", live=True, connection=row)

    page = text(owner.get(at("connection", workspace, row.public_id)))

    assert "1 permission missing" in page
    assert "opportunities.readonly Fails: Won deal , 1 An opportunity is won" in page
    assert "Granted, and used by no live recipe 2 contacts.readonly locations.readonly" in page


def test_what_nobody_can_know_is_said(workspace, owner, ninja):
    token = make.make_connection(workspace=workspace, connector="ghl")
    make.make_recipe(workspace=workspace, name="Won deal", live=True, connection=token)
    books = connect_ninja(owner, workspace, ninja)

    assert "HighLevel does not say what a private integration token may do." in text(
        owner.get(at("connection", workspace, token.public_id))
    )
    assert "Invoice Ninja gives a token no permissions of its own" in text(
        owner.get(at("connection", workspace, books.public_id))
    )


@pytest.mark.parametrize("recipes", [1, 3])
def test_page_costs_the_same_however_many_recipes(workspace, owner, recipes, django_assert_num_queries):
    row = make.make_connection(workspace=workspace, connector="ghl", method="app", settings={"granted": "x"})
    make.make_hook(connection=row)
    for number in range(recipes):
        make.make_recipe(workspace=workspace, name=f"Won {number}", live=True, connection=row)

    with django_assert_num_queries(25):
        owner.get(at("connection", workspace, row.public_id))
