def words(text: str) -> tuple[str, ...]:
    """Many short names without their quotes."""
    return tuple(text.split())
