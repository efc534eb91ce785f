"""An answer that isn't JSON (a login page, a proxy's error) is never taken for success, whatever was asked."""

from datetime import UTC, datetime

import pytest

from builder.recipe import values
from connectors import wire
from connectors.catalogue import CONNECTORS
from connectors.errors import ConnectorError
from connectors.spec import Context, Response
from tests.contract import generated

HTML = b"<!doctype html><title>Sign in</title><form>"
BAD = {
    "a login page": Response(200, {"content-type": "text/html; charset=utf-8"}, HTML),
    "a page without a type": Response(200, {}, b"\xef\xbb\xbf\n " + HTML),
    "a page that says it is a text": Response(200, {"content-type": "text/html"}, b"Please sign in"),
    "a page of a proxy": Response(500, {"content-type": "text/html"}, b"<html>Bad gateway"),
}


def inputs(operation):
    """Every field, as the contract fills it in; empty where that is refused before anything is asked."""
    filled = generated._filled(operation.fields, "every")
    for alone in generated.ALONE.get(operation.key, ()):
        filled.pop(alone, None)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    typed, troubles = values.resolve(filled, operation.fields, {}, now=now, zone="UTC", currency="USD")
    assert troubles == [], operation.key
    return dict(wire.decode(wire.encode(typed).encode()))


def outcome(operation, context, answer):
    """None when the service's first answer was refused; else what came of it."""
    talk = operation.perform(inputs(operation), context)
    try:
        if next(talk).url:  # a file from elsewhere
            talk.send(Response(200, {"content-type": "application/pdf"}, b"%PDF-1.7 a file"))
        talk.send(answer)
    except ConnectorError:
        return None
    except StopIteration as end:
        return f"took it for {str(end.value)[:60]}"
    except Exception as mistake:
        return f"{type(mistake).__name__}: {mistake}"
    return "asked on"


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("key", ["ghl", "invoice_ninja"])
def test_no_operation_takes_a_page_for_success(key, bad):
    connector = CONNECTORS[key]
    context = Context(connector.account("token", generated.OPENING[key]), marker="wf-" + "A" * 20, currency="USD")

    wrong = {op.key: said for op in connector.operations.values() if (said := outcome(op, context, BAD[bad]))}

    assert wrong == {}
