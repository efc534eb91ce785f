"""A module per family of pages. Each exposes its own `urlpatterns` and is named here."""

from django.conf import settings
from django.urls import URLPattern, URLResolver

from builder.web import connections, editor, events, home, oauth, recipes, run, runs, states, welcome

app_name = "web"

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *recipes.urlpatterns,
    *editor.urlpatterns,
    *welcome.urlpatterns,
    *oauth.urlpatterns,
    *connections.urlpatterns,
    *runs.urlpatterns,
    *run.urlpatterns,
    *events.urlpatterns,
]

if settings.RECETTE_ENV in ("development", "test"):
    urlpatterns += states.urlpatterns
