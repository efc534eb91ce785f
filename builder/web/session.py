"""What an open page must know: that its session has ended, or that a newer release answers it."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from builder.web.shell import release

AGAIN = re.compile(r"/accounts/([\w/]+/)?reauthenticate/")


def signed_out(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Turns the redirect to the sign-in page into 401 for a part of a page, so that htmx doesn't swap the form in; one
    that asks again who it is takes the whole page there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["X-App-Version"] = release()
        if not request.headers.get("HX-Request") or response.status_code != 302:
            return response
        where = response.headers["Location"]
        if AGAIN.match(where):
            return HttpResponseClientRedirect(where)
        if not where.startswith(resolve_url(settings.LOGIN_URL)):
            return response
        return HttpResponse(status=401, headers={"HX-Trigger": "auth:needed"})

    return middleware
