"""What hangs on a member, and to whom it goes: when they are shown out or leave, or hand one recipe on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.drafts import locked
from builder.actions.errors import Invalid
from builder.models import (
    Agency,
    AlertRoute,
    AlertWay,
    ApiToken,
    Approval,
    Capability,
    Connection,
    Invitation,
    Membership,
    Recipe,
    RecipeState,
    Role,
    Version,
    folder,
)
from builder.recipe import tree as trees
from builder.runner import approvals


@dataclass
class Holdings:
    """All that hangs on one member."""

    recipes: list[Recipe] = field(default_factory=list)
    """Without those that were deleted; they change hands too."""
    connections: list[Connection] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    questions: list[Approval] = field(default_factory=list)
    """That wait for their answer, and for no other member's."""
    routes: list[AlertRoute] = field(default_factory=list)
    """Alerts that are mailed to their address."""
    tokens: list[ApiToken] = field(default_factory=list)
    """That still work."""
    invitations: list[Invitation] = field(default_factory=list)
    """That they sent and nobody used yet."""
    asking: list[Recipe] = field(default_factory=list)
    """Live recipes with a step that asks them by their address. They stay as they were published."""

    @property
    def live(self) -> int:
        return sum(recipe.state == RecipeState.LIVE for recipe in self.recipes)

    @property
    def need_somebody(self) -> bool:
        """Whether anything goes to who comes after them."""
        return bool(self.recipes or self.connections or self.agencies or self.questions or self.routes)


def holdings(member: Membership) -> Holdings:
    """Inside the workspace's scope."""
    mine, address = {"created_by": member.user_id}, member.user.email.lower()
    now = timezone.now()
    invited = Invitation.objects.filter(invited_by=member.user_id, accepted_at=None, revoked_at=None)
    tokens = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, **mine)
    return Holdings(
        recipes=list(Recipe.objects.filter(deleted_at=None, **mine).defer("draft").order_by("name", "pk")),
        connections=list(Connection.objects.filter(deleted_at=None, **mine).order_by("name", "pk")),
        agencies=list(Agency.objects.filter(**mine).order_by("pk")),
        questions=[question for question, alone in _questions(member) if alone],
        routes=[row for row in AlertRoute.objects.filter(way=AlertWay.EMAIL).order_by("pk") if address in row.people],
        tokens=list(tokens.order_by("name", "pk")),
        invitations=list(invited.filter(expires_at__gt=now).order_by("email", "pk")),
        asking=list(_asking(address)),
    )


def heirs(workspace_id: int, leaver: Membership | None = None) -> list[Membership]:
    """Who may be given recipes: members who may change them; owners first, of each role the longest there."""
    rows = Membership.objects.filter(workspace=workspace_id, user__is_active=True).select_related("user")
    if leaver:
        rows = rows.exclude(pk=leaver.pk)
    order = list(Role)
    able = [row for row in rows.order_by("joined_at", "pk") if row.may(Capability.EDIT)]
    return sorted(able, key=lambda row: order.index(Role(row.role)))


def usual_heir(by: Actor, leaver: Membership) -> Membership | None:
    """Who removes them; an owner where somebody goes by themselves."""
    able = heirs(by.workspace.pk, leaver)
    mine = [row for row in able if by.membership and row.pk == by.membership.pk]
    return next(iter(mine or able), None)


def heir_at(workspace_id: int, email: str) -> Membership:
    """The member with this address. Raises Invalid."""
    rows = Membership.objects.filter(workspace=workspace_id, user__email__iexact=email.strip()).select_related("user")
    found = rows.first()
    if found is None:
        raise Invalid(_("Nobody with this address is a member any more. Choose somebody from the list."), "to")
    return found


@action(Capability.PUBLISH)
def hand_over(by: Actor, recipe: Recipe, heir: Membership) -> Recipe:
    """Who is told when something is wrong with it, and whose name it bears. It goes on as it was."""
    heir = held(heir)
    _fit(heir)
    recipe = locked(recipe)
    if Capability.EDIT not in folder.sight_of(heir).may(recipe.folder_id):
        message = _("The folder “%(folder)s” is closed to %(name)s. Let them in first, or choose somebody else.")
        raise Invalid(message % {"folder": recipe.folder.name if recipe.folder else "", "name": heir.user}, "to")
    if recipe.created_by_id != heir.user_id:
        _give(by, recipe, heir)
    return recipe


def held(heir: Membership) -> Membership:
    """Their row, which stays until the transaction ends. Raises Invalid when they went meanwhile."""
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(pk=heir.pk)
    found = rows.filter(workspace=heir.workspace_id).first()
    if found is None:
        raise Invalid(_("%(name)s is no longer a member. Choose somebody else.") % {"name": heir.user}, "to")
    return found


def pass_all(by: Actor, leaver: Membership, heir: Membership | None) -> dict[str, Any]:
    """Gives what hangs on the leaver to the heir and withdraws what was theirs alone, inside the action's transaction.
    Facts for the audit log. Raises Invalid where nobody is fit to take it."""
    left = holdings(leaver)
    if heir is None and left.need_somebody:
        raise Invalid(_("Choose who takes over what they leave."), "to")
    facts = {"recipes": len(left.recipes), "connections": len(left.connections), "tokens": len(left.tokens)}
    if heir is not None:
        heir = held(heir)
        _fit(heir, leaver)
        for recipe in Recipe.objects.filter(created_by=leaver.user_id).defer("draft").order_by("pk"):
            _give(by, recipe, heir)
        for model in (Connection, Agency, AlertRoute):
            model.objects.filter(created_by=leaver.user_id).update(created_by=heir.user)
        _pass_questions(by, leaver, heir)
        _readdress(by, left.routes, leaver, heir)
    _withdraw(by, leaver, left)
    taken = {"to": str(heir.user)} if heir and left.need_somebody else {}
    return {**taken, **{name: number for name, number in facts.items() if number}}


def _fit(heir: Membership, leaver: Membership | None = None) -> None:
    if leaver and heir.pk == leaver.pk:
        raise Invalid(_("They are the one who goes. Choose somebody who stays."), "to")
    if not heir.user.is_active:
        raise Invalid(_("%(name)s can't sign in. Choose somebody else.") % {"name": heir.user}, "to")
    if not heir.may(Capability.EDIT):
        message = _("%(name)s may not change recipes. Choose an owner, admin or editor.")
        raise Invalid(message % {"name": heir.user}, "to")


def _give(by: Actor, recipe: Recipe, heir: Membership) -> None:
    before, recipe.created_by = str(recipe.created_by or ""), heir.user
    recipe.save(update_fields=["created_by"])
    audit.write(by, "recipe.handed_over", recipe, before=before, after=str(heir.user))


def _questions(leaver: Membership) -> Iterator[tuple[Approval, bool]]:
    """Open ones that name them, and whether no other member is asked."""
    address = leaver.user.email.lower()
    others = Membership.objects.filter(workspace=leaver.workspace_id, user__is_active=True).exclude(pk=leaver.pk)
    known = {email.lower() for email in others.values_list("user__email", flat=True)}
    for row in Approval.objects.filter(decision="").select_related("run__recipe").order_by("pk"):
        if address in row.people:
            yield row, not known & set(row.people)


def _pass_questions(by: Actor, leaver: Membership, heir: Membership) -> None:
    for question, alone in list(_questions(leaver)):
        people = _without(question.people, leaver, heir if alone else None)
        if approvals.ask_others(question, people, tell=alone) and alone:
            run = question.run
            audit.write(by, "run.question_passed_on", run, run.title or run.recipe.name, to=str(heir.user))


def _readdress(by: Actor, routes: list[AlertRoute], leaver: Membership, heir: Membership) -> None:
    """A route that names nobody goes to owners and admins, so who was alone in it is followed by the heir."""
    for route in routes:
        before = route.people
        route.people = _without(before, leaver, None) or [heir.user.email.lower()]
        route.save(update_fields=["people"])
        facts = {"kinds": route.kinds, "host": route.host}
        told = {"before": {**facts, "people": before}, "after": {**facts, "people": route.people}}
        audit.write(by, "alert_route.changed", route, str(route), **told)


def _without(people: list[str], leaver: Membership, heir: Membership | None) -> list[str]:
    """The addresses, with the heir's in place of the leaver's."""
    gone, instead = leaver.user.email.lower(), [heir.user.email.lower()] if heir else []
    return list(dict.fromkeys(one for each in people for one in (instead if each == gone else [each])))


def _withdraw(by: Actor, leaver: Membership, left: Holdings) -> None:
    now = timezone.now()
    ApiToken.objects.filter(created_by=leaver.user_id, revoked_at=None).update(revoked_at=now)
    for token in left.tokens:
        audit.write(by, "token.revoked", token, token.name)
    Invitation.objects.filter(pk__in=[row.pk for row in left.invitations]).update(revoked_at=now)
    for row in left.invitations:
        audit.write(by, "member.invitation_revoked", row, row.email)


def _asking(address: str) -> Iterator[Recipe]:
    written = json.dumps(address)[1:-1]
    rows = Version.objects.filter(recipe__live=F("pk"), recipe__deleted_at=None, tree__icontains=written)
    for version in rows.select_related("recipe").order_by("recipe__name", "pk"):
        steps = (row.step for row in trees.steps(version.tree))
        if any(address in approvals.addresses(step["people"]) for step in steps if step["kind"] == "approval"):
            yield version.recipe
