"""The catalogue's page: everything a recipe can start with or do, found and told in full."""

import pytest
from django.urls import reverse

from builder.models import Role
from connectors import catalogue
from tests import make
from tests.web.people import GOING_BACK, HTMX, browser_of, text

pytestmark = pytest.mark.django_db


def page(name="catalogue", *more, role=Role.VIEWER, headers=None, **query):
    workspace = make.make_workspace()
    address = reverse(f"web:{name}", args=[workspace.slug, *more], query=query or None)
    return browser_of(workspace, role).get(address, headers=headers or {})


def test_everything_is_counted_and_comes_in_pages():
    every = sum(len(home.operations) + len(home.triggers) for home in catalogue.ALL)

    answer = page()

    assert f"{every} entries" in text(answer)
    assert len(answer.context["rows"]) == 50
    assert "Page 1 of" in text(answer)
    last = page(page="999")
    assert last.context["page"].number == last.context["page"].paginator.num_pages


def test_search_and_filters_narrow_down():
    rows = page(q="overdue", app="invoice_ninja", kind="trigger").context["rows"]

    assert [entry.item.key for entry in rows] == ["invoice_ninja.invoice.overdue"]


def test_slip_is_corrected_and_said_and_nothing_is_no_error():
    assert "Nothing for “invoce”. This is for “invoice”:" in text(page(q="invoce"))
    assert "Nothing fits" in text(page(q="zzzz qqqq"))


def test_what_is_asked_for_wrongly_is_passed_over():
    answer = page(app="nobody", kind="nothing", page="x", q="\x00tag")

    assert answer.status_code == 200
    assert answer.context["q"] == "tag"


def test_page_says_what_to_do_about_what_is_missing():
    answer = page()

    assert "Something missing?" in text(answer)
    assert "/catalogue/tools.http.request" in answer.content.decode()


def test_typing_swaps_the_list_alone():
    answer = page(q="tag", headers=HTMX)

    assert answer.content.decode().lstrip().startswith('<div id="found"')


def test_whole_page_comes_back_to_who_goes_back():
    assert "<html" in page(q="tag", headers=GOING_BACK).content.decode()


def test_operation_is_told_in_full():
    shown = text(page("catalogue-item", "invoice_ninja.invoices.create"))

    assert "Create an invoice" in shown
    assert "Yes, Recette looks first whether it was done; where that leaves it open, the run waits" in shown
    assert "storeInvoice" in shown
    assert "needed" in shown


def test_trigger_says_how_it_is_heard_of():
    assert "By webhook alone" in text(page("catalogue-item", "ghl.note.created"))
    assert "By looking, every 1 to 15 minutes" in text(page("catalogue-item", "invoice_ninja.invoice.viewed"))
    assert "By webhook, and by looking" in text(page("catalogue-item", "ghl.contact.created"))


def test_derived_operation_says_so():
    said = "Made from the service’s own document"

    assert said in text(page("catalogue-item", "ghl.links.get_link"))
    assert said not in text(page("catalogue-item", "ghl.contacts.create"))


def test_permission_that_no_document_names_is_told_as_such():
    said = "HighLevel’s documents name no permission for it."

    assert said in text(page("catalogue-item", "ghl.links.get_link"))
    assert "documents name no permission" not in text(page("catalogue-item", "ghl.contacts.create"))
    assert "documents name no permission" not in text(page("catalogue-item", "invoice_ninja.invoices.create"))


@pytest.mark.parametrize("home", catalogue.ALL, ids=lambda home: home.key)
def test_every_entry_can_be_shown(home):
    workspace = make.make_workspace()
    browser = browser_of(workspace, Role.VIEWER)
    keys = [*home.triggers, *list(home.operations)[::7]]

    for key in keys:
        assert browser.get(reverse("web:catalogue-item", args=[workspace.slug, key])).status_code == 200


def test_unknown_key_is_not_found():
    assert page("catalogue-item", "ghl.nothing.here").status_code == 404
