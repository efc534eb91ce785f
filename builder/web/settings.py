"""The workspace's own settings."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from builder.actions import workspaces
from builder.models import Capability, Workspace
from builder.web import reply
from builder.web.forms import Form, currency_field, zone_field, zones
from builder.web.request import Request
from builder.web.room import room


class SettingsForm(Form):
    name = forms.CharField(label=lazy("Name"))
    zone = zone_field()
    currency = currency_field()

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        kept = self.initial.get("zone", "UTC")
        if kept not in zones():  # an old spelling that is in no list of ours any more
            self.fields["zone"].choices += [(kept, kept)]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@room(Capability.MEMBERS)
def settings(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method == "GET":
        kept = {"name": workspace.name, "zone": workspace.zone, "currency": workspace.currency}
        return _page(request, SettingsForm(initial=kept))
    form = SettingsForm(request.POST)
    given = [form.given(name) for name in ("name", "zone", "currency")]
    if form.tried(workspaces.change_settings, request.actor, *given) is None:
        return _page(request, form, status=422)
    return reply.go(request, "web:settings", workspace.slug, said=_("The settings are saved."))


def _page(request: Request, form: SettingsForm, status: int = 200) -> HttpResponse:
    return reply.page(request, "settings/workspace.html", "settings", {"form": form}, status=status)


urlpatterns = [path("w/<slug:slug>/settings/", settings, name="settings")]
