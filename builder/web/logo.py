"""The workspace's logo: chosen in its settings, shown in the sidebar."""

from django import forms
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from builder.actions import logos, pictures
from builder.models import Capability, Logo, Workspace
from builder.web import reply
from builder.web.forms import Form
from builder.web.request import Request
from builder.web.room import room

KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


class LogoForm(Form):
    file = forms.CharField(
        label=lazy("Picture"),
        help_text=lazy("PNG, JPEG or WebP of at most 200 KB; square ones look best."),
        widget=forms.FileInput({"accept": ",".join(KINDS.values())}),
    )


@require_POST
@room(Capability.MEMBERS)
def change(request: Request, workspace: Workspace) -> HttpResponse:
    form, file = LogoForm(request.POST), request.FILES.get("file")
    data = file.read(pictures.MOST_BYTES + 1) if file else b""
    if form.tried(logos.change, request.actor, data) is None:
        return reply.page(request, "settings/logo.html", "logo", {"form": form}, status=422)
    return reply.go(request, "web:settings", workspace.slug, said=_("The logo is saved."))


@require_POST
@room(Capability.MEMBERS)
def remove(request: Request, workspace: Workspace) -> HttpResponse:
    logos.remove(request.actor)
    return reply.go(request, "web:settings", workspace.slug, said=_("The logo is removed."))


@require_GET
@room()
def logo(request: Request, workspace: Workspace, name: str) -> HttpResponse:
    """Its name changes with it, so a browser may keep it. It is never taken for anything but a picture."""
    row = Logo.objects.filter(workspace=workspace).first()
    if row is None or name != workspace.logo:
        raise Http404
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "inline",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    return HttpResponse(bytes(row.data), content_type=KINDS[name.rsplit(".")[-1]], headers=headers)


urlpatterns = [
    path("w/<slug:slug>/settings/logo/", change, name="settings-logo"),
    path("w/<slug:slug>/settings/logo/remove/", remove, name="settings-logo-remove"),
    path("w/<slug:slug>/logo/<str:name>", logo, name="logo"),
]
