"""Blogs, associations, users, the social planner: what their declarations add to the plain notation."""

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Forbidden, Refused, Unclear
from tests.connectors.talk import answer, make_context, talk

GHL = CONNECTORS["ghl"]
ASSOCIATION = {"id": "a1", "key": "pupil_teacher"}
PERSON = {"firstName": "Ida", "lastName": "Lorenz", "email": "ida@x.example", "type": "account", "role": "user"}
POST = {"title": "Autumn", "blogId": "b1", "rawHTML": "<p>Hi</p>", "description": "Hi", "urlSlug": "autumn"} | {
    "author": "w1", "categories": ["c1"], "imageUrl": "https://x.example/a.jpg", "imageAltText": "Fog",
    "publishedAt": "2026-10-05T07:00:00Z", "status": "DRAFT",
}  # fmt: skip


def perform(key, inputs, *answers, **settings):
    return talk(GHL.operations[f"ghl.{key}"].perform(inputs, make_context(**settings)), *answers)


def find(key, inputs, *answers, **settings):
    return talk(GHL.operations[f"ghl.{key}"].find(inputs, make_context(**settings)), *answers)


def test_new_user_gets_a_password_that_nobody_knows_and_works_here():
    passwords = set()
    for _ in range(2):
        made, (request,) = perform("users.create", dict(PERSON), answer({"id": "u1"}, 201), company_id="co1")
        passwords.add(request.json.pop("password"))

    assert made == {"user": {"id": "u1"}}
    assert request.json == {**PERSON, "companyId": "co1", "locationIds": ["loc1"]}
    assert len(passwords) == 2 and all(len(one) > 24 for one in passwords)


def test_user_whose_making_got_lost_is_found_by_the_whole_address():
    rows = {"users": [{"id": "u1", "email": "IDA@x.example"}, {"id": "u2", "email": "nida@x.example"}]}

    found, _ = find("users.create", PERSON, answer(rows), company_id="co1")

    assert found == [{"user": rows["users"][0]}]


def test_post_whose_making_got_lost_is_found_by_its_address():
    rows = {"blogs": [{"_id": "p1", "urlSlug": "autumn"}, {"_id": "p2", "urlSlug": "autumn-2"}]}

    found, (request,) = find("blogs.create_post", POST, answer(rows))

    assert found == [{"data": rows["blogs"][0]}]
    assert (request.query["blogId"], request.query["searchTerm"]) == ("b1", "Autumn")


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ({"associations": [ASSOCIATION], "total": 1}, [ASSOCIATION]),
        ({"data": [ASSOCIATION]}, [ASSOCIATION]),
        ([ASSOCIATION], [ASSOCIATION]),
        (ASSOCIATION, [ASSOCIATION]),
        ({"associations": []}, []),
        ({}, []),
    ],
)
def test_associations_are_a_list_whatever_the_answer_looks_like(said, listed):
    found, _ = perform("associations.list", {}, answer(said))

    assert found == {"associations": listed}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (answer(ASSOCIATION), [{"association": ASSOCIATION}]),
        (answer({**ASSOCIATION, "key": "pupil"}), []),
        (answer({"message": "Association not found"}, 400), []),
    ],
)
def test_association_whose_making_got_lost_is_found_by_its_key(said, found):
    assert find("associations.create", {"key": "pupil_teacher"}, said)[0] == found


TIED = {"associationId": "a1", "firstRecordId": "r1", "secondRecordId": "r2"}


@pytest.mark.parametrize(
    ("row", "is_ours"),
    [
        (TIED, True),
        ({**TIED, "firstRecordId": "r2", "secondRecordId": "r1"}, True),
        ({**TIED, "secondRecordId": "r3"}, False),
        ({**TIED, "associationId": "a2"}, False),
    ],
)
def test_relation_whose_making_got_lost_is_found_between_its_records(row, is_ours):
    found, (request,) = find("associations.relate", TIED, answer({"relations": [row]}))

    assert found == ([{"relation": row}] if is_ours else [])
    assert request.path == "/associations/relations/r1"


def test_relation_that_nobody_tells_of_is_left_to_a_person():
    with pytest.raises(Unclear, match="doesn't tell which records"):
        find("associations.relate", TIED, answer(ASSOCIATION))


def test_associations_are_chosen_by_their_labels():
    rows = {"associations": [{**ASSOCIATION, "firstObjectLabel": "Pupil", "secondObjectLabel": "Teacher"}]}

    found, _ = talk(GHL.choices["associations"].load({}, make_context()), answer(rows))

    assert [(one.value, one.label, one.hint) for one in found] == [("a1", "Pupil, Teacher", "pupil_teacher")]


def test_social_planner_s_answers_come_out_of_their_envelope():
    said = {"success": True, "statusCode": 201, "message": "ok", "results": {"tags": [{"_id": "t1"}], "count": 1}}

    found, (request,) = perform("social.get_tags", {"tagIds": ["t1"]}, answer(said, 201))

    assert found == said["results"]
    assert (request.path, request.json, request.effect) == (
        "/social-media-posting/loc1/tags/details", {"tagIds": ["t1"]}, False,
    )  # fmt: skip


def test_agency_s_matters_say_what_they_need():
    with pytest.raises(
        Forbidden, match=r"wants a token of the agency; .* Make a private integration in HighLevel's agency"
    ):
        perform("snapshots.list", {}, answer({"message": "Forbidden resource"}, 403), company_id="co1")
    with pytest.raises(Refused, match="Company"):
        perform("companies.get", {})


@pytest.mark.parametrize(
    ("source", "said", "value", "label"),
    [
        ("blogs", {"data": [{"_id": "b1", "name": "Notes"}]}, "b1", "Notes"),
        ("blog_categories", {"categories": [{"_id": "c1", "label": "Offers"}]}, "c1", "Offers"),
        ("social_tags", {"results": {"tags": [{"_id": "t1", "tag": "autumn"}]}}, "t1", "autumn"),
        ("social_accounts", {"results": {"accounts": [{"profileId": "f1", "name": "Harbour"}]}}, "f1", "Harbour"),
    ],
)
def test_live_lists_show_names(source, said, value, label):
    (only,), _ = talk(GHL.choices[source].load({}, make_context()), answer(said))

    assert (only.value, only.label) == (value, label)
