"""A module per family of pages. Each exposes its own `urlpatterns` and is named here."""

from django.conf import settings
from django.urls import URLPattern, URLResolver

from builder.web import connections, home, oauth, states, welcome

app_name = "web"

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *welcome.urlpatterns,
    *oauth.urlpatterns,
    *connections.urlpatterns,
]

if settings.RECETTE_ENV in ("development", "test"):
    urlpatterns += states.urlpatterns
