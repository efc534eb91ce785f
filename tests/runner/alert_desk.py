"""Runs that fail, routes that tell of them, and what goes over them."""

import base64
from datetime import timedelta
from typing import Any

from builder import seal
from builder.models import (
    Alert,
    AlertKind,
    AlertRoute,
    AlertWay,
    Recipe,
    Role,
    Workspace,
)
from builder.runner import messengers
from builder.runner.clock import clock, now
from tests import make
from tests.runner.conftest import work
from tests.runner.make import make_hooked, send

ALL = list(AlertKind.values)
STOP = {"id": "sstops", "kind": "stop", "outcome": "failed", "message": "No money"}


def route(workspace: Workspace, way: str = AlertWay.EMAIL, url: str = "", **more: Any) -> AlertRoute:
    made = AlertRoute.objects.create(workspace=workspace, way=way, **{"kinds": ALL, **more})
    if url:
        made.host, made.sealed = "127.0.0.1", seal.seal({"url": url, "secret": SECRET}, messengers.place(made))
        made.save()
    return made


SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()


def failing(times: int = 1) -> Recipe:
    owner = make.make_member(role=Role.OWNER, email="owner@lumen.example")
    recipe = make_hooked(STOP, workspace=owner.workspace)
    fail(recipe, times)
    return recipe


def fail(recipe: Recipe, times: int = 1) -> None:
    for number in range(times):
        send(recipe, {"n": number})
    work()


def carry() -> list[bool]:
    messengers.post()
    return [messengers.carry(route_id) for route_id in messengers.due()]


def later(**time: float) -> None:
    clock.offset += timedelta(**time)


def open_alerts() -> list[tuple[str, int]]:
    return list(Alert.objects.filter(over_at=None).order_by("kind").values_list("kind", "number"))


def at(hour: int, weekday: int = 2) -> None:
    """Goes on to the next such day and hour, UTC."""
    moment = now()
    wanted = moment.replace(hour=hour, minute=5) + timedelta(days=(weekday - moment.weekday()) % 7)
    clock.offset += (wanted if wanted > moment else wanted + timedelta(days=7)) - moment
