"""Events: each with its fate in words, found by whom it was about, shown as it came in."""

import zlib

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.models import Event, EventKey, Fate, Role
from tests import make

pytestmark = pytest.mark.django_db

OTHER = "Its pipeline is Retainers, not Client work."


@pytest.fixture
def recipe():
    return make.make_recipe(live=True, name="Won deal")


def client_of(recipe, role=Role.OWNER) -> Client:
    client = Client()
    client.force_login(make.make_member(workspace=recipe.workspace, role=role).user)
    return client


def event_of(recipe, **more) -> Event:
    return make.make_event(workspace=recipe.workspace, **more)


def filtered(recipe) -> Event:
    details = [{"recipe": recipe.public_id, "name": "As it was called then", "because": OTHER}]
    return event_of(recipe, fate=Fate.FILTERED, fate_details=details)


def listing(recipe, /, **query) -> str:
    return reverse("web:events", args=[recipe.workspace.slug], query=query or None)


def address(event) -> str:
    return reverse("web:event", args=[event.workspace.slug, event.public_id])


def keyed(event, kind: str, value: str) -> None:
    with scope(workspace=event.workspace):
        EventKey.objects.create(
            workspace=event.workspace, kind=kind, value=value, value_hash=EventKey.hashed(kind, value), event=event
        )


@pytest.mark.parametrize("role", Role.values)
def test_events_are_open_to_every_role(recipe, role):
    event = filtered(recipe)
    client = client_of(recipe, role)

    assert OTHER in client.get(listing(recipe)).content.decode()
    assert OTHER in client.get(address(event)).content.decode()


def test_events_hide_themselves_from_a_stranger(recipe):
    event = filtered(recipe)
    stranger = client_of(make.make_recipe())

    assert [stranger.get(url).status_code for url in (listing(recipe), address(event))] == [404, 404]


def test_event_of_another_workspace_is_not_found_in_mine(recipe):
    theirs = filtered(make.make_recipe())

    answer = client_of(recipe).get(reverse("web:event", args=[recipe.workspace.slug, theirs.public_id]))

    assert answer.status_code == 404


# fates


def becauses(recipe, **query) -> list[tuple[str, str]]:
    rows = client_of(recipe).get(listing(recipe, **query)).context["rows"]
    return [(row.fate, row.because) for row in rows]


def test_filtered_event_names_the_recipe_and_the_values(recipe):
    filtered(recipe)

    assert becauses(recipe) == [("Filtered out", f"Won deal: {OTHER}")]


def test_event_that_ran_names_what_it_started_and_passes_over_the_others(recipe):
    details = [
        {"recipe": recipe.public_id, "name": "Won deal", "because": ""},
        {"recipe": "gone", "name": "Another", "because": "It listens to something else."},
    ]
    event_of(recipe, fate=Fate.RAN, fate_details=details)

    assert becauses(recipe) == [("Ran", "Started “Won deal”.")]


@pytest.mark.parametrize(
    ("fate", "word", "because"),
    [
        (Fate.DUPLICATE, "Duplicate", "The same delivery came before."),
        (Fate.UNREADABLE, "Unreadable", "It is not UTF-8 text."),
        (Fate.PAUSED, "Kept while paused", "The recipe is paused. The event is kept."),
        (Fate.NO_RECIPE, "No recipe listens", "This kind of event is not one that recipes can start from."),
        (Fate.ECHO, "Echo of our own change", "Recette made this change itself."),
    ],
)
def test_every_fate_is_a_sentence(recipe, fate, word, because):
    event_of(recipe, fate=fate, fate_details=[{"recipe": "", "because": because}])

    assert becauses(recipe) == [(word, because)]


def test_event_that_is_being_read_says_so(recipe):
    event = event_of(recipe, fate=Fate.WAITING, data={}, fate_details=[], read_at=None)

    assert "It is being read." in client_of(recipe).get(address(event)).content.decode()


# searching


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        ("email", "ada@example.com", " ADA@example.com "),
        ("phone", "+49 (30) 123456", "4930123456"),
        ("name", "Ada  Nowak", "ada nowak"),
        ("id", "con_1", "con_1"),
    ],
)
def test_event_is_found_by_whom_it_was_about(recipe, kind, value, typed):
    keyed(filtered(recipe), kind, value)
    event_of(recipe)

    assert becauses(recipe, q=typed) == [("Filtered out", f"Won deal: {OTHER}")]


def test_search_by_fate(recipe):
    filtered(recipe)
    event_of(recipe, fate=Fate.DUPLICATE)

    assert [fate for fate, _because in becauses(recipe, fate="duplicate")] == ["Duplicate"]


def test_nothing_found_says_where_to_look(recipe):
    filtered(recipe)

    page = client_of(recipe).get(listing(recipe, q="nobody@example.com")).content.decode()

    assert "No such event came in" in page
    assert "look at the connection" in page


def test_empty_list_says_what_belongs_there(recipe):
    assert "Nothing has come in yet" in client_of(recipe).get(listing(recipe)).content.decode()


def test_earlier_events_follow(recipe, monkeypatch):
    monkeypatch.setattr("builder.web.events.AT_ONCE", 2)
    events = [event_of(recipe, data={"id": str(n), "name": f"Deal {n}"}) for n in range(3)]
    client = client_of(recipe)

    first = client.get(listing(recipe))
    second = client.get(listing(recipe, before=first.context["earlier"]))
    part = client.get(listing(recipe, before=events[2].public_id), headers={"HX-Request": "true"}).content.decode()

    titles = [[row.title for row in answer.context["rows"]] for answer in (first, second)]
    assert titles == [["Deal 2", "Deal 1"], ["Deal 0"]]
    assert 'hx-swap="beforeend"' in part
    assert "<html" not in part


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_as_often_for_one_as_for_three(recipe, count, django_assert_num_queries):
    connection = make.make_connection(workspace=recipe.workspace, connector="ghl")
    for _number in range(count):
        event_of(recipe, connection=connection, fate=Fate.FILTERED, fate_details=[{"recipe": recipe.public_id}])
    client = client_of(recipe)

    with django_assert_num_queries(11):
        client.get(listing(recipe))


# one event


def test_event_shows_what_stood_behind_the_question_mark(recipe):
    event = event_of(recipe, query=b"sku=Q1&tag=<b>\xff\x00")

    page = client_of(recipe).get(reverse("web:event", args=[recipe.workspace.slug, event.public_id])).content.decode()

    assert "?sku=Q1&amp;tag=&lt;b&gt;\ufffd" in page


@pytest.mark.parametrize("packed", [lambda raw: b"=" + raw, zlib.compress, lambda raw: raw])
def test_body_is_shown_as_it_came_in(recipe, packed):
    event = event_of(recipe, raw=packed(b'{"odd": 1e400, "tag": "<b>bold</b>"}'))

    page = client_of(recipe).get(address(event)).content.decode()

    assert "{&quot;odd&quot;: 1e400, &quot;tag&quot;: &quot;&lt;b&gt;bold&lt;/b&gt;&quot;}" in page


def test_body_that_is_no_text_does_no_harm(recipe):
    event = event_of(recipe, raw=b"=\xff\xfe\x00<script>", fate=Fate.UNREADABLE, data={})

    page = client_of(recipe).get(address(event)).content.decode()

    assert "\ufffd\ufffd" in page
    assert "<script>" not in page.split('id="raw"')[1].split("</pre>")[0]


def test_event_leads_to_its_runs_and_to_what_it_is_found_by(recipe):
    event = event_of(recipe)
    run = make.make_run(recipe=recipe, event=event)
    keyed(event, "email", "ada+1@example.com")

    page = client_of(recipe).get(address(event)).content.decode()

    assert reverse("web:run", args=[recipe.workspace.slug, run.public_id]) in page
    assert f"{reverse('web:customer', args=[recipe.workspace.slug])}?q=ada%2B1%40example.com" in page


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_as_often_for_one_run_as_for_three(recipe, count, django_assert_num_queries):
    event = event_of(recipe)
    for number in range(count):
        make.make_run(recipe=recipe, event=event, replay=number)
    client = client_of(recipe)

    with django_assert_num_queries(12):
        client.get(address(event))
