"""Where the link of an invitation leads: a new person sets a password, one with an account just says yes."""

from django import forms
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import members
from builder.actions.errors import Gone
from builder.models import Invitation, Membership, User
from builder.web import reply
from builder.web.forms import Form
from builder.web.providers import BACKEND
from builder.web.request import Request


class JoinForm(Form):
    name = forms.CharField(label=lazy("Your name"), widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label=lazy("Choose a password"),
        help_text=lazy("At least 12 characters."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: Request, key: str) -> HttpResponse:
    try:
        invitation = members.invitation_of(key)
    except Gone as trouble:
        return _over(request, trouble.message)
    if request.method == "GET":
        return _page(request, key, invitation)
    try:
        return _accepted(request, key, invitation)
    except Gone as trouble:
        return _over(request, trouble.message)


@login_not_required
@require_POST
def as_another(request: Request, key: str) -> HttpResponse:
    """Signs the wrong person out and comes back."""
    logout(request)
    return redirect("web:join", key)


def _accepted(request: Request, key: str, invitation: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        if not _is_for(invitation, request.user):
            return _page(request, key, invitation, status=422)
        return _welcome(request, members.accept(key, request.user))
    if _known(invitation):
        return redirect_to_login(request.get_full_path())
    form = JoinForm(request.POST)
    made = form.tried(members.accept, key, name=form.given("name"), password=form.given("password"))
    if made is None:
        return _page(request, key, members.invitation_of(key), form, status=422)
    login(request, made.user, backend=BACKEND)
    return _welcome(request, made)


def _welcome(request: Request, member: Membership) -> HttpResponse:
    said = _("You are in “%(name)s” now.") % {"name": member.workspace}
    return reply.go(request, "web:workspace", member.workspace.slug, said=said)


def _page(
    request: Request, key: str, invitation: Invitation, form: JoinForm | None = None, status: int = 200
) -> HttpResponse:
    signed_in = request.user.is_authenticated
    context = {
        "key": key,
        "invitation": invitation,
        "form": form or JoinForm(),
        "mine": signed_in and _is_for(invitation, request.user),
        "wrong": signed_in and not _is_for(invitation, request.user),
        "known": not signed_in and _known(invitation),
    }
    return render(request, "invitation/page.html", context, status=status)


def _over(request: Request, text: str) -> HttpResponse:
    return render(request, "invitation/over.html", {"text": text}, status=410)


def _is_for(invitation: Invitation, user: User) -> bool:
    return invitation.email.lower() == user.email.lower()


def _known(invitation: Invitation) -> bool:
    """Whether the invited has an account. Only who holds the link learns it, and it is their own address."""
    return User.objects.filter(email__iexact=invitation.email).exists()


urlpatterns = [
    path(members.PATH.lstrip("/").replace("{key}", "<str:key>"), join, name="join"),
    path(members.PATH.lstrip("/").replace("{key}", "<str:key>") + "sign-out/", as_another, name="join-as-another"),
]
