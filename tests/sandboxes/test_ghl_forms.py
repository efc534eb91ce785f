"""Forms and surveys of the HighLevel sandbox, and what contacts wrote into them."""

import pytest

from tests.sandboxes.bench import PLACE


def submissions(crm, kind="form", **more):
    return crm.get(f"/{kind}s/submissions", params={**PLACE, **more})


def test_forms_and_surveys_are_listed_in_parts(crm):
    forms = crm.get("/forms/", params={**PLACE, "limit": 1, "skip": 1})

    assert ([row["name"] for row in forms["forms"]], forms["total"]) == (["Call me back"], 2)
    assert [row["name"] for row in crm.get("/surveys/", params=PLACE)["surveys"]] == ["After the project"]


def test_submissions_come_newest_first_in_pages(crm):
    first, second = (submissions(crm, limit=2, page=page) for page in (1, 2))

    times = [row["createdAt"] for row in (*first["submissions"], *second["submissions"])]
    assert times == sorted(times, reverse=True)
    assert (first["meta"]["nextPage"], second["meta"]["nextPage"]) == (2, None)
    assert first["meta"]["total"] == 3


def test_submissions_are_found_by_form_person_and_day(crm):
    one = submissions(crm)["submissions"][0]

    of_form = submissions(crm, formId=one["formId"])["submissions"]
    of_person = submissions(crm, q=one["contactId"])["submissions"]

    assert {row["formId"] for row in of_form} == {one["formId"]}
    assert [row["id"] for row in of_person] == [one["id"]]
    assert submissions(crm, startAt="2020-01-01", endAt="2020-01-31")["submissions"] == []


def test_what_a_person_fills_in_by_hand_is_the_newest(crm):
    form = crm.get("/forms/", params=PLACE)["forms"][0]
    person = crm.app.store.rows("contacts")[0]

    inputs = {"form": f"form/{form['id']}", "contact": person["id"], "text": "Do you build shops?"}
    done = next(one for one in crm.app.doings.values() if one.do == "fill_in").run(crm.app, inputs)

    newest = submissions(crm)["submissions"][0]
    assert newest["id"] == done["record"]["id"]
    assert (newest["others"]["message"], newest["contactId"]) == ("Do you build shops?", person["id"])


@pytest.mark.parametrize("asked", [{"limit": "101"}, {"limit": "few"}, {"startAt": "yesterday"}])
def test_what_does_not_fit_is_refused(crm, asked):
    assert crm.call("GET", "/forms/submissions", params={**PLACE, **asked}).status_code == 422
