"""Somebody goes, or gives one recipe away: what hangs on them in words, and who takes it over."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from builder.actions import handing, members
from builder.actions.errors import Invalid
from builder.models import Capability, Membership, Workspace
from builder.web import recipes, reply
from builder.web.confirmed import confirmed
from builder.web.request import Request
from builder.web.room import room

SHOWN = 5
"""Names of one kind; of the rest the number."""
Line = tuple[str, str, str]
"""Icon, what becomes of it, and which ones."""


@require_http_methods(["GET", "POST"])
@room(Capability.MEMBERS)
@confirmed
def remove(request: Request, workspace: Workspace, pk: int) -> HttpResponse:
    """GET says what would change hands and what ends."""
    member = Membership.objects.filter(workspace=workspace, pk=pk).select_related("user").first()
    if member is None:
        raise Http404
    if request.method == "GET":
        return _ask(request, member)
    try:
        members.remove(request.actor, member, _heir(request))
    except Invalid as trouble:
        return _ask(request, member, trouble.message, 422)
    if member.user_id == request.user.pk:
        return reply.go(request, "web:home")
    said = _("%(name)s is no longer a member.") % {"name": member.user}
    return reply.go(request, "web:members", workspace.slug, said=said)


@require_http_methods(["GET", "POST"])
@room()
def leave(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method == "GET":
        return _ask(request, request.membership)
    try:
        members.leave(request.actor, _heir(request))
    except Invalid as trouble:
        return _ask(request, request.membership, trouble.message, 422)
    said = _("You have left “%(name)s”.") % {"name": workspace}
    return reply.go(request, "web:home", said=said, icon="logout")


@require_http_methods(["GET", "POST"])
@room(Capability.PUBLISH)
def owner(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """Another owner for one recipe."""
    recipe, wrong = recipes.recipe_or_404(rid), ""
    if request.method == "POST":
        try:
            given = handing.heir_at(workspace.pk, request.POST.get("to", ""))
            recipe = handing.hand_over(request.actor, recipe, given)
            said = _("“%(recipe)s” belongs to %(name)s now.") % {"recipe": recipe.name, "name": recipe.created_by}
            return recipes.listed(request, workspace, said, "user-edit")
        except Invalid as trouble:
            wrong = trouble.message
    able = handing.heirs(workspace.pk)
    chosen = request.POST.get("to", "") or (recipe.created_by.email if recipe.created_by else "")
    stays = recipe.created_by and any(row.user_id == recipe.created_by_id for row in able)
    context = {"workspace": workspace, "recipe": recipe, "heirs": able, "chosen": chosen, "wrong": wrong}
    whole = {**context, "stays": stays, "form": "recipes/_owner.html"}
    return render(request, whole["form"] if request.htmx else "recipes/form.html", whole, status=422 if wrong else 200)


def _heir(request: Request) -> Membership | None:
    email = request.POST.get("to", "")
    return handing.heir_at(request.actor.workspace.pk, email) if email else None


def _ask(request: Request, member: Membership, wrong: str = "", status: int = 200) -> HttpResponse:
    held = handing.holdings(member)
    mine = member.user_id == request.user.pk
    usual = handing.usual_heir(request.actor, member)
    context = {
        "member": member,
        "mine": mine,
        "passed": list(_passed(held, member.user.email)),
        "ended": list(_ended(held)),
        "asking": held.asking,
        "need_somebody": held.need_somebody,
        "heirs": handing.heirs(request.actor.workspace.pk, member),
        "chosen": request.POST.get("to", "") or (usual.user.email if usual else ""),
        "wrong": wrong,
        "action": reverse("web:leave", args=[request.actor.workspace.slug])
        if mine
        else reverse("web:member-remove", args=[request.actor.workspace.slug, member.pk]),
    }
    return reply.page(request, "team/leaving.html", "leaving", context, status=status)


def _passed(held: handing.Holdings, email: str) -> Iterator[Line]:
    """What goes to who comes after them."""
    if number := len(held.recipes):
        yield "book-2", _counted(number, held.live), _listed(held.recipes)
    if number := len(held.connections):
        words = ngettext("%(n)d connection, which goes on working", "%(n)d connections, which go on working", number)
        yield "plug-connected", words % {"n": number}, _listed(held.connections)
    if number := len(held.agencies):
        words = ngettext("The consent of %(n)d agency", "The consents of %(n)d agencies", number)
        yield "building", words % {"n": number}, ""
    if number := len(held.questions):
        words = ngettext(
            "%(n)d question that waits for nobody else’s answer",
            "%(n)d questions that wait for nobody else’s answer",
            number,
        )
        yield "hand-stop", words % {"n": number}, _listed([q.run.title or q.run.recipe.name for q in held.questions])
    if held.routes:
        only = [route for route in held.routes if len(route.people) == 1]
        aside = _("The new owner gets them instead.") if only else _("The others who get them go on getting them.")
        yield "bell", _("Alerts that are mailed to %(email)s") % {"email": email}, aside


def _counted(number: int, live: int) -> str:
    if live == number:
        words = ngettext("%(n)d live recipe, which goes on running", "%(n)d live recipes, which go on running", live)
        return words % {"n": live}
    words = ngettext("%(n)d recipe", "%(n)d recipes", number) % {"n": number}
    if not live:
        return words
    some = ngettext("%(n)d of them live, which goes on running", "%(n)d of them live, which go on running", live)
    return f"{words}, {some % {'n': live}}"


def _ended(held: handing.Holdings) -> Iterator[Line]:
    if number := len(held.tokens):
        words = ngettext("%(n)d API token stops working at once", "%(n)d API tokens stop working at once", number)
        yield "key", words % {"n": number}, _listed([token.name for token in held.tokens])
    if number := len(held.invitations):
        words = ngettext(
            "%(n)d invitation that nobody used yet is withdrawn",
            "%(n)d invitations that nobody used yet are withdrawn",
            number,
        )
        yield "mail", words % {"n": number}, _listed([row.email for row in held.invitations])


def _listed(rows: Sequence[Any]) -> str:
    names = ", ".join(str(row) for row in rows[:SHOWN])
    more = len(rows) - SHOWN
    if more <= 0:
        return names
    return ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % {"names": names, "n": more}


PLACE = "w/<slug:slug>/"
urlpatterns = [
    path(f"{PLACE}team/members/leave/", leave, name="leave"),
    path(f"{PLACE}team/members/<int:pk>/remove/", remove, name="member-remove"),
    path(f"{PLACE}recipes/<str:rid>/owner/", owner, name="recipe-owner"),
]
