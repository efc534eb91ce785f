from connectors import pages
from connectors.spec import Request
from tests.connectors.talk import answer, talk


def fine(request, response, what):
    return None


def test_walk_counts_pages_until_a_short_one():
    conversation = pages.walk(Request("GET", "/x"), fine, "list", pages.listed("items"), pages.by_number(2))

    found, asked = talk(conversation, answer({"items": [1, 2]}), answer({"items": [3]}))

    assert found == [1, 2, 3]
    assert [request.query for request in asked] == [{}, {"page": 2}]


def test_walk_moves_an_offset_in_the_body():
    request = Request("POST", "/x", json={"limit": 2}, reads=True)
    conversation = pages.walk(request, fine, "list", pages.listed("items"), pages.by_offset(2))

    found, asked = talk(conversation, answer({"items": [1, 2]}), answer({"items": []}))

    assert found == [1, 2]
    assert asked[1].json == {"limit": 2, "skip": 2}


def test_walk_stops_at_its_cap():
    conversation = pages.walk(Request("GET", "/x"), fine, "list", pages.listed("i"), pages.by_number(1), cap=2)

    found, asked = talk(conversation, answer({"i": [1]}), answer({"i": [2]}))

    assert (found, len(asked)) == ([1, 2], 2)
