"""The social planner of the HighLevel sandbox: tags of posts, accounts, the last seven days."""

from connectors.ghl.sandbox import LOCATION
from tests.sandboxes.bench import PLACE

HOME = f"/social-media-posting/{LOCATION}"


def tags(crm, **query):
    return crm.get(f"{HOME}/tags", params=query)["results"]


def test_tags_come_in_pages_of_texts_and_are_searched(crm):
    page = tags(crm, limit="2", skip="1")

    assert ([row["tag"] for row in page["tags"]], page["count"]) == (["bakery", "open day"], 3)
    assert [row["tag"] for row in tags(crm, searchText="Sale")["tags"]] == ["summer sale"]
    assert crm.call("GET", f"{HOME}/tags", params={"limit": "many"}).status_code == 422


def test_details_are_those_of_the_tags_asked_for(crm):
    one = tags(crm)["tags"][2]

    answer = crm.call("POST", f"{HOME}/tags/details", json={"tagIds": [one["_id"], "gone"]})

    assert (answer.status_code, answer.json()["results"]) == (201, {"tags": [one], "count": 1})


def test_tag_that_a_person_adds_is_listed_once(crm):
    crm.post("/_sandbox/do", {"do": "add_social_tag", "tag": "Harvest"})
    again = crm.call("POST", "/_sandbox/do", json={"do": "add_social_tag", "tag": "harvest"})

    assert [row["tag"] for row in tags(crm, searchText="harvest")["tags"]] == ["harvest"]
    assert again.status_code == 422


def test_statistics_add_up_the_accounts_asked_for(crm):
    accounts = crm.get(f"{HOME}/accounts")["results"]["accounts"]

    def of(*rows):
        body = {"profileIds": [row["profileId"] for row in rows]}
        return crm.call("POST", "/social-media-posting/statistics", params=PLACE, json=body)

    both, one = (of(*rows).json()["results"] for rows in (accounts, accounts[:1]))
    assert both["totals"] == {"posts": 6, "likes": 59, "followers": 2240, "impressions": 5000, "comments": 13}
    assert one["totals"]["impressions"] == sum(one["postPerformance"]["impressions"]) == 2960
    assert of().status_code == 422
