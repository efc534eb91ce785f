"""Every part in every state on one sheet, to look at while working on the look. Not there in production."""

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from builder.templatetags.look import STATES


class SampleForm(forms.Form):
    name = forms.CharField(help_text="Only your team sees it.")
    email = forms.EmailField()
    role = forms.ChoiceField(choices=[("editor", "Editor"), ("viewer", "Viewer")])
    agree = forms.BooleanField(label="Tell me when a run is on hold")


@login_not_required
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    people = [("Dana Okafor", "DO"), ("Camille Roux", "CR"), ("Priya Nair", "PN"), ("Tomás Vega", "TV")]
    context = {
        "states": list(STATES),
        "form": SampleForm({"name": "Northlight Studio", "email": "dana@", "role": "editor", "agree": "on"}),
        "people": [Person(name=name, initials=initials) for name, initials in people],
        "moments": [now, now - timedelta(minutes=12), now - timedelta(hours=5), now - timedelta(days=3)],
        "lengths": [412, 1840, 124_000, 3_900_000],
    }
    return render(request, "states/page.html", context)


class Person(SimpleNamespace):
    def __str__(self) -> str:
        return self.name


urlpatterns = [path("ui/", sheet, name="states")]
