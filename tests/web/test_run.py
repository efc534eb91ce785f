"""One run: its flow, what the panel says of a step, and what a person may do."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Role, Run, RunStatus, StepRun, StepStatus
from tests import make

pytestmark = pytest.mark.django_db

RETRY = "Retry from here"
TAKEN = {"code": "refused", "message": "The number has already been taken.", "field": "number"}

DENTAL = {"id": "Vol1", "name": "Harbor Dental", "number": "0142"}


@pytest.fixture
def recipe():
    return make.make_recipe(live=True)


@pytest.fixture
def held(recipe) -> Run:
    """On hold at step 4, after two tries."""
    run = make.make_run(
        recipe=recipe, status=RunStatus.HELD, because=TAKEN["message"], stopped_at="sinvoi", place=[2], title="Harbor"
    )
    make.make_step_run(run=run, step_id="sonlyi", note="value is 1210.00, so it is more than 0.")
    make.make_step_run(run=run, step_id="sclien", note="Found by e-mail.")
    for attempt in (1, 2):
        row = make.make_step_run(
            run=run,
            step_id="sinvoi",
            status=StepStatus.FAILED,
            attempt=attempt,
            error=TAKEN,
            input={"number": "2026-1"},
        )
        make.make_exchange(step_run=row, request_body=f'{{"number":"2026-{attempt}"}}', status=422)
    return run


@pytest.fixture
def asking(recipe) -> Run:
    """Nobody knows whether the invoice was made."""
    run = make.make_run(
        recipe=recipe, status=RunStatus.HELD, because="The answer got lost.", stopped_at="sinvoi", place=[2]
    )
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD)
    return run


def client_of(run, role=Role.OWNER) -> Client:
    client = Client()
    client.force_login(make.make_member(workspace=run.workspace, role=role).user)
    return client


def address(run, name="run", /, **query) -> str:
    return reverse(f"web:{name}", args=[run.workspace.slug, run.public_id], query=query or None)


def page_of(run, role=Role.OWNER, /, **query) -> str:
    answer = client_of(run, role).get(address(run, **query))
    assert answer.status_code == 200
    return answer.content.decode()


def cards_of(run, **query) -> dict[str, tuple[str, str]]:
    """State and foot (or summary) of each card."""
    answer = client_of(run).get(address(run, **query))
    return {card.id: (card.state, card.foot or card.summary) for card in _all(answer.context["cards"])}


def _all(cards):
    return [one for card in cards for one in (card, *_all([c for lane in card.lanes for c in lane.cards]))]


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
    assert "Correct the value in the service or in the recipe." in page


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

    with django_assert_num_queries(17):
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


# what a person does


def test_retry_goes_on_from_the_failed_step(held):
    answer = client_of(held, Role.OPERATOR).post(address(held, "run-retry"))

    held.refresh_from_db()
    assert (held.status, held.place) == (RunStatus.QUEUED, [2])
    assert answer.url == address(held)


def test_retry_by_htmx_answers_with_the_parts_that_changed(held):
    answer = client_of(held).post(address(held, "run-retry"), {"step": "sclien"}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert "every 1s" in page
    assert "Step 3 in this run" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("role", "first"), [(Role.EDITOR, "Edit step"), (Role.OPERATOR, "Run again")], ids=["editor", "operator"]
)
def test_missing_value_is_mended_in_the_recipe_not_by_a_retry(recipe, role, first):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="PO number: …", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "PO number: …", "field": "po_number"}
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.FAILED, error=error)

    page = page_of(run, role)

    way = page.split('id="way-on"')[1].split("</div></aside>")[0]
    assert RETRY not in page
    assert re.findall(r'class="btn primary".*?</svg>([^<]+)<', way) == [first]
    assert "Then run again" in way


def test_retrying_too_late_is_a_conflict_with_a_sentence(held):
    client = client_of(held)
    client.post(address(held, "run-cancel"))

    answer = client.post(address(held, "run-retry"), headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "The run is cancelled by now." in answer.content.decode()


def test_unknown_outcome_asks_and_does_not_go_on_without_an_answer(asking):
    client = client_of(asking)
    page = client.get(address(asking)).content.decode()

    answer = client.post(address(asking, "run-retry"), headers={"HX-Request": "true"})

    asking.refresh_from_db()
    assert "Nobody knows whether it was done" in page
    assert page.count('name="answer"') == 3
    assert (answer.status_code, asking.status) == (422, RunStatus.HELD)
    assert "choose one of the three" in answer.content.decode()


@pytest.mark.parametrize(
    ("answer", "status"),
    [("again", StepStatus.FAILED), ("done", StepStatus.DONE), ("skip", StepStatus.SKIPPED)],
)
def test_answer_is_carried_out(asking, answer, status):
    client_of(asking).post(address(asking, "run-retry"), {"answer": answer, "record_id": "Vol7"})

    asking.refresh_from_db()
    with scope(workspace=asking.workspace):
        step = StepRun.objects.get(run=asking)
    assert (step.status, asking.status) == (status, RunStatus.QUEUED)
    assert step.output == ({"invoice": {"id": "Vol7"}} if answer == "done" else None)


def test_several_found_records_are_offered(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="Two fit.", stopped_at="sinvoi", place=[2])
    found = [{"invoice": {"id": "a1", "number": "0001"}}, {"invoice": {"id": "b2", "number": "0002"}}]
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD, output={"found": found})

    page = page_of(run)

    assert "Several records fit" in page
    assert '<option value="b2">0002 (b2)</option>' in page


def test_step_that_was_done_but_gives_too_much_says_so_and_asks(recipe):
    told = "It was done, but its answer can't be kept."
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because=told, stopped_at="sinvoi", place=[2])
    error = {"code": "too_large", "message": told, "field": ""}
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD, error=error)

    page = page_of(run)

    assert "The answer is too large to keep" in page
    assert "Nobody knows whether it was done" not in page
    assert page.count('name="answer"') == 3


def test_record_that_was_not_found_is_refused_with_a_sentence(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="Two fit.", stopped_at="sinvoi", place=[2])
    found = [{"invoice": {"id": "a1", "number": "0001"}}, {"invoice": {"id": "b2", "number": "0002"}}]
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD, output={"found": found})

    answer = client_of(run).post(address(run, "run-retry"), {"answer": "done", "record_id": "000"})

    run.refresh_from_db()
    assert (answer.status_code, run.status) == (422, RunStatus.HELD)
    assert "“000” is none of the records that were found: a1, b2." in answer.content.decode()


def test_run_again_makes_a_new_run_and_goes_there(recipe):
    run = make.make_run(recipe=recipe)

    answer = client_of(run, Role.OPERATOR).post(address(run, "run-again"))

    with scope(workspace=recipe.workspace):
        fresh = Run.objects.get(replay=1)
    assert answer.url == address(fresh)


def test_run_again_without_a_live_version_says_why(held):
    with scope(workspace=held.workspace):
        held.recipe.live = None
        held.recipe.save()

    answer = client_of(held).post(address(held, "run-again"), headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "has no live version to run" in answer.content.decode()


def test_run_again_warns_that_it_may_create_again(recipe):
    assert "may be created again" in page_of(make.make_run(recipe=recipe))


def test_cancel_ends_a_waiting_run_and_is_not_offered_for_an_ended_one(recipe):
    waiting = make.make_run(
        recipe=recipe, status=RunStatus.WAITING, wake_at=timezone.now(), because="It waits.", stopped_at="sclien"
    )

    client_of(waiting).post(address(waiting, "run-cancel"))

    waiting.refresh_from_db()
    assert waiting.status == RunStatus.CANCELLED
    assert address(waiting, "run-cancel") not in page_of(waiting)


@pytest.mark.parametrize("name", ["run-retry", "run-again", "run-cancel"])
def test_actions_want_a_post(held, name):
    assert client_of(held).get(address(held, name)).status_code == 405
