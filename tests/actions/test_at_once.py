"""Several people at the same moment, each with a database connection of their own."""

import threading
import time

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django_scopes import scope

from builder.actions import agencies, drafts, identities, members, starting, workspaces
from builder.actions.errors import ActionError
from builder.actions.identities import Identity
from builder.models import Event, Membership, Recipe, User, Workspace
from builder.oidc import Provider
from builder.recipe import tree as trees
from connectors import catalogue
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """What each gave, or the ActionError it raised."""
    ready, outcomes = threading.Barrier(len(calls)), {}

    def run(number, call):
        try:
            ready.wait(10)
            outcomes[number] = call()
        except ActionError as refused:
            outcomes[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [outcomes[number] for number in range(len(calls))]


def test_two_clicks_start_a_recipe_once():
    by = make.make_actor()
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received", "inputs": {}}})
    recipe = make.make_recipe(workspace=by.workspace, tree=tree, live=True)

    clicks = [lambda: starting.by_hand(by, _own(by.workspace, recipe), {"id": 7}, "one-form")] * 4
    events = at_once(*clicks)

    with scope(workspace=by.workspace):
        assert Event.objects.count() == 1
        assert {event.pk for event in events} == {Event.objects.get().pk}


def test_two_confirmations_of_an_agency_keep_it_once():
    by = make.make_actor()
    keys = {"client_id": "app1-key", "client_secret": "made-up", "base_url": "https://example.com"}

    def confirm():
        with scope(workspace=by.workspace):
            given = {**keys, "company_id": "agency1", "access_token": "made-up"}
            return agencies.arrived(by, catalogue.CONNECTORS["ghl"], given)

    rows = at_once(*[confirm] * 4)

    assert len({row.pk for row in rows}) == 1


def test_no_edit_is_lost():
    people = [make.make_actor()]
    workspace = people[0].workspace
    people += [make.make_actor(workspace=workspace) for _ in range(3)]
    recipe = make.make_recipe(workspace=workspace)
    fields = ("website", "phone", "city", "vat_number")

    def write(by, field):
        for n in range(5):
            mine = _own(workspace, recipe)
            args = {"step": "sclien", "field": field, "value": f"{field} {n}"}
            drafts.edit(by, mine, "set_field", args, 0, f"{field}-{n}")

    outcomes = at_once(*(lambda by=by, field=field: write(by, field) for by, field in zip(people, fields, strict=True)))

    now = _own(workspace, recipe)
    inputs = trees.find(now.draft, "sclien")["inputs"]
    assert outcomes == [None] * 4
    assert {field: inputs[field] for field in fields} == {field: f"{field} 4" for field in fields}
    assert now.draft_rev == 20


def test_same_edit_sent_twice_at_once_is_done_once():
    by = make.make_actor()
    recipe = make.make_recipe(workspace=by.workspace)

    def add():
        own = _own(by.workspace, recipe)
        return drafts.edit(by, own, "add_step", {"kind": "stop", "after": "sinvoi"}, 0, "one-key").focus

    first, second = at_once(add, add)

    assert first == second
    assert len(list(trees.steps(_own(by.workspace, recipe).draft))) == 4


def test_two_owners_cannot_leave_at_once():
    first = make.make_actor()
    second = make.make_actor(workspace=first.workspace)

    at_once(lambda: members.leave(first), lambda: members.leave(second))

    assert Membership.objects.filter(workspace=first.workspace, role="owner").count() == 1


def test_two_first_workspaces_cannot_be_made_at_once():
    given = {"name": "A", "password": "seven green bottles", "workspace_name": "First"}

    at_once(*(lambda n=n: workspaces.create_first(email=f"p{n}@example.com", **given) for n in range(3)))

    assert Workspace.objects.count() == 1


def _own(workspace, recipe):
    with scope(workspace=workspace):
        return Recipe.objects.get(pk=recipe.pk)


PROVIDERS = tuple(Provider(key, key, f"https://{key}.example", "client", "secret") for key in ("acme", "other"))


def test_last_two_ways_in_do_not_go_at_once(settings):
    settings.OIDC = PROVIDERS
    user = User.objects.create_user("ada@example.com", None)
    for each in PROVIDERS:
        identities.connect(user, Identity(each, "ada"))

    gone = at_once(*(lambda each=each: identities.disconnect(user, each) for each in PROVIDERS))

    assert sorted(map(str, gone)) == [
        "True",
        next(f"Without {each.name} you could not sign in any more. Set a password first, or add a passkey."
             for each in PROVIDERS if each.key in identities.usable(user)),
    ]  # fmt: skip


def test_last_passkey_and_last_provider_do_not_go_at_once(settings):
    settings.OIDC = PROVIDERS
    user, acme = User.objects.create_user("ada@example.com", None), PROVIDERS[0]
    identities.connect(user, Identity(acme, "ada"))
    passkey = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})

    def slowly():
        time.sleep(0.1)  # the other one asks meanwhile
        Authenticator.objects.get(pk=passkey.pk).delete()

    outcomes = at_once(
        lambda: identities.remove_passkey(user, passkey, slowly), lambda: identities.disconnect(user, acme)
    )

    assert [str(each)[:8] for each in outcomes if each not in (None, True)] == ["Without "]
    assert identities.has_way_in(user)


def test_account_elsewhere_goes_to_one_of_two(settings):
    settings.OIDC = PROVIDERS
    people = [make.make_user() for _each in range(2)]

    made = at_once(*(lambda each=each: identities.connect(each, Identity(PROVIDERS[0], "ada")) for each in people))

    assert sorted(len(identities.usable(each)) for each in people) == [0, 1]
    assert made.count(True) == 1
    assert [outcome.status for outcome in made if outcome is not True] == [403]
