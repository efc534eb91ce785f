"""One run: its doors, its flow, and what the panel says of a step."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Role, Run, RunStatus, StepStatus
from tests import make
from tests.web.run_desk import DENTAL, RETRY, address, asking, cards_of, client_of, held, page_of, recipe

__all__ = ["asking", "held", "recipe"]

pytestmark = pytest.mark.django_db

# doors


@pytest.mark.parametrize("role", Role.values)
def test_run_is_open_to_every_role(held, role):
    assert "On hold at 4" in page_of(held, role)


def test_run_hides_itself_from_a_stranger(held):
    answer = client_of(make.make_run()).get(address(held))

    assert answer.status_code == 404
    assert "Harbor" not in answer.content.decode()


def test_run_of_another_workspace_is_not_found_in_mine(held):
    mine = make.make_run()

    answer = client_of(mine).get(reverse("web:run", args=[mine.workspace.slug, held.public_id]))

    assert answer.status_code == 404


def test_viewer_sees_no_buttons(held):
    page = page_of(held, Role.VIEWER)

    assert (RETRY in page, "Run again" in page, address(held, "run-cancel") in page) == (False, False, False)


def test_operator_may_retry(held):
    page = page_of(held, Role.OPERATOR)

    assert (RETRY in page, "Run again" in page, address(held, "run-cancel") in page) == (True, True, True)


def test_run_on_hold_is_discarded_as_in_lists_and_another_one_cancelled(held, recipe):
    waiting = make.make_run(recipe=recipe, status=RunStatus.WAITING, wake_at=timezone.now())

    pages = [page_of(held, Role.OPERATOR), page_of(waiting, Role.OPERATOR)]

    assert [("Discard run" in page, "Cancel run" in page) for page in pages] == [(True, False), (False, True)]


@pytest.mark.parametrize("name", ["run-retry", "run-again", "run-cancel"])
def test_viewer_may_do_nothing(held, name):
    answer = client_of(held, Role.VIEWER).post(address(held, name))

    held.refresh_from_db()
    assert (answer.status_code, held.status) == (403, RunStatus.HELD)


@pytest.mark.parametrize("name", ["run-retry", "run-again", "run-cancel"])
def test_stranger_finds_nothing_to_do(held, name):
    assert client_of(make.make_run()).post(address(held, name)).status_code == 404


# the flow


def test_cards_say_what_became_of_each_step(held):
    assert cards_of(held) == {
        "trigger": ("done", "Arrived"),
        "sonlyi": ("done", "Passed"),
        "sclien": ("done", "Done"),
        "sinvoi": ("held", "The number has already been taken"),
    }


def test_card_counts_tries_and_requests(recipe):
    run = make.make_run(recipe=recipe)
    first = make.make_step_run(run=run, step_id="sclien")
    make.make_exchange(step_run=first)
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.FAILED, attempt=1)
    make.make_step_run(run=run, step_id="sinvoi", attempt=2)

    cards = cards_of(run)

    assert cards["sclien"] == ("done", "Done, 1 request")
    assert cards["sinvoi"] == ("done", "Done after 2 tries")


def test_filtered_run_leaves_the_rest_unreached(recipe):
    because = "value is 0.00, not more than 0."
    run = make.make_run(recipe=recipe, status=RunStatus.FILTERED, because=because, stopped_at="sonlyi")
    make.make_step_run(run=run, step_id="sonlyi", status=StepStatus.FILTERED, note=because)

    cards = cards_of(run)

    assert cards["sonlyi"] == ("filtered", "value is 0.00, not more than 0")
    assert cards["sinvoi"] == ("unreached", "Not reached")


def test_run_that_waits_its_turn_leads_to_the_one_before(recipe):
    lane = {"lane": "1:opportunity:o1", "status": RunStatus.QUEUED, "wake_at": timezone.now()}
    first, second = make.make_run(recipe=recipe, **lane), make.make_run(recipe=recipe, **lane)
    client = client_of(first)

    pages = [client.get(address(run)).content.decode() for run in (first, second)]

    assert ["It waits its turn" in page for page in pages] == [False, True]
    assert f'href="{address(first)}"' in pages[1].partition("It waits its turn")[2]


def test_run_shows_the_version_it_has_not_the_draft(recipe):
    run = make.make_run(recipe=recipe)
    with scope(workspace=recipe.workspace):
        recipe.draft = {**recipe.draft, "steps": []}
        recipe.save()

    assert list(cards_of(run)) == ["trigger", "sonlyi", "sclien", "sinvoi"]


def test_path_not_taken_and_step_switched_off():
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "5000"}
    action = {"kind": "action", "operation": "invoice_ninja.invoices.create"}
    tree = make.make_tree(
        steps=[
            {
                "id": "spaths",
                "kind": "paths",
                "paths": [
                    {
                        "id": "pbigaa",
                        "name": "Large",
                        "conditions": {"match": "all", "rules": [rule]},
                        "steps": [{"id": "slarge", **action}],
                    }
                ],
                "otherwise": {"steps": [{"id": "ssmall", **action}]},
            },
            {"id": "slater", "skip": True, **action},
        ]
    )
    run = make.make_run(recipe=make.make_recipe(tree=tree, live=True))
    make.make_step_run(run=run, step_id="spaths", output={"path": 1})
    make.make_step_run(run=run, step_id="ssmall")

    cards = cards_of(run)

    assert cards["spaths"] == ("done", "Took “Anything else”")
    assert cards["slarge"] == ("skipped", "Path not taken")
    assert cards["ssmall"] == ("done", "Done")
    assert cards["slater"] == ("skipped", "Switched off")


def test_loop_counts_its_items_and_shows_one_at_a_time():
    tree = make.make_tree(
        steps=[
            {
                "id": "seacha",
                "kind": "each",
                "list": "{{ trigger.contact.tags }}",
                "steps": [{"id": "sinner", "kind": "action", "operation": "invoice_ninja.clients.get"}],
            }
        ]
    )
    run = make.make_run(recipe=make.make_recipe(tree=tree, live=True))
    make.make_step_run(run=run, step_id="seacha", output={"items": ["red", "blue"], "count": 2})
    for number, colour in enumerate(("red", "blue")):
        make.make_step_run(run=run, step_id="sinner", iteration=str(number), input={"colour": colour})

    cards, page = cards_of(run), page_of(run, step="sinner", tab="in", round="0")

    assert cards["seacha"] == ("done", "2 items")
    assert cards["sinner"] == ("done", "Done 2 times")
    assert ("red" in page, "blue" in page) == (True, False)


# the panel


def test_panel_opens_at_the_step_the_run_stands_at(held):
    page = page_of(held)

    assert "Invoice Ninja didn’t accept it" in page
    assert "The number has already been taken." in page
    assert "Correct the value in the service, below for this run, or in the recipe." in page


def test_note_says_how_the_record_was_found(held):
    assert "Found by e-mail." in page_of(held, step="sclien")


@pytest.mark.parametrize(
    ("operation", "output", "sentence"),
    [
        ("clients.find_or_create", {"client": DENTAL, "found": "email"}, "Found client Harbor Dental, no. 0142."),
        ("clients.find_or_create", {"client": DENTAL, "found": "created"}, "Created client Harbor Dental, no. 0142."),
        ("clients.create_or_update", {"client": DENTAL, "found": "link"}, "Updated client Harbor Dental, no. 0142."),
        ("invoices.create", {"invoice": {"id": "Wp", "number": "0042"}}, "Created invoice 0042."),
        ("invoices.create", {"id": "Wp"}, "It was done."),
        ("invoices.email", {"invoice": {"id": "Wp", "number": "0042"}}, "It was done."),
    ],
)
def test_finished_step_names_the_record(operation, output, sentence):
    step = {"id": "sclien", "kind": "action", "operation": f"invoice_ninja.{operation}"}
    run = make.make_run(recipe=make.make_recipe(live=True, tree=make.make_tree(steps=[step])))
    make.make_step_run(run=run, step_id="sclien", output=output)

    assert f"<p>{sentence}</p>" in page_of(run, step="sclien")


def test_data_is_listed_with_names_and_copied_value_by_value(held):
    page = page_of(held, step="sclien", tab="in")

    assert '<span class="k" title="name">Name</span>' in page
    assert 'data-copy="Ada Nowak"' in page


def test_many_empty_values_take_one_line(recipe):
    run = make.make_run(recipe=recipe)
    client = {"id": "Vol1", **{f"custom_value{n}": "" for n in range(1, 7)}}
    make.make_step_run(run=run, step_id="sclien", output={"client": client, "balance": Decimal("10.50")})

    page = page_of(run, step="sclien", tab="out")

    assert "Empty: Custom value 1, Custom value 2" in page
    assert 'data-copy="10.50"' in page


def test_exchange_of_each_try_has_its_address(held):
    client = client_of(held)

    last = client.get(address(held, step="sinvoi", tab="http")).content.decode()
    first = client.get(address(held, **{"step": "sinvoi", "tab": "http", "try": "1"})).content.decode()

    assert "2026-2" in last
    assert "2026-1" in first
    assert "2026-2" not in first


def test_offending_field_is_marked_and_secrets_are_hidden(held):
    page = page_of(held, step="sinvoi", tab="http")

    assert '<span class="hl">' in page
    assert '<span class="c">x-api-token:</span> <span class="x">hidden</span>' in page


def test_look_before_a_repetition_is_named(recipe):
    run = make.make_run(recipe=recipe)
    row = make.make_step_run(run=run, step_id="sinvoi")
    make.make_exchange(step_run=row, purpose="look", method="GET")

    assert "Looked whether it was done already" in page_of(run, step="sinvoi", tab="http")


def test_hostile_bodies_are_text(recipe):
    run = make.make_run(recipe=recipe)
    row = make.make_step_run(run=run, step_id="sinvoi", output={"<b>": "<script>alert(1)</script>"})
    make.make_exchange(step_run=row, response_body='{"<i>": "<script>alert(2)</script>"}', url="https://x/<script>3")

    pages = page_of(run, step="sinvoi", tab="http") + page_of(run, step="sinvoi", tab="out")

    assert [hostile for hostile in ("<script>alert", "<script>3", "<i>", '<b>"') if hostile in pages] == []


def test_deep_and_broken_bodies_are_shown_as_they_came(recipe):
    run = make.make_run(recipe=recipe)
    row = make.make_step_run(run=run, step_id="sinvoi")
    make.make_exchange(step_run=row, response_body="[" * 3000, position=1)
    make.make_exchange(step_run=row, response_body="[" * 900 + "]" * 900, position=2)

    assert "[[[[" in page_of(run, step="sinvoi", tab="http")


def test_unknown_step_tab_and_try_are_left_out(held):
    assert "What happened" in page_of(held, step="nobody", tab="nothing", **{"try": "99"})


def test_facts_name_version_event_and_what_is_repeated(recipe):
    first = make.make_run(recipe=recipe)
    second = make.make_run(recipe=recipe, event=first.event, replay=1)

    page = page_of(second)

    assert "version 1" in page
    assert reverse("web:event", args=[recipe.workspace.slug, first.event.public_id]) in page
    assert address(first) in page


def test_neighbours_have_keys(recipe):
    runs = [make.make_run(recipe=recipe) for _ in range(3)]

    page = page_of(runs[1])

    assert f'data-key="[" href="{address(runs[2])}"' in page
    assert f'data-key="]" href="{address(runs[0])}"' in page


def test_timeline_is_drawn_with_attributes_and_said_in_words(recipe):
    begun = timezone.now()
    run = make.make_run(recipe=recipe, started_at=begun)
    make.make_step_run(run=run, step_id="sclien", started_at=begun, finished_at=begun + timedelta(milliseconds=300))
    make.make_step_run(
        run=run,
        step_id="sinvoi",
        started_at=begun + timedelta(milliseconds=300),
        finished_at=begun + timedelta(milliseconds=400),
    )

    page = page_of(run)

    assert 'aria-label="Step 3 took 300 ms. Step 4 took 100 ms."' in page
    assert 'class="b-ok" x="170.0" y="23" width="472.5"' in page


def test_long_pause_is_squeezed(recipe):
    begun = timezone.now() - timedelta(hours=3)
    run = make.make_run(recipe=recipe, started_at=begun)
    for attempt, hours in ((1, 0), (2, 2)):
        start = begun + timedelta(hours=hours)
        make.make_step_run(
            run=run, step_id="sclien", attempt=attempt, started_at=start, finished_at=start + timedelta(seconds=1)
        )

    timeline = client_of(run).get(address(run)).context["timeline"]

    assert [(bar.x, bar.width) for bar in timeline.bars] == [(170.0, 285.0), (515.0, 285.0)]
    assert timeline.ticks == []


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_as_often_whatever_happened(recipe, count, django_assert_num_queries):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, stopped_at="sclien", because="So.", place=[1])
    for attempt in range(count):
        row = make.make_step_run(run=run, step_id="sclien", status=StepStatus.FAILED, attempt=attempt + 1)
        make.make_exchange(step_run=row)
    client = client_of(run)

    with django_assert_num_queries(19):
        client.get(address(run))


@pytest.mark.parametrize("called", [False, True])
def test_page_costs_the_same_whether_another_run_called_it(recipe, called, django_assert_num_queries):
    caller = make.make_run(recipe=make.make_recipe(workspace=recipe.workspace, name="Onboarding", live=True), title="")
    run = make.make_run(recipe=recipe, parent=make.make_step_run(run=caller) if called else None)
    client = client_of(run)

    with django_assert_num_queries(15):
        page = client.get(address(run)).content.decode()

    assert (f'href="{address(caller)}">Onboarding, ' in page) == called


# parts


@pytest.mark.parametrize(("target", "there"), [("div#panel", True), ("aside#details", True)])
def test_parts_answer_with_the_panel_alone(held, target, there):
    headers = {"HX-Request": "true", "HX-Target": target}

    page = client_of(held).get(address(held, step="sclien"), headers=headers).content.decode()

    assert ('id="details"' in page, 'id="flow"' in page) == (there, False)


def test_open_run_is_watched_and_an_ended_one_is_not(recipe):
    running = make.make_run(recipe=recipe, status=RunStatus.RUNNING)
    done = make.make_run(recipe=recipe)

    assert 'hx-trigger="every 1s"' in page_of(running)
    assert 'hx-trigger="every' not in page_of(done)


def test_pulse_is_silent_until_something_is_written_and_stops_at_the_end(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.RUNNING)
    client = client_of(run)
    tag = client.get(address(run)).context["tag"]
    headers = {"HX-Request": "true", "HX-PTag": tag}

    same = client.get(address(run, "run-pulse"), headers=headers)
    make.make_step_run(run=run, step_id="sclien")
    with scope(workspace=run.workspace):
        Run.objects.filter(pk=run.pk).update(status=RunStatus.DONE)
    changed = client.get(address(run, "run-pulse"), headers=headers)

    page = changed.content.decode()
    assert (same.status_code, changed.status_code) == (304, 200)
    assert 'hx-target="#flow"' in page
    assert "every 1s" not in page
