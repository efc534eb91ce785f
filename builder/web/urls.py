"""A module per family of pages. Each exposes its own `urlpatterns` and is named here."""

from django.conf import settings
from django.urls import URLPattern, URLResolver

from builder.web import (
    account,
    alerts,
    approvals,
    catalogue,
    connections,
    customer,
    editor,
    events,
    find,
    gallery,
    guarding,
    handing,
    home,
    invitation,
    oauth,
    pausing,
    recipes,
    run,
    run_edit,
    run_now,
    runs,
    runs_bulk,
    sandboxes,
    states,
    team,
    welcome,
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
    *handing.urlpatterns,
    *alerts.urlpatterns,
    *workspace_settings.urlpatterns,
    *account.urlpatterns,
    *invitation.urlpatterns,
    *sandboxes.urlpatterns,
    *runs_bulk.urlpatterns,
    *runs.urlpatterns,
    *approvals.urlpatterns,
    *run.urlpatterns,
    *run_edit.urlpatterns,
    *customer.urlpatterns,
    *events.urlpatterns,
    *find.urlpatterns,
    *gallery.urlpatterns,
    *catalogue.urlpatterns,
]

if settings.RECETTE_ENV in ("development", "test"):
    urlpatterns += states.urlpatterns
