"""One person is erased: afterwards nothing that holds them is anywhere, and what was counted still is."""

import base64
import json
import time
import zlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.query import QuerySet
from django.utils import timezone

from builder.actions import audit, erasing
from builder.models import (
    Alert,
    Approval,
    AuditEvent,
    Brought,
    DigestEntry,
    DraftEdit,
    Erasure,
    ErasureState,
    Event,
    EventKey,
    Expectation,
    Fate,
    GuardedWrite,
    HourCount,
    Kept,
    OwnWrite,
    Preview,
    RecordLink,
    Run,
    RunStatus,
    Snapshot,
    Source,
    StepRun,
    StrayDelivery,
    TeamTemplate,
    TemplateUse,
)
from builder.runner import book, erased, links, makeup, needles, reading, replay, wiping
from builder.runner import erasing as running
from connectors.spec import Sighting
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

MAIL, PHONE, NAME = "zoe.muller+vip@example.com", "+49 30 1234567", "Zoë Müller"
SPELT = ("ZOE.Muller+VIP@example.com", "0049 (30) 12345-67")
WANTED = [MAIL, PHONE]


def finish(row: Erasure, *states: str) -> Erasure:
    """As the schedulers would, tick by tick, however slow the machine is."""
    for _tick in range(200):
        Erasure.objects.filter(pk=row.pk).update(wake_at=timezone.now())
        running.work()
        row.refresh_from_db()
        if row.state in (states or (ErasureState.DONE,)):
            return row
    raise AssertionError("it does not end")


def everything() -> list[str]:
    """All that the database holds, opened: table, column and text."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found += [f"{table}.{name}: {opened(v)}" for name, v in zip(names, row, strict=True) if v is not None]
    return found


def opened(value) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        try:
            return zlib.decompress(raw).decode("utf-8", "replace")
        except zlib.error:
            return raw.decode("utf-8", "replace")
    text = needles._text(str(value))
    return text.encode().decode("unicode_escape", "replace") if "\\u" in text else text


def left(*values: str) -> list[str]:
    """Where any of it still stands, however it is spelt."""
    digits = "4930" + "1234567"
    wanted = [value.lower() for value in values]
    return [
        one
        for one in everything()
        if any(value in one.lower() or value.replace("@", "%40").replace("+", "%2b") in one.lower() for value in wanted)
        or digits in "".join(letter for letter in one.split(": ", 1)[1] if letter.isdigit() or letter == ":")
    ]


@pytest.fixture
def by():
    return make.make_actor()


@pytest.fixture
def recipe(by):
    ghl = make.make_connection(workspace=by.workspace, connector="ghl")
    return make.make_recipe(workspace=by.workspace, live=True, connection=ghl)


DATA = {"id": "opp1", "name": "Website", "contact": {"id": "con1", "name": NAME, "email": SPELT[0], "phone": PHONE}}


def told(recipe, data=None, keys=(("email", MAIL), ("name", NAME), ("id", "con1")), **more) -> Event:
    data = DATA if data is None else data
    event = make.make_event(connection=recipe.live_connection, data=data, **more)
    for kind, value in keys:
        row = {"kind": kind, "value": value, "value_hash": EventKey.hashed(kind, value)}
        EventKey.objects.create(workspace=recipe.workspace, event=event, **row)
    return event


def ran(recipe, event: Event, **more) -> tuple[Run, StepRun]:
    run = make.make_run(recipe=recipe, event=event, title=NAME, because=f"{MAIL} was not found", **more)
    long = {"client": {"email": MAIL, "phone": "+49301234567", "notes": "x" * 900}}
    step = make.make_step_run(
        run=run,
        step_id="sclien",
        input=long,
        output={**long, "name": NAME},
        error={"code": "wrong", "message": f"{MAIL} is taken", "field": "email"},
        note=f"Found by e-mail: {MAIL}",
        status="done",
    )
    make.make_exchange(
        step_run=step,
        url="http://127.0.0.1/clients?email=zoe.muller%2Bvip%40example.com",
        request_body=json.dumps({"email": MAIL, "name": NAME}),
        response_body=json.dumps({"data": [{"email": MAIL}] * 40}),
    )
    return run, step


def furnish(recipe, by) -> tuple[Event, Run]:
    """Something about the person in every table that can hold it."""
    workspace, now = recipe.workspace, timezone.now()
    subscription = make.make_subscription(connection=recipe.live_connection)
    event = told(
        recipe,
        subscription=subscription,
        raw=zlib.compress(json.dumps(DATA).encode()),
        headers={"x-contact": MAIL},
        query=b"email=zoe.muller%2Bvip%40example.com",
        delivery_key=f"d:{MAIL}",
        change_key="opportunity:opp1:3",
        fate_details=[{"recipe": recipe.public_id, "because": f"{MAIL} is new"}],
    )
    run, step = ran(recipe, event, lane=f"{recipe.pk}:contact:{MAIL}", fixes={"sclien": {"email": MAIL}})
    own = {"workspace": workspace}
    values = {"email": MAIL, "name": NAME, "status": "won", "phone": "+49301234567"}
    Snapshot.objects.create(subscription=subscription, record_id="opp1", values=values, seen_at=now, stamp="3")
    at = recipe.live_connection
    OwnWrite.objects.create(**own, connection=at, object="contact", record_id="con1", values=values, run=run, at=now)
    RecordLink.objects.create(**own, connection=at, kind="client", local_key=MAIL, remote_id="c77", agreed=values)
    GuardedWrite.objects.create(**own, recipe=recipe, run=run, step_id="sclien", at=now, customer=MAIL, amount=5)
    DigestEntry.objects.create(**own, name="Daily", marker="m1", once=MAIL, value={"email": MAIL}, added_at=now)
    Approval.objects.create(
        **own, run=run, step_run=step, message=f"Shall {NAME} <{MAIL}> be billed?", note=MAIL, until=now, created_at=now
    )
    waits = make.make_step_run(run=run, step_id="swaits", status="done")
    Expectation.objects.create(
        **own,
        run=run,
        step_run=waits,
        connection=at,
        signature="s",
        about=MAIL,
        about_hash="h",
        since=now,
        until=now,
        over=True,
    )
    Alert.objects.create(**own, kind="failed", recipe=recipe, run=run, sentence=f"{MAIL}", began_at=now, newest_at=now)
    Kept.objects.create(**own, recipe=recipe, event=event)
    make.make_step_test(recipe=recipe, output=DATA)
    Preview.objects.create(**own, recipe=recipe, rev=1, sample=MAIL, at=now, taken=[DATA])
    DraftEdit.objects.create(**own, recipe=recipe, rev=1, key="k", op="set_field", args={"value": MAIL})
    StrayDelivery.objects.create(day=now.date(), key_hash="x", raw=zlib.compress(MAIL.encode()), at=now)
    Brought.objects.create(**own, name="files.zip", files={"recipes/won.yaml": f"to: {MAIL}"})
    audit.write(by, "run.repeated", run, NAME, about=MAIL)
    return event, run


def test_nothing_is_left_anywhere(recipe, by):
    _event, _run = furnish(recipe, by)
    assert len(left(MAIL, NAME)) > 20

    row = finish(erasing.erase(by, WANTED))

    assert row.state == ErasureState.DONE
    assert left(MAIL) == []
    assert [one for one in everything() if NAME.lower() in one.lower()] == []
    assert row.sealed == ""
    assert book.check(by.workspace.pk).wrong == []


def test_templates_that_name_the_person_are_told(recipe, by):
    own = {"workspace": by.workspace, "recipe": recipe}
    TeamTemplate.objects.create(**own, slug="vip", data={"title": "For our best customer", "summary": MAIL})
    TemplateUse.objects.create(**own, key="vip", version="1", answers={"whom": MAIL}, tree={})

    row = finish(erasing.erase(by, WANTED))

    assert set(row.stays["named"]) == {"For our best customer", recipe.name}


def test_counts_outcomes_and_what_keeps_from_doubles_stay(recipe, by):
    event, run = furnish(recipe, by)
    HourCount.objects.create(workspace=by.workspace, recipe=recipe, hour=timezone.now(), runs=7, done=7)

    finish(erasing.erase(by, WANTED))

    run.refresh_from_db()
    event.refresh_from_db()
    assert (run.status, run.event_id, HourCount.objects.get().runs) == (RunStatus.DONE, event.pk, 7)
    assert (event.fate, event.erased, event.change_key, event.text) == (Fate.RAN, True, "opportunity:opp1:3", "")
    assert run.steps.get(step_id="sclien").error == {"code": "wrong", "message": wiping.GONE, "field": "email"}
    link = RecordLink.objects.get()
    assert (link.local_key, link.remote_id) == (erased.hidden(MAIL), "c77")
    assert GuardedWrite.objects.get().amount == 5


def test_report_says_what_was_done_without_the_person(recipe, by):
    furnish(recipe, by)

    row = finish(erasing.erase(by, WANTED))

    assert row.removed | {"events": 1, "runs": 1, "exchanges": 1, "links": 1, "digests": 1, "samples": 1} == row.removed
    assert row.removed["audit"] == 1
    lines = list(QuerySet(AuditEvent).filter(object_kind="person").order_by("pk").values_list("verb", flat=True))
    assert lines == ["person.erasure_asked", "person.erased", "person.erased"]


def test_person_who_comes_back_is_linked_to_the_same_record_again(recipe, by):
    furnish(recipe, by)
    finish(erasing.erase(by, WANTED))
    run = make.make_run(recipe=recipe, event=make.make_event(workspace=by.workspace))

    found = links.wish(links.Wish(recipe.live_connection_id, "client", MAIL), run)

    assert (found.remote_id, RecordLink.objects.count()) == ("c77", 1)


def test_link_of_somebody_who_was_erased_is_known_by_their_address_alone(recipe, by):
    furnish(recipe, by)
    finish(erasing.erase(by, WANTED))

    by_address = links.known(by.workspace.pk, {"id": MAIL, "kind": "client"})
    by_record = links.known(by.workspace.pk, {"id": "c77", "kind": "client"})

    assert (by_address["found"], by_address["id"], by_address["other_id"]) == (True, "c77", MAIL)
    assert (by_record["found"], by_record["id"]) == (False, None)


def test_record_as_it_was_seen_is_no_news_afterwards(recipe, by):
    furnish(recipe, by)
    seen = Snapshot.objects.get()
    before = dict(seen.values)

    finish(erasing.erase(by, WANTED))

    seen.refresh_from_db()
    assert seen.values == {**{n: erased.hidden(v) for n, v in before.items()}, "status": "won"}
    sighting = Sighting(object="opportunity", record_id="opp1", data={}, values=before, stamp="4")
    assert not reading.is_news(seen, sighting)
    changed = Sighting(object="opportunity", record_id="opp1", data={}, values={**before, "email": "a@b.co"}, stamp="5")
    assert reading.is_news(seen, changed)
    assert erased.recognised(seen.values, before) == before


def test_others_stay_as_they_are(recipe, by):
    other = {"id": "opp2", "contact": {"id": "con2", "name": "Ada", "email": "ada@example.com", "phone": "+4930123456"}}
    event = told(recipe, other, keys=(("email", "ada@example.com"),))
    near = told(recipe, {"email": f"not-{MAIL}", "phone": "+49 30 12345678"}, keys=())
    elsewhere = make.make_event(data=DATA)
    furnish(recipe, by)

    finish(erasing.erase(by, WANTED))

    for row, data in ((event, other), (near, near.data), (elsewhere, DATA)):
        row.refresh_from_db()
        assert (row.erased, row.data) == (False, data)


def test_second_time_is_harmless(recipe, by):
    furnish(recipe, by)
    finish(erasing.erase(by, WANTED))
    before = {one for one in everything() if "erasure" not in one and "audit" not in one}

    again = finish(erasing.erase(by, WANTED))

    assert (again.state, {name: n for name, n in again.removed.items() if n}) == (ErasureState.DONE, {})
    assert {one for one in everything() if "erasure" not in one and "audit" not in one} == before


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING, RunStatus.HELD])
def test_run_under_way_is_not_broken_and_erased_when_it_has_ended(recipe, by, status):
    event = told(recipe)
    run, step = ran(recipe, event, status=status)

    row = finish(erasing.erase(by, WANTED), ErasureState.WAITING)

    run.refresh_from_db()
    event.refresh_from_db()
    step.refresh_from_db()
    assert (row.state, row.stays["waiting"], event.data, step.input["client"]["email"]) == ("waiting", 1, DATA, MAIL)
    assert row.wake_at > timezone.now() + timedelta(minutes=50)

    Run.objects.filter(pk=run.pk).update(status=RunStatus.DONE)
    row = finish(row)
    assert (row.state, row.sealed, left(MAIL)) == (ErasureState.DONE, "", [])


def test_events_that_a_recipe_was_called_with_go_too(recipe, by):
    _run, step = ran(recipe, told(recipe))
    called = make.make_event(workspace=by.workspace, data={"who": NAME}, source=Source.CALL)
    make.make_run(recipe=recipe, event=called, parent=step)

    finish(erasing.erase(by, WANTED))

    called.refresh_from_db()
    assert called.erased


def test_erased_runs_are_not_run_again(recipe, by):
    event = told(recipe, fate_details=[{"recipe": recipe.public_id, "fate": Fate.RAN, "because": ""}])
    run, _step = ran(recipe, event, status=RunStatus.FAILED)
    finish(erasing.erase(by, WANTED))
    run = Run.objects.get(pk=run.pk)

    for way in (replay.run_again, replay.resume):
        with pytest.raises(replay.Late, match="erased"):
            way(run)
    assert makeup.run_events(recipe, [event.pk]) == 0
    assert Run.objects.count() == 1


def test_failed_run_that_lost_what_it_had_read_does_not_go_on_without_it(recipe, by):
    other = make.make_event(workspace=by.workspace, data={"id": "opp9"})
    run, step = ran(recipe, other, status=RunStatus.FAILED)

    finish(erasing.erase(by, WANTED))

    step.refresh_from_db()
    assert (step.output, Event.objects.get().erased) == (None, False)
    with pytest.raises(replay.Late, match="erased"):
        replay.resume(Run.objects.get(pk=run.pk))
    assert replay.run_again(Run.objects.get(pk=run.pk)).event == other


def test_recipes_that_name_the_person_are_told_and_not_changed(recipe, by):
    rule = {"field": "{{ trigger.contact.email }}", "op": "equals", "value": MAIL}
    tree = make.make_tree(steps=[{"id": "sonlyi", "kind": "only_if", "conditions": {"match": "all", "rules": [rule]}}])
    make.make_recipe(workspace=by.workspace, name="For Zoë alone", tree=tree)

    row = finish(erasing.erase(by, WANTED))

    assert (row.state, row.stays["named"]) == (ErasureState.DONE, ["For Zoë alone"])


def test_it_goes_on_where_it_stood(recipe, by):
    for number in range(60):
        ran(recipe, told(recipe, record_id=f"opp{number}"))
    row = erasing.erase(by, WANTED)
    places = set()
    while row.state != ErasureState.DONE:
        running.go_on(Erasure.objects.get(), time.monotonic() + 0.02)
        row.refresh_from_db()
        places.add(json.dumps(row.place))
        assert len(places) < 200

    assert (row.removed["events"], row.removed["runs"], row.removed["exchanges"]) == (60, 60, 60)
    assert len(places) > 2
    assert left(MAIL) == []


def test_what_no_key_opens_any_more_waits_and_disturbs_nobody(recipe, by, settings):
    row = erasing.erase(by, WANTED)
    settings.SEAL_KEYS = [f"another:{base64.urlsafe_b64encode(bytes(32)).decode()}"]

    running.work()

    row.refresh_from_db()
    assert (row.state, row.wake_at > timezone.now()) == (ErasureState.WORKING, True)
    assert "SEAL_KEYS" in row.stays["trouble"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'{{"email":"{MAIL}"}}', True),
        (MAIL.upper(), True),
        ("email=zoe.muller%2Bvip%40example.com&x=1", True),
        (f"<{MAIL}>", True),
        (f"x{MAIL}", False),
        (f"{MAIL}.br", False),
        (f"{MAIL}.", True),
        ('"+49301234567"', True),
        ("0049 30 / 123-4567", True),
        ("(+49) 30 1234567", True),
        ("493012345678", False),
        ("phone=%2B49+30+1234567", True),
        ("+49 (0)30 1234567", True),
        (f'{{"note":"Write to:\\n{MAIL}\\tsoon"}}', True),
        (json.dumps(json.dumps({"note": f"Write to:\n{MAIL}"})), True),
        ("cust-77AB9x", True),
        ("xcust-77AB9x", False),
        ('"note":"Zo\\u00eb has \\u007aoe.muller+vip@example.com"', True),
    ],
)
def test_however_it_is_spelt_it_is_found(text, found):
    assert needles.Needles([MAIL, PHONE, "cust-77AB9x"]).inside(text) is found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MAIL, "email"),
        (PHONE, "phone"),
        ("030 1234567", "phone"),
        ("q81FzVt0wQ", "id"),
        ("VolejRejNm", "id"),
        ("Zoë Müller", ""),
        ("McDonald", ""),
        ("Christopher", ""),
        ("Maria", ""),
        ("company", ""),
        ("a@b", ""),
        ("12-34", ""),
    ],
)
def test_what_only_one_person_is_known_by(text, kind):
    assert needles.kind_of(text) == kind
