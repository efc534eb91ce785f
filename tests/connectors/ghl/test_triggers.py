from typing import Any

import pytest

from connectors.ghl import CONNECTOR
from connectors.spec import Sighting
from tests.connectors.talk import answer, make_context, talk

SINCE = "2026-11-22T09:00:00+00:00"
EARLIER, LATER = "2026-11-22T08:59:59.000Z", "2026-11-22T09:00:01.000Z"


def deal(hint: str = "", created: str = EARLIER, data: Any = None, **values: Any) -> Sighting:
    told = {"status": "won", "stage": "s1", "pipeline": "p1", **values}
    return Sighting("opportunity", "o1", told, data or {}, created=created, hint=hint)


def person(*tags: str, hint: str = "", created: str = EARLIER, fields: str = "f") -> Sighting:
    return Sighting("contact", "c1", {"tags": sorted(tags), "fields": fields}, {}, created=created, hint=hint)


def fired(key: str, before: Any, now: Sighting, **inputs: str) -> bool:
    return CONNECTOR.triggers[f"ghl.{key}"].fired(before, now, SINCE, inputs)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"status": "open"}, deal(), True),
        ({"status": "won"}, deal(), False),
        ({"status": "won"}, deal(hint="OpportunityStatusUpdate"), False),
        ({"status": "open"}, deal(status="lost"), False),
        (None, deal(hint="OpportunityStatusUpdate"), True),
        (None, deal(hint="OpportunityCreate"), True),
        (None, deal(hint="OpportunityUpdate"), False),
        (None, deal(status_at=LATER), True),
        (None, deal(status_at=EARLIER), False),
        (None, deal(), False),
        (None, deal(status="open", hint="OpportunityStatusUpdate"), False),
    ],
)
def test_won(before, now, expected):
    assert fired("opportunity.won", before, now) is expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"stage": "s0"}, deal(), True),
        ({"stage": "s1"}, deal(), False),
        (None, deal(hint="OpportunityStageUpdate"), True),
        (None, deal(stage_at=LATER), True),
        (None, deal(stage_at=EARLIER), False),
        (None, deal(stage_at=LATER, created=LATER), False),
    ],
)
def test_stage_changed(before, now, expected):
    assert fired("opportunity.stage_changed", before, now) is expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"status": "open"}, deal(status="lost"), True),
        ({"status": "lost"}, deal(status="lost"), False),
        (None, deal(hint="OpportunityStatusUpdate"), True),
        (None, deal(status_at=LATER), True),
        (None, deal(status_at=LATER, created=LATER), False),
    ],
)
def test_status_changed(before, now, expected):
    assert fired("opportunity.status_changed", before, now) is expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, deal(created=LATER), True),
        (None, deal(hint="OpportunityCreate"), True),
        (None, deal(), False),
        ({"status": "open"}, deal(created=LATER), False),
    ],
)
def test_created(before, now, expected):
    assert fired("opportunity.created", before, now) is expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"tags": []}, person("vip"), True),
        ({"tags": ["vip"]}, person("vip"), False),
        ({"tags": ["vip"]}, person("vip", hint="ContactTagUpdate"), False),
        ({"tags": []}, person("other"), False),
        (None, person("vip", hint="ContactTagUpdate"), True),
        (None, person("vip", hint="ContactUpdate"), False),
        (None, person("vip", created=LATER), True),
        (None, person("vip"), False),
    ],
)
def test_tagged(before, now, expected):
    assert fired("contact.tagged", before, now, tag=" VIP ") is expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"tags": [], "fields": "f"}, person(), False),
        ({"tags": [], "fields": "g"}, person(), True),
        ({"tags": ["a"], "fields": "f"}, person(), True),
        (None, person(hint="ContactUpdate"), True),
        (None, person(hint="ContactUpdate", created=LATER), False),
        (None, person(), False),
    ],
)
def test_updated(before, now, expected):
    assert fired("contact.updated", before, now) is expected


def why_not(key: str, now: Sighting, **inputs: str) -> str:
    return CONNECTOR.triggers[f"ghl.{key}"].why_not(inputs, now)


def test_other_pipeline_is_named():
    named = deal(data={"pipeline": {"id": "p1", "name": "Sales"}})

    assert why_not("opportunity.won", named, pipeline="p2") == "Its pipeline is Sales (p1), this recipe takes only p2."
    assert why_not("opportunity.won", named, pipeline="p1", stage="s1") == ""
    assert why_not("opportunity.won", named) == ""


def test_missing_tag_is_named():
    assert why_not("contact.tagged", person("a", "b"), tag="VIP") == "Its tags are a, b; this recipe waits for VIP."
    assert why_not("contact.tagged", person("vip"), tag="VIP") == ""


def test_latest_fit_the_recipe():
    trigger = CONNECTOR.triggers["ghl.opportunity.won"]
    found = [
        {"id": "o1", "status": "won", "pipelineId": "p1"},
        {"id": "o2", "status": "won", "pipelineId": "p2"},
    ]

    seen, (request,) = talk(trigger.latest({"pipeline": "p1"}, make_context()), answer({"opportunities": found}))

    assert [s.record_id for s in seen] == ["o1"]
    assert request.json["limit"] == 10
    assert request.json["sort"] == [{"field": "last_status_change_date", "direction": "desc"}]
    assert request.json["filters"] == [
        {"field": "pipeline_id", "operator": "eq", "value": "p1"},
        {"field": "status", "operator": "eq", "value": "won"},
    ]
