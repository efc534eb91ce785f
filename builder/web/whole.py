"""What is too long for a page, as a file: the data of a step, an exchange's body, an event."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from builder.models import Event, Exchange, StepRun, Workspace
from builder.models.columns import write_json
from builder.web.request import Request
from builder.web.room import room


@require_GET
@room()
def of_run(request: Request, workspace: Workspace, rid: str, what: str, number: int) -> HttpResponse:
    """`what`: `in` and `out` of a step run, `sent` and `back` of an exchange; as the run's page shows them."""
    if what in ("in", "out"):
        rows = StepRun.objects.select_related("run__event").filter(run__public_id=rid, pk=number)
        row = _found(rows.first())
        given = row.input if what == "in" else row.output
        given = row.run.event.data if given is None and row.step_id == "trigger" else given
        return _file(write_json(given), f"{row.step_id}-{what}.json")
    exchange = _found(Exchange.objects.filter(step_run__run__public_id=rid, pk=number).first())
    bodies = {"sent": exchange.request_body, "back": exchange.response_body}
    return _file(_found(bodies.get(what)), f"{exchange.pk}-{what}.txt")


@require_GET
@room()
def of_event(request: Request, workspace: Workspace, eid: str, what: str) -> HttpResponse:
    """`what`: `data`, which recipes were given, or `raw`, as it came in."""
    found = _found(Event.objects.filter(public_id=eid).first())
    texts = {"data": lambda: write_json(found.data), "raw": lambda: found.text}
    return _file(_found(texts.get(what))(), f"{eid}-{what}.{'json' if what == 'data' else 'txt'}")


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row


def _file(text: str, name: str) -> HttpResponse:
    """To be kept, never to be opened as a page."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


urlpatterns = [
    path("w/<slug:slug>/runs/<slug:rid>/whole/<slug:what>/<int:number>/", of_run, name="run-whole"),
    path("w/<slug:slug>/events/<slug:eid>/whole/<slug:what>/", of_event, name="event-whole"),
]
