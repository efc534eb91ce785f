"""What a connection may do at its service, and what the recipes that use it need."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builder.actions import inputs
from builder.models import Connection, Recipe, RecipeState
from builder.recipe import summary
from builder.recipe import tree as trees
from connectors import catalogue
from connectors.spec import Operation, Trigger

NO_INPUTS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Use:
    recipe: Recipe
    step: str
    """`2 Create a contact`"""


@dataclass
class Need:
    permission: str
    """As the service spells it."""
    granted: bool | None
    """None: nobody knows before a call is refused."""
    uses: list[Use] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        return self.granted is False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the live recipes need, in the order of missing, unknown, granted; and what nobody uses."""

    needs: list[Need]
    unused: list[str]
    told: bool
    """Whether the service says what is granted."""
    any: bool
    """Whether it has permissions at all."""

    @property
    def missing(self) -> list[Need]:
        return [need for need in self.needs if need.missing]


def standing(connection: Connection, recipes: Iterable[Recipe]) -> Standing:
    """`recipes`: those that use it, with their live versions. Asks the database nothing."""
    told, uses = granted(connection), _needed(connection, recipes)
    found = refused(connection)
    needs = [Need(scope, _is_granted(scope, told, found), used) for scope, used in sorted(uses.items())]
    needs += [Need(scope, False) for scope in sorted(found - uses.keys())]
    order = {False: 0, None: 1, True: 2}
    return Standing(
        sorted(needs, key=lambda need: order[need.granted]),
        sorted((told or frozenset()) - uses.keys()),
        told is not None,
        _has_any(connection),
    )


def lacking(connection: Connection, item: Operation | Trigger, given: Mapping[str, Any] = NO_INPUTS) -> list[str]:
    """Permissions that the operation or trigger needs, with these inputs, and the connection is known not to have."""
    told, found = granted(connection), refused(connection)
    return [scope for scope in of(item, given) if _is_granted(scope, told, found) is False]


def of(item: Operation | Trigger | None, given: Mapping[str, Any]) -> Sequence[str]:
    """What the service wants to have granted for it; of some triggers that hangs on their inputs."""
    if isinstance(item, Operation):
        return item.permission.split()
    home = catalogue.connector(item.connector) if item else None
    return [*home.watched[item.object].permission.split(), *item.wants(given).split()] if home and item else ()


def granted(connection: Connection) -> frozenset[str] | None:
    """As it was told with the tokens; None where nobody tells."""
    way = catalogue.method(connection.connector, connection.method)
    told = connection.settings.get(way.grants) if way and way.grants else None
    return frozenset(told.split()) if told else None


def refused(connection: Connection) -> frozenset[str]:
    """What the last test, or a call since, was refused for."""
    known = connection.identity or {}
    return frozenset((*known.get("missing", ()), *known.get("lacking", ())))


def _is_granted(scope: str, told: frozenset[str] | None, found: frozenset[str]) -> bool | None:
    if scope in found:
        return False
    return None if told is None else scope in told


def _needed(connection: Connection, recipes: Iterable[Recipe]) -> dict[str, list[Use]]:
    uses: dict[str, list[Use]] = defaultdict(list)
    for recipe in recipes:
        if recipe.state == RecipeState.LIVE and recipe.live:
            for item, given, step in _asking(connection, recipe.live.tree):
                for scope in of(item, given):
                    uses[scope].append(Use(recipe, step))
    return uses


def _asking(
    connection: Connection, tree: trees.Recipe
) -> Iterable[tuple[Operation | Trigger | None, Mapping[str, Any], str]]:
    """What of the tree asks over the connection, with its inputs, and its number and title."""
    trigger = tree["trigger"]
    if trigger["connection"] == connection.public_id:
        title = summary.title(trigger, inputs.known)
        yield catalogue.trigger(trigger["operation"]), trigger["inputs"], f"1 {title}"
    for row in trees.steps(tree):
        step = row.step
        if step.get("connection") == connection.public_id and not step["skip"]:
            key, title = inputs.key_of(step), summary.title(step, inputs.known)
            yield catalogue.operation(key) or catalogue.trigger(key), step.get("inputs", {}), f"{row.number} {title}"


def _has_any(connection: Connection) -> bool:
    home = catalogue.connector(connection.connector)
    return home is not None and any(operation.permission for operation in home.operations.values())
