"""The door of every endpoint: who may come in, what may be sent, what comes out, and how the document says so."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import timezone
from django_scopes import scope
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from builder.actions.actor import Actor, sight_of
from builder.actions.errors import not_found
from builder.api import limits, paging
from builder.api.auth import Bearer
from builder.api.shape import Listed, Nothing, Shape
from builder.api.wire import AlwaysJson, ExactJson, StrictJson
from builder.models import Capability, access

M = TypeVar("M", bound=Model)
Do = Callable[..., Any]


class Room(ViewSet):
    """Endpoints of one resource. Each is a method behind a `door`, given the actor instead of the request.
    None may be named like an HTTP method: it would answer that at every address of the resource."""

    authentication_classes = [Bearer]
    permission_classes = [IsAuthenticated]
    parser_classes = [StrictJson]
    renderer_classes = [ExactJson]
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def check_throttles(self, request: Request) -> None:
        by: Actor = request.auth
        cost = getattr(getattr(self, self.action or "", None), "cost", 1)
        self.allowance = limits.spend(f"{by.workspace.pk}|{by.token.pk if by.token else 0}", cost=cost)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if hasattr(self, "allowance") else {}).items():
            final.headers.setdefault(name, value)
        return final


def door(
    needs: Capability | None,
    says: str,
    *,
    takes: type[Shape] | None = None,
    asks: type[Shape] | None = None,
    gives: type[Shape] | None = None,
    listed: bool = False,
    status: int = 200,
    fails: tuple[str, ...] = (),
    more: tuple[OpenApiParameter, ...] = (),
    cost: int = 1,
) -> Callable[[Do], Do]:
    """`takes` is the body and `asks` the query, given to the method as one dict behind the actor; `gives` is what it
    returns, `listed` in pages; `fails` are the problems beyond those every endpoint has; `more` only documents."""
    asks = (asks or Listed) if listed else asks

    def mark(do: Do) -> Do:
        @functools.wraps(do)
        def enter(room: Room, request: Request, **path: Any) -> Response:
            by: Actor = request.auth
            if needs:
                by.require(needs)
            given = _given(request, takes, asks)
            sight, zone = sight_of(by), ZoneInfo(by.workspace.zone)
            with scope(workspace=by.workspace), access.looking(sight), timezone.override(zone):
                found = do(room, by, *([given] if takes or asks else []), **path)
                if listed:
                    return Response(_page(room, by, found, gives, given))
                return Response(gives(found).data if gives else None, status if gives else 204)

        enter.cost = cost  # type: ignore[attr-defined]
        return _documented(enter, do, needs, says, takes, asks, gives, listed, status, fails, more)

    return mark


def the(rows: Any, **which: Any) -> Any:
    """The one row, inside the scope. Raises NotFound."""
    found = rows.filter(**which).first()
    if found is None:
        raise not_found()
    return found


def _given(request: Request, takes: type[Shape] | None, asks: type[Shape] | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    query = asks(data=request.query_params.dict()) if asks else Nothing(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    given |= query.validated_data
    if takes:
        sent = takes(data=request.data)
        sent.is_valid(raise_exception=True)
        given |= sent.validated_data
    return given


def _page(room: Room, by: Actor, rows: Any, gives: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    name = f"{by.workspace.pk}|{type(room).__name__}.{room.action}"
    items, cursor = paging.page(rows, name, given["limit"], given["cursor"])
    return {"items": gives(items, many=True).data, "next": cursor}


def _documented(
    enter: Do, do: Do, needs: Any, says: str, takes: Any, asks: Any, gives: Any, listed: bool, status: int,
    fails: tuple[str, ...], more: tuple[OpenApiParameter, ...],
) -> Do:  # fmt: skip
    room, name = do.__qualname__.split(".")
    return extend_schema(
        operation_id=f"{room}_{name}".lower(),
        tags=[room],
        summary=says,
        description=inspect.cleandoc(do.__doc__ or ""),
        parameters=[*([asks] if asks else []), *more],
        request=takes,
        responses=_answers(gives, listed, status),
        examples=_request_examples(takes),
        extensions={"x-scope": str(needs) if needs else None, "x-fails": list(fails)},
    )(enter)


def _answers(gives: Any, listed: bool, status: int) -> dict[int, Any]:
    if gives is None:
        return {204: OpenApiResponse(description="Done; there is nothing to say.")}
    example = {"items": [gives.example], "next": None} if listed else gives.example
    shown = [OpenApiExample("answer", value=example, response_only=True)] if gives.example else []
    return {status: OpenApiResponse(_paged(gives) if listed else gives, description="The answer.", examples=shown)}


@functools.cache
def _paged(gives: type[Shape]) -> type[Shape]:
    parts: dict[str, Any] = {
        "items": gives(many=True),
        "next": serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last."),
    }
    page = type(f"{gives.__name__.removesuffix('Shape')}Page", (Shape,), parts)
    return extend_schema_serializer(many=False)(page)


def _request_examples(takes: Any) -> list[OpenApiExample]:
    return [OpenApiExample("request", value=takes.example, request_only=True)] if takes and takes.example else []
