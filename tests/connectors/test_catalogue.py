import pytest

from connectors import catalogue


@pytest.mark.parametrize(
    ("query", "kind", "first"),
    [
        ("create contact", None, "ghl.contacts.create"),
        ("won", "trigger", "ghl.opportunity.won"),
        ("deal won", "trigger", "ghl.opportunity.won"),
        ("add tag", "action", "ghl.contacts.add_tags"),
        ("gohighlevel note", "action", "ghl.contacts.add_note"),
        ("upd opp", "action", "ghl.opportunities.update"),
        ("new person", "trigger", "ghl.contact.created"),
    ],
)
def test_search_understands_people(query, kind, first):
    assert next(iter(catalogue.search(query, kind, "ghl"))).key == first


def test_typo_is_corrected_and_said():
    found = catalogue.search("opportunty wno", connector="ghl")

    assert found.did_you_mean == "opportunity won"
    assert next(iter(found)).key == "ghl.opportunity.won"


def test_nonsense_finds_nothing():
    found = catalogue.search("qqqq zzzz")

    assert (len(found), found.did_you_mean) == (0, "")


def test_empty_query_lists_all_of_a_kind():
    triggers = catalogue.search("", "trigger", "ghl")

    assert {hit.kind for hit in triggers.hits} == {"trigger"}
    assert len(triggers) == len(catalogue.CONNECTORS["ghl"].triggers)


def test_keys_lead_to_declarations():
    assert catalogue.operation("ghl.contacts.get").label == "Get a contact"
    assert catalogue.trigger("ghl.contact.tagged").label == "A contact gets a tag"
    assert catalogue.connector("ghl").label == "HighLevel"


@pytest.mark.parametrize("key", ["", "ghl", "ghl.contacts.fly", "nobody.contacts.get"])
def test_unknown_keys_lead_nowhere(key):
    assert catalogue.operation(key) is None
    assert catalogue.trigger(key) is None


def test_search_passes_over_the_little_words_of_a_sentence():
    found = [item.key for item in catalogue.search("when an opportunity is won", kind="trigger")]

    assert found[0] == "ghl.opportunity.won"


def test_where_nothing_has_all_the_words_those_with_most_of_them_are_shown():
    found = catalogue.search("charge the overdue invoice of a zebra", "action", "invoice_ninja")

    assert found.partly
    assert next(iter(found)).key == "invoice_ninja.invoices.auto_bill"
    assert not catalogue.search("email invoice", "action").partly


def test_fewer_than_half_of_the_words_is_nothing():
    assert len(catalogue.search("contact zebra giraffe", "action")) == 0
