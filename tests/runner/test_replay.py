"""What a person asks of a run: again from the start, on from where it failed, or no more."""

import pytest

from builder import seal
from builder.models import Connection, Health, Run, RunStatus, StepRun, StepStatus
from builder.runner import accounts, makeup, replay
from builder.runner.desk import rank
from builder.runner.ledger import Rank
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS, PRODUCTS = "/api/v1/clients", "/api/v1/products"


def make_two_steps(ninja: Sandbox, **options: str):
    at = make_ninja(ninja.url)
    product = action("sprodu", "invoice_ninja.products.create", at, product_key="{{ sclien.client.id }}", price="1")
    return make_hooked(
        action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.name }}"),
        product | {"options": options},
        workspace=at.workspace,
    )


def refuse(ninja: Sandbox, path: str = PRODUCTS) -> None:
    ninja.fail({"method": "POST", "path": path, "status": 422, "body": {"message": "Not today."}})


def kinds(ninja: Sandbox) -> list[str]:
    return [e["kind"] for e in ninja.effects()]


def test_run_again_is_a_new_run_with_effects_of_its_own(ninja: Sandbox) -> None:
    recipe = make_two_steps(ninja)
    send(recipe, {"name": "Ada"})
    work()
    first = only_run(recipe)

    second = replay.run_again(first)
    third = replay.run_again(first)
    work()

    assert [run.replay for run in (first, second, third)] == [0, 1, 2]
    assert {run.status for run in Run.objects.all()} == {RunStatus.DONE}
    assert kinds(ninja).count("client.created") == 3
    markers = set(StepRun.objects.filter(step_id="sclien").values_list("marker", flat=True))
    assert len(markers) == 3
    assert all(len(marker) == 23 and marker.startswith("wf-") for marker in markers)


def test_many_that_make_up_for_the_past_go_last_and_one_that_is_run_again_does_not() -> None:
    recipe = make_hooked()
    send(recipe, {"name": "Ada"})
    work()
    first = only_run(recipe)

    replay.run_again(first)
    makeup.run_events(recipe, [first.event_id])

    ranks = [(run.replay, rank_of(run)) for run in Run.objects.order_by("pk")]
    assert ranks == [(0, Rank.LIVE), (1, Rank.LIVE), (2, Rank.BACKFILL)]


def rank_of(run: Run) -> Rank:
    run.token = 1  # as when it is claimed for the first time
    return rank(run)


def test_run_again_takes_the_newest_version(ninja: Sandbox) -> None:
    recipe = make_two_steps(ninja)
    send(recipe, {"name": "Ada"})
    work()
    recipe.live = make.make_version(recipe=recipe, number=2, tree={**recipe.draft, "steps": []})
    recipe.save()

    again = replay.run_again(only_run(recipe))
    work()

    again.refresh_from_db()
    assert (again.version.number, again.status) == (2, RunStatus.DONE)
    assert kinds(ninja).count("client.created") == 1


@pytest.mark.parametrize("rule", ["hold", "stop"])
def test_going_on_repeats_no_finished_step(ninja: Sandbox, rule: str) -> None:
    recipe = make_two_steps(ninja, on_error=rule)
    refuse(ninja)
    send(recipe, {"name": "Ada"})
    work()
    run = only_run(recipe)
    stopped = (run.status, run.place, run.stopped_at)

    replay.resume(run)
    work()

    run.refresh_from_db()
    assert stopped == (RunStatus.HELD if rule == "hold" else RunStatus.FAILED, [1], "sprodu")
    assert (run.status, run.because, run.stopped_at) == (RunStatus.DONE, "", "")
    assert kinds(ninja) == ["client.created", "product.created"]
    assert [s.status for s in StepRun.objects.filter(run=run, step_id="sprodu").order_by("pk")] == ["failed", "done"]


def test_going_on_inside_a_loop_goes_on_in_its_round(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    product = action("sprodu", "invoice_ninja.products.create", at, product_key="{{ seach1.item }}", price="1")
    each = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.items }}",
        "steps": [product | {"options": {"on_error": "stop"}}],
    }
    last = action("slast1", "tools.text.format", text="end")
    recipe = make_hooked(each, last, workspace=at.workspace)
    send(recipe, {"items": ["a", "b", "c"]})
    refuse_second(ninja)
    work()
    run = only_run(recipe)
    stopped = (run.status, run.place)

    replay.resume(run)
    work()

    run.refresh_from_db()
    assert stopped == (RunStatus.FAILED, [0, 1, 0])
    assert run.status == RunStatus.DONE
    assert [row["product_key"] for row in ninja.records("products")[-3:]] == ["a", "b", "c"]
    assert kinds(ninja).count("product.created") == 3


def refuse_second(ninja: Sandbox) -> None:
    ninja.fail({"method": "POST", "path": PRODUCTS, "delay": 0.0}, {"method": "POST", "path": PRODUCTS, "status": 422})


def test_answer_inside_a_path_goes_on_after_it(ninja: Sandbox) -> None:
    invoice = next(row["id"] for row in ninja.records("invoices") if row["status_id"] == "2")
    at = make_ninja(ninja.url)
    mail = action("semail", "invoice_ninja.invoices.email", at, invoice_id=invoice)
    path = {"id": "pa1", "name": "", "conditions": {"match": "all", "rules": []}, "steps": [mail]}
    last = action("slast1", "tools.text.format", text="end")
    recipe = make_hooked({"id": "spaths", "kind": "paths", "paths": [path]}, last, workspace=at.workspace)
    send(recipe, {})
    work()
    run = only_run(recipe)
    Run.objects.update(status=RunStatus.HELD, place=[0, 0, 0], stopped_at="semail", finished_at=None)
    StepRun.objects.filter(step_id="slast1").delete()
    StepRun.objects.filter(step_id="semail").update(status=StepStatus.HELD, output=None)

    replay.resume(run, "skip")
    work()

    run.refresh_from_db()
    assert run.status == RunStatus.DONE
    assert last_step(run, "slast1").status == StepStatus.DONE
    assert kinds(ninja).count("invoice.emailed") == 1


def test_only_the_first_of_two_people_gets_through(ninja: Sandbox) -> None:
    recipe = make_two_steps(ninja)
    refuse(ninja)
    send(recipe, {"name": "Ada"})
    work()
    run = only_run(recipe)
    replay.resume(run)

    with pytest.raises(replay.Late, match="The run is queued by now"):
        replay.resume(run)
    work()
    with pytest.raises(replay.Late, match="The run is done by now"):
        replay.cancel(run)

    assert kinds(ninja) == ["client.created", "product.created"]


def test_cancelled_run_sends_nothing_more(ninja: Sandbox) -> None:
    recipe = make_two_steps(ninja)
    refuse(ninja)
    send(recipe, {"name": "Ada"})
    work()
    run = replay.cancel(only_run(recipe))

    work()

    assert (run.status, run.because, run.wake_at) == (RunStatus.CANCELLED, "Somebody cancelled it.", None)
    assert run.finished_at
    assert kinds(ninja) == ["client.created"]
    with pytest.raises(replay.Late):
        replay.resume(run)


def test_answer_that_is_none_is_a_mistake(ninja: Sandbox) -> None:
    run = make.make_run(status=RunStatus.HELD, place=[0], stopped_at="sclien", finished_at=None)
    make.make_step_run(run=run, status=StepStatus.HELD)

    with pytest.raises(ValueError, match="perhaps"):
        replay.resume(run, "perhaps")


def test_runs_held_by_a_lost_token_go_on_once_it_is_mended(ninja: Sandbox) -> None:
    recipe = make_two_steps(ninja)
    connection = Connection.objects.get()
    mended = connection.sealed
    other = make_hooked(action("sother", "tools.text.format", text="{{ trigger.nothing }}"), workspace=recipe.workspace)
    give_token(connection, "revoked-token-of-yesterday")
    for one in (recipe, recipe, other):
        send(one, {"name": "Ada"})
    work()
    held = sorted(Run.objects.values_list("status", flat=True))

    Connection.objects.update(sealed=mended, health=Health.WELL)
    count = replay.resume_after(connection.public_id, recipe.workspace_id)
    work()

    assert held == [RunStatus.HELD] * 3
    assert count == 2
    assert {run.status for run in recipe.runs.all()} == {RunStatus.DONE}
    assert only_run(other).status == RunStatus.HELD
    assert kinds(ninja).count("client.created") == 2


def give_token(connection: Connection, token: str) -> None:
    Connection.objects.filter(pk=connection.pk).update(sealed=seal.seal({"token": token}, accounts.place(connection)))


def test_held_run_of_another_connection_stays_held(ninja: Sandbox) -> None:
    recipe = make_two_steps(ninja)
    give_token(Connection.objects.get(), "revoked-token-of-yesterday")
    send(recipe, {"name": "Ada"})
    work()

    assert replay.resume_after("another", recipe.workspace_id) == 0
