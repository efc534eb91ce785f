"""What recipes were good for: the work they took off people, and the money they moved, day by day."""

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from builder.actions import overview
from builder.actions.actor import Actor
from builder.models import Capability, HourMoney
from builder.runner.guards import PARTS
from connectors.spec import Flow

WORDS = {
    Flow.INVOICED: _("Invoiced"),
    Flow.RECEIVED: _("Received"),
    Flow.QUOTED: _("Quoted"),
    Flow.SPENT: _("Spent"),
    Flow.CREDITED: _("Credited"),
    Flow.REFUNDED: _("Refunded"),
}


@dataclass(slots=True)
class Flowing:
    """Money of one kind and currency. Currencies are never added up."""

    flow: Flow
    currency: str
    by_day: dict[date, Decimal] = field(default_factory=dict)
    """Of the workspace's own calendar; days on which nothing moved are left out."""
    documents: int = 0

    @property
    def key(self) -> str:
        """For addresses: `invoiced-USD`."""
        return f"{self.flow}-{self.currency}"

    @property
    def total(self) -> Decimal:
        return sum(self.by_day.values(), Decimal(0))


def money(by: Actor, number: int) -> list[Flowing]:
    """Of the last `number` days, today included: invoiced first, of one kind the largest sum first."""
    by.require(Capability.MEMBERS)
    found: dict[tuple[str, str], Flowing] = {}
    sums: Counter[tuple[str, str, date]] = Counter()
    rows = HourMoney.objects.filter(hour__gte=overview.since(number), flow__in=[flow.value for flow in Flow])
    day_of = functools.cache(lambda hour: timezone.localtime(hour).date())
    for hour, flow, currency, parts, documents in rows.values_list("hour", "flow", "currency", "parts", "documents"):
        sums[flow, currency, day_of(hour)] += parts
        found.setdefault((flow, currency), Flowing(Flow(flow), currency)).documents += documents
    for (flow, currency, day), parts in sums.items():
        found[flow, currency].by_day[day] = Decimal(parts) / PARTS
    order = list(WORDS)
    return sorted(found.values(), key=lambda one: (order.index(one.flow), -one.total, one.currency))


def minutes(by: Actor, days: Sequence[overview.Day]) -> int:
    """That people would have needed for all that was changed."""
    return sum(day.writes for day in days) * by.workspace.minutes_by_hand
