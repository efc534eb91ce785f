"""Digests and links: what the tools keep is kept once, given once, and only to the team it is of."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django_scopes import scopes_disabled

from builder.models import DigestEntry, RecordLink, Run, RunStatus, StepRun, Workspace
from builder.runner import digests, links, prune, turn
from builder.runner.clock import clock
from connectors.errors import NotFound, Refused
from tests import make
from tests.runner.conftest import work
from tests.runner.make import action, last_step, make_hooked, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


def asked(marker: str, workspace: Workspace) -> digests.Asked:
    return digests.Asked(workspace.pk, marker)


def add(workspace: Workspace, marker: str, name: str = "Leads", **more: Any) -> dict[str, Any]:
    values = [{"name": "n", "value": marker}]
    with transaction.atomic():
        return digests.add(asked(marker, workspace), {"name": name, "values": values, **more})


def release(workspace: Workspace, marker: str = "r1", name: str = "Leads", **more: Any) -> dict[str, Any]:
    with transaction.atomic():
        return digests.release(asked(marker, workspace), {"name": name, **more})


def names(output: dict[str, Any]) -> list[str]:
    return [entry["n"] for entry in output["entries"]]


def test_entries_gather_and_are_released_once_in_their_order() -> None:
    workspace = make.make_workspace()
    counts = [add(workspace, marker)["count"] for marker in ("a", "b", "c")]

    first, second = release(workspace), release(workspace, "r2")

    assert counts == [1, 2, 3]
    assert (names(first), first["count"], first["left"]) == (["a", "b", "c"], 3, 0)
    assert first["first_at"] <= first["last_at"]
    assert (second["entries"], second["count"], second["first_at"]) == ([], 0, None)


def test_digest_that_nobody_releases_is_full_one_day_and_says_so() -> None:
    workspace = make.make_workspace()
    common = {"workspace": workspace, "name": "leads", "value": {}, "added_at": clock.now()}
    rows = [DigestEntry(marker=str(number), **common) for number in range(digests.GATHERED - 1)]
    DigestEntry.objects.bulk_create(rows, batch_size=100)

    add(workspace, "last")
    with pytest.raises(Refused, match="10,000 entries"):
        add(workspace, "more")
    release(workspace)

    assert add(workspace, "more")["count"] == digests.GATHERED - digests.MOST + 1


def test_refused_digest_leaves_what_others_write_at_once_alone() -> None:
    """Each of them is in the same commit as the others."""
    recipe = make_hooked(
        action("sgath1", "tools.digest.add", name="Leads", values=[{"name": "n", "value": "{{ trigger.text }}"}])
    )
    for number in range(6):
        send(recipe, {"text": "x" * (70_000 if number == 3 else 10)})
    work()

    runs = list(Run.objects.order_by("pk"))
    assert [run.status for run in runs].count(RunStatus.DONE) == 5
    assert runs[3].status == RunStatus.HELD
    assert StepRun.objects.filter(step_id="sgath1").count() == 6


def test_step_that_is_tried_again_adds_and_releases_nothing_more() -> None:
    workspace = make.make_workspace()
    add(workspace, "a")
    again = add(workspace, "a")
    first = release(workspace)
    add(workspace, "b")

    repeated = release(workspace)

    assert again["count"] == 1
    assert repeated["entries"] == first["entries"]
    assert names(release(workspace, "r2")) == ["b"]


def test_names_and_teams_are_apart() -> None:
    one, other = make.make_workspace(), make.make_workspace()
    add(one, "a", name=" New  Leads ")
    add(one, "b", name="Won deals")
    add(other, "c", name="New leads")

    assert names(release(one, name="new leads")) == ["a"]
    assert names(release(other, "r2", name="new leads")) == ["c"]


def test_enough_entries_release_themselves() -> None:
    workspace = make.make_workspace()

    outputs = [add(workspace, marker, at=2) for marker in ("a", "b", "c")]

    assert [(o["released"], o["count"], names(o), o["left"]) for o in outputs] == [
        (False, 1, [], 1),
        (True, 2, ["a", "b"], 0),
        (False, 1, [], 1),
    ]
    assert names(add(workspace, "b", at=2)) == ["a", "b"]


def test_too_few_go_on_gathering() -> None:
    workspace = make.make_workspace()
    add(workspace, "a")

    assert (release(workspace, least=2)["count"], release(workspace, "r2", least=1)["count"]) == (0, 1)


def test_of_entries_for_the_same_the_newest_counts() -> None:
    workspace = make.make_workspace()
    for marker, once in (("a", "deal 1"), ("b", "deal 2"), ("c", "deal 1")):
        add(workspace, marker, once=once)

    output = release(workspace)

    assert (names(output), release(workspace, "r2")["count"]) == (["b", "c"], 0)


def test_release_gives_no_more_than_a_step_keeps() -> None:
    workspace = make.make_workspace()
    for number in range(12):
        value = [{"name": "n", "value": str(number)}, {"name": "text", "value": "x" * 60_000}]
        with transaction.atomic():
            digests.add(asked(f"m{number}", workspace), {"name": "Leads", "values": value})

    outputs = [release(workspace, f"r{turn}") for turn in range(2)]

    assert [(o["count"], o["left"]) for o in outputs] == [(8, 4), (4, 0)]
    assert [n for o in outputs for n in names(o)] == [str(number) for number in range(12)]


@pytest.mark.parametrize(("more", "field"), [({"name": " "}, "name"), ({"name": "x" * 81}, "name")])
def test_name_that_is_none_is_refused(more: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        add(make.make_workspace(), "a", **more)

    assert refused.value.field == field


def test_entry_that_is_too_large_is_refused_with_its_size() -> None:
    with pytest.raises(Refused, match="An entry has at most 64 KB; this one has 97 KB"):
        add(make.make_workspace(), "a", record={"text": "x" * 100_000})


def test_record_and_values_make_one_entry() -> None:
    workspace = make.make_workspace()
    add(workspace, "a", record={"n": "old", "deal": "Website"})

    assert release(workspace)["entries"] == [{"n": "a", "deal": "Website"}]


def test_several_who_release_at_once_share_the_entries() -> None:
    workspace = make.make_workspace()
    for number in range(40):
        add(workspace, f"m{number}")
    gate, given = threading.Barrier(4, timeout=30), []

    def take(marker: str) -> None:
        gate.wait()
        with scopes_disabled(), turn.writing():
            given.append(release(workspace, marker)["count"])
        database.close()

    threads = [threading.Thread(target=take, args=(f"r{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(given) == 40
    assert DigestEntry.objects.exclude(released_by="").count() == 40


def test_runs_add_and_a_run_releases() -> None:
    values = [{"name": "Deal", "value": "{{ trigger.deal }}"}]
    collector = make_hooked(action("sadded", "tools.digest.add", name="Deals", values=values))
    daily = make_hooked(action("sdaily", "tools.digest.release", name="deals"), workspace=collector.workspace)
    for deal in ("Website", "Logo"):
        send(collector, {"deal": deal})
    work()

    send(daily, {"now": True})
    work()

    run = only_run(daily)
    assert run.status == RunStatus.DONE
    assert last_step(run, "sdaily").output["entries"] == [{"Deal": "Website"}, {"Deal": "Logo"}]
    assert {row.status for row in StepRun.objects.filter(step_id="sadded")} == {"done"}


def test_what_was_released_long_ago_goes_and_what_gathers_stays() -> None:
    workspace = make.make_workspace()
    add(workspace, "a")
    release(workspace)
    add(workspace, "b")
    clock.offset += prune.RELEASED + timedelta(hours=1)

    prune.prune()

    assert [row.marker for row in DigestEntry.objects.all()] == ["b"]


def make_link(workspace: Workspace, **more: Any) -> RecordLink:
    account = make.make_connection(workspace=workspace, name=more.pop("account", "Books"))
    return RecordLink.objects.create(
        workspace=workspace, connection=account, **{"kind": "client", "local_key": "con_1", "remote_id": "Vol1", **more}
    )


@pytest.mark.parametrize(("given", "id", "other"), [("con_1", "Vol1", "con_1"), ("Vol1", "con_1", "Vol1")])
def test_link_is_found_from_either_side(given: str, id: str, other: str) -> None:
    workspace = make.make_workspace()
    make_link(workspace)
    make_link(make.make_workspace(), remote_id="Vol2")

    found = links.known(workspace.pk, {"kind": "client", "id": given})

    assert found == {"found": True, "id": id, "other_id": other, "kind": "client", "account": "Books", "count": 1}


def test_link_that_is_still_being_made_or_of_another_kind_is_none() -> None:
    workspace = make.make_workspace()
    make_link(workspace, remote_id="")
    make_link(workspace, kind="vendor")

    assert links.known(workspace.pk, {"kind": "client", "id": "con_1"})["found"] is False
    with pytest.raises(NotFound, match="No link of con_1 is known"):
        links.known(workspace.pk, {"kind": "client", "id": "con_1", "otherwise": "stop"})


def test_step_finds_the_link_and_a_missing_one_holds_the_run() -> None:
    workspace = make.make_workspace()
    make_link(workspace)
    step = action("slinks", "tools.links.find", kind="client", id="{{ trigger.id }}", otherwise="stop")
    recipe = make_hooked(step, workspace=workspace)
    for person in ("con_1", "con_2"):
        send(recipe, {"id": person})

    work()

    known, unknown = Run.objects.order_by("pk")
    assert (known.status, last_step(known, "slinks").output["id"]) == (RunStatus.DONE, "Vol1")
    assert (unknown.status, unknown.because) == (
        RunStatus.HELD,
        "No link of con_2 is known: no recipe has made or found the other record yet.",
    )
