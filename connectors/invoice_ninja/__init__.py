"""Invoice Ninja 5, hosted or your own."""

from collections.abc import Mapping

from connectors import lookups
from connectors.invoice_ninja import (
    access,
    attachments,
    banking,
    client_states,
    clients,
    company_settings,
    costs,
    credits,
    due,
    events,
    files,
    gateways,
    insight,
    logs,
    previews,
    products,
    purchase_orders,
    recurring,
    reports,
    schedules,
    selling,
    setup,
    statics,
    taxes,
    uploads,
    users,
)
from connectors.invoice_ninja.account import TOKEN, account, budget, counted
from connectors.invoice_ninja.answers import explain, limits
from connectors.invoice_ninja.company import test
from connectors.invoice_ninja.foreseen import foresees
from connectors.invoice_ninja.hooks import event_of, subscribe, unsubscribe, verify
from connectors.invoice_ninja.invoices import INVOICES
from connectors.invoice_ninja.money import MOVES
from connectors.invoice_ninja.named import named
from connectors.invoice_ninja.payments import PAYMENTS
from connectors.invoice_ninja.quotes import QUOTES
from connectors.invoice_ninja.triggers import TRIGGERS
from connectors.spec import Budget, Connector, Operation


def _operations() -> Mapping[str, Operation]:
    return CONNECTOR.operations


LOOKUP, LOOKED_UP, LOOKUPS = lookups.parts("invoice_ninja", _operations)

CONNECTOR: Connector = Connector(
    key="invoice_ninja",
    label="Invoice Ninja",
    words=("invoiceninja", "billing", "invoicing", "accounting"),
    methods=(TOKEN,),
    account=account,
    test=test,
    operations={
        **clients.CLIENTS,
        **client_states.OPERATIONS,
        **INVOICES,
        **QUOTES,
        **PAYMENTS,
        **products.PRODUCTS,
        **taxes.TAXES,
        **users.USERS,
        **recurring.OPERATIONS,
        **credits.OPERATIONS,
        **purchase_orders.OPERATIONS,
        **costs.OPERATIONS,
        **setup.OPERATIONS,
        **selling.OPERATIONS,
        **banking.OPERATIONS,
        **gateways.OPERATIONS,
        **schedules.OPERATIONS,
        **access.OPERATIONS,
        **files.OPERATIONS,
        **uploads.OPERATIONS,
        **attachments.OPERATIONS,
        **insight.OPERATIONS,
        **logs.OPERATIONS,
        **previews.OPERATIONS,
        **company_settings.OPERATIONS,
        **reports.OPERATIONS,
    },
    triggers={**TRIGGERS, LOOKUP.key: LOOKUP},
    watched={**events.WATCHED, **due.WATCHED, LOOKED_UP.object: LOOKED_UP},
    choices={
        LOOKUPS.key: LOOKUPS,
        **clients.CHOICES,
        **products.CHOICES,
        **taxes.CHOICES,
        **users.CHOICES,
        **statics.CHOICES,
        **costs.CHOICES,
        **selling.CHOICES,
        **banking.CHOICES,
        **gateways.CHOICES,
    },
    budget=Budget(requests=500, seconds=60),
    budget_of=budget,
    explain=explain,
    counted=counted,
    limits=limits,
    verify=verify,
    event_of=event_of,
    subscribe=subscribe,
    unsubscribe=unsubscribe,
    named=named,
    foresees=foresees,
    moves=MOVES,
    sandbox="connectors.invoice_ninja.sandbox:app",
)
