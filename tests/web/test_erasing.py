"""The pages on which an owner has one customer erased: what is held, the order, the report."""

import csv
import io

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from builder.models import Erasure, Event, EventKey, Role, RunStatus
from builder.runner import erasing
from tests import make
from tests.web import axe
from tests.web.factors_desk import age_of_sign_in, with_password
from tests.web.people import HTMX, browser_of, only, sign_in, statuses, text

pytestmark = pytest.mark.django_db
MARA = "mara@example.com"


@pytest.fixture
def recipe():
    return make.make_recipe(live=True, name="Won deal")


@pytest.fixture
def owner(recipe):
    return browser_of(recipe.workspace)


def at(recipe, name: str = "erase", *more: str) -> str:
    return reverse(f"web:{name}", args=[recipe.workspace.slug, *more])


def told(recipe, *keys, status: str = RunStatus.DONE) -> Event:
    data = {"id": "opp1", "contact": {"email": MARA, "phone": "+4930765432"}}
    event = make.make_event(workspace=recipe.workspace, data=data)
    with scope(workspace=recipe.workspace):
        for kind, value in (("email", MARA), *keys):
            hashed = EventKey.hashed(kind, value)
            EventKey.objects.create(workspace=recipe.workspace, event=event, kind=kind, value=value, value_hash=hashed)
    run = make.make_run(recipe=recipe, event=event, status=status)
    make.make_exchange(step_run=make.make_step_run(run=run))
    return event


def erased(recipe, owner, *values: str) -> Erasure:
    asked = list(values) or [MARA]
    answer = owner.post(at(recipe), {"q": asked, "seen": asked, "do": "erase"})
    assert answer.status_code == 302
    with scope(workspace=recipe.workspace):
        row = Erasure.objects.latest("pk")
        assert answer.url == at(recipe, "erasure", row.public_id)
        return row


def done(row: Erasure) -> Erasure:
    while row.state != "done":
        erasing.work()
        row.refresh_from_db()
    return row


def test_only_owners_come_here(recipe):
    row = erased(recipe, browser_of(recipe.workspace))
    for ask in (
        lambda who: who.get(at(recipe)),
        lambda who: who.post(at(recipe), {"q": MARA, "do": "look"}, headers=HTMX),
        lambda who: who.get(at(recipe, "erasure", row.public_id)),
        lambda who: who.get(at(recipe, "erasure-file", row.public_id, "csv")),
    ):
        assert statuses(recipe.workspace, ask) == only(Role.OWNER)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EDITOR, Role.OPERATOR, Role.VIEWER])
def test_nobody_else_erases_anybody(recipe, role, everywhere):
    event = told(recipe)

    answer = browser_of(recipe.workspace, role).post(at(recipe), {"q": MARA, "seen": MARA, "do": "erase"})

    event.refresh_from_db()
    assert (answer.status_code, Erasure.objects.count(), event.erased) == (403, 0, False)


def test_page_tells_what_is_held_and_what_else_may_be_theirs(recipe, owner):
    told(recipe, ("phone", "+49 30 765432"), ("id", "q81FzVt0"), ("name", "Mara Quill"))
    told(recipe, status=RunStatus.HELD)

    answer = owner.post(at(recipe), {"q": MARA.upper(), "do": "look"})

    page = text(answer)
    assert "Events 2" in page
    assert "Runs 2" in page
    assert "Requests and answers 2" in page
    assert "1 run is still under way." in page
    assert answer.context["held"].also == ["+49 30 765432", "q81FzVt0"]
    assert "Mara Quill" not in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "Give the customer’s e-mail address, phone number or ID."),
        ("Mara Quill", "“Mara Quill” is no e-mail address, phone number or ID. A name alone won’t do"),
        ("1234", "“1234” is no e-mail address"),
        ("x" * 300, "is no e-mail address"),
    ],
)
def test_what_others_may_share_is_refused_with_a_sentence_and_stays_typed(recipe, owner, given, sentence, everywhere):
    for do in ("look", "erase"):
        answer = owner.post(at(recipe), {"q": given, "seen": given, "do": do}, headers=HTMX)

        assert (answer.status_code, sentence in text(answer)) == (422, True)
        assert f'value="{given}"' in answer.content.decode()
    assert not Erasure.objects.exists()


def test_what_was_not_looked_at_is_looked_at_first(recipe, owner, everywhere):
    answer = owner.post(at(recipe), {"q": "other@example.com", "seen": MARA, "do": "erase"})

    assert (answer.status_code, Erasure.objects.count()) == (200, 0)
    assert answer.context["held"].values == ["other@example.com"]


def test_person_is_asked_again_who_they_are_before_they_type(recipe, everywhere):
    member = make.make_member(workspace=recipe.workspace)
    client, _answer = with_password(member.user)
    age_of_sign_in(client, 3600)

    for answer in (client.get(at(recipe)), client.post(at(recipe), {"q": MARA, "seen": MARA, "do": "erase"})):
        assert answer.status_code == 302
        assert "/reauthenticate/" in answer.url
    assert MARA not in str(dict(client.session))
    assert not Erasure.objects.exists()


def test_report_tells_and_is_taken_along(recipe, owner, everywhere):
    told(recipe)
    row = done(erased(recipe, owner))

    page = text(owner.get(at(recipe, "erasure", row.public_id)))
    plain = owner.get(at(recipe, "erasure-file", row.public_id, "txt")).content.decode()
    [*rows] = csv.reader(
        io.StringIO(owner.get(at(recipe, "erasure-file", row.public_id, "csv")).content.decode("utf-8-sig"))
    )

    assert "Requests and answers deleted 1" in page
    assert "- Requests and answers deleted: 1" in plain
    assert ["removed", "Requests and answers deleted", "1"] in rows
    for told_ in (page, plain, str(rows)):
        assert "Backups from before hold the data" in told_
        assert MARA not in told_
    assert owner.get(at(recipe, "erasure-file", row.public_id, "pdf")).status_code == 404


def test_report_of_another_workspace_is_not_found(recipe, owner):
    row = erased(recipe, owner)

    other = make.make_recipe()
    assert browser_of(other.workspace).get(at(other, "erasure", row.public_id)).status_code == 404


def test_customers_page_leads_owners_here_with_what_they_looked_for(recipe, owner):
    told(recipe)
    customer = f"{at(recipe, 'customer')}?q={MARA}"

    assert "Erase this person" in text(owner.get(customer))
    assert "Erase this person" not in text(browser_of(recipe.workspace, Role.EDITOR).get(customer))


def test_erased_events_and_runs_still_have_their_pages(recipe, owner, everywhere):
    event = told(recipe)
    run = event.runs.get()
    done(erased(recipe, owner))

    for name, thing in (("event", event), ("run", run)):
        answer = owner.get(at(recipe, name, thing.public_id))
        assert (answer.status_code, MARA in text(answer)) == (200, False)
    refused = owner.post(at(recipe, "run-again", run.public_id), follow=True)
    assert "were erased" in text(refused)
    assert "The data of the person it was about were erased." in text(owner.get(at(recipe, "event", event.public_id)))


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_owner_erases_somebody_in_a_browser(page: Page, live_server, recipe, owner, everywhere):
    event = told(recipe, ("phone", "+49 30 765432"))
    sign_in(page, owner, live_server.url)
    page.goto(f"{live_server.url}/w/{recipe.workspace.slug}/settings/")
    page.get_by_role("link", name="Erase a person").click()

    page.get_by_label("E-mail address, phone number or ID").fill("Mara")
    page.get_by_role("button", name="See what is held").click()
    expect(page.get_by_text("A name alone won’t do")).to_be_visible()
    page.get_by_label("E-mail address, phone number or ID").fill(MARA)
    page.get_by_role("button", name="See what is held").click()
    page.get_by_label("+49 30 765432").check()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("It can’t be taken back.")).to_be_visible()
    assert MARA not in page.url
    assert axe.violations(page) == []
    page.get_by_role("button", name="Erase for good").click()

    expect(page.get_by_text("Being erased", exact=True)).to_be_visible()
    done(Erasure.objects.get())
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_text("Search words of events deleted")).to_be_visible()
    assert axe.violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Text").click()
    assert download.value.suggested_filename.endswith(".txt")
    event.refresh_from_db()
    assert event.erased
