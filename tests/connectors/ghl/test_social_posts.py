"""The social planner's posts: what is sent, and how a lost one is looked for."""

import pytest

from connectors.ghl import CONNECTOR
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

NOON = 1_795_348_800.0
NEW = {"accountIds": ["a1", "a2"], "userId": "u1", "summary": "Autumn"}


def operation(key):
    return CONNECTOR.operations[f"ghl.social_posts.{key}"]


def perform(key, inputs, said=None):
    envelope = answer({"success": True, "statusCode": 201, "message": "ok", "results": said or {}}, 201)
    return talk(operation(key).perform(inputs, make_context()), envelope)


def test_post_is_made_with_its_kind_and_comes_out_of_its_envelope():
    made, (request,) = perform("create_post", NEW, {"post": {"_id": "p1"}})

    assert made == {"post": {"_id": "p1"}}
    assert (request.path, request.json) == ("/social-media-posting/loc1/posts", {**NEW, "type": "post"})


def test_google_s_times_are_sent_in_parts():
    google = {"gmbEventType": "EVENT", "startDate": "2026-12-01T09:05:00Z", "endDate": "2026-12-02T17:00:00Z"}

    _, (request,) = perform("create_post", {**NEW, "gmbPostDetails": google})

    told = request.json["gmbPostDetails"]
    assert told["startDate"] == {
        "startDate": {"year": 2026, "month": 12, "day": 1},
        "startTime": {"hours": 9, "minutes": 5, "seconds": 0},
    }
    assert told["endDate"]["endDate"] == {"year": 2026, "month": 12, "day": 2}
    assert told["gmbEventType"] == "EVENT"


def test_list_takes_numbers_and_accounts_as_texts():
    times = {"fromDate": "2026-11-01T00:00:00Z", "toDate": "2026-12-01T00:00:00Z"}

    _, (request,) = perform("get_posts", {**times, "accounts": ["a1", "a2"], "limit": 5}, {"posts": [], "count": 0})

    assert request.json == {**times, "accounts": "a1, a2", "limit": "5", "skip": "0", "includeUsers": "true"}
    assert not request.effect


def post(key="p1", **more):
    return {"_id": key, "summary": "Autumn", "accountIds": ["a1"], "createdAt": "2026-11-22T12:00:03Z", **more}


def find(*rows):
    context = make_context()
    context = type(context)(context.account, since=NOON)
    return talk(operation("create_post").find(NEW, context), answer({"results": {"posts": rows}}, 201))


def test_lost_post_is_found_by_its_words_its_accounts_and_its_age():
    others = (
        post("p2", summary="Autumn!"),
        post("p3", accountIds=["a9"]),
        post("p4", createdAt="2026-11-20T12:00:00Z"),
    )

    found, (request,) = find(post(), *others)

    assert found == [{"post": post()}]
    assert (request.json["fromDate"], request.effect) == ("2026-11-21T12:00:00Z", False)
    assert operation("create_post").retry is Retry.ONCE


def test_post_may_name_its_account_alone():
    assert find(post(accountIds=None, accountId="a2"))[0][0]["post"]["_id"] == "p1"


@pytest.mark.parametrize("said", [None, {"deletedCount": 2, "message": "Posts deleted"}])
def test_many_are_deleted_and_counted_where_the_service_tells(said):
    done, (request,) = perform("bulk_delete_social_planner_posts", {"postIds": ["p1", "p2"]}, said)

    assert done["deletedCount"] == (2 if said else 0)
    assert (request.path, request.json) == ("/social-media-posting/loc1/posts/bulk-delete", {"postIds": ["p1", "p2"]})


@pytest.mark.parametrize(
    ("key", "said", "listed"),
    [
        ("social_account_ids", {"accounts": [{"id": "a1", "name": "Page", "platform": "facebook"}, {"name": "x"}]},
         [("a1", "Page", "facebook")]),
        ("social_categories", {"categories": [{"_id": "k1", "name": "Offers"}]}, [("k1", "Offers", "")]),
        ("social_uploads", {"csvs": {"_id": "u1", "fileName": "a.csv", "status": "failed"}},
         [("u1", "a.csv", "failed")]),
        ("social_uploads", {"csvs": [{"_id": "u1", "fileName": "a.csv"}]}, [("u1", "a.csv", "")]),
        ("social_categories", {}, []),
    ],
)  # fmt: skip
def test_what_is_chosen_comes_from_lists(key, said, listed):
    found, _ = talk(CONNECTOR.choices[key].load({}, make_context()), answer({"results": said}))

    assert [(one.value, one.label, one.hint) for one in found] == listed
