"""`manage.py operations`: the whole catalogue as text."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from builder.management import catalogue
from connectors.catalogue import ALL, CONNECTORS
from connectors.fields import Field


def listed(**options):
    out = StringIO()
    call_command("operations", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("markdown", [False, True])
def test_everything_is_listed(markdown):
    text = listed(markdown=markdown)

    assert [key for home in ALL for key in (*home.triggers, *home.operations) if key not in text] == []


def test_operation_is_told_with_inputs_outputs_permission_and_source():
    text = listed(markdown=True, connector="ghl")
    part = text[text.index("## Create a contact\n") : text.index("## Create or update a contact\n")]

    assert "`ghl.contacts.create` · action · looked for before it is repeated · permission `contacts.write`" in part
    assert "from contacts.json" in part
    assert "| E-mail (`email`) | email |  |" in part
    assert "| If it exists already (`if_exists`) | choice: use, fail |" in part
    assert "`contact.id`" in part
    assert "invoice_ninja" not in text


def test_tables_hold_whatever_a_help_says():
    widths = {line.replace("\\|", "").count("|") for line in listed(markdown=True).splitlines() if line.startswith("|")}

    assert widths == {5}


def test_unknown_connector_is_told_which_there_are():
    with pytest.raises(CommandError, match=f"There are: {', '.join(CONNECTORS)}"):
        listed(connector="shopify")


def test_every_handmade_entry_is_finished():
    owed, good, known = catalogue.lint(catalogue.chosen(""))

    assert owed == []
    assert good == known > 450


def test_what_an_entry_owes_is_named_and_fails():
    known_one = CONNECTORS["tools"].operations["tools.text.format"]
    operation = replace(known_one, label="Format", fields=(Field("x", "text", required=True),))
    home = replace(CONNECTORS["tools"], operations={operation.key: operation}, triggers={})

    owed, good, known = catalogue.lint([home])

    assert owed == [
        "tools.text.format: the label is only its name",
        "tools.text.format: x is needed, and nothing says what it is",
    ]
    assert (good, known) == (0, 1)


def test_word_that_is_not_the_house_s_is_named_wherever_it_is_read():
    known_one = CONNECTORS["tools"].operations["tools.text.format"]
    inner = Field("to", "text", choices=(("a", "Sub-account"),))
    derived = replace(known_one, fields=(Field("x", "object", help="Goes with it.", fields=(inner,)),), derived=True)
    searched = replace(known_one, key="tools.text.searched", words=("sub-account",))
    home = replace(CONNECTORS["tools"], operations={one.key: one for one in (derived, searched)}, triggers={})

    owed, _, known = catalogue.lint([home])

    assert (owed, known) == (["tools.text.format: it says “sub-account” for “location”"], 1)
