from tests.runner.conftest import _ghl, _ninja, ghl, ninja

__all__ = ["_ghl", "_ninja", "ghl", "ninja"]
