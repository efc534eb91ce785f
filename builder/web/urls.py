"""A module per family of pages. Each exposes its own `urlpatterns` and is named here."""

from django.conf import settings
from django.urls import URLPattern, URLResolver

from builder.web import (
    account,
    alerts,
    approvals,
    audit,
    catalogue,
    connections,
    customer,
    editor,
    erasing,
    events,
    files,
    find,
    gallery,
    guarding,
    handing,
    home,
    invitation,
    logo,
    oauth,
    pausing,
    recipes,
    run,
    run_edit,
    run_now,
    runs,
    runs_bulk,
    sandboxes,
    shared_template,
    states,
    team,
    team_templates,
    template_update,
    welcome,
    whole,
)
from builder.web import settings as workspace_settings

app_name = "web"

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *recipes.urlpatterns,
    *pausing.urlpatterns,
    *guarding.urlpatterns,
    *run_now.urlpatterns,
    *editor.urlpatterns,
    *welcome.urlpatterns,
    *oauth.urlpatterns,
    *connections.urlpatterns,
    *team.urlpatterns,
    *audit.urlpatterns,
    *handing.urlpatterns,
    *alerts.urlpatterns,
    *workspace_settings.urlpatterns,
    *erasing.urlpatterns,
    *logo.urlpatterns,
    *account.urlpatterns,
    *invitation.urlpatterns,
    *sandboxes.urlpatterns,
    *runs_bulk.urlpatterns,
    *runs.urlpatterns,
    *approvals.urlpatterns,
    *run.urlpatterns,
    *run_edit.urlpatterns,
    *whole.urlpatterns,
    *customer.urlpatterns,
    *events.urlpatterns,
    *find.urlpatterns,
    *files.urlpatterns,
    *team_templates.urlpatterns,
    *template_update.urlpatterns,
    *shared_template.urlpatterns,
    *gallery.urlpatterns,
    *catalogue.urlpatterns,
]

if settings.RECETTE_ENV in ("development", "test"):
    urlpatterns += states.urlpatterns
