from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText, PublicId
from builder.models.connection import Connection
from builder.models.user import User
from builder.models.workspace import Workspace


class Folder(models.Model):
    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=80)
    closed = models.BooleanField(default=False, db_default=False)
    """Only those come in whom its `access` names, and owners and admins."""

    objects = ScopedManager(seen("pk"), workspace="workspace")
    every: "models.Manager[Folder]" = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="one_folder_per_name")]


class RecipeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")


class Brake(models.TextChoices):
    """Why Recette paused a recipe by itself."""

    ERRORS = "errors", _("Nearly every run failed")
    LOOP = "loop", _("It seemed to go round in a loop")
    FLOOD = "flood", _("Far more events came than usual")


class Recipe(models.Model):
    """A draft that people edit and a pointer to the version that runs."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="recipes")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True)
    name = models.CharField(max_length=120)
    draft = JsonText()
    draft_rev = models.PositiveIntegerField(default=0)
    draft_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=RecipeState.choices, default=RecipeState.DRAFT)
    paused_because = models.TextField(blank=True)
    paused_by = models.CharField(max_length=8, choices=Brake.choices, blank=True)
    """The brake that paused it; empty: a person, or a connection that went."""
    paused_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    """What came before is no reason to pause it again."""
    never_pause = models.BooleanField(default=False)
    """Recette doesn't pause it by itself, whatever happens."""
    guards = JsonText(null=True)
    """Limits past which its runs wait for a person, by the names in `builder.runner.guards`; None: there are none."""
    mail_due = models.BooleanField(default=False)
    """The owner is still to be told that it was paused."""
    live = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    live_trigger = models.CharField(max_length=80, blank=True)
    live_connection = models.ForeignKey(Connection, models.PROTECT, null=True, related_name="+")
    template = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ScopedManager(seen("folder"), workspace="workspace")

    class Meta:
        indexes = [
            models.Index(fields=["live_connection", "state"], name="recipe_listening"),
            models.Index(fields=["id"], condition=models.Q(mail_due=True), name="recipe_mail_due"),
            models.Index(fields=["id"], condition=models.Q(guards__isnull=False), name="recipe_guarded"),
        ]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """A published tree. Never changed: runs point into it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    tree = JsonText()
    note = models.CharField(max_length=200, blank=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True)
    published_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "number"], name="one_version_per_number")]


class DraftEdit(models.Model):
    """One edit of a draft: what it touched, and how to take it back."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="edits")
    rev = models.PositiveIntegerField()
    """The draft's revision after this edit."""
    key = models.CharField(max_length=40)
    """The browser's own id of the edit: sent twice, done once."""
    op = models.CharField(max_length=20)
    args = JsonText(default=dict)
    touched = JsonText(default=list)
    """`step.field` for each value, `step` for a structural change."""
    before = JsonText(null=True)
    after = JsonText(null=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    undone = models.BooleanField(default=False)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipe", "key"], name="one_edit_per_key"),
            models.UniqueConstraint(fields=["recipe", "rev"], name="one_edit_per_rev"),
        ]


class StepTest(models.Model):
    """The newest test of a draft's step: what later steps' pills show as samples."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="tests")
    step_id = models.CharField(max_length=10)
    operation = models.CharField(max_length=80)
    basis = models.CharField(max_length=24, blank=True, db_default="")
    """Of its operation, account and inputs, as they were; empty: nobody wrote it down."""
    at = models.DateTimeField(auto_now=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True)
    passed = models.BooleanField()
    input = JsonText(default=dict)
    output = JsonText(null=True)
    error = JsonText(null=True)
    exchanges = JsonText(default=list)
    took_ms = models.PositiveIntegerField(default=0)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "step_id"], name="one_test_per_step")]


class Preview(models.Model):
    """How a draft went on one record when nothing was changed: the newest of each recipe."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.OneToOneField(Recipe, models.CASCADE, related_name="preview")
    rev = models.PositiveIntegerField()
    """The draft's revision that was gone through."""
    sample = models.CharField(max_length=200)
    """What the record is known by."""
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True)
    status = models.CharField(max_length=10, blank=True)
    """As a run's; empty where it was cut."""
    because = models.TextField(blank=True)
    stopped_at = models.CharField(max_length=10, blank=True)
    taken = JsonText(default=list)
    """`builder.runner.preview.Taken` of each step, as plain JSON."""
    took_ms = models.PositiveIntegerField(default=0)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")
