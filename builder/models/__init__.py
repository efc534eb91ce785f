from builder.models.agency import Agency
from builder.models.alert import Alert, AlertKind, AlertLetter, AlertRoute, AlertWay
from builder.models.approval import Approval, Decision
from builder.models.awaited import Arrival, Awaited, Expectation
from builder.models.bucket import Bucket
from builder.models.connection import Connection, Health
from builder.models.digest import DigestEntry
from builder.models.event import (
    Event,
    EventKey,
    Fate,
    Hook,
    Kept,
    Snapshot,
    Source,
    StrayCount,
    StrayDelivery,
    Subscription,
)
from builder.models.guard import GuardedWrite
from builder.models.link import OwnWrite, RecordLink
from builder.models.recipe import Brake, DraftEdit, Folder, Preview, Recipe, RecipeState, StepTest, Version
from builder.models.run import (
    ENGINE,
    Drain,
    Exchange,
    HourCount,
    HourSum,
    Presence,
    Run,
    RunStatus,
    StepRun,
    StepStatus,
    Tally,
)
from builder.models.template import Brought, TeamTemplate, TemplateLink, TemplateUse
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
    "ENGINE",
    "Agency",
    "Alert",
    "AlertKind",
    "AlertLetter",
    "AlertRoute",
    "AlertWay",
    "ApiToken",
    "Approval",
    "Arrival",
    "AuditEvent",
    "Awaited",
    "Brake",
    "Brought",
    "Bucket",
    "Capability",
    "Connection",
    "Decision",
    "DigestEntry",
    "DraftEdit",
    "Drain",
    "Event",
    "EventKey",
    "Exchange",
    "Expectation",
    "Fate",
    "Folder",
    "GuardedWrite",
    "Health",
    "Hook",
    "HourCount",
    "HourSum",
    "Invitation",
    "Kept",
    "Membership",
    "OwnWrite",
    "Presence",
    "Preview",
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
    "Tally",
    "TeamTemplate",
    "TemplateLink",
    "TemplateUse",
    "Theme",
    "User",
    "Version",
    "Workspace",
]
