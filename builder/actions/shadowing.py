"""What a draft would change, tried on the events that came lately."""

from builder.actions.actor import Actor, action
from builder.models import Capability, Recipe
from builder.runner import shadow
from builder.runner.shadow import CHANGED, ENDS, EVENTS, GONE, NEW, Difference, Shadowed

__all__ = ["CHANGED", "ENDS", "EVENTS", "GONE", "NEW", "Difference", "Shadowed", "lately"]


@action(Capability.EDIT, atomic=False)
def lately(by: Actor, recipe: Recipe) -> Shadowed:
    """Nothing is asked of any service, and nothing is stored."""
    return shadow.of(recipe)
