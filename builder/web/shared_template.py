"""Where the link to another workspace's template leads: a look at it, and a copy of it into a room of one's own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_scopes import scope

from builder.actions import team_templates, template_links
from builder.actions.errors import ActionError, Gone
from builder.models import TemplateLink
from builder.web import reply
from builder.web.gallery import Shown
from builder.web.request import Request
from builder.web.room import enter, without_second_factor


@require_http_methods(["GET", "POST"])
def shared(request: Request, key: str) -> HttpResponse:
    """Who isn't signed in is asked to by the middleware, and comes back."""
    try:
        link = template_links.opened(key)
    except Gone as trouble:
        return render(request, "gallery/link_over.html", {"text": trouble.message}, status=410)
    if request.method == "GET":
        return _page(request, link)
    try:
        actor = enter(request, request.POST.get("workspace", ""))
        if actor.workspace.two_factor and (away := without_second_factor(request, actor.workspace)):
            return away
        made = template_links.take(actor, key)
    except ActionError as trouble:
        return _page(request, link, trouble.message, trouble.status)
    said = _("“%(title)s” is among your team’s templates.") % {"title": made}
    return reply.go(request, "web:template", actor.workspace.slug, team_templates.key_of(made), said=said)


def _page(request: Request, link: TemplateLink, refused: str = "", status: int = 200) -> HttpResponse:
    template = team_templates.of(link.template)
    with scope(workspace=link.workspace):
        shown = Shown(template)
        context = {
            "template": template,
            "shown": shown,
            "cards": shown.cards,
            "badges": shown.badges,
            "link": link,
            "rooms": template_links.rooms(request.user),
            "refused": refused,
        }
    return render(request, "gallery/shared.html", context, status=status)


urlpatterns = [path(template_links.PATH.lstrip("/").replace("{key}", "<str:key>"), shared, name="template-shared")]
