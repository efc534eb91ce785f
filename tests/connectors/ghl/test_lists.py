"""Lists that are read whole and compared."""

import pytest

from connectors.errors import NotFound
from connectors.ghl import CONNECTOR, lists
from tests.connectors.talk import answer, make_context, talk

SINCE = "2026-11-22T10:00:00+00:00"


def fires(name, before, now):
    return CONNECTOR.triggers[f"ghl.tag.{name}"].fired(before, now, SINCE, {})


def tags(*rows):
    return answer({"tags": list(rows)})


def tag(name="vip", **more):
    return {"id": f"id-{name}", "name": name, "locationId": "loc1", **more}


def test_first_look_only_notes_and_later_ones_show_everything():
    poll = CONNECTOR.watched["tag"].poll

    first, _ = talk(poll({}, make_context()), tags(tag(), tag("lead")))
    second, _ = talk(poll(first.cursor, make_context()), tags(tag(), tag("lead"), tag("new")))

    assert (first.baseline, second.baseline) == (True, False)
    assert [s.record_id for s in second.sightings] == ["id-vip", "id-lead", "id-new"]


def test_what_is_new_other_or_gone_is_told():
    listed = lists.LISTS[0]
    before, renamed = listed.sighting(tag()), listed.sighting({**tag(), "name": "gold"})

    assert fires("created", None, before)
    assert not fires("created", before.values, before)
    assert fires("updated", before.values, renamed)
    assert not fires("updated", before.values, listed.sighting(tag(updatedAt="2026-11-23")))
    assert not fires("updated", None, before)


def test_what_left_the_list_is_looked_for_once_more():
    poll = CONNECTOR.watched["tag"].poll({"held": {"id-vip": "9999"}}, make_context())

    page, asked = talk(poll, tags(), tags())

    assert [(s.record_id, s.gone) for s in page.sightings] == [("id-vip", True)]
    assert fires("deleted", {"edit": "x"}, page.sightings[0])
    assert len(asked) == 2


def test_one_that_is_no_longer_there_is_not_found():
    with pytest.raises(NotFound, match="no longer in the list"):
        talk(CONNECTOR.watched["tag"].reread("id-x", make_context()), tags(tag()))


def test_our_own_tag_explains_whatever_the_list_makes_of_it():
    assert CONNECTOR.watched["tag"].told({}, {"tag": tag()}) == ("id-vip", {"edit": "*"})
    assert CONNECTOR.watched["tag"].told({}, {"deleted": True}) is None


def test_page_of_deleted_tags_alone_is_passed_by():
    gone = [{"_id": f"t{number}", "tag": "old", "deleted": True} for number in range(100)]
    pages = [answer({"results": {"tags": rows}}) for rows in (gone, [*gone[90:], {"_id": "new", "tag": "new"}])]

    page, asked = talk(CONNECTOR.watched["social_tag"].poll({}, make_context()), *pages)

    assert [seen.record_id for seen in page.sightings] == ["new"]
    assert [request.query["skip"] for request in asked] == ["0", "90"]
