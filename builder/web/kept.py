"""What a page says where something was let go because it was old."""

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions.errors import NotFound
from builder.models import Event, Fate, Run, StepRun, Workspace


def no_more(workspace: Workspace, what: str) -> NotFound:
    """For the address of a run or an event that isn't there: nobody knows any more whether it ever was."""
    days = {"days": workspace.keeping.days}
    if what == "run":
        return NotFound(_("This run is not here. Runs that are over are kept for %(days)s days.") % days)
    return NotFound(_("This event is not here. Events are kept for %(days)s days.") % days)


def exchanges_went(workspace: Workspace, run: Run, row: StepRun | None) -> str:
    """Where a step of an old run has no exchanges; empty while it may simply have made none."""
    days = workspace.keeping.exchanges_days
    if row is None or not row.operation or not run.finished_at or (timezone.now() - row.started_at).days < days:
        return ""
    return _("What was sent and what came back is gone: requests and answers are kept for %(days)s days.") % {
        "days": days
    }


def runs_went(workspace: Workspace, event: Event) -> str:
    if event.fate != Fate.RAN:
        return _("None.")
    keeping = workspace.keeping
    return _("They are gone: runs that are over are kept for %(days)s days, the newest %(runs)s of them.") % {
        "days": keeping.days,
        "runs": f"{keeping.runs:,}",
    }
