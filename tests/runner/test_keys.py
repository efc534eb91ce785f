"""What a run is called by its event's data."""

import pytest

from builder.runner import keys


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": "Autumn campaign", "email": "ada@example.com"}, "Autumn campaign"),
        ({"id": "7", "customer": {"email": "ada@example.com"}}, "ada@example.com"),
        ({"first_name": "Ada", "last_name": "Nowak", "phone": "+4930123456"}, "Ada Nowak"),
        ({"order": {"lines": [{"name": "Tea"}]}, "company_name": "Lumen"}, "Lumen"),
        ({"invoice_number": 1042, "total": "12.00"}, "1042"),
        ({"invoice": {"number": "R-7"}, "paid": True}, "R-7"),
        ({"id": 12, "ok": "yes"}, "12"),
        ({"ok": "yes"}, ""),
        ({"name": " ", "number": False}, ""),
    ],
)
def test_run_of_a_recipes_own_address_is_called_by_the_nearest_telling_value(data: dict, said: str) -> None:
    assert keys.title(data, "hook") == said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"id": "opp_1", "pipeline": {"name": "Sales"}}, "opp_1"),
        ({"number": "R-7", "client": {"name": "Lumen"}}, "R-7"),
    ],
)
def test_run_of_a_service_is_called_by_the_record_itself(data: dict, said: str) -> None:
    assert keys.title(data, "opportunity") == said
