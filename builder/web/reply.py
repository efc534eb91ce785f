"""Answers that fit who asked: a whole page for a browser, the part that changed for htmx."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from builder.web.request import Request


def page(
    request: Request, template: str, part: str, context: dict[str, Any], status: int = 200, toast: str = ""
) -> HttpResponse:
    """The template, or only its part for htmx, from one context. `toast` is said either way. Who goes back in a
    browser gets the whole page, though htmx asks for it: the address bar has it."""
    if not request.htmx or request.htmx.history_restore_request:
        if toast:
            say(request, toast)
        return render(request, template, context, status=status)
    answer = render(request, f"{template}#{part}", context, status=status)
    return toasted(answer, toast) if toast else answer


def toasted(answer: HttpResponse, text: str) -> HttpResponse:
    answer["HX-Trigger"] = json.dumps({"toast": text})
    return answer


def go(request: Request, to: str, *args: Any, said: str = "", icon: str = "circle-check") -> HttpResponse:
    """On to another page, with something said there."""
    if said:
        say(request, said, icon)
    url = resolve_url(to, *args)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def say(request: Request, text: str, icon: str = "circle-check") -> None:
    messages.success(request, text, extra_tags=icon)
