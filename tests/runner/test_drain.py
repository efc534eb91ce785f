import pytest

from builder.models import Event, Fate, RunStatus, StepRun, StepStatus
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_drain_carries_an_event_to_the_other_system_once(ninja: Sandbox) -> None:
    connection = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.create", connection, name="{{ trigger.company }}")
    recipe = make_hooked(step, workspace=connection.workspace)
    event = send(recipe, {"company": "Harbor Dental"})

    work()

    run = only_run(recipe)
    assert (run.status, run.because, run.place) == (RunStatus.DONE, "", None)
    assert Event.objects.get(pk=event.pk).fate == Fate.RAN
    step_run = StepRun.objects.get(run=run)
    assert step_run.status == StepStatus.DONE
    assert step_run.output["client"]["name"] == "Harbor Dental"
    assert len(ninja.effects("client")) == 1
