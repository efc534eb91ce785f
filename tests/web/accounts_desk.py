"""A workspace, its owner's browser and accounts of the sandboxes, for the tests of connections."""

import pytest
from django.urls import reverse
from django_scopes import scope

from builder.models import Connection
from tests import make
from tests.web.people import browser_of

CONNECT = ("owner", "admin", "editor")
EVERY_ROLE = (*CONNECT, "operator", "viewer")


@pytest.fixture
def workspace():
    return make.make_workspace()


@pytest.fixture
def owner(workspace):
    return browser_of(workspace)


def at(name: str, workspace, *more: str) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def known(sandbox) -> dict[str, str]:
    return sandbox.get("/_sandbox/state")["connect"]


def ninja_fields(ninja, **changes: str) -> dict[str, str]:
    connect = known(ninja)
    return {
        "token": connect["token"],
        "base_url": ninja.url + connect["path"],
        "marker_field": "custom_value4",
        **changes,
    }


def kept(workspace) -> list[Connection]:
    with scope(workspace=workspace):
        return list(Connection.objects.filter(deleted_at=None).order_by("pk"))


def connect_ninja(owner, workspace, ninja, **changes: str) -> Connection:
    owner.post(at("connect-method", workspace, "invoice_ninja", "token"), ninja_fields(ninja, **changes))
    return kept(workspace)[-1]
