"""What is written into forms and surveys: found day by day, told once, with its answers under their names."""

import pytest

from connectors.errors import NotFound
from connectors.ghl import CONNECTOR, seen_forms
from tests.connectors.talk import answer, make_context, talk

FORM, SURVEY = CONNECTOR.watched["form_submission"], CONNECTOR.watched["survey_submission"]
NOON = "Sun, 22 Nov 2026 12:00:00 GMT"
SINCE = "2026-11-22T10:00:00+00:00"
CURSOR = {"since": "2026-11-22T11:00:00.000Z", "asked": "2026-11-22T11:50:00.000Z"}
FIELD = "MgobCB14YMVKuE4Ka8p1"


def row(number=1, at="2026-11-22T11:30:00.000Z", **more):
    others = {"full_name": "Ida", FIELD: "DE1", "eventData": {"page": {"url": "https://x.example"}, "source": "Ads"}}
    return {
        "id": f"s{number}",
        "formId": "f1",
        "contactId": "c1",
        "createdAt": at,
        "name": "Ida",
        "others": others,
        **more,
    }


def page(*rows, following=None, total=0):
    meta = {"total": total or len(rows), "nextPage": following}
    return answer({"submissions": rows, "meta": meta}, date=NOON)


def poll(cursor, *answers, watched=FORM):
    return talk(watched.poll(cursor, make_context()), *answers)


def test_first_look_only_says_where_things_stand():
    found, (request,) = poll({}, page(row(at="2026-11-22T11:59:58.000Z")))

    assert (found.sightings, found.more) == ([], False)
    assert found.cursor == {"since": "2026-11-22T12:00:00.000Z", "asked": "2026-11-22T12:00:00.000Z"}
    assert (request.path, request.query["locationId"]) == ("/forms/submissions", "loc1")


def test_days_around_the_last_look_are_read_page_by_page():
    found, asked = poll(CURSOR, page(row(1), row(2), following=2), page(row(2), row(3, "2026-11-22T11:40:00Z")))

    assert [one.record_id for one in found.sightings] == ["s1", "s2", "s3"]
    assert [(one.query["startAt"], one.query["endAt"], one.query["page"]) for one in asked] == [
        ("2026-11-21", "2026-11-24", 1),
        ("2026-11-21", "2026-11-24", 2),
    ]
    assert found.cursor == {"since": "2026-11-22T11:40:00.000Z", "asked": "2026-11-22T12:00:00.000Z"}
    assert not found.more


def test_submission_that_another_one_s_going_moved_up_is_told_all_the_same():
    first, second = page(row(1), row(2), following=2, total=4), page(row(4), total=3)
    anew = page(row(2), row(3), following=2, total=3), page(row(4), total=3)

    found, asked = poll(CURSOR, first, second, *anew)

    assert sorted(one.record_id for one in found.sightings) == ["s1", "s2", "s3", "s4"]
    assert [one.query["page"] for one in asked] == [1, 2, 1, 2]


def test_what_was_sent_earlier_that_day_is_told_no_more():
    found, _ = poll(CURSOR, page(row(1, "2026-11-22T10:50:00Z"), row(2, "2026-11-22T10:56:00Z"), row(3, "?")))

    assert [one.record_id for one in found.sightings] == ["s2", "s3"]


def test_more_than_one_poll_reads_is_gone_on_with():
    pages = [page(row(number), following=number + 2) for number in range(seen_forms.PAGES)]

    first, _ = poll(CURSOR, *pages)
    second, (request,) = poll(first.cursor, page(row(99, "2026-11-22T11:20:00Z")))

    assert (len(first.sightings), first.more, first.cursor["since"]) == (10, True, CURSOR["since"])
    assert request.query["page"] == 11
    assert (second.more, second.cursor["since"]) == (False, "2026-11-22T11:30:00.000Z")


def test_who_was_away_for_days_asks_until_today():
    cursor = {"since": "2026-11-10T11:00:00.000Z", "asked": "2026-11-10T11:50:00.000Z"}

    first, (request,) = poll(cursor, page())
    second, (again,) = poll(first.cursor, page(row()))

    assert (request.query["endAt"], first.more) == ("2026-11-12", True)
    assert (again.query["startAt"], again.query["endAt"], second.more) == ("2026-11-09", "2026-11-24", False)


def test_submission_is_told_with_its_answers_and_custom_fields_apart():
    found, _ = poll(CURSOR, page(row()))
    told = found.sightings[0].data

    assert (told["answers"], told["custom"]) == ({"full_name": "Ida"}, {FIELD: "DE1"})
    assert (told["form_id"], told["contact"]["id"], told["source"]) == ("f1", "c1", "Ads")
    assert told.keys() == CONNECTOR.triggers["ghl.form_submission.created"].sample.keys()


@pytest.mark.parametrize("others", [None, "x", {"eventData": None}, {"eventData": {"page": 1}}])
def test_submission_without_its_usual_parts_is_read_all_the_same(others):
    found, _ = poll(CURSOR, page(row(others=others)))

    assert (found.sightings[0].data["answers"], found.sightings[0].data["page"]["url"]) == ({}, "")


def test_only_what_was_sent_since_the_watching_began_starts_a_recipe():
    new = seen_forms.FORM.sighting(row())
    fired = CONNECTOR.triggers["ghl.form_submission.created"].fired

    assert fired(None, new, SINCE, {})
    assert not fired(new.values, new, SINCE, {})
    assert not fired(None, seen_forms.FORM.sighting(row(at="2026-11-22T09:00:00Z")), SINCE, {})


def test_other_forms_are_left_out():
    trigger = CONNECTOR.triggers["ghl.form_submission.created"]
    now = seen_forms.FORM.sighting(row())

    assert trigger.why_not({"form": "f1"}, now) == trigger.why_not({}, now) == ""
    assert trigger.why_not({"form": "f2"}, now) == "It is of the form f1, this recipe takes only f2."


def test_surveys_go_the_same_way():
    found, (request,) = poll(CURSOR, page(row(surveyId="v1")), watched=SURVEY)

    assert request.path == "/surveys/submissions"
    assert (found.sightings[0].data["survey_id"], found.sightings[0].values) == ("v1", {"survey": "v1"})


def test_newest_are_offered_as_samples_first():
    trigger = CONNECTOR.triggers["ghl.form_submission.created"]

    rows = [row(1, "2026-11-20T08:00:00Z"), row(2)]
    found, (request,) = talk(trigger.latest({"form": "f1"}, make_context()), page(*rows))

    assert [one.record_id for one in found] == ["s2", "s1"]
    assert request.query["formId"] == "f1"


def test_submission_is_read_again_or_told_to_be_gone():
    found, asked = talk(FORM.reread("s3", make_context()), page(row(1), following=2), page(row(3)))

    assert (found.record_id, [one.query["page"] for one in asked]) == ("s3", [1, 2])
    with pytest.raises(NotFound, match="no longer in HighLevel's list"):
        talk(FORM.reread("s9", make_context()), page(row(1)))


def test_forms_are_listed_fifty_at_a_time():
    many = [{"id": f"f{n}", "name": f"Form {n}"} for n in range(50)]

    found, asked = talk(
        CONNECTOR.choices["forms"].load({}, make_context()), answer({"forms": many}), answer({"forms": many[:1]})
    )

    assert (len(found), found[0].label) == (51, "Form 0")
    assert [one.query["skip"] for one in asked] == [0, 50]
