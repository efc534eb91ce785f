"""Run now: who may, with what, and what comes of it."""

import json

import pytest
from django_scopes import scope

from builder.actions import testing
from builder.models import Event, RecipeState, Source
from builder.recipe import tree as trees
from builder.runner import listening
from tests import make
from tests.runner.make import make_ghl
from tests.web.accounts_desk import EVERY_ROLE, at, owner, workspace
from tests.web.people import HTMX, browser_of, only, said, statuses, text

__all__ = ["owner", "workspace"]

pytestmark = pytest.mark.django_db


def by_tool(workspace, operation, **inputs):
    tree = trees.parse({"format": 1, "trigger": {"operation": operation, "inputs": inputs}})
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True)
    with scope(workspace=workspace):
        listening.listen(recipe)
    return recipe


def watching(workspace, ghl):
    account = make_ghl(ghl, workspace=workspace)
    recipe = make.make_recipe(workspace=workspace, live=True, connection=account)
    with scope(workspace=workspace):
        listening.listen(recipe)
    return recipe


def events(workspace):
    with scope(workspace=workspace):
        return list(Event.objects.order_by("pk"))


ASKS = [{"name": "Amount", "help": "Without currency"}, {"name": "Note"}]


def test_running_asks_for_the_capability(workspace):
    url = at("recipe-run", workspace, by_tool(workspace, "tools.schedule.due").public_id)
    may = [role for role in EVERY_ROLE if role != "viewer"]

    assert statuses(workspace, lambda client: client.get(url)) == only(*may)
    assert statuses(workspace, lambda client: client.post(url, {})) == only(*may, status=302)


def test_form_asks_for_what_the_recipe_wants(workspace, owner):
    recipe = by_tool(workspace, "tools.manual.started", asks=ASKS)
    url = at("recipe-run", workspace, recipe.public_id)

    page = text(owner.get(url))
    missing = owner.post(url, {"value-0": "12", "value-1": ""})
    sent = owner.post(url, {"value-0": "12", "value-1": "For Mara"})

    [event] = events(workspace)
    assert "Amount Without currency Note" in page
    assert missing.status_code == 422
    assert "Fill this in." in text(missing)
    assert sent.headers["Location"] == at("event", workspace, event.public_id)
    body = json.loads(event.text)
    assert (event.source, body["values"]) == (Source.PERSON, {"Amount": "12", "Note": "For Mara"})


def test_recipe_with_a_clock_starts_as_if_its_time_had_come(workspace, owner):
    recipe = by_tool(workspace, "tools.schedule.due")
    with scope(workspace=workspace):
        due = recipe.subscriptions.get().poll_at

    owner.post(at("recipe-run", workspace, recipe.public_id))

    with scope(workspace=workspace):
        assert recipe.subscriptions.get().poll_at == due
    assert set(json.loads(events(workspace)[0].text)) == {"due_at", "local", "date", "time", "weekday"}


def test_call_is_written_by_hand(workspace, owner):
    recipe = by_tool(workspace, "tools.hook.received")
    url = at("recipe-run", workspace, recipe.public_id)

    wrong = owner.post(url, {"body": "hello"})
    owner.post(url, {"body": '{"id": 7}'})

    assert wrong.status_code == 422
    assert "This is no JSON object." in text(wrong)
    assert [json.loads(event.text) for event in events(workspace)] == [{"id": 7}]


def test_record_is_chosen_among_the_newest(workspace, owner, ghl):
    deal = ghl.records("opportunities")[0]
    ghl.do("win_deal", id=deal["id"])
    recipe = watching(workspace, ghl)
    url = at("recipe-run", workspace, recipe.public_id)

    page = text(owner.get(url))
    gone = owner.post(url, {"record": "nobody"})
    owner.post(url, {"record": deal["id"]})

    [event] = events(workspace)
    body = json.loads(event.text)
    assert deal["name"] in page
    assert "There is no such record among the newest any more. Look again." in text(gone)
    assert (body["record_id"], body["only"]) == (deal["id"], recipe.public_id)
    assert body["data"]["contact"]["id"] == deal["contactId"]


def test_record_stays_chosen_when_it_is_refused(workspace, owner, ghl):
    for deal in ghl.records("opportunities")[:2]:
        ghl.do("win_deal", id=deal["id"])
    url = at("recipe-run", workspace, watching(workspace, ghl).public_id)
    first, last = (record[0] for record in owner.get(url).context["records"][:2])
    ghl.fail(
        {"method": "GET", "path": f"/opportunities/{last}", "status": 400, "body": {"message": "No."}, "times": None}
    )

    refused = owner.post(url, {"record": last})
    gone = owner.post(url, {"record": "nobody"})
    none = owner.post(url, {})

    assert [answer.status_code for answer in (refused, gone, none)] == [422, 422, 422]
    assert _chosen(refused) == [last]
    assert _chosen(gone) == []
    assert _chosen(none) == [first]
    assert "Choose the record it is to run for." in text(none)


def test_several_records_are_one_run_each_the_oldest_first(workspace, owner, ghl):
    for deal in ghl.records("opportunities")[:3]:
        ghl.do("win_deal", id=deal["id"])
    recipe = watching(workspace, ghl)
    url = at("recipe-run", workspace, recipe.public_id)
    page = owner.get(url).context
    newest, _middle, oldest = (record[0] for record in page["records"])
    sent = {"key": page["key"], "record": [newest, oldest]}

    half_gone = owner.post(url, {**sent, "record": [newest, "nobody"]})
    first, second = owner.post(url, sent), owner.post(url, sent)

    assert (half_gone.status_code, _chosen(half_gone)) == (422, [newest])
    assert [json.loads(event.text)["record_id"] for event in events(workspace)] == [oldest, newest]
    assert (
        first.headers["Location"] == second.headers["Location"] == f"{at('runs', workspace)}?recipe={recipe.public_id}"
    )
    assert said(first)[-1] == f"“{recipe.name}” is started for 2 records. Their runs are here in a moment."
    assert said(second)[-1].startswith("This was started already.")


def _chosen(answer):
    return [record for record, *_words, chosen in answer.context["records"] if chosen]


def test_second_click_starts_nothing_more(workspace, owner):
    recipe = by_tool(workspace, "tools.hook.received")
    url = at("recipe-run", workspace, recipe.public_id)
    key = owner.get(url).context["key"]
    sent = {"key": key, "body": '{"id": 7}'}

    first, second = owner.post(url, sent), owner.post(url, sent)
    owner.post(url, {**sent, "key": owner.get(url).context["key"]})
    browser_of(workspace).post(url, sent)

    assert first.headers["Location"] == second.headers["Location"]
    assert said(second)[-1].startswith("This was started already.")
    assert len({event.public_id for event in events(workspace)}) == len(events(workspace)) == 3


def test_service_that_is_away_is_told(workspace, owner):
    account = make.make_connection(workspace=workspace, connector="ghl")
    recipe = make.make_recipe(workspace=workspace, live=True, connection=account)

    page = text(owner.get(at("recipe-run", workspace, recipe.public_id)))

    assert "127.0.0.1 refused the connection: it may be down, or the port is wrong." in page


@pytest.mark.parametrize("state", [RecipeState.PAUSED, RecipeState.DRAFT])
def test_recipe_that_is_not_live_is_not_run(workspace, owner, state):
    recipe = by_tool(workspace, "tools.manual.started")
    recipe.state = state
    with scope(workspace=workspace):
        recipe.save()

    url = at("recipe-run", workspace, recipe.public_id)
    page, answer = owner.get(url, headers=HTMX), owner.post(url, headers=HTMX)

    assert (page.status_code, answer.status_code) == (200, 422)
    for one in (page, answer):
        assert "is not live. Publish it, or resume it, first." in text(one)
        assert b"player-play" not in one.content
    assert events(workspace) == []


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ({"name": "Website", "id": "d1"}, "Website"),
        ({"what": "new", "id": "d1", "record": {"id": "d1", "name": "Website"}}, "Website"),
        ({"started_by": "Mara", "values": {}}, "Mara"),
        ({"values": {}}, "…"),
    ],
)
def test_record_is_called_by_what_a_person_knows_it_by(data, title):
    assert testing.known_by(data) == title
