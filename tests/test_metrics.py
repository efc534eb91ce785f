"""What Prometheus gets, who gets it, and that it is true."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client

from builder.models import Fate, RunStatus, StepStatus, Tally
from builder.runner import counts, figures, intake_times
from builder.runner.clock import now
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
LINE = re.compile(r"^(recette_[a-z0-9_]+)(?:\{(.*)\})? (\S+)$")


def asked(**more: str) -> dict[str, float]:
    answer = Client().get("/metrics", **more)
    assert answer.status_code == 200, answer.content
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    found = [LINE.match(line) for line in lines]
    assert all(found), lines
    return {match[1] + (f"{{{match[2]}}}" if match[2] else ""): float(match[3]) for match in found if match}


def ago(seconds: float):
    return now() - timedelta(seconds=seconds)


def test_this_machine_may_ask_and_nobody_else():
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert Client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_with_a_token_only_who_has_it_may_ask(settings):
    settings.METRICS_TOKEN = "a token made for tests"

    def status(**headers: str) -> int:
        return Client().get("/metrics", REMOTE_ADDR="192.0.2.7", headers=headers).status_code

    assert status(Authorization="Bearer a token made for tests") == 200
    assert status(Authorization="Bearer another") == 403
    assert Client().get("/metrics").status_code == 403


def test_nobody_has_to_know_our_name_or_speak_https(settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["recipes.example.com"], True

    statuses = [Client().get(path, SERVER_NAME="10.0.0.7").status_code for path in ("/healthz", "/readyz", "/metrics")]

    assert statuses == [200, 200, 200]


def test_no_name_of_a_workspace_is_in_it():
    run = make.make_run(status=RunStatus.HELD)

    text = Client().get("/metrics").content.decode()

    for word in (run.public_id, run.workspace.slug, run.workspace.name, run.recipe.name, run.title):
        assert word not in text


def test_runs_that_are_not_over_are_told_by_status():
    for status in (RunStatus.QUEUED, RunStatus.WAITING, RunStatus.WAITING):
        make.make_run(status=status, wake_at=ago(-60))
    make.make_run(status=RunStatus.HELD)
    make.make_run()

    found = asked()

    told = {status: found[f'recette_runs{{status="{status}"}}'] for status in ("queued", "running", "waiting", "held")}
    assert told == {"queued": 1, "running": 0, "waiting": 2, "held": 1}


def test_events_that_nobody_reads_are_lost():
    for seconds, read in ((90, None), (30, None), (90, now())):
        make.make_event(fate=Fate.WAITING, received_at=ago(seconds), read_at=read)

    assert asked()["recette_runs_lost"] == 1


def test_runs_whose_lease_ran_out_or_that_are_long_due_are_stuck():
    for status, seconds in (
        (RunStatus.RUNNING, 90), (RunStatus.RUNNING, 30), (RunStatus.QUEUED, 90), (RunStatus.QUEUED, 700),
    ):  # fmt: skip
        make.make_run(status=status, wake_at=ago(seconds))

    assert asked()["recette_runs_stuck"] == 2


def test_a_run_that_waits_for_an_earlier_one_of_its_record_is_not_stuck():
    make.make_run(status=RunStatus.WAITING, wake_at=ago(-3600), lane="deal 7")
    make.make_run(status=RunStatus.QUEUED, wake_at=ago(3600), lane="deal 7")

    found = asked()

    assert (found["recette_runs_stuck"], found["recette_queue_age_p95_seconds"]) == (0, 0)


def test_effects_are_unknown_until_somebody_knows_or_gives_up():
    for status, step in (
        (RunStatus.WAITING, StepStatus.UNKNOWN), (RunStatus.HELD, StepStatus.HELD),
        (RunStatus.CANCELLED, StepStatus.HELD), (RunStatus.HELD, StepStatus.FAILED),
    ):  # fmt: skip
        make.make_step_run(run=make.make_run(status=status), status=step)

    assert asked()["recette_effects_unknown"] == 2


def test_age_of_the_queue_is_that_of_its_oldest_twentieth():
    event, recipe = make.make_event(), make.make_recipe(live=True)
    for number in range(40):
        make.make_run(recipe=recipe, event=event, replay=number, status=RunStatus.QUEUED, wake_at=ago(number * 10))

    assert asked()["recette_queue_age_p95_seconds"] == pytest.approx(370, abs=5)


def test_what_was_counted_is_told_as_counters():
    counts.note(runs=5, done=3, failed=1, lease_takeovers=2, reconciles_found=4, dedupe_hits=7, doorbell_missed=1)

    found = asked()

    assert found["recette_runs_begun_total"] == 5
    assert found['recette_runs_ended_total{outcome="done"}'] == 3
    assert found['recette_reconciles_total{outcome="found"}'] == 4
    assert found['recette_reconciles_total{outcome="ambiguous"}'] == 0
    assert (found["recette_lease_takeovers_total"], found["recette_dedupe_hits_total"]) == (2, 7)


def test_intake_is_a_histogram_with_its_ninety_fifth_percentile():
    times = intake_times.Times()
    for seconds in [0.004] * 90 + [0.2] * 10:
        times.took(seconds)

    told = times.tell()
    times.forget(told)
    found = asked()

    assert times.unsaid == {}
    assert found['recette_intake_seconds_bucket{le="0.005"}'] == 90
    assert found['recette_intake_seconds_bucket{le="+Inf"}'] == found["recette_intake_seconds_count"] == 100
    assert found["recette_intake_seconds_sum"] == pytest.approx(90 * 0.004 + 10 * 0.2)
    assert found["recette_intake_p95_seconds"] == 0.25


def test_figures_are_asked_of_indexes(django_assert_max_num_queries):
    """As many questions with much as with little."""
    for number in range(40):
        Tally.objects.create(name=f"n{number}", hour=now(), share=number % 16, number=1)

    with django_assert_max_num_queries(16):
        began = time.monotonic()
        list(figures.all())
    assert time.monotonic() - began < 2
