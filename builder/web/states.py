"""Every part in every state on one sheet, to look at while working on the look. Not there in production."""

import json
from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from builder.templatetags.look import STATES
from builder.web.shell import Shell


class SampleForm(forms.Form):
    name = forms.CharField(help_text="Only your team sees it.")
    email = forms.EmailField()
    role = forms.ChoiceField(choices=[("editor", "Editor"), ("viewer", "Viewer")])
    agree = forms.BooleanField(label="Tell me when a run is on hold")


@login_not_required
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    request.membership = next(iter(Shell(request).memberships), None)
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


@login_not_required
@require_GET
def builder(request: HttpRequest) -> HttpResponse:
    return render(request, "states/builder.html")


@login_not_required
@require_GET
def picker(request: HttpRequest) -> HttpResponse:
    return render(request, "states/picker.html")


@login_not_required
@require_POST
def heard(request: HttpRequest) -> HttpResponse:
    """What the browser sent, back as text: for trying out scripts."""
    sent = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return HttpResponse(json.dumps(sent), content_type="text/plain")


class Person(SimpleNamespace):
    def __str__(self) -> str:
        return self.name


urlpatterns = [
    path("ui/", sheet, name="states"),
    path("ui/builder/", builder, name="states-builder"),
    path("ui/picker/", picker, name="states-picker"),
    path("ui/heard/", heard, name="states-heard"),
]
