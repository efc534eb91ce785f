"""The demo workspace, made over real HTTP from the sandboxes."""

import pytest
from django_scopes import scope, scopes_disabled

from builder.actions import demo, sandboxes, workspaces
from builder.actions.errors import Gone, Invalid
from builder.models import Connection, Hook, Membership, Recipe, RecipeState, Subscription, Workspace
from tests import make

pytestmark = pytest.mark.django_db


def test_demo_is_furnished(ghl, ninja):
    started = demo.create()

    with scope(workspace=started.workspace):
        found = Connection.objects.order_by("pk").values_list("connector", "method", "health")
        assert list(found) == [("ghl", "token", "well"), ("ghl", "app", "well"), ("invoice_ninja", "token", "well")]
        live = Recipe.objects.get(state=RecipeState.LIVE)
        assert live.template == "won-deal-to-draft-invoice"
        assert live.live_connection.method == "app"
        assert Recipe.objects.count() == 3
        assert Subscription.objects.get().connection == live.live_connection
        assert Hook.objects.get().connection == live.live_connection
    assert started.workspace.demo
    assert not started.user.has_usable_password()
    assert "/hooks/" in ghl.get("/_sandbox/state")["connect"]["webhook_url"]


def test_demo_wins_deals_once_it_is_committed(ghl, ninja, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        demo.create()

    deals = ghl.get("/_sandbox/records/opportunities")["records"]
    assert len([d for d in deals if d["status"] == "won" and d["monetaryValue"] == 0]) == 1
    assert len(ghl.effects()) >= 4


def test_second_click_gives_the_same_demo(ghl, ninja):
    first = demo.create()
    person = make.make_user()

    again = demo.create()
    joined = demo.create(person)

    assert (again.workspace, again.user) == (first.workspace, first.user)
    assert joined.workspace == first.workspace
    assert Membership.objects.get(user=person).role == "owner"
    assert workspaces.sign_up_open()


def test_no_demo_in_production_or_without_sandboxes(settings, ghl, ninja):
    settings.RECETTE_ENV = "production"
    with pytest.raises(Gone):
        demo.create()

    settings.RECETTE_ENV, settings.SANDBOX_GHL_URL = "development", ""
    with pytest.raises(Gone):
        demo.create()


def test_half_a_demo_is_taken_back(settings, ghl, ninja):
    settings.SANDBOX_INVOICE_NINJA_URL = "http://127.0.0.1:9"

    with pytest.raises(Gone):
        demo.create()

    assert not Workspace.objects.exists()
    with scopes_disabled():
        assert not Connection.objects.exists()


def test_sandbox_can_be_looked_at_and_played_with(ghl, ninja):
    by = make.make_actor(role="operator")
    doings = {d["do"] for d in sandboxes.doings(by, "ghl")}
    assert {"win_deal", "add_tag"} <= doings

    told = sandboxes.state(by, "ghl")
    deal = ghl.get("/_sandbox/records/opportunities")["records"][0]
    said = sandboxes.do(by, "ghl", "change_value", {"id": deal["id"], "value": "77"})

    assert "connect" not in told
    assert "77" in said
    with pytest.raises(Invalid) as refused:
        sandboxes.do(by, "ghl", "change_value", {"id": deal["id"], "value": "much"})
    assert set(refused.value.errors) == {"value"}
