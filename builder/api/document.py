"""The OpenAPI document: drf-spectacular's, finished with the errors that every endpoint has in common."""

import functools
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator

from builder.api import problems
from builder.models.columns import write_json

INTRODUCTION = """
Everything a person does in Recette's pages, for programs, over the same rules.

**Token.** Send `Authorization: Bearer rct_…`. A token belongs to one workspace and has scopes; it never reaches further
than the member who made it. What is in another workspace answers 404.

**JSON.** Bodies are JSON objects in UTF-8, at most 1 MB. A name that is not declared is refused. Fractions and money
inside payloads are JSON numbers with exactly the digits they were sent with, so read them as decimals, never as
floats. Times are ISO 8601 with a zone; answers are in UTC.

**Lists.** Newest first, `limit` at most 200. While `next` is not null, ask again with it as `cursor`. Rows that come or
go meanwhile are never shown twice and never skipped.

**Errors** are problem details (RFC 9457, `application/problem+json`): `detail` is a sentence for a person, `code` a
word for programs, `errors` has the sentences for each field.

**Twice sent, once done.** An edit of a draft has a key, in the body or as `Idempotency-Key`: the same key is answered
again and not done again. Pausing, resuming, revoking, publishing an unchanged draft and deleting come out the same
when repeated. An event that is sent twice is two events.

**Limits.** 600 requests in a minute for each token; what asks another service counts as ten. `RateLimit-Remaining`
says what is left, 429 and `Retry-After` when it is nothing.
""".strip()

GROUPS = {
    "Me": "Who the token speaks for, and its workspace.",
    "Connectors": "The services there are, and the ways to connect to each.",
    "Connections": "Accounts at services. Secrets go in and never come out; `endings` has their last four characters.",
    "Agencies": "Those that let an app into many of their locations at once; here one picks those to connect.",
    "Operations": "What recipes are made of: triggers, look-ups and actions, with their fields and outputs.",
    "Templates": "Recipes to begin with: answer a few questions, get a draft.",
    "Recipes": "Drafts, and the versions that run.",
    "Drafts": "What a recipe will be: edited value by value, so that two editors never lose each other's work.",
    "Versions": "What was published. A version never changes.",
    "Trials": "A draft tried with real data before it goes live.",
    "Files": "A workspace or a folder as readable files: out, and back in after a look.",
    "Folders": "Where recipes are filed.",
    "Events": "What happened outside, and what became of it.",
    "Runs": "One event's way through one version, step by step.",
    "Members": "Who is in the workspace.",
    "Invitations": "Who was asked to join.",
    "Tokens": "Keys for programs like yours.",
    "Audit": "Who did what, and from where.",
    "Alerts": "What somebody should know of: runs that fail or are on hold, connections in trouble, quiet recipes.",
    "Routes": "Where alerts are sent: by mail, to a webhook, to Slack.",
    "Usage": "The figures of the team's overview: days, errors, recipes, requests.",
}

EVERYWHERE = (401, 422, 429, 500, 503)
"""422 too: a name in the query that is not declared is refused."""
METHODS = ("get", "post", "put", "patch", "delete")
"""In the order they are shown."""
WITH_BODY = (400, 413, 415)


@functools.cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@login_not_required
def view(request: HttpRequest) -> HttpResponse:
    """Open to everybody: it says what there is, not what anybody has."""
    return HttpResponse(write_json(document()), content_type="application/vnd.oai.openapi+json")


def finish(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Drops what only we read, names the errors, and keeps each once among the components."""
    result["info"]["description"] = INTRODUCTION
    result["tags"] = [{"name": name, "description": says} for name, says in GROUPS.items()]
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {kind: _response(kind) for kind in problems.KINDS}
    for path, methods in result["paths"].items():
        result["paths"][path] = {method: methods[method] for method in METHODS if method in methods}
        for operation in methods.values():
            _finish(path, operation)
    return result


def _finish(path: str, operation: dict[str, Any]) -> None:
    needs, fails = operation.pop("x-scope", None), operation.pop("x-fails", [])
    if needs:
        operation["x-scope"] = needs
        operation["description"] = f"{operation.get('description', '')}\n\nScope: `{needs}`.".strip()
    common = [problems.BY_STATUS[status].code for status in _statuses(path, operation, needs)]
    codes = {problems.KINDS[code].status: code for code in [*common, *fails]}
    for status, code in sorted(codes.items()):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{code}"}


def _statuses(path: str, operation: dict[str, Any], needs: str | None) -> Iterator[int]:
    yield from EVERYWHERE
    yield from [403] if needs else []
    yield from [404] if "{" in path else []
    yield from WITH_BODY if "requestBody" in operation else []


def _response(code: str) -> dict[str, Any]:
    kind = problems.KINDS[code]
    example = problems.body(code, kind.help, **EXTRAS.get(code, {}))
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {problems.MEDIA_TYPE: {"schema": schema, "example": example}}
    return {"description": f"{kind.title}. {kind.help}", "content": content, **HEADERS.get(kind.status, {})}


def _header(says: str) -> dict[str, Any]:
    return {"description": says, "schema": {"type": "string"}}


HEADERS: dict[int, dict[str, Any]] = {
    401: {"headers": {"WWW-Authenticate": _header("Always `Bearer`.")}},
    429: {"headers": {"Retry-After": _header("Seconds to wait.")}},
    503: {"headers": {"Retry-After": _header("Seconds to wait.")}},
}
_TEXT = {"type": "string"}
_SENTENCES = {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}
_DRAFT_PROBLEM = {
    "type": "object",
    "properties": {"step": _TEXT, "field": _TEXT, "code": _TEXT, "message": _TEXT},
    "required": ["step", "field", "code", "message"],
}
PROBLEM = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": {**_TEXT, "description": "Address of its explanation, relative to this server."},
        "title": {**_TEXT, "description": "The same for every problem of this type."},
        "status": {"type": "integer"},
        "code": {**_TEXT, "enum": list(problems.KINDS), "description": "For programs."},
        "detail": {**_TEXT, "description": "For people: what went wrong, and the way out."},
        "errors": {**_SENTENCES, "description": "Sentences by field, with `invalid` and `unready`."},
        "problems": {"type": "array", "items": _DRAFT_PROBLEM, "description": "With `unready`."},
        "mine": {"description": "With `conflict`: what was sent."},
        "theirs": {"description": "With `conflict`: what stands now."},
        "who": {**_TEXT, "description": "With `conflict`: who put it there."},
        "key": {**_TEXT, "description": "With `conflict`: the value, such as `s8f2ca.inputs.email`."},
        "reference": {**_TEXT, "description": "With `own_fault`: what to look for in the log."},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
EXTRAS: dict[str, dict[str, Any]] = {
    "invalid": {"errors": {"name": ["Give it a name."]}},
    "unready": {
        "errors": {"": ["“Won deal to invoice” has 1 problem to solve before it can go live."]},
        "problems": [
            {
                "step": "s8f2ca",
                "field": "connection",
                "code": "no_connection",
                "message": "2 Create an invoice: no account is chosen. Choose or add a connection.",
            }
        ],
    },
    "conflict": {"mine": "{{ trigger.name }}", "theirs": "Deal", "who": "Camille Roux", "key": "s8f2ca.inputs.notes"},
    "own_fault": {"reference": "9F3A"},
}
