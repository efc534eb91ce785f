"""The workspace's own settings."""

from typing import Any

from django import forms
from django.conf import settings as installation
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import second_factor, workspaces
from builder.models import Capability, Workspace
from builder.web import reply
from builder.web.confirmed import confirmed
from builder.web.forms import Form, currency_field, zone_field, zones
from builder.web.logo import LogoForm
from builder.web.request import Request
from builder.web.room import room


class SettingsForm(Form):
    name = forms.CharField(label=lazy("Name"))
    zone = zone_field()
    currency = currency_field()
    minutes = forms.CharField(
        label=lazy("One change by hand"),
        help_text=lazy("Minutes that a person needs for what one step changes. The time saved is reckoned by it."),
        widget=forms.TextInput({"inputmode": "numeric", "placeholder": str(workspaces.MINUTES)}),
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        kept = self.initial.get("zone", "UTC")
        if kept not in zones():  # an old spelling that is in no list of ours any more
            self.fields["zone"].choices += [(kept, kept)]  # type: ignore[attr-defined]


class TwoFactorForm(Form):
    two_factor = forms.BooleanField(
        label=lazy("Everybody needs a second factor"),
        help_text=lazy(
            "A code of their phone or a passkey, besides the password. Who has none yet is led to set one up before "
            "anything of this workspace is shown. API tokens go on as they are; new ones are made only by people who "
            "have one."
        ),
    )


class KeepingForm(Form):
    keep_days = forms.CharField(label=lazy("Events and runs that are over"))
    keep_exchanges_days = forms.CharField(label=lazy("Requests and answers of their steps"))
    keep_runs = forms.CharField(label=lazy("Runs at most"))

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        for name, (number, said) in _usual().items():
            shown = intcomma(number)
            self.fields[name].help_text = said % {"n": shown}
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "placeholder": shown}


def _usual() -> dict[str, tuple[int, Any]]:
    """What holds where a workspace says nothing."""
    return {
        "keep_days": (installation.KEEP_DAYS, lazy("Days. Empty: %(n)s.")),
        "keep_exchanges_days": (installation.KEEP_EXCHANGES_DAYS, lazy("Days. Empty: %(n)s.")),
        "keep_runs": (installation.KEEP_RUNS, lazy("The newest, and as many events. Empty: %(n)s.")),
    }


@require_http_methods(["GET", "POST"])
@room(Capability.MEMBERS)
def settings(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method == "GET":
        return reply.page(request, "settings/workspace.html", "settings", _forms(workspace))
    form = SettingsForm(request.POST)
    given = [form.given(name) for name in ("name", "zone", "currency", "minutes")]
    if form.tried(workspaces.change_settings, request.actor, *given) is None:
        return reply.page(request, "settings/workspace.html", "settings", _forms(workspace, form=form), status=422)
    return reply.go(request, "web:settings", workspace.slug, said=_("The settings are saved."))


@require_POST
@room(Capability.MEMBERS)
def keeping(request: Request, workspace: Workspace) -> HttpResponse:
    form = KeepingForm(request.POST)
    given = [form.given(name) for name in form.fields]
    if form.tried(workspaces.keep, request.actor, *given) is None:
        return reply.page(request, "settings/workspace.html", "keeping", _forms(workspace, keeping=form), status=422)
    return reply.go(request, "web:settings", workspace.slug, said=_("The settings are saved."))


@require_POST
@room(Capability.MEMBERS)
@confirmed
def two_factor(request: Request, workspace: Workspace) -> HttpResponse:
    form = TwoFactorForm(request.POST)
    wanted = bool(form.given("two_factor"))
    if form.tried(second_factor.require, request.actor, wanted) is None:
        return reply.page(request, "settings/workspace.html", "safety", _forms(workspace, safety=form), status=422)
    said = _("From now on a second factor is a must.") if wanted else _("A second factor is everybody’s choice now.")
    return reply.go(request, "web:settings", workspace.slug, said=said)


def _forms(workspace: Workspace, **tried: Form) -> dict[str, Form]:
    kept = {name: getattr(workspace, name) for name in ("name", "zone", "currency")}
    days = {name: getattr(workspace, name) for name in KeepingForm.base_fields}
    kept["minutes"] = workspace.minutes_by_hand
    forms = {"form": SettingsForm(initial=kept), "keeping": KeepingForm(initial=days)}
    return {**forms, "safety": TwoFactorForm(initial={"two_factor": workspace.two_factor}), "logo": LogoForm(), **tried}


urlpatterns = [
    path("w/<slug:slug>/settings/", settings, name="settings"),
    path("w/<slug:slug>/settings/keeping/", keeping, name="settings-keeping"),
    path("w/<slug:slug>/settings/second-factor/", two_factor, name="settings-two-factor"),
]
