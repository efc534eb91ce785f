"""The agency's other locations: they are there, and empty."""

from typing import Any

from connectors.ghl.sandbox import refusals
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.routes import Route

EMPTY = {
    ("POST", "/contacts/search"): {"contacts": [], "total": 0},
    ("GET", "/opportunities/pipelines"): {"pipelines": []},
}


def answer(box: Any, route: Route, call: Call) -> Any:
    """For a token of one of them. What only a location with records could answer is refused in plain words."""
    if (route.method, route.template) == ("GET", "/locations/{locationId}"):
        return {"location": box.store.get("locations", call.token["location_id"])}
    try:
        return EMPTY[route.method, route.template]
    except KeyError:
        raise refusals.unfit("this location is empty in this sandbox, and nothing can be put into it") from None
