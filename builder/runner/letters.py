"""Mail that Recette writes by itself: a recipe was paused, and its owner is to know."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_scopes import scopes_disabled

from builder.models import Membership, Recipe, Role

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


def _send(recipe: Recipe) -> bool:
    to = readers(recipe)
    with override(recipe.workspace.language):
        subject = _("Paused: %(recipe)s") % {"recipe": recipe.name}
        message = EmailMessage(" ".join(subject.split()), _body(recipe), settings.DEFAULT_FROM_EMAIL, to)
    return bool(to and message.send())


def _body(recipe: Recipe) -> str:
    path = reverse("web:recipe", args=[recipe.workspace.slug, recipe.public_id])
    parts = (
        _("Recette has paused the recipe “%(recipe)s” in “%(workspace)s”.")
        % {"recipe": recipe.name, "workspace": recipe.workspace.name},
        recipe.paused_because,
        _("Nothing is lost: what happens meanwhile is kept. When you resume it, it can all be run, or be left."),
        (settings.PUBLIC_URL or settings.LOCAL_URL) + path,
    )
    return "\n\n".join(parts) + "\n"


def readers(recipe: Recipe) -> list[str]:
    """Who made it, as far as they are still there; and the workspace's owners."""
    members = Membership.objects.filter(workspace=recipe.workspace, user__is_active=True).select_related("user")
    wanted = [m for m in members if m.role == Role.OWNER or m.user_id == recipe.created_by_id]
    return sorted({m.user.email for m in wanted})
