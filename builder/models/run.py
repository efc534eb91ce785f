from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText, PackedJson, PackedText, PublicId, is_one_of
from builder.models.connection import Connection
from builder.models.event import Event
from builder.models.recipe import Recipe, Version
from builder.models.workspace import Workspace

ENGINE = 2
"""How a run's place and steps are to be read. A worker leaves runs of a newer one alone: it will soon be replaced. 2:
with paths, loops, waits, approvals and calls."""


def newest_engine() -> int:
    return ENGINE


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    HELD = "held", _("On hold")
    DONE = "done", _("Done")
    FILTERED = "filtered", _("Filtered out")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open(cls) -> tuple[str, ...]:
        return cls.QUEUED, cls.RUNNING, cls.WAITING

    @classmethod
    def ended(cls) -> tuple[str, ...]:
        return cls.DONE, cls.FILTERED, cls.FAILED, cls.CANCELLED


STOPPED = (RunStatus.FAILED.value, RunStatus.HELD.value)
"""Somebody has to do something about them."""
SELDOM = (RunStatus.CANCELLED.value, RunStatus.FILTERED.value, RunStatus.WAITING.value)


class Run(models.Model):
    """One payload's way through one version. Resuming, retrying and waiting are all a row that becomes due."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="runs")
    version = models.ForeignKey(Version, models.PROTECT)
    event = models.ForeignKey(Event, models.CASCADE, related_name="runs")
    replay = models.PositiveIntegerField(default=0)
    backfill = models.BooleanField(default=False, db_default=False)
    """One of many that make up for the past: whatever happens now goes first."""
    parent = models.ForeignKey("StepRun", models.CASCADE, null=True, related_name="children")
    parent_item = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    place = JsonText(default=list, null=True)
    """Where it stands, or failed: [] before the trigger was read, [2] the third step, None past the end."""
    wake_at = models.DateTimeField(null=True)
    """When it is due; while somebody holds the lease, when that ends; None when nothing more is to come by itself."""
    lease_until = models.DateTimeField(null=True)
    token = models.PositiveBigIntegerField(default=0)
    """Raised by every claim: only the holder of the newest may write."""
    claims = models.PositiveIntegerField(default=0)
    """Claims since a step last finished: a run that kills its workers stops at ten."""
    because = models.TextField(blank=True)
    """The sentence for a person: why it waits, is on hold, was filtered or failed."""
    stopped_at = models.CharField(max_length=10, blank=True)
    """Id of the step that sentence is about."""
    title = models.CharField(max_length=200, blank=True)
    """What it was about: the deal's or contact's name."""
    chain = JsonText(default=list)
    """Names of the recipes whose changes led to its event, the first one first."""
    engine = models.PositiveSmallIntegerField(default=newest_engine)
    past_guards = JsonText(null=True)
    """Names of the guards of its recipe that had stopped it, and that a person let it past; None: of none."""
    fixes = JsonText(null=True)
    """Values that a person gave a step for this run alone, by step and round: `{"sclien": {"email": "…"}}`; inside a
    loop `sclien.0`."""
    lane = models.CharField(max_length=120, blank=True)
    """Recipe and record it is about: of a lane's open runs the oldest goes first, the others wait for it. Empty: none
    waits."""
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipe", "replay"], condition=Q(parent=None), name="one_run_each"
            ),
            models.UniqueConstraint(fields=["parent", "parent_item"], name="one_run_per_item"),
        ]
        indexes = [
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="run_due"),
            models.Index(fields=["lane", "id"], condition=Q(wake_at__isnull=False), name="run_lane"),
            models.Index(fields=["recipe", "wake_at"], condition=Q(wake_at__isnull=False), name="run_due_of_recipe"),
            # That of the foreign key itself holds the many that nothing called, and SQLite takes it for useless.
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="run_called"),
            models.Index(fields=["workspace", "-id"], name="run_newest"),
            models.Index(fields=["recipe", "-id"], name="run_of_recipe"),
            models.Index(fields=["workspace", "status"], condition=Q(status="held"), name="run_held"),
            models.Index(fields=["workspace", "-id"], condition=Q(status__in=STOPPED), name="run_in_trouble"),
            models.Index(fields=["workspace", "-id"], condition=Q(status__in=SELDOM), name="run_seldom"),
        ]

    @staticmethod
    def has_status(*statuses: str) -> Q:
        """A filter that finds them at once among a million others, but for those that most runs have."""
        for few in (STOPPED, SELDOM):
            if set(statuses) <= set(few):
                return Q(is_one_of("status", few)) & Q(status__in=statuses)
        found = Q(status__in=statuses)
        if set(statuses) <= {RunStatus.QUEUED, RunStatus.RUNNING}:
            found &= Q(pk__in=Run._base_manager.filter(wake_at__isnull=False).values("pk"))
        return found


class StepStatus(models.TextChoices):
    STARTED = "started", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Outcome unknown")
    HELD = "held", _("On hold")
    WAITING = "waiting", _("Waiting")
    SKIPPED = "skipped", _("Skipped")
    FILTERED = "filtered", _("Filtered out")


class StepRun(models.Model):
    """One attempt at one step. `started` is committed before anything leaves; `done` is never done again."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    step_id = models.CharField(max_length=10)
    iteration = models.CharField(max_length=40, blank=True)
    """Item numbers of the loops around it: `3.0`."""
    attempt = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10)
    operation = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=StepStatus.choices)
    marker = models.CharField(max_length=24, blank=True)
    input = PackedJson(null=True)
    sealed = models.TextField(blank=True, default="")
    """The input as it was sent, where secrets are hidden in it."""
    output = PackedJson(null=True)
    error = JsonText(null=True)
    """`{"code", "message", "field"}`"""
    note = models.TextField(blank=True)
    """What a person should know of how it went: found by e-mail, adopted after a cut, several found."""
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager(seen("run__recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "step_id", "iteration", "attempt"], name="one_step_run_each")
        ]
        indexes = [models.Index(fields=["run"], condition=Q(status__in=("unknown", "held")), name="step_unknown")]


class Exchange(models.Model):
    """An HTTP request and what came back, redacted before it was stored."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    step_run = models.ForeignKey(StepRun, models.CASCADE, related_name="exchanges")
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True)
    position = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12, default="call")
    """`call`, `look` (was it done already?) or `read`."""
    method = models.CharField(max_length=8)
    url = models.TextField()
    request_headers = JsonText(default=dict)
    request_body = PackedText(blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    response_headers = JsonText(default=dict)
    response_body = PackedText(blank=True)
    trouble = models.TextField(blank=True)
    """Why there is no answer."""
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)

    objects = ScopedManager(seen("step_run__run__recipe__folder"), workspace="workspace")


class OneHour(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    hour = models.DateTimeField()
    runs = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    filtered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    writes = models.PositiveIntegerField(default=0, db_default=0)
    """Steps that changed something at a service, sent a message or made a request that changes."""

    objects = ScopedManager(workspace="workspace")

    class Meta:
        abstract = True


class HourCount(OneHour):
    """What a recipe did in one hour, counted as it happened."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="hours")

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "hour"], name="one_count_per_hour")]
        indexes = [
            models.Index(fields=["hour"], name="count_by_hour"),
            models.Index(fields=["workspace", "hour"], name="count_of_workspace"),
            models.Index(
                fields=["workspace", "hour"], condition=Q(failed__gt=0) | Q(held__gt=0), name="count_in_trouble"
            ),
        ]


class HourSum(OneHour):
    """What all recipes of a workspace did in one hour, added up when it was over: pages of months and of ten thousand
    recipes read this. Up to the newest of any workspace every hour is there in which something happened."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "hour"], name="one_sum_per_hour")]
        indexes = [models.Index(fields=["hour"], name="sum_by_hour")]


class HourMoney(models.Model):
    """The money that a workspace's recipes moved in one hour, counted as it happened."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    hour = models.DateTimeField()
    flow = models.CharField(max_length=10)
    """`connectors.spec.Flow`"""
    currency = models.CharField(max_length=3)
    parts = models.BigIntegerField(default=0)
    """Ten-thousandths."""
    documents = models.PositiveIntegerField(default=0)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "hour", "flow", "currency"], name="one_money_per_hour")
        ]


class HourCalls(models.Model):
    """How often a recipe asked over a connection in one hour, counted as it happened."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "connection", "hour"], name="one_calls_per_hour")]
        indexes = [models.Index(fields=["workspace", "hour"], name="calls_of_workspace")]


class Tally(models.Model):
    """What the whole installation did in one hour, counted as it happened; the names are those of `runner.counts`.

    Each process adds to a row of its own share, so that no two of them wait for each other; hours that are long over
    are added up in one row."""

    name = models.CharField(max_length=40)
    hour = models.DateTimeField()
    share = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "hour", "share"], name="one_tally_each")]


class Presence(models.Model):
    """When somebody was last heard who looks after this: the scheduler, or a queue. Read by `manage.py doctor`."""

    name = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=60)
    at = models.DateTimeField()


class Drain(models.Model):
    """Which drains are awake: the doorbell is not rung while one has room."""

    holder = models.CharField(max_length=40, unique=True)
    alive_until = models.DateTimeField()
    full = models.BooleanField(default=False)
