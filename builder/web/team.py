"""The team's pages: an overview, members, invitations, API tokens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import F
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import devices, members, second_factor, tokens
from builder.actions import overview as glance
from builder.actions.actor import WHAT, Actor
from builder.actions.errors import Invalid
from builder.models import (
    AlertRoute,
    ApiToken,
    AuditEvent,
    Capability,
    Invitation,
    Membership,
    Role,
    Run,
    RunStatus,
    Workspace,
)
from builder.web import alerts, audit_words, hands, reply, worth_shown
from builder.web.confirmed import confirmed
from builder.web.forms import Form
from builder.web.request import Request
from builder.web.room import room

SHOWN = 5
"""People, invitations, lines of the audit log, tokens and alert routes on the overview."""
COOL_DOWN = 60
"""Seconds before an invitation is sent again."""
TABS = (
    ("team", lazy("Overview"), Capability.MEMBERS),
    ("usage", lazy("Usage"), Capability.MEMBERS),
    ("members", lazy("Members"), Capability.VIEW),
    ("invitations", lazy("Invitations"), Capability.MEMBERS),
    ("tokens", lazy("API tokens"), Capability.MEMBERS),
    ("audit", lazy("Audit log"), Capability.MEMBERS),
)
EXPIRY = (("30", lazy("30 days")), ("90", lazy("90 days")), ("365", lazy("1 year")), ("", lazy("Never")))


class InviteForm(Form):
    email = forms.CharField(label=lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(label=lazy("Role"))

    def __init__(self, by: Actor, data: Any = None):
        super().__init__(data, initial={"role": Role.EDITOR})
        self.fields["role"].choices = grantable(by)  # type: ignore[attr-defined]


class TokenForm(Form):
    name = forms.CharField(label=lazy("Name"), help_text=lazy("The program that will use it."))
    scopes = forms.MultipleChoiceField(label=lazy("It may"), widget=forms.CheckboxSelectMultiple)
    expires = forms.ChoiceField(label=lazy("Expires after"), choices=EXPIRY)

    def __init__(self, by: Actor, data: Any = None):
        super().__init__(data, initial={"scopes": [Capability.VIEW], "expires": "90"})
        may = [capability for capability in Capability if by.may(capability)]
        self.fields["scopes"].choices = [(c.value, WHAT[c]) for c in may]  # type: ignore[attr-defined]


@require_GET
@room(Capability.MEMBERS)
def overview(request: Request, workspace: Workspace) -> HttpResponse:
    number = 7 if request.GET.get("days") == "7" else 30
    days = glance.days(request.actor, number)
    shows = worth_shown.shown(request.actor, days, request.GET.get("show", ""))
    rows = Membership.objects.filter(workspace=workspace).select_related("user").order_by("joined_at", "pk")
    shown = list(rows.annotate(last_seen=devices.last_seen("user"))[:SHOWN])
    open_invitations = Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-pk")
    keys = ApiToken.objects.filter(revoked_at=None).order_by(F("last_used_at").desc(nulls_last=True), "-pk")
    context = {
        "number": number,
        "today": days[-1],
        "held": Run.objects.filter(status=RunStatus.HELD).count(),
        "hands": hands.all_hands(),
        "shows": shows,
        "errors": glance.errors(request.actor, number),
        "used": glance.recipes(request.actor, number),
        "spent": glance.requests(request.actor),
        "people": shown,
        "with_two": second_factor.among(row.user_id for row in shown),
        "number_of_people": rows.count(),
        "invited": [(row, row.expires_at > timezone.now()) for row in open_invitations[:SHOWN]],
        "number_invited": open_invitations.count(),
        "lines": [
            (row, audit_words.sentence(row), audit_words.aside(row))
            for row in AuditEvent.objects.select_related("user", "token")[:SHOWN]
        ],
        "tokens": [(row, _standing(row, timezone.now())) for row in keys[:SHOWN]],
        "routes": alerts.listed(AlertRoute.objects.select_related("workspace").order_by("pk")[:SHOWN]),
    }
    return tab(request, "team", context)


@require_GET
@room()
def people(request: Request, workspace: Workspace) -> HttpResponse:
    return _people(request)


@require_POST
@room(Capability.MEMBERS)
@confirmed
def change_role(request: Request, workspace: Workspace, pk: int) -> HttpResponse:
    role = request.POST.get("role", "")
    try:
        member = members.change_role(request.actor, _member(workspace, pk), role)
    except Invalid as trouble:
        return _people(request, wrong={pk: trouble.message}, status=422)
    if member.user_id == request.user.pk and not member.may(Capability.MEMBERS):
        return reply.go(request, "web:members", workspace.slug, said=_("Your role is changed."))
    said = _("%(name)s is %(role)s now.") % {"name": member.user, "role": Role(member.role).label}
    return _done(request, "members", said)


@require_http_methods(["GET", "POST"])
@room(Capability.MEMBERS)
@confirmed
def invitations(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method == "GET":
        return _invitations(request)
    form = InviteForm(request.actor, request.POST)
    made = form.tried(members.invite, request.actor, form.given("email"), form.given("role"))
    return _invitations(request, made=made) if made else _invitations(request, form=form, status=422)


@require_POST
@room(Capability.MEMBERS)
def resend(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    """A new link; the one sent before stops working."""
    invitation = _invitation(public_id)
    left = COOL_DOWN - int((timezone.now() - invitation.created_at).total_seconds())
    if left > 0:
        said = ngettext(
            "It was sent just now. Try again in %(n)d second.",
            "It was sent just now. Try again in %(n)d seconds.",
            left,
        )
        return _invitations(request, trouble=said % {"n": left}, status=422)
    return _invitations(request, made=members.invite(request.actor, invitation.email, invitation.role))


@require_POST
@room(Capability.MEMBERS)
def revoke_invitation(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    invitation = members.revoke(request.actor, _invitation(public_id))
    said = _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email}
    return _done(request, "invitations", said)


@require_http_methods(["GET", "POST"])
@room(Capability.MEMBERS)
@confirmed
def api_tokens(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method == "GET":
        return _tokens(request)
    form = TokenForm(request.actor, request.POST)
    days = form.given("expires")
    expires = timezone.now() + timedelta(days=int(days)) if days in dict(EXPIRY) and days else None
    made = form.tried(tokens.create, request.actor, form.given("name"), request.POST.getlist("scopes"), expires=expires)
    return _tokens(request, made=made) if made else _tokens(request, form=form, status=422)


@require_POST
@room(Capability.MEMBERS)
def revoke_token(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    found = ApiToken.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    token = tokens.revoke(request.actor, found)
    return _done(request, "tokens", _("The token “%(name)s” no longer works.") % {"name": token.name})


def grantable(by: Actor) -> list[tuple[str, str]]:
    return [(role.value, str(role.label)) for role in Role if role.capabilities <= by.capabilities]


def _people(request: Request, wrong: dict[int, str] | None = None, status: int = 200) -> HttpResponse:
    rows = Membership.objects.filter(workspace=request.actor.workspace).select_related("user")
    rows = rows.annotate(last_seen=devices.last_seen("user")).order_by("joined_at", "pk")
    may = request.actor.may(Capability.MEMBERS)
    held = request.actor.capabilities
    context = {
        "rows": [(row, may and Role(row.role).capabilities <= held, (wrong or {}).get(row.pk, "")) for row in rows],
        "with_two": second_factor.among(row.user_id for row in rows) if may else (),
        "roles": grantable(request.actor),
        "open_invitations": Invitation.objects.filter(accepted_at=None, revoked_at=None).count() if may else 0,
    }
    return tab(request, "members", context, status)


def _invitations(
    request: Request,
    form: InviteForm | None = None,
    made: tuple[Invitation, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("invited_by").order_by("-pk")
    context = {
        "form": form or InviteForm(request.actor),
        "rows": [(row, row.expires_at > now) for row in rows],
        "made": made and {"email": made[0].email, "url": made[1]},
        "trouble": trouble,
    }
    return tab(request, "invitations", context, status)


def _tokens(
    request: Request,
    form: TokenForm | None = None,
    made: tuple[ApiToken, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    rows = ApiToken.objects.select_related("created_by").order_by("revoked_at", "-pk")
    context = {
        "form": form or TokenForm(request.actor),
        "rows": [(row, _standing(row, now)) for row in rows],
        "made": made and {"name": made[0].name, "plain": made[1]},
    }
    return tab(request, "tokens", context, status)


def _standing(token: ApiToken, now: Any) -> str:
    if token.revoked_at:
        return "revoked"
    return "expired" if token.expires_at and token.expires_at <= now else "valid"


def tab(request: Request, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = [(key, label, key == name) for key, label, capability in TABS if request.actor.may(capability)]
    return reply.page(request, f"team/{name}.html", "team", {**context, "tabs": shown}, status=status)


def _done(request: Request, tab: str, said: str) -> HttpResponse:
    if not request.htmx:
        return reply.go(request, f"web:{tab}", request.actor.workspace.slug, said=said)
    return reply.toasted(AGAIN[tab](request), said)


def _member(workspace: Workspace, pk: int) -> Membership:
    found = Membership.objects.filter(workspace=workspace, pk=pk).select_related("user").first()
    if found is None:
        raise Http404
    return found


def _invitation(public_id: str) -> Invitation:
    found = Invitation.objects.filter(public_id=public_id, accepted_at=None, revoked_at=None).first()
    if found is None:
        raise Http404
    return found


AGAIN: dict[str, Callable[..., HttpResponse]] = {
    "members": _people,
    "invitations": _invitations,
    "tokens": _tokens,
}
PLACE = "w/<slug:slug>/team/"

urlpatterns = [
    path(PLACE, overview, name="team"),
    path(f"{PLACE}members/", people, name="members"),
    path(f"{PLACE}members/<int:pk>/role/", change_role, name="member-role"),
    path(f"{PLACE}invitations/", invitations, name="invitations"),
    path(f"{PLACE}invitations/<slug:public_id>/resend/", resend, name="invitation-resend"),
    path(f"{PLACE}invitations/<slug:public_id>/revoke/", revoke_invitation, name="invitation-revoke"),
    path(f"{PLACE}tokens/", api_tokens, name="tokens"),
    path(f"{PLACE}tokens/<slug:public_id>/revoke/", revoke_token, name="token-revoke"),
]
