from tests.runner.conftest import _clock, everywhere

__all__ = ["_clock", "everywhere"]
