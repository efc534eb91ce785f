"""Questions that runs rest on, and who answers them."""

from django.utils.translation import gettext as _

from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.errors import Forbidden, Gone, Invalid
from builder.models import Approval, Capability, RunStatus
from builder.runner import approvals

LONGEST = 2000


@action(Capability.VIEW)
def decide(by: Actor, question: Approval, approve: bool, note: str = "") -> Approval:
    """The question as it stands afterwards: who was quicker counts, and a second answer changes nothing. Raises
    Forbidden for who was not asked, Gone when the run is over."""
    if not may(by, question) or by.user is None:
        message = _("Only %(people)s can decide this, or an owner or admin of “%(workspace)s”.")
        raise Forbidden(message % {"people": ", ".join(question.people), "workspace": by.workspace})
    if len(note) > LONGEST:
        raise Invalid(_("This is longer than %(limit)d characters. Shorten it.") % {"limit": LONGEST}, "note")
    if question.decision:
        return question
    if question.run.status not in RunStatus.open():
        raise Gone(_("The run is over, so there is nothing to decide any more."))
    if approvals.decide(question, by.user, approve, note.strip()):
        run = question.run
        audit.write(by, "run.decided", run, run.title or run.recipe.name, decision=question.decision)
    return question


def may(by: Actor, question: Approval) -> bool:
    """Who is named; an owner or admin besides. Nobody decides by a token."""
    if by.user is None or by.token is not None:
        return False
    return by.user.email.lower() in question.people or by.may(Capability.MEMBERS)
