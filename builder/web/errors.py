"""What a person sees when a page can't be shown: the page in the look, or a toast where a part was asked for."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

PAGES = {403: "403.html", 404: "404.html", 410: "404.html", 413: "413.html"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400, _("The browser sent something that Recette can’t read. Go back and try it again."))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403, str(exception or ""))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404, _("It was deleted or renamed, or it belongs to a workspace that you are not in."))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: mostly a page that stayed open while its session ended."""
    log.info("refused a form: %s", reason)
    return answer(request, 403, _("This page is older than your session. Reload it, then send it again."))


def own_fault(request: HttpRequest) -> HttpResponse:
    """500, with a reference that also stands in the log. Asks the database nothing: it may be what is broken."""
    reference = secrets.token_hex(2).upper()
    log.error("answered 500 for %s, reference %s", request.path, reference)
    if request.headers.get("HX-Request"):
        said = _("That was our mistake. What you saved is safe. Reference {reference}.").format(reference=reference)
        return HttpResponse(toast(said), status=500)
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


def answer(request: HttpRequest, status: int, text: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(toast(text), status=status)
    return render(request, PAGES.get(status, "400.html"), {"text": text}, status=status)


def toast(text: str) -> str:
    return render_to_string("_toast.html", {"text": text, "icon_name": "alert-triangle"})
