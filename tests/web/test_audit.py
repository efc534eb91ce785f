"""The audit log's page: filters, what was changed, files to take along, and whether it is whole."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django.db.models.query import QuerySet
from django.urls import reverse
from playwright.sync_api import Page, expect

from builder.models import AuditEvent, Role
from tests import make
from tests.web import axe
from tests.web.people import HTMX, browser_of, only, sign_in, statuses, text

pytestmark = pytest.mark.django_db
MANAGE = (Role.OWNER, Role.ADMIN)


@pytest.fixture
def workspace():
    return make.make_workspace(zone="Europe/Paris")


@pytest.fixture
def owner(workspace):
    return browser_of(workspace)


def at(workspace, name: str = "audit", *more: str) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def line(workspace, label: str, **more) -> AuditEvent:
    return make.make_audit(workspace=workspace, label=label, **more)


def dated(row: AuditEvent, moment: datetime) -> None:
    """Past all guards: the book is of the present otherwise."""
    QuerySet(AuditEvent).filter(pk=row.pk).update(at=moment)


def shown(answer) -> list[str]:
    return [row.label for row, *_words in answer.context["lines"]]


def taken(owner, workspace, form: str, **query: str) -> str:
    answer = owner.get(at(workspace, "audit-export", form), query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"q": "won"}, ["Won deal"]),
        ({"q": "Zoë Brontë"}, ["Refund"]),
        ({"q": "192.0.2"}, ["Won deal"]),
        ({"q": "dana"}, ["Refund"]),
        ({"way": "api"}, ["Won deal"]),
        ({"kind": "member"}, ["Refund"]),
        ({"kind": "no such kind", "way": "by boat"}, ["Refund", "Won deal"]),
    ],
)
def test_lines_are_found(workspace, owner, query, labels):
    line(workspace, "Won deal", way="api", address="192.0.2.7")
    line(workspace, "Refund", verb="member.invited", author="Dana Okafor", details={"note": "for Zoë Brontë"})

    assert shown(owner.get(at(workspace), query)) == labels


def test_period_is_of_the_workspaces_days(workspace, owner):
    for label, moment in (
        ("before", datetime(2026, 11, 9, 22, 59, 59, tzinfo=UTC)),
        ("first", datetime(2026, 11, 9, 23, 0, tzinfo=UTC)),
        ("last", datetime(2026, 11, 11, 22, 59, 59, tzinfo=UTC)),
        ("after", datetime(2026, 11, 11, 23, 0, tzinfo=UTC)),
    ):
        dated(line(workspace, label), moment)

    found = owner.get(at(workspace), {"since": "2026-11-10", "until": "2026-11-11"})

    assert shown(found) == ["last", "first"]
    assert 'value="2026-11-10"' in found.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "2026-13-40"}, "“2026-13-40” is no day."),
        ({"until": "yesterday"}, "“yesterday” is no day."),
        ({"since": "9999-12-31"}, "“9999-12-31” is no day."),
        ({"since": "2026-11-12", "until": "2026-11-11"}, "The period ends before it begins."),
    ],
)
def test_day_that_is_none_is_told_and_nothing_is_taken_along(workspace, owner, query, sentence):
    line(workspace, "Won deal")

    assert sentence in text(owner.get(at(workspace), query))
    refused = owner.get(at(workspace, "audit-export", "csv"), query)
    assert (refused.status_code, sentence in text(refused)) == (422, True)


def test_line_tells_before_and_after_and_from_where(workspace, owner):
    line(workspace, "", verb="workspace.changed", details={"currency": ["USD", "EUR"]}, way="page", address="192.0.2.7")
    line(workspace, "ada@example.com", verb="member.role_changed", details={"before": "viewer", "after": "editor"})
    line(workspace, "New name", verb="recipe.renamed", details={"before": "Old name"})

    page = text(owner.get(at(workspace)))

    for said in ("Currency USD → EUR", "Page, 192.0.2.7", "Role Viewer → Editor", "Name Old name → New name"):
        assert said in page


def test_filters_stay_in_the_way_back_and_in_the_files(workspace, owner):
    for number in range(53):
        line(workspace, f"Won {number}.")
    line(workspace, "Lost")

    first = owner.get(at(workspace), {"q": "Won", "person": "", "kind": "recipe"})
    second = owner.get(at(workspace) + first.context["earlier"])

    assert shown(second) == ["Won 2.", "Won 1.", "Won 0."]
    assert first.context["query"] == "kind=recipe&q=Won"
    assert f"{at(workspace, 'audit-export', 'csv')}?kind=recipe&amp;q=Won" in first.content.decode()


@pytest.mark.parametrize("begins", ["=1+1", "+49", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_cells_that_are_formulas_are_made_harmless(workspace, owner, begins):
    line(workspace, begins)

    [row] = csv.DictReader(io.StringIO(taken(owner, workspace, "csv"), newline=""))

    assert row["label"] == f"'{begins}"
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_csv_has_all_that_fits_the_oldest_first(workspace, owner):
    for number in range(3):
        line(workspace, f"Won, “{number}”\nnext", way="page", address="192.0.2.7", details={"version": number})
    line(workspace, "Lost")

    rows = list(csv.DictReader(io.StringIO(taken(owner, workspace, "csv", q="Won"), newline="")))

    assert [row["label"] for row in rows] == [f"Won, “{number}”\nnext" for number in range(3)]
    assert [row["line"] for row in rows] == ["1", "2", "3"]
    assert (rows[0]["at"][-6:], rows[0]["way"], rows[0]["address"]) == ("+01:00", "page", "192.0.2.7")
    assert json.loads(rows[2]["details"]) == {"version": 2}


def test_json_lines_have_before_and_after(workspace, owner):
    line(workspace, "", verb="workspace.changed", details={"currency": ["USD", "EUR"]})

    [row] = [json.loads(text) for text in taken(owner, workspace, "jsonl").splitlines()]

    assert (row["before"], row["after"]) == ("Currency: USD", "Currency: EUR")
    assert (row["details"], row["line"], len(row["hash"])) == ({"currency": ["USD", "EUR"]}, 1, 64)


def test_taking_it_along_is_a_line_itself(workspace, owner):
    taken(owner, workspace, "jsonl", q="Won")

    row = QuerySet(AuditEvent).get()
    assert (row.verb, row.details, row.way) == ("workspace.audit_exported", {"form": "jsonl", "query": "q=Won"}, "page")


def test_other_forms_and_others_lines_are_not_there(workspace, owner):
    make.make_audit(label="Elsewhere")

    assert owner.get(at(workspace, "audit-export", "xlsx")).status_code == 404
    assert "Elsewhere" not in taken(owner, workspace, "csv")


def test_files_and_checks_are_for_those_who_manage(workspace):
    assert statuses(workspace, lambda who: who.get(at(workspace, "audit-export", "csv"))) == only(*MANAGE)
    assert statuses(workspace, lambda who: who.post(at(workspace, "audit-check"), headers=HTMX)) == only(*MANAGE)


def test_check_tells_that_it_is_unbroken_and_what_is_wrong(workspace, owner):
    for number in range(3):
        line(workspace, f"Won {number}.")
    assert "Not checked yet." in text(owner.get(at(workspace)))

    assert "3 lines, unbroken." in text(owner.post(at(workspace, "audit-check"), headers=HTMX))

    QuerySet(AuditEvent).filter(number=2).update(label="Nothing")
    broken = text(owner.post(at(workspace, "audit-check"), headers=HTMX))
    assert "The audit log is not as it was written Line 2 was changed." in broken
    assert owner.post(at(workspace, "audit-check")).status_code == 302


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_page_in_a_browser(page: Page, live_server, workspace, owner):
    line(workspace, "Won deal", way="page", address="192.0.2.7", details={"version": 7})
    line(workspace, "", verb="workspace.changed", details={"currency": ["USD", "EUR"]}, way="api")
    sign_in(page, owner, live_server.url)
    page.goto(live_server.url + at(workspace))

    page.get_by_role("combobox", name="From where").select_option("api")
    expect(page.get_by_text("changed the settings")).to_be_visible()
    expect(page.get_by_text("published Won deal")).to_have_count(0)
    assert "way=api" in page.url
    page.locator("summary", has_text="API").click()
    expect(page.locator("del", has_text="USD")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.get_by_role("button", name="Check now").click()

    expect(page.get_by_role("status").get_by_text("3 lines, unbroken.")).to_be_visible()
    expect(page.get_by_role("combobox", name="From where")).to_have_value("api")
    assert axe.violations(page) == []
