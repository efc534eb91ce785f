"""Invoice Ninja 5, hosted or your own."""

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
from connectors.invoice_ninja.hooks import event_of, subscribe, unsubscribe, verify
from connectors.invoice_ninja.invoices import INVOICES
from connectors.invoice_ninja.named import named
from connectors.invoice_ninja.payments import PAYMENTS
from connectors.invoice_ninja.quotes import QUOTES
from connectors.invoice_ninja.triggers import TRIGGERS
from connectors.spec import Budget, Connector

CONNECTOR = Connector(
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
        **previews.OPERATIONS,
        **company_settings.OPERATIONS,
        **reports.OPERATIONS,
    },
    triggers=TRIGGERS,
    watched={**events.WATCHED, **due.WATCHED},
    choices={
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
    sandbox="connectors.invoice_ninja.sandbox:app",
)
