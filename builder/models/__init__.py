from builder.models.bucket import Bucket
from builder.models.connection import Connection, Health
from builder.models.event import (
    Event,
    EventKey,
    Fate,
    Hook,
    Snapshot,
    Source,
    StrayCount,
    StrayDelivery,
    Subscription,
)
from builder.models.link import RecordLink
from builder.models.recipe import DraftEdit, Folder, Recipe, RecipeState, StepTest, Version
from builder.models.run import Drain, Exchange, HourCount, Run, RunStatus, StepRun, StepStatus
from builder.models.user import Theme, User
from builder.models.workspace import (
    ApiToken,
    AuditEvent,
    Capability,
    Invitation,
    Membership,
    Role,
    Workspace,
)

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Bucket",
    "Capability",
    "Connection",
    "DraftEdit",
    "Drain",
    "Event",
    "EventKey",
    "Exchange",
    "Fate",
    "Folder",
    "Health",
    "Hook",
    "HourCount",
    "Invitation",
    "Membership",
    "Recipe",
    "RecipeState",
    "RecordLink",
    "Role",
    "Run",
    "RunStatus",
    "Snapshot",
    "Source",
    "StepRun",
    "StepStatus",
    "StepTest",
    "StrayCount",
    "StrayDelivery",
    "Subscription",
    "Theme",
    "User",
    "Version",
    "Workspace",
]
