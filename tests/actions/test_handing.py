"""What hangs on somebody who goes, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from builder.actions import approvals, handing, members, tokens
from builder.actions.actor import Actor
from builder.actions.errors import Invalid, NotFound
from builder.models import (
    Agency,
    AlertRoute,
    ApiToken,
    Approval,
    AuditEvent,
    Connection,
    Invitation,
    Membership,
    Recipe,
    Run,
)
from builder.recipe import tree as trees
from builder.runner import letters
from builder.web import audit_words
from tests import make
from tests.actions.test_approvals import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def leaver(workspace: Any) -> Actor:
    return make.make_actor(workspace=workspace, role="editor", email="Lena@Lumen.example", name="Lena Leaver")


def owners(model: Any = Recipe) -> list[str]:
    return [str(row.created_by) for row in model.objects.select_related("created_by").order_by("pk")]


def lines() -> list[str]:
    return [f"{row.verb} {row.label}" for row in AuditEvent.objects.order_by("pk")]


def asking(workspace: Any, *people: str) -> Recipe:
    """Live, with a step inside of a path that asks them."""
    approval = {"id": "sasked", "kind": "approval", "people": list(people), "message": "Send it?"}
    inside = {"id": "spaths", "kind": "paths", "paths": [{"id": "pa1", "name": "A", "steps": [approval]}]}
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": [inside]})
    return make.make_recipe(workspace=workspace, tree=tree, live=True, name="Campaigns")


def test_who_removes_takes_over_all_of_it(workspace: Any, owner: Actor, leaver: Actor):
    live = make.make_recipe(workspace=workspace, live=True, created_by=leaver.user, name="Won deal")
    deleted = make.make_recipe(workspace=workspace, created_by=leaver.user, deleted_at=timezone.now(), name="Old")
    theirs = make.make_recipe(workspace=workspace, created_by=owner.user, name="Mine")
    make.make_connection(workspace=workspace, created_by=leaver.user)
    agency = make.make_agency(workspace=workspace)
    Agency.objects.filter(pk=agency.pk).update(created_by=leaver.user)

    members.remove(owner, leaver.membership)

    assert owners() == [str(owner.user)] * 3
    assert (owners(Connection), owners(Agency)) == ([str(owner.user)], [str(owner.user)])
    live.refresh_from_db()
    assert (live.state, live.live.number) == ("live", 1)
    assert theirs.pk and deleted.pk
    assert lines() == [
        "recipe.handed_over Won deal", "recipe.handed_over Old", "member.removed lena@lumen.example",
    ]  # fmt: skip
    words = [(audit_words.sentence(row), audit_words.aside(row)) for row in AuditEvent.objects.order_by("pk")]
    assert words[0] == (
        f"{owner.user} gave the recipe Won deal another owner", f"Lena Leaver → {owner.user}",
    )  # fmt: skip
    assert words[2][1] == f"taken over by {owner.user}: 1 recipe, 1 connection"


def test_who_leaves_is_followed_by_an_owner_or_whom_they_choose(workspace: Any, owner: Actor, leaver: Actor):
    other = make.make_actor(workspace=workspace, role="editor")
    make.make_recipe(workspace=workspace, created_by=leaver.user)
    make.make_recipe(workspace=workspace, created_by=other.user)
    heir = make.make_member(workspace=workspace, role="admin", name="Ada Admin")

    members.leave(leaver)
    members.leave(other, heir)

    assert owners() == [str(owner.user), "Ada Admin"]
    assert [row.verb for row in AuditEvent.objects.order_by("pk")][1::2] == ["member.left", "member.left"]


def test_who_has_nothing_goes_without_a_word_of_heirs(workspace: Any, owner: Actor):
    viewer = make.make_actor(workspace=workspace, role="viewer", email="vera@lumen.example")

    assert handing.holdings(viewer.membership) == handing.Holdings()
    members.leave(viewer)

    line = AuditEvent.objects.get()
    assert (line.verb, line.details, audit_words.aside(line)) == ("member.left", {"role": "viewer"}, "")


def test_tokens_and_open_invitations_end(workspace: Any, owner: Actor):
    admin = make.make_actor(workspace=workspace, role="admin")
    tokens.create(admin, "Nightly", ["view"])
    make.make_token(by=admin, name="Over", revoked_at=timezone.now())
    make.make_token(by=admin, name="Past", expires_at=timezone.now() - timedelta(days=1))
    make.make_invitation(workspace=workspace, invited_by=admin.user, email="new@example.com")
    make.make_invitation(workspace=workspace, invited_by=owner.user, email="other@example.com")
    _made, link = members.invite(admin, "second@example.com", "admin")
    before = len(lines())

    found = handing.holdings(admin.membership)
    members.remove(owner, admin.membership)

    assert [token.name for token in found.tokens] == ["Nightly"]
    assert [row.email for row in found.invitations] == ["new@example.com", "second@example.com"]
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert [row.email for row in Invitation.objects.filter(revoked_at=None)] == ["other@example.com"]
    assert lines()[before : before + 3] == [
        "token.revoked Nightly", "member.invitation_revoked new@example.com",
        "member.invitation_revoked second@example.com",
    ]  # fmt: skip
    with pytest.raises(Exception, match="Ask for a new one"):
        members.invitation_of(link.rstrip("/").rpartition("/")[2])


def test_question_for_them_alone_is_passed_on_and_told(workspace: Any, owner: Actor, leaver: Actor, mailoutbox: Any):
    alone = ask(workspace, "lena@lumen.example", title="Autumn campaign")
    outside = ask(workspace, "lena@lumen.example", "gone@elsewhere.example")
    shared = ask(workspace, "lena@lumen.example", owner.user.email, title="Shared")
    over = ask(workspace, "lena@lumen.example")
    Approval.objects.update(mail_due=False)
    Approval.objects.filter(pk=over.pk).update(decision="approved")
    heir = make.make_member(workspace=workspace, role="editor", email="eddie@lumen.example", name="Eddie")
    assert [row.pk for row in handing.holdings(leaver.membership).questions] == [alone.pk, outside.pk]

    members.remove(owner, leaver.membership, heir)

    found = {row.pk: (row.people, row.mail_due) for row in Approval.objects.all()}
    assert found == {
        alone.pk: (["eddie@lumen.example"], True),
        outside.pk: (["eddie@lumen.example", "gone@elsewhere.example"], True),
        shared.pk: ([owner.user.email.lower()], False),
        over.pk: (["lena@lumen.example"], False),
    }
    awake = Run.objects.filter(wake_at__lte=timezone.now()).values_list("pk", flat=True)
    assert set(awake) == {alone.run_id, outside.run_id, shared.run_id}
    passed = AuditEvent.objects.filter(verb="run.question_passed_on").order_by("pk")
    assert [(row.label, row.details) for row in passed] == [
        ("Autumn campaign", {"to": "Eddie"}), (outside.run.title or outside.run.recipe.name, {"to": "Eddie"}),
    ]  # fmt: skip
    assert letters.ask(alone.pk)
    assert (mailoutbox[-1].to, mailoutbox[-1].subject) == (
        ["eddie@lumen.example"], "Please decide: Autumn campaign",
    )  # fmt: skip
    alone.refresh_from_db()
    taken = approvals.decide(Actor(workspace, heir.user, heir), alone, True)
    assert (taken.decision, taken.decided_name) == ("approved", "Eddie")


def test_alerts_mailed_to_them_alone_go_to_who_follows(workspace: Any, owner: Actor, leaver: Actor):
    alone = make.make_alert_route(workspace=workspace, people=["lena@lumen.example"])
    shared = make.make_alert_route(workspace=workspace, people=["x@lumen.example", "lena@lumen.example"])
    everybody = make.make_alert_route(workspace=workspace, created_by=leaver.user)
    make.make_alert_route(workspace=workspace, way="webhook")

    members.remove(owner, leaver.membership)

    assert AlertRoute.objects.get(pk=alone.pk).people == [owner.user.email.lower()]
    assert AlertRoute.objects.get(pk=shared.pk).people == ["x@lumen.example"]
    kept = AlertRoute.objects.get(pk=everybody.pk)
    assert (kept.people, kept.created_by) == ([], owner.user)
    changed = AuditEvent.objects.filter(verb="alert_route.changed").order_by("pk")
    assert [row.object_id for row in changed] == [alone.public_id, shared.public_id]
    assert changed[0].details["after"]["people"] == [owner.user.email.lower()]


def test_recipes_that_ask_them_are_named_and_stay(workspace: Any, leaver: Actor):
    named = asking(workspace, "Lena@Lumen.example")
    asking(workspace, "somebody.else@lumen.example")
    make.make_recipe(workspace=workspace, live=True, name="About lena@lumen.example")

    assert handing.holdings(leaver.membership).asking == [named]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("viewer", "Vic may not change recipes. Choose an owner, admin or editor."),
        ("leaver", "They are the one who goes. Choose somebody who stays."),
        ("disabled", "Vic can't sign in. Choose somebody else."),
        ("gone", "Vic is no longer a member. Choose somebody else."),
    ],
)
def test_who_is_not_fit_takes_nothing_and_nobody_goes(workspace: Any, owner: Actor, leaver: Actor, who: str, said: str):
    make.make_recipe(workspace=workspace, created_by=leaver.user)
    role = "viewer" if who == "viewer" else "editor"
    heir = make.make_member(workspace=workspace, role=role, name="Vic", is_active=who != "disabled")
    if who == "gone":
        Membership.objects.filter(pk=heir.pk).delete()

    with pytest.raises(Invalid) as refused:
        members.remove(owner, leaver.membership, leaver.membership if who == "leaver" else heir)

    assert (refused.value.message, refused.value.field) == (said, "to")
    assert owners() == ["Lena Leaver"]
    assert Membership.objects.filter(pk=leaver.membership.pk).exists()
    assert not AuditEvent.objects.exists()


def test_heir_of_another_workspace_is_not_found(workspace: Any, owner: Actor, leaver: Actor):
    with pytest.raises(NotFound):
        members.remove(owner, leaver.membership, make.make_member())

    assert Membership.objects.filter(pk=leaver.membership.pk).exists()


def test_one_recipe_changes_hands(workspace: Any, editor: Actor, leaver: Actor):
    recipe = make.make_recipe(workspace=workspace, live=True, created_by=leaver.user, name="Won deal")

    handing.hand_over(editor, recipe, editor.membership)
    handing.hand_over(editor, recipe, editor.membership)

    assert owners() == [str(editor.user)]
    line = AuditEvent.objects.get()
    assert (line.verb, line.object_id) == ("recipe.handed_over", recipe.public_id)
    assert line.details == {"before": "Lena Leaver", "after": str(editor.user)}


def test_recipe_whose_owner_went_long_ago_gets_one(workspace: Any, editor: Actor):
    recipe = make.make_recipe(workspace=workspace)

    assert handing.hand_over(editor, recipe, editor.membership).created_by == editor.user
    assert AuditEvent.objects.get().details["before"] == ""


def test_those_who_may_follow_are_listed_owners_first(workspace: Any, owner: Actor, leaver: Actor):
    make.make_member(workspace=workspace, role="viewer")
    make.make_member(workspace=workspace, role="operator")
    make.make_member(workspace=workspace, role="owner", user=make.make_user(is_active=False))
    admin = make.make_member(workspace=workspace, role="admin")
    second = make.make_member(workspace=workspace, role="owner")

    able = handing.heirs(workspace.pk, leaver.membership)

    assert able == [owner.membership, second, admin]
    assert handing.usual_heir(leaver, leaver.membership) == owner.membership
    assert handing.usual_heir(Actor(workspace, admin.user, admin), leaver.membership) == admin
