"""Which of HighLevel's operations only an agency's token may call, and whether ours say so."""

from collections import defaultdict
from collections.abc import Mapping

from connectors.spec import Connector
from tests.contract.documents import Operation, Service


def only(operation: Operation) -> bool:
    kinds = {kind for way in operation.entry.get("security") or () for kind in way}
    return bool(kinds) and all(kind.startswith("Agency") for kind in kinds)


def unsaid(service: Service, connector: Connector, used: Mapping[str, list[str]]) -> list[str]:
    """What is wrong, a line each. `used`: name of the document's operation to the keys of ours that call it."""
    calls = ((one.name, key) for one in service.operations if only(one) for key in used.get(one.name, ()))
    ours = {key: name for name, key in calls if key in connector.operations}
    return [
        f"{key}: {name} wants a token of the agency, and its help doesn't say so"
        for key, name in ours.items()
        if "token of the agency" not in connector.operations[key].help
    ]


def permissions(service: Service) -> set[str]:
    """Those that only calls of an agency's want."""
    kinds: dict[str, set[bool]] = defaultdict(set)
    for operation in service.operations:
        for way in operation.entry.get("security") or ():
            for kind, scopes in way.items():
                for scope in scopes:
                    kinds[scope].add(kind.startswith("Agency"))
    return {scope for scope, found in kinds.items() if found == {True}}
