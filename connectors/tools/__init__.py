"""What Recette itself can do: start by the clock or by a call, call any address, write texts and e-mails."""

from collections.abc import Mapping
from typing import Any

from connectors.errors import NotFound
from connectors.spec import Account, Budget, Connector, Context, Conversation, Identity, Page, Sighting, Watched
from connectors.tools import digest, formatter, hook, http, links, manual, pasted, schedule, text

BY_RUNNER = text.BY_RUNNER


def account(method: str, given: Mapping[str, str]) -> Account:
    """Nowhere: tools need no connection. A web request brings its own, see `http.account_for`."""
    return Account("", {})


def _test(context: Context) -> Conversation[Identity]:
    yield from ()
    return Identity("Recette", "always there")


def _reread(record_id: str, context: Context) -> Conversation[Sighting]:
    """What came in once can't be asked for again."""
    yield from ()
    raise NotFound("What this recipe started from is kept only with its run.")


def _poll(cursor: dict[str, Any], context: Context) -> Conversation[Page]:
    yield from ()
    return Page([], cursor)


def _trusted(headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str]) -> bool:
    """Whoever knows a recipe's own address may call it: the address is the secret."""
    return True


WATCHED = (
    Watched("hook", "Incoming webhooks", (), hook.read, _reread, _poll),
    Watched("manual", "Starts by hand", (), manual.read, _reread, _poll),
    Watched("schedule", "Schedules", (), schedule.read, _reread, _poll),
)

CONNECTOR = Connector(
    key="tools",
    label="Tools",
    words=("recette", "built-in", "utility", "helper"),
    methods=(),
    account=account,
    test=_test,
    operations={
        operation.key: operation
        for operation in (
            *(http.REQUEST, text.FORMAT, text.EMAIL, digest.ADD, digest.RELEASE, links.FIND),
            *formatter.OPERATIONS,
            pasted.FIND_ROW,
        )
    },
    triggers={trigger.key: trigger for trigger in (hook.RECEIVED, schedule.DUE, manual.STARTED)},
    watched={watched.object: watched for watched in WATCHED},
    choices={},
    budget=Budget(requests=20_000, seconds=10),
    explain=http.explain,
    verify=_trusted,
)
