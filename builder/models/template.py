"""Recipe templates of a team's own, links that share them, and what a recipe was made of."""

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText, PackedJson, PublicId
from builder.models.recipe import DraftEdit, Recipe
from builder.models.user import User
from builder.models.workspace import Workspace


class TeamTemplate(models.Model):
    """A template that a team made of a recipe of its own, or brought from a file or a link."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="team_templates")
    slug = models.CharField(max_length=60)
    """Its key in files: brought again, it is known by it."""
    number = models.PositiveIntegerField(default=1)
    """Of its version: grows when another recipe is put in its place."""
    data = PackedJson()
    """As a template's file holds it; without connections, secrets and samples."""
    recipe = models.ForeignKey(Recipe, models.SET_NULL, null=True, related_name="+")
    """It was made of."""
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    retired_at = models.DateTimeField(null=True)
    """Since then nobody begins with it; recipes made of it go on."""

    objects = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="one_team_template_per_slug")]

    def __str__(self) -> str:
        return str(self.data["title"])


class TemplateLink(models.Model):
    """A link by which another workspace of this installation takes a copy. Only its hash is kept."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.ForeignKey(TeamTemplate, models.CASCADE, related_name="links")
    key_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    """Of the link, to recognise it by."""
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)
    """How many workspaces took a copy."""

    objects = ScopedManager(workspace="workspace")


class TemplateUse(models.Model):
    """What a recipe's draft was made of: when it was begun, and each time a newer version was taken over."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="template_uses")
    key = models.CharField(max_length=60)
    version = models.CharField(max_length=12)
    """`Template.version`"""
    answers = JsonText(default=dict)
    tree = PackedJson()
    """The draft as the template alone makes it: what differs from it is the team's own."""
    edit = models.ForeignKey(DraftEdit, models.CASCADE, null=True)
    """The edit that took it over; while that is undone, this is not in force. None: the recipe began with it."""
    silenced = models.CharField(max_length=12, blank=True)
    """The newer version that nobody wants to hear of."""
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipe"], condition=Q(edit=None), name="one_beginning_per_recipe")
        ]


class Brought(models.Model):
    """Files that somebody brings, between the look at them and the yes. Older than a day they go with the next ones."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    by = models.ForeignKey(User, models.CASCADE, null=True)
    name = models.CharField(max_length=120)
    files = PackedJson()
    """Text by path."""
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(workspace="workspace")
