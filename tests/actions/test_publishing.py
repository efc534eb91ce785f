"""From draft to live and back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from builder.actions import drafts, events, guarding, publishing, recipes
from builder.actions.errors import Conflict, Invalid, NotFound, Unready
from builder.models import AuditEvent, Health, Recipe, Subscription
from builder.recipe import tree as trees
from builder.runner import listening, reading
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def ghl(workspace):
    return make.make_connection(workspace=workspace, connector="ghl")


@pytest.fixture
def recipe(workspace, ghl):
    ninja = make.make_connection(workspace=workspace)
    return make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=ghl, ninja=ninja))


def fresh(recipe):
    return Recipe.objects.get(pk=recipe.pk)


def change(by, recipe, value="Changed"):
    args = {"step": "sclien", "field": "name", "value": value}
    return drafts.edit(by, recipe, "set_field", args, fresh(recipe).draft_rev, f"k{fresh(recipe).draft_rev}")


def test_publishing_makes_a_version_that_runs(editor, recipe, ghl):
    draft = recipe.draft

    version = publishing.publish(editor, recipe, 0, "First")

    now = fresh(recipe)
    assert (version.number, version.note, version.published_by) == (1, "First", editor.user)
    assert (now.state, now.live, now.live_trigger, now.live_connection) == ("live", version, "ghl.opportunity.won", ghl)
    assert version.tree == draft
    assert Subscription.objects.get().connection == ghl
    assert AuditEvent.objects.get().verb == "recipe.published"


def test_publishing_twice_is_one_version(editor, recipe):
    first = publishing.publish(editor, recipe, 0)

    assert publishing.publish(editor, recipe, 0) == first
    change(editor, recipe)
    assert publishing.publish(editor, recipe, 1).number == 2


def test_ones_own_last_edit_may_arrive_after_one_asked_to_publish(editor, recipe):
    change(editor, recipe)

    assert publishing.publish(editor, recipe, 0).number == 1


def test_publishing_a_draft_that_moved_on_is_a_conflict(editor, other, recipe):
    change(other, recipe)

    with pytest.raises(Conflict) as clash:
        publishing.publish(editor, recipe, 0)

    assert (clash.value.mine, clash.value.theirs, clash.value.who) == (0, 1, "Camille Other")
    assert fresh(recipe).live is None


def test_publishing_with_problems_names_them(editor, workspace):
    recipe = make.make_recipe(workspace=workspace)

    with pytest.raises(Unready) as refused:
        publishing.publish(editor, recipe, 0)

    assert [(p.step_id, p.code) for p in refused.value.problems] == [
        ("trigger", "no_connection"),
        ("sclien", "no_connection"),
        ("sinvoi", "no_connection"),
    ]
    assert not recipe.versions.exists()


def test_connection_of_another_workspace_is_a_problem(editor, workspace, ghl):
    tree = make.make_tree(ghl=ghl, ninja=make.make_connection())

    found = publishing.problems(make.make_recipe(workspace=workspace, tree=tree))

    assert {p.code for p in found} == {"unknown_connection"}


def test_connection_in_trouble_is_a_problem(editor, recipe, ghl):
    ghl.health = Health.SIGNED_OUT
    ghl.save()

    assert [p.code for p in publishing.problems(recipe)] == ["unhealthy_connection"]


def test_who_is_asked_has_to_be_in_the_workspace_and_a_time_limit_is_needed(workspace, ghl, editor):
    step = {
        "id": "sappro",
        "kind": "approval",
        "people": [editor.user.email.upper(), "a@example.com", "{{ trigger.id }}"],
    }
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=ghl, steps=[step]))

    limit, stranger = publishing.problems(recipe)

    assert (limit.field, limit.code) == ("timeout.amount", "required")
    assert (stranger.field, stranger.code) == ("people.1", "stranger")
    assert "a@example.com isn't in this workspace" in stranger.text


TWO_DAYS = {"amount": "2", "unit": "days"}


def test_what_runs_wait_for_is_listened_to_with_the_recipe(editor, workspace, ghl):
    step = {
        "id": "swaits",
        "kind": "wait",
        "mode": "event",
        "trigger": "ghl.task.completed",
        "about": "{{ trigger.id }}",
    }
    waits = {**step, "connection": ghl.public_id, "timeout": TWO_DAYS}
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=ghl, steps=[waits]))

    publishing.publish(editor, recipe, 0)
    watched = set(Subscription.objects.filter(active=True).values_list("object", flat=True))
    publishing.delete(editor, recipe)

    assert watched == {"opportunity", "task"}
    assert not Subscription.objects.filter(active=True).exists()


def test_pausing_keeps_listening_and_resuming_goes_live(editor, recipe):
    publishing.publish(editor, recipe, 0)

    paused = publishing.pause(editor, recipe)
    assert (paused.state, paused.paused_because) == ("paused", "Paused by Eddie Editor.")
    assert Subscription.objects.get().active

    resumed = publishing.resume(editor, recipe)
    assert (resumed.state, resumed.paused_because) == ("live", "")


def test_what_was_never_published_cannot_be_paused_or_resumed(editor, recipe):
    for act in (publishing.pause, publishing.resume):
        with pytest.raises(Invalid):
            act(editor, recipe)


def test_resuming_looks_at_the_connection_again(editor, recipe, ghl):
    publishing.publish(editor, recipe, 0)
    publishing.pause(editor, recipe)
    ghl.health = Health.SIGNED_OUT
    ghl.save()

    with pytest.raises(Unready):
        publishing.resume(editor, recipe)


def test_rolling_back_is_a_new_version_equal_to_the_old(editor, other, recipe):
    first = publishing.publish(editor, recipe, 0)
    change(other, recipe)
    publishing.publish(editor, recipe, 1)

    version = publishing.roll_back(editor, recipe, 1)

    now = fresh(recipe)
    assert (version.number, version.tree) == (3, first.tree)
    assert (now.live, now.draft, now.draft_rev) == (version, first.tree, 2)
    with pytest.raises(NotFound):
        publishing.roll_back(editor, recipe, 99)


def test_edits_from_before_a_rollback_do_not_slip_into_it(editor, other, recipe):
    publishing.publish(editor, recipe, 0)
    change(other, recipe, "Theirs")
    seen = fresh(recipe).draft_rev
    publishing.roll_back(editor, recipe, 1)

    args = {"step": "sclien", "field": "name", "value": "From an old page"}
    with pytest.raises(Conflict):
        drafts.edit(other, recipe, "set_field", args, seen, "old-page")


def test_deleted_recipe_is_away_and_can_be_brought_back(editor, recipe):
    publishing.publish(editor, recipe, 0)

    publishing.delete(editor, recipe)
    assert fresh(recipe).deleted_at
    assert not Subscription.objects.get().active
    with pytest.raises(NotFound):
        publishing.publish(editor, recipe, 0)

    back = publishing.restore(editor, recipe)
    assert (back.deleted_at, back.state) == (None, "live")
    assert Subscription.objects.get().active


def test_recipe_brought_back_late_is_paused(editor, recipe):
    publishing.publish(editor, recipe, 0)
    publishing.delete(editor, recipe)
    Recipe.objects.update(deleted_at=recipe.deleted_at - timedelta(minutes=5))

    back = publishing.restore(editor, recipe)

    assert (back.state, back.paused_because != "") == ("paused", True)
    assert publishing.resume(editor, recipe).state == "live"


def test_another_trigger_ends_listening_to_the_old_one(editor, recipe, workspace):
    publishing.publish(editor, recipe, 0)
    second = make.make_connection(workspace=workspace, connector="ghl", name="Second")
    args = {"step": "trigger", "connection": second.public_id}
    drafts.edit(editor, recipe, "set_connection", args, 0, "k1")

    publishing.publish(editor, recipe, 1)

    watched = dict(Subscription.objects.values_list("connection__name", "active"))
    assert watched == {"HighLevel": False, "Second": True}


def test_recipe_with_its_own_address_has_it_before_publishing(editor, workspace):
    tree = {"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": [{"id": "sstopp", "kind": "stop"}]}
    recipe = make.make_recipe(workspace=workspace, tree=tree)

    address = publishing.address(editor, recipe)
    publishing.publish(editor, recipe, 0)

    assert "/hooks/" in address
    assert publishing.address(editor, recipe) == address
    assert Subscription.objects.get().active


def test_recipes_are_made_named_filed_and_copied(editor, recipe):
    folder = recipes.create_folder(editor, " Billing ")
    assert recipes.create_folder(editor, "Billing") == folder

    made = recipes.create(editor)
    recipes.rename(editor, made, "Mine")
    recipes.move_to_folder(editor, made, folder)
    copied = recipes.duplicate(editor, recipe)
    recipes.rename_folder(editor, folder, "Money")
    recipes.delete_folder(editor, folder)

    assert (fresh(made).name, fresh(made).folder) == ("Mine", None)
    assert (copied.draft, copied.state, copied.name) == (recipe.draft, "draft", "Won deal to draft invoice, copy")


def test_copy_keeps_the_guards_but_not_the_look_at_the_next_runs(editor, recipe):
    assert recipes.duplicate(editor, recipe).guards is None
    guarding.change(editor, recipe, {"first": "3", "writes": "20", "money_day": "1500.50"})

    copied = recipes.duplicate(editor, fresh(recipe))

    assert fresh(copied).guards == {"writes": 20, "money_day": "1500.50"}
    guarding.change(editor, copied, {})
    assert fresh(recipe).guards == {"first": 3, "writes": 20, "money_day": "1500.50"}


def test_event_sent_to_a_live_recipe_starts_it(editor, recipe):
    publishing.publish(editor, recipe, 0)

    event = events.send(editor, recipe, {**make.WON, "id": "by-hand"})

    assert (event.source, event.workspace) == ("person", editor.workspace)
    assert event.subscription == Subscription.objects.get()
    assert AuditEvent.objects.filter(verb="event.sent").get().object_id == event.public_id


def test_record_sent_in_starts_the_recipe_though_the_service_s_clock_is_ahead(editor, workspace, ghl):
    trigger = {"operation": "ghl.form_submission.created", "connection": ghl.public_id, "inputs": {}}
    tree = trees.parse({"format": 1, "trigger": trigger, "steps": []})
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True, connection=ghl)
    listening.listen(recipe)
    Subscription.objects.update(began_at=timezone.now() + timedelta(minutes=10))  # as the service tells the beginning

    begun = reading.read([events.send(editor, recipe, {"id": "by-hand"})])

    assert [run.recipe for run in begun] == [recipe]


def test_event_sent_to_a_recipe_starts_no_other(editor, recipe):
    other = recipes.duplicate(editor, recipe)
    publishing.publish(editor, recipe, 0)
    publishing.publish(editor, other, 0)

    event = events.send(editor, recipe, {**make.WON, "id": "by-hand"})
    begun = reading.read([event])

    assert [run.recipe for run in begun] == [recipe]


@pytest.mark.parametrize("payload", [{"status": "open"}, {"x": float("nan")}, [], {"x": "y" * 1_100_000}])
def test_event_that_fits_nothing_is_refused(editor, recipe, payload):
    publishing.publish(editor, recipe, 0)

    with pytest.raises(Invalid):
        events.send(editor, recipe, payload)


def test_event_to_what_is_not_live_is_refused(editor, recipe):
    with pytest.raises(Invalid):
        events.send(editor, recipe, make.WON)


def test_delivery_sent_to_a_connection_is_read_as_the_service_sends_it(editor, recipe, ghl):
    publishing.publish(editor, recipe, 0)
    body = {"type": "OpportunityStatusUpdate", "id": "opp9", "status": "won", "monetaryValue": 5}

    event = events.send(editor, ghl, body)

    assert event.connection == ghl
    with pytest.raises(Invalid):
        events.send(editor, ghl, {"type": "SomethingElse"})
