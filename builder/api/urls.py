from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path, register_converter
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from builder.api import (
    agencies,
    alerts,
    catalogue,
    connections,
    document,
    drafts,
    events,
    files,
    folders,
    me,
    problems,
    recipes,
    reference,
    runs,
    team,
    templates,
    trials,
    usage,
    versions,
)
from builder.models.columns import write_json

app_name = "api"


class Id:
    regex = "[a-z0-9]{6,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key(Id):
    regex = "[a-z0-9_.-]{1,80}"


class Number:
    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Id, "id")
register_converter(Key, "key")
register_converter(Number, "number")


@csrf_exempt
@login_not_required
def missing(request: HttpRequest) -> HttpResponse:
    said = _("There is nothing at this address. It has no slash at its end; all addresses are at /api/.")
    return HttpResponse(write_json(problems.body("not_found", said)), content_type=problems.MEDIA_TYPE, status=404)


v1 = [
    path("openapi.json", document.view, name="openapi"),
    path("me", me.Me.as_view({"get": "show"})),
    path("workspace", me.Me.as_view({"get": "workspace", "patch": "change"})),
    path("connectors", catalogue.Connectors.as_view({"get": "list"})),
    path("connectors/<key:key>", catalogue.Connectors.as_view({"get": "show"})),
    path("connections", connections.Connections.as_view({"get": "list", "post": "create"})),
    path(
        "connections/<id:id>", connections.Connections.as_view({"get": "show", "patch": "change", "delete": "remove"})
    ),
    path("connections/<id:id>/test", connections.Connections.as_view({"post": "test"})),
    path("connections/<id:id>/choices/<key:key>", connections.Connections.as_view({"get": "choices"})),
    path("connections/<id:id>/events", events.Events.as_view({"post": "to_connection"})),
    path("agencies", agencies.Agencies.as_view({"get": "list"})),
    path("agencies/<id:id>", agencies.Agencies.as_view({"delete": "remove"})),
    path("agencies/<id:id>/locations", agencies.Agencies.as_view({"get": "locations"})),
    path("agencies/<id:id>/connections", agencies.Agencies.as_view({"post": "connect"})),
    path("operations", catalogue.Operations.as_view({"get": "list"})),
    path("operations/<key:key>", catalogue.Operations.as_view({"get": "show"})),
    path("templates", templates.Templates.as_view({"get": "list", "post": "import_"})),
    path("templates/<key:key>", templates.Templates.as_view({"get": "show", "delete": "remove"})),
    path("templates/<key:key>/file", templates.Templates.as_view({"get": "file"})),
    path("templates/<key:key>/start", templates.Templates.as_view({"post": "start"})),
    path("recipes", recipes.Recipes.as_view({"get": "list", "post": "create"})),
    path("recipes/import", recipes.Recipes.as_view({"post": "import_"})),
    path("recipes/<id:id>", recipes.Recipes.as_view({"get": "show", "patch": "change", "delete": "remove"})),
    path("recipes/<id:id>/restore", recipes.Recipes.as_view({"post": "restore"})),
    path("recipes/<id:id>/duplicate", recipes.Recipes.as_view({"post": "duplicate"})),
    path("recipes/<id:id>/export", recipes.Recipes.as_view({"get": "export"})),
    path("recipes/<id:id>/template", templates.Templates.as_view({"get": "values", "post": "save"})),
    path("recipes/<id:id>/template-update", templates.Templates.as_view({"get": "newer", "post": "take_over"})),
    path("recipes/<id:id>/problems", recipes.Recipes.as_view({"get": "problems"})),
    path("recipes/<id:id>/pause", recipes.Recipes.as_view({"post": "pause"})),
    path("recipes/<id:id>/resume", recipes.Recipes.as_view({"post": "resume"})),
    path("recipes/<id:id>/pausing", recipes.Recipes.as_view({"post": "pausing"})),
    path("recipes/<id:id>/owner", recipes.Recipes.as_view({"put": "owner"})),
    path("recipes/<id:id>/guards", recipes.Recipes.as_view({"put": "guards"})),
    path("recipes/<id:id>/replay", recipes.Recipes.as_view({"post": "replay"})),
    path("recipes/<id:id>/draft", drafts.Drafts.as_view({"get": "show"})),
    path("recipes/<id:id>/draft/edits", drafts.Drafts.as_view({"post": "edit"})),
    path("recipes/<id:id>/draft/undo", drafts.Drafts.as_view({"post": "undo"})),
    path("recipes/<id:id>/draft/redo", drafts.Drafts.as_view({"post": "redo"})),
    path("recipes/<id:id>/versions", versions.Versions.as_view({"get": "list", "post": "publish"})),
    path("recipes/<id:id>/versions/<number:number>", versions.Versions.as_view({"get": "show"})),
    path("recipes/<id:id>/versions/<number:number>/roll-back", versions.Versions.as_view({"post": "roll_back"})),
    path("recipes/<id:id>/records", trials.Trials.as_view({"get": "records"})),
    path("recipes/<id:id>/sample", trials.Trials.as_view({"put": "sample"})),
    path("recipes/<id:id>/preview", trials.Trials.as_view({"post": "preview"})),
    path("recipes/<id:id>/steps/<id:step>/test", trials.Trials.as_view({"post": "test"})),
    path("recipes/<id:id>/events", events.Events.as_view({"post": "to_recipe"})),
    path("files", files.Files.as_view({"get": "export", "post": "bring"})),
    path("folders", folders.Folders.as_view({"get": "list", "post": "create"})),
    path("folders/<id:id>", folders.Folders.as_view({"patch": "change", "delete": "remove"})),
    path("folders/<id:id>/access", folders.Folders.as_view({"get": "access", "put": "set_access"})),
    path("events", events.Events.as_view({"get": "list"})),
    path("events/<id:id>", events.Events.as_view({"get": "show"})),
    path("runs", runs.Runs.as_view({"get": "list"})),
    path("runs/retry", runs.Runs.as_view({"post": "retry_many"})),
    path("runs/retry-all", runs.Runs.as_view({"post": "retry_all"})),
    path("runs/cancel", runs.Runs.as_view({"post": "cancel_many"})),
    path("runs/<id:id>", runs.Runs.as_view({"get": "show"})),
    path("runs/<id:id>/retry", runs.Runs.as_view({"post": "retry"})),
    path("runs/<id:id>/fix", runs.Runs.as_view({"post": "fix"})),
    path("runs/<id:id>/again", runs.Runs.as_view({"post": "again"})),
    path("runs/<id:id>/cancel", runs.Runs.as_view({"post": "cancel"})),
    path("members", team.Members.as_view({"get": "list"})),
    path("members/<number:id>", team.Members.as_view({"patch": "change", "delete": "remove"})),
    path("members/<number:id>/holdings", team.Members.as_view({"get": "holdings"})),
    path("invitations", team.Invitations.as_view({"get": "list", "post": "create"})),
    path("invitations/<id:id>", team.Invitations.as_view({"delete": "remove"})),
    path("tokens", team.Tokens.as_view({"get": "list", "post": "create"})),
    path("tokens/<id:id>", team.Tokens.as_view({"delete": "remove"})),
    path("audit", team.Audit.as_view({"get": "list"})),
    path("alerts", alerts.Alerts.as_view({"get": "list"})),
    path("alert-routes", alerts.Routes.as_view({"get": "list", "post": "create"})),
    path("alert-routes/<id:id>", alerts.Routes.as_view({"put": "change", "delete": "remove"})),
    path("usage", usage.Usage.as_view({"get": "show"})),
]

urlpatterns = [
    path("", reference.view, name="reference"),
    path("v1/", include(v1)),
    re_path(r"^[\s\S]*$", missing),
]
