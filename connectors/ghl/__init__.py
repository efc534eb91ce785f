"""HighLevel, also known as GoHighLevel and GHL."""

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
    conversations,
    derived,
    events,
    forms,
    heard,
    lists,
    locations,
    medias,
    objects,
    opportunities,
    polling,
    seen_appointments,
    seen_forms,
    seen_messages,
    seen_records,
    seen_tasks,
    sightings,
    social,
    triggers,
    uploads,
    users,
    workflows,
)
from connectors.ghl.answers import explain, limits
from connectors.ghl.choices import CHOICES
from connectors.spec import Budget, Connector, Watched

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
    *heard.WATCHED.values(),
    seen_records.WATCHED,
    *lists.WATCHED.values(),
)

DECLARED = (
    *(contacts, businesses, opportunities, conversations, workflows, calendars, calendar_parts, appointments),
    *(locations, users, agency, associations, blogs, social, forms, objects, medias, uploads),
)

CONNECTOR = Connector(
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
    triggers=triggers.TRIGGERS,
    watched={watched.object: watched for watched in WATCHED},
    choices={**CHOICES, **blogs.CHOICES, **social.CHOICES, **objects.CHOICES, **medias.CHOICES},
    budget=Budget(requests=100, seconds=10, daily=200_000),
    explain=explain,
    counted=account.counted,
    limits=limits,
    verify=events.verify,
    event_of=events.event_of,
    delivery_of=events.delivery_of,
    refresh=account.refresh,
    tokens=account.tokens,
    sandbox="connectors.ghl.sandbox:app",
)
