"""Mail that Recette writes by itself: a recipe was paused, and its owner is to know; or somebody is asked to decide."""

import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_scopes import scopes_disabled

from builder.models import Approval, Capability, Membership, Recipe, Role, RunStatus
from builder.models.folder import sight_of

log = logging.getLogger(__name__)


def due() -> list[int]:
    return list(Recipe.objects.filter(mail_due=True).values_list("pk", flat=True)[:20])


def tell(recipe_id: int) -> bool:
    """Whether a mail was handed over. By one process; when the mail server fails, it is due again."""
    with scopes_disabled():
        if not Recipe.objects.filter(pk=recipe_id, mail_due=True).update(mail_due=False):
            return False
        recipe = Recipe.objects.select_related("workspace", "created_by").get(pk=recipe_id)
        try:
            return _send(recipe)
        except OSError as problem:
            Recipe.objects.filter(pk=recipe_id).update(mail_due=True)
            log.warning("a mail did not leave: %s", problem, extra={"action": "mail_failed"})
            return False


def questions() -> list[int]:
    """Those that nobody was told of yet."""
    return list(Approval.objects.filter(mail_due=True).order_by("pk").values_list("pk", flat=True)[:20])


def ask(question_id: int) -> bool:
    """The same for a question: to those of the people asked who are in the workspace, else to its owners."""
    with scopes_disabled():
        if not Approval.objects.filter(pk=question_id, mail_due=True).update(mail_due=False):
            return False
        question = Approval.objects.select_related("run__recipe__workspace", "run__recipe__created_by").get(
            pk=question_id
        )
        if question.decision or question.run.status not in RunStatus.open():
            return False
        try:
            return _question(question)
        except OSError as problem:
            Approval.objects.filter(pk=question_id).update(mail_due=True)
            log.warning("a mail did not leave: %s", problem, extra={"action": "mail_failed"})
            return False


def _question(question: Approval) -> bool:
    run, recipe = question.run, question.run.recipe
    to = asked(question) or readers(recipe)
    with override(recipe.workspace.language):
        subject = _("Please decide: %(what)s") % {"what": run.title or recipe.name}
        until = formats.date_format(question.until.astimezone(ZoneInfo(recipe.workspace.zone)), "j M Y, H:i")
        told = {"recipe": recipe.name, "workspace": recipe.workspace.name, "until": until}
        parts = (
            question.message,
            _("A run of the recipe “%(recipe)s” in “%(workspace)s” waits for your answer until %(until)s.") % told,
            _("Approve or decline here; whoever of those asked is first decides:"),
            link("web:approval", recipe.workspace.slug, question.public_id),
        )
        body = "\n\n".join(filter(None, parts)) + "\n"
        message = EmailMessage(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, to)
    return bool(to and message.send())


def asked(question: Approval) -> list[str]:
    """Of the people asked, those who are in the workspace and may see the run."""
    members = Membership.objects.filter(workspace=question.workspace_id, user__is_active=True).select_related("user")
    named = [m for m in members if m.user.email.lower() in question.people]
    return sorted({m.user.email for m in named if sees(m, question.run.recipe)})


def sees(member: Membership, recipe: Recipe | None) -> bool:
    """Whether they may read of it: not in a folder that is closed to them."""
    if recipe is None or recipe.folder_id is None:
        return True
    return Capability.VIEW in sight_of(member).may(recipe.folder_id)


def link(name: str, *args: str) -> str:
    return (settings.PUBLIC_URL or settings.LOCAL_URL) + reverse(name, args=args)


def _send(recipe: Recipe) -> bool:
    to = readers(recipe)
    with override(recipe.workspace.language):
        subject = _("Paused: %(recipe)s") % {"recipe": recipe.name}
        message = EmailMessage(" ".join(subject.split()), _body(recipe), settings.DEFAULT_FROM_EMAIL, to)
    return bool(to and message.send())


def _body(recipe: Recipe) -> str:
    parts = (
        _("Recette has paused the recipe “%(recipe)s” in “%(workspace)s”.")
        % {"recipe": recipe.name, "workspace": recipe.workspace.name},
        recipe.paused_because,
        _("Nothing is lost: what happens meanwhile is kept. When you resume it, it can all be run, or be left."),
        link("web:recipe", recipe.workspace.slug, recipe.public_id),
    )
    return "\n\n".join(parts) + "\n"


def readers(recipe: Recipe) -> list[str]:
    """Who made it, as far as they are still there; and the workspace's owners."""
    members = Membership.objects.filter(workspace=recipe.workspace, user__is_active=True).select_related("user")
    wanted = [m for m in members if m.role == Role.OWNER or m.user_id == recipe.created_by_id]
    return sorted({m.user.email for m in wanted if sees(m, recipe)})
