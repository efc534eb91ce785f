import pytest
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import Exchange, StepRun
from builder.models.columns import PACKED, WORTH, pack, storable, unpack
from tests import make

LONG = '{"name": "Ada Nowak", "note": "' + "a long way to Tipperary " * 40 + '"}'


def test_text_for_a_column_has_no_nul_and_no_half_characters() -> None:
    assert storable("a\x00b \ud83d c \U0001f600") == "a\ufffdb \ufffd c \U0001f600"


@pytest.mark.parametrize("text", ["", "{}", "x" * (WORTH - 1), LONG, PACKED, PACKED + "no base 85", "Ü" * WORTH])
def test_packed_text_is_read_as_it_was_written(text: str) -> None:
    assert unpack(pack(text)) == text


def test_packing_pays_or_is_left_alone() -> None:
    assert len(pack(LONG)) < len(LONG) / 4
    assert pack("{}") == "{}"


@pytest.mark.django_db
def test_rows_from_before_packing_stay_readable() -> None:
    exchange = make.make_exchange(response_body=LONG)
    step = exchange.step_run
    with connection.cursor() as cursor:
        cursor.execute("UPDATE builder_exchange SET request_body = %s", [LONG])
        cursor.execute("UPDATE builder_steprun SET output = %s", [LONG])
        cursor.execute("SELECT response_body FROM builder_exchange")
        (stored,) = cursor.fetchone()

    with scopes_disabled():
        kept, again = Exchange.objects.get(pk=exchange.pk), StepRun.objects.get(pk=step.pk)

    assert stored.startswith(PACKED)
    assert (kept.request_body, kept.response_body) == (LONG, LONG)
    assert again.output["name"] == "Ada Nowak"
