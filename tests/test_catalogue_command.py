"""`manage.py operations`: the whole catalogue as text."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connectors.catalogue import ALL, CONNECTORS


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
