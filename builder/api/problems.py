"""Everything that goes wrong is answered as problem details (RFC 9457), with a sentence for a person."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from builder.actions.errors import ActionError, Conflict, Invalid, Unready

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
PLACE = "/api/#problem-"
"""The reference page explains each under such an anchor."""


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    status: int
    title: Any
    help: str
    """For the document: when it happens and what else the body has."""


KINDS = {
    kind.code: kind
    for kind in (
        Kind("malformed", 400, gettext_lazy("The body can’t be read"), "The body is not JSON in UTF-8."),
        Kind("signed_out", 401, gettext_lazy("No valid token"), "No token came, or it is wrong, expired or revoked."),
        Kind("forbidden", 403, gettext_lazy("The token may not do this"), "`detail` names the scope it needs."),
        Kind(
            "not_found",
            404,
            gettext_lazy("Not in this workspace"),
            "Nothing of that id is in the token's workspace. What is in another workspace looks the same.",
        ),
        Kind("method_not_allowed", 405, gettext_lazy("Not with this method"), "`Allow` names the methods there are."),
        Kind(
            "conflict",
            409,
            gettext_lazy("Somebody else was first"),
            "`mine` is what was sent, `theirs` what stands now, `who` put it there, `key` names the value.",
        ),
        Kind("gone", 410, gettext_lazy("It is over"), "It was there once: used, expired, deleted, already undone."),
        Kind("too_large", 413, gettext_lazy("The body is too large"), "A body has at most 1 MB."),
        Kind("unsupported_media_type", 415, gettext_lazy("Not JSON"), "Send `Content-Type: application/json`."),
        Kind(
            "invalid",
            422,
            gettext_lazy("Something sent can’t be taken"),
            '`errors` has the sentences for each field; the field `""` is the whole.',
        ),
        Kind(
            "unready",
            422,
            gettext_lazy("The recipe can’t go live yet"),
            "`problems` lists what has to be solved, each with its step and field.",
        ),
        Kind("too_many_requests", 429, gettext_lazy("Too many requests"), "`Retry-After` says for how many seconds."),
        Kind("own_fault", 500, gettext_lazy("Our mistake"), "`reference` also stands in Recette's log."),
        Kind("unavailable", 503, gettext_lazy("Not at the moment"), "The database can't be reached. Try again."),
    )
}
BY_STATUS = {kind.status: kind for kind in reversed(KINDS.values())}
EXPECTED = (ActionError, exceptions.APIException, Http404)


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = gettext_lazy("The body is larger than 1 MB, or its length is not said. Send less.")


def handler(problem: Exception, context: Mapping[str, Any]) -> Response:
    set_rollback()
    if isinstance(problem, ActionError):
        return answer(problem.code if problem.code in KINDS else "invalid", problem.message, **_facts(problem))
    if isinstance(problem, exceptions.ValidationError):
        errors = dict(_flat(problem.detail))
        return answer("invalid", _named(errors), errors=errors)
    if isinstance(problem, OperationalError | InterfaceError):
        log.warning("the API could not reach the database: %s", problem)
        return answer("unavailable", _("The database can’t be reached. Try again in a moment."), {"Retry-After": "5"})
    if isinstance(problem, Http404 | exceptions.NotFound):
        return answer("not_found", _("This is not in the workspace any more, or never was. Look at the list."))
    if isinstance(problem, exceptions.APIException):
        return answer(BY_STATUS[problem.status_code].code, str(problem.detail), _headers(problem))
    return _own_fault(problem, context)


def answer(code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    return Response(body(code, detail, **more), KINDS[code].status, headers=headers, content_type=MEDIA_TYPE)


def body(code: str, detail: str, **more: Any) -> dict[str, Any]:
    kind = KINDS[code]
    plain = {"type": PLACE + code, "title": str(kind.title), "status": kind.status, "code": code}
    return {**plain, "detail": str(detail), **more}


def told(problem: Any) -> dict[str, str]:
    """A draft's problem, as `problems` lists it."""
    sentence = _(problem.message) % problem.params
    return {"step": problem.step_id, "field": problem.field, "code": problem.code, "message": sentence}


def _facts(problem: ActionError) -> dict[str, Any]:
    if isinstance(problem, Unready):
        return {"errors": problem.errors, "problems": [told(one) for one in problem.problems]}
    if isinstance(problem, Invalid):
        return {"errors": problem.errors}
    if isinstance(problem, Conflict):
        return {
            "mine": _said(problem.mine),
            "theirs": _said(problem.theirs),
            "who": str(problem.who),
            "key": problem.key,
        }
    return {"errors": {problem.field: [problem.message]}} if problem.field else {}


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value


def _flat(detail: Any, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF's nested errors by dotted field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            name = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(part for part in (place, name) if part))
    elif detail and all(isinstance(one, str) for one in detail):
        yield place, [str(one) for one in detail]
    else:
        for index, inner in enumerate(detail):
            yield from _flat(inner, f"{place}.{index}")


def _named(errors: dict[str, list[str]]) -> str:
    names = ", ".join(f"“{name}”" for name in errors if name)
    if not names:
        return next(iter(errors.values()))[0]
    return ngettext(
        "%(names)s can’t be taken as sent: see “errors”.", "These can’t be taken as sent: %(names)s.", len(errors)
    ) % {"names": names}


def _headers(problem: exceptions.APIException) -> dict[str, str]:
    found = {"WWW-Authenticate": getattr(problem, "auth_header", None)}
    if (wait := getattr(problem, "wait", None)) is not None:
        found["Retry-After"] = str(max(1, round(wait)))
    return {name: value for name, value in found.items() if value}


def _own_fault(problem: Exception, context: Mapping[str, Any]) -> Response:
    reference = secrets.token_hex(2).upper()
    where = context["request"].path
    log.error("answered 500 for %s, reference %s", where, reference, exc_info=problem)
    said = _("That was our mistake. Nothing was lost. Reference %(reference)s.")
    return answer("own_fault", said % {"reference": reference}, reference=reference)
