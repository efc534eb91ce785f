"""The way back for who went to connect an account from another page: the same place, with the new account there."""

import secrets
from urllib.parse import urlsplit

from django.http import Http404, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from builder.actions import drafts
from builder.actions.errors import ActionError
from builder.models import Connection
from builder.web.editor.desk import desk_for
from builder.web.request import Request


def asked(request: Request) -> str:
    """The address in `next` when it is a page of this workspace; else empty."""
    given = request.POST.get("next") or request.GET.get("next", "")
    home = reverse("web:workspace", args=[request.actor.workspace.slug])
    ours = given.startswith(home) and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if ours and _page(given) else ""


def to(request: Request, address: str, row: Connection) -> str:
    """Where to go with a new connection. A template's set-up has it chosen, a step of a recipe where no other fits."""
    page, parts = _page(address), urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    if page and page.url_name == "template-set-up":
        query[f"connection_{row.connector}"] = row.public_id
        return f"{parts.path}?{query.urlencode()}"
    if page and page.url_name == "recipe":
        _choose(request, page.kwargs["rid"], query.get("step", ""), row)
    return address


def _choose(request: Request, rid: str, step_id: str, row: Connection) -> None:
    try:
        desk = desk_for(request, request.actor.workspace, rid)
    except Http404:
        return  # deleted meanwhile
    step = desk.step(step_id)
    known = desk.operation(step) if step else None
    if step is None or known is None or desk.connection(step) or desk.fitting(known.connector) != [row]:
        return
    args = {"step": step_id, "connection": row.public_id}
    try:
        drafts.edit(request.actor, desk.recipe, "set_connection", args, desk.rev, secrets.token_urlsafe(12))
    except ActionError:
        return  # it stands in the list of the step, to be chosen by hand


def _page(address: str) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None
