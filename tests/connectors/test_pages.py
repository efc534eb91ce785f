import pytest

from connectors import pages
from connectors.errors import Refused
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


def walked(rows, between, most=100, counts_pages=False):
    """The keys that a walk sees of a list of which `between` makes another one before each further page."""
    held = list(rows)

    def page(at):
        yield Request("GET", f"/{at}")
        at = at // 20 * 20 if counts_pages else at
        return held[at : at + 20], len(held) > at + 20

    walk = pages.lapping(page, str, most)
    next(walk)
    try:
        while True:
            walk.send(answer({}))
            held = between(held)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize("gone", [0, 1, 2, 25, 39])
def test_walk_skips_nothing_when_rows_leave_the_list_meanwhile(gone):
    turns = iter([gone, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])

    seen, more = walked(range(90), lambda held: held[next(turns, 0) :])

    assert (set(range(gone + 2, 90)) - set(seen), len(seen) - len(set(seen)), more) == (set(), 0, False)


def test_walk_tells_no_row_twice_when_others_come_before_it():
    seen, more = walked(range(90), lambda held: [f"new{len(held)}", *held])

    assert (sorted(seen), more) == (list(range(90)), False)


def test_walk_goes_on_where_the_service_counts_in_whole_pages():
    seen, more = walked(range(90), lambda held: held, most=8, counts_pages=True)

    assert (sorted(seen), more) == (list(range(90)), False)


def test_walk_that_is_cut_short_says_so():
    assert walked(range(90), lambda held: held, most=2)[1] is True
    with pytest.raises(Refused, match="there are more than 1,"):
        talk(pages.whole(lambda at: one_of_many(), str, 1), answer({}))


def one_of_many():
    yield Request("GET", "/x")
    return ["row"], True
