"""Random recipes and random JSON for property tests."""

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8)
PLAIN = st.recursive(
    TEXT | st.booleans() | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def trees(draw: Any) -> dict[str, Any]:
    """A tree with ids of its own, at most four levels deep."""
    numbers = iter(range(10_000))
    return {"format": 1, "trigger": {}, "steps": _steps(draw, numbers, 1)}


def _steps(draw: Any, numbers: Any, depth: int) -> list[dict[str, Any]]:
    return [_step(draw, numbers, depth) for _ in range(draw(st.integers(0, 3)))]


def _step(draw: Any, numbers: Any, depth: int) -> dict[str, Any]:
    kinds = ["action", "only_if", "remember", "stop"] + (["paths", "each"] if depth < 4 else [])
    step = {"id": f"s{next(numbers):05}", "kind": draw(st.sampled_from(kinds)), "skip": draw(st.booleans())}
    if step["kind"] == "action":
        step["inputs"] = draw(st.dictionaries(TEXT, PLAIN, max_size=2))
    if step["kind"] == "each":
        step["steps"] = _steps(draw, numbers, depth + 1)
    if step["kind"] == "paths":
        step["paths"] = [
            {"id": f"p{next(numbers):05}", "steps": _steps(draw, numbers, depth + 1)}
            for _ in range(draw(st.integers(0, 2)))
        ]
        step["otherwise"] = {"steps": _steps(draw, numbers, depth + 1)}
    return step
