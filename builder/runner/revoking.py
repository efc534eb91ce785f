"""An app that is taken out at the service takes its connections with it: the service says so, and they are marked."""

from collections.abc import Iterable

from builder.models import Agency, Connection, Event, Health, Source
from connectors import catalogue
from connectors.doors import Door
from connectors.spec import Connector, Sighting

SENTENCE = (
    "The app was taken out of this account in {name}, so Recette has no access to it. Install the app there again, "
    "then sign in again here."
)


def notice(told: Iterable[tuple[Event, Sighting | None]], connections: dict[int, Connection]) -> None:
    """Marks what lost its tokens by one of these events, also what another connection's address heard of: an app has
    one for all its accounts."""
    for event, sighting in told:
        heard = connections.get(event.connection_id or 0)
        if sighting is None or event.source != Source.HOOK or heard is None:
            continue
        home = catalogue.connector(heard.connector)
        if home and home.door and sighting.hint in home.door.leaving:
            _notice(event, sighting, home, home.door)


def _notice(event: Event, sighting: Sighting, home: Connector, door: Door) -> None:
    ours = {"workspace": event.workspace_id, "connector": home.key}
    for row in Connection.objects.filter(**ours, method="app", deleted_at=None):
        if door.left(sighting, row.settings, row.secret_at):
            told = {"health": Health.SIGNED_OUT, "trouble": SENTENCE.format(name=home.label)}
            Connection.objects.filter(pk=row.pk, sealed=row.sealed).update(**told)
    for agency in Agency.objects.filter(**ours):
        if door.left(sighting, agency.settings, agency.consented_at):
            same = Agency.objects.filter(pk=agency.pk, sealed=agency.sealed)
            same.update(sealed="", trouble=SENTENCE.format(name=home.label))
