import pytest

from tests.sandboxes import bench


@pytest.fixture
def crm():
    yield from bench.ghl()


@pytest.fixture
def books():
    yield from bench.invoice_ninja()
