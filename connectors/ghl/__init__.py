"""HighLevel, also known as GoHighLevel and GHL."""

from collections.abc import Mapping

from connectors import lookups
from connectors.ghl import (
    account,
    agency,
    appointments,
    associations,
    blogs,
    businesses,
    calendar_parts,
    calendars,
    contacts,
    conversation_parts,
    conversations,
    custom_fields,
    derived,
    door,
    estimates,
    events,
    forms,
    heard,
    invoice_schedules,
    invoice_templates,
    invoices,
    lists,
    location_parts,
    locations,
    medias,
    money,
    objects,
    opportunities,
    own_fields,
    payment_providers,
    payments,
    polling,
    products,
    proposals,
    seen_appointments,
    seen_estimates,
    seen_forms,
    seen_invoices,
    seen_messages,
    seen_products,
    seen_records,
    seen_sales,
    seen_tasks,
    sightings,
    social,
    social_posts,
    store_front,
    triggers,
    uploads,
    users,
    workflows,
)
from connectors.ghl.answers import explain, limits
from connectors.ghl.choices import CHOICES
from connectors.spec import Budget, Connector, Operation, Watched

WATCHED = (
    Watched(
        "contact",
        "Contacts",
        events.CONTACT_EVENTS,
        events.read_contact,
        sightings.reread_contact,
        polling.poll(polling.CONTACTS, sweeps=True),
        "contacts.readonly",
        events.told_contact,
    ),
    Watched(
        "opportunity",
        "Opportunities",
        events.OPPORTUNITY_EVENTS,
        events.read_opportunity,
        sightings.reread_opportunity,
        polling.poll(polling.OPPORTUNITIES, sweeps=False),
        "opportunities.readonly",
        events.told_opportunity,
    ),
    seen_appointments.WATCHED,
    seen_tasks.WATCHED,
    seen_messages.WATCHED,
    *seen_forms.WATCHED,
    seen_invoices.WATCHED,
    *seen_sales.WATCHED,
    seen_estimates.WATCHED,
    *seen_products.WATCHED,
    *heard.WATCHED.values(),
    seen_records.WATCHED,
    *lists.WATCHED.values(),
)

DECLARED = (
    *(contacts, businesses, opportunities, conversations, workflows, calendars, calendar_parts, appointments),
    *(locations, users, agency, associations, blogs, social, forms, objects, custom_fields, medias, uploads),
    *(invoices, invoice_schedules, invoice_templates, estimates, payments, products),
    *(conversation_parts, proposals, social_posts, store_front, payment_providers, location_parts),
)


def _operations() -> Mapping[str, Operation]:
    return CONNECTOR.operations


LOOKUP, LOOKED_UP, LOOKUPS = lookups.parts("ghl", _operations)

CONNECTOR: Connector = Connector(
    key="ghl",
    label="HighLevel",
    words=("ghl", "gohighlevel", "go high level", "leadconnector", "crm"),
    methods=account.METHODS,
    account=account.account,
    test=account.test,
    operations={
        **{key: operation for module in DECLARED for key, operation in module.OPERATIONS.items()},
        **derived.operations(),
    },
    triggers={**triggers.TRIGGERS, LOOKUP.key: LOOKUP},
    watched={watched.object: watched for watched in (*WATCHED, LOOKED_UP)},
    choices={
        **CHOICES,
        **own_fields.CHOICES,
        **{key: one for module in DECLARED for key, one in getattr(module, "CHOICES", {}).items()},
        LOOKUPS.key: LOOKUPS,
    },
    unasked=agency.PERMISSIONS,
    budget=Budget(requests=100, seconds=10, daily=200_000),
    explain=explain,
    counted=account.counted,
    limits=limits,
    verify=events.verify,
    event_of=events.event_of,
    delivery_of=events.delivery_of,
    refresh=account.refresh,
    tokens=account.tokens,
    door=door.DOOR,
    moves=money.MOVES,
    sandbox="connectors.ghl.sandbox:app",
)
