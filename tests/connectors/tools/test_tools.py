import pytest

from connectors.errors import NotFound
from connectors.spec import Page, Retry
from connectors.tools import BY_RUNNER, CONNECTOR
from tests.connectors.talk import make_context, talk


def test_tools_need_no_connection():
    identity, asked = talk(CONNECTOR.test(make_context()))

    assert (CONNECTOR.methods, identity.name, asked) == ((), "Recette", [])


def test_delivery_to_a_recipes_own_address_is_always_news():
    sighting = CONNECTOR.watched["hook"].read({"id": "1042", "lines": [1]}, "")

    assert (sighting.object, sighting.values, sighting.complete) == ("hook", {}, True)
    assert sighting.data == {"id": "1042", "lines": [1]}
    assert CONNECTOR.triggers["tools.hook.received"].fired(None, sighting, "", {})
    assert CONNECTOR.verify({}, b"", {})


def test_what_came_in_once_can_not_be_read_again():
    with pytest.raises(NotFound):
        talk(CONNECTOR.watched["hook"].reread("x", make_context()))

    assert talk(CONNECTOR.watched["hook"].poll({}, make_context())) == (Page([], {}), [])


def test_text_is_given_back_with_its_pills_filled_in():
    output, asked = talk(CONNECTOR.operations["tools.text.format"].perform({"text": "Hello Mara"}, make_context()))

    assert (output, asked) == ({"text": "Hello Mara"}, [])


def test_e_mail_is_sent_by_the_runner_and_never_twice():
    operation = CONNECTOR.operations["tools.email.send"]

    assert operation.key in BY_RUNNER
    assert operation.retry is Retry.ONCE
    with pytest.raises(RuntimeError, match="performed by the runner"):
        operation.perform({}, make_context())
