from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors import wire
from connectors.sandbox_kit import http
from connectors.spec import Part


@pytest.mark.parametrize("digits", ["0.1", "1.10", "12345678901234567890.123456789", "0.00", "-3.5"])
def test_number_keeps_every_digit(digits):
    assert wire.encode(wire.decode(f'{{"a": {digits}}}'.encode())) == f'{{"a":{digits}}}'


def test_encode_writes_what_json_knows():
    value = {"t": "ä\ud800", "n": None, "b": True, "l": [1, (2,)], "d": date(2026, 11, 22)}

    assert wire.encode(value) == '{"t":"\\u00e4\\ud800","n":null,"b":true,"l":[1,[2]],"d":"2026-11-22"}'


def test_moment_is_spelled_with_z():
    assert wire.moment(datetime(2026, 11, 22, 9, 30, tzinfo=UTC)) == "2026-11-22T09:30:00Z"


@pytest.mark.parametrize("body", [b"NaN", b'{"a": Infinity}', b"[" * 100_000, b"\xff\xfe\xfa", b"{,}"])
def test_decode_refuses_what_is_no_json(body):
    with pytest.raises(ValueError):
        wire.decode(body)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_encode_refuses_what_is_no_number(value):
    with pytest.raises(ValueError):
        wire.encode({"a": value})


def test_form_with_files_is_read_back_as_it_was():
    parts = [
        Part("name", "Ökohaus".encode()),
        Part("file", b"\x00\xff--x\r\n--\r\n", "offer.pdf", "application/pdf"),
        Part("empty", b""),
    ]

    body, kind = wire.multipart(parts)

    assert http.parts(body, {"content-type": kind}) == [
        Part("name", "Ökohaus".encode(), "", "text/plain"),
        parts[1],
        Part("empty", b"", "", "text/plain"),
    ]


def test_name_of_a_file_can_not_end_its_line():
    body, _ = wire.multipart([Part("f", b"x", 'a"\r\nX-Evil: 1', "text/plain\r\nX-Evil: 1")])

    assert b"X-Evil: 1\r\n" not in body
    assert b'filename="a%22%0D%0AX-Evil: 1"' in body
