"""The sandboxes' pages: records in our look, things to make happen, what they set off."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import AuditEvent, Source
from builder.templatetags import look
from tests import make
from tests.web.people import HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db
EVERY_ROLE = ("owner", "admin", "editor", "operator", "viewer")
RUNNERS = ("owner", "admin", "editor", "operator")


@pytest.fixture
def workspace(ghl, ninja):
    return make.make_workspace(demo=True)


@pytest.fixture
def owner(workspace):
    return browser_of(workspace)


def at(name: str, workspace, service: str = "ghl") -> str:
    return reverse(f"web:{name}", args=[workspace.slug, service])


def deals(ghl) -> list[dict]:
    return ghl.get("/_sandbox/records/opportunities")["records"]


def test_pages_are_for_members(workspace):
    assert statuses(workspace, lambda client: client.get(at("sandbox", workspace))) == only(*EVERY_ROLE)


def test_making_things_happen_is_for_those_who_run(workspace, ghl):
    data = {"do": "win_deal", "id": deals(ghl)[0]["id"]}

    found = statuses(workspace, lambda client: client.post(at("sandbox-do", workspace), data))

    assert found == only(*RUNNERS, status=302)


def test_starting_over_is_for_those_who_manage(workspace):
    found = statuses(workspace, lambda client: client.post(at("sandbox-reset", workspace)))

    assert found == only("owner", "admin", status=302)


def test_only_the_demo_has_them(ghl, ninja):
    workspace = make.make_workspace()
    owner = browser_of(workspace)

    assert owner.get(at("sandbox", workspace)).status_code == 404
    assert owner.get(reverse("web:sandboxes", args=[workspace.slug])).status_code == 404


def test_service_that_has_none_is_not_there(workspace, owner):
    assert owner.get(at("sandbox", workspace, "tools")).status_code == 404


def test_navigation_leads_to_the_first(workspace, owner):
    answer = owner.get(reverse("web:sandboxes", args=[workspace.slug]))

    assert answer.url == at("sandbox", workspace, "ghl")


def test_records_are_shown_in_our_words(workspace, owner):
    crm = text(owner.get(at("sandbox", workspace)))
    books = text(owner.get(at("sandbox", workspace, "invoice_ninja")))

    assert "Bakery pre-order site Rosalba Keene Website projects Negotiation $3,950.00 Open" in crm
    assert "Invoices" in books
    assert "Pay an invoice" in books


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_however_many_runs(workspace, owner, rows, django_assert_num_queries):
    connection = make.make_connection(workspace=workspace, connector="ghl")
    recipe = make.make_recipe(workspace=workspace, live=True, connection=connection)
    for _number in range(rows):
        make.make_run(recipe=recipe)

    owner.get(at("sandbox", workspace))
    with django_assert_num_queries(8):
        owner.get(at("sandbox", workspace))


def test_deal_is_won_and_said(workspace, owner, ghl):
    deal = next(row for row in deals(ghl) if row["status"] == "open")

    answer = owner.post(at("sandbox-do", workspace), {"do": "win_deal", "id": deal["id"]}, headers=HTMX)

    after = next(row for row in deals(ghl) if row["id"] == deal["id"])
    assert after["status"] == "won"
    assert answer.headers["HX-Trigger"] == f'{{"toast": "{deal["name"]} is won."}}'
    assert answer.content.decode().lstrip().startswith('<div class="split" id="sandbox">')


def test_without_script_the_page_comes_back_and_says_it(workspace, owner, ghl):
    deal = deals(ghl)[0]

    answer = owner.post(at("sandbox-do", workspace), {"do": "win_deal", "id": deal["id"]})

    assert answer.url == at("sandbox", workspace)
    assert said(answer) == [f"{deal['name']} is won."]


def test_input_that_will_not_do_is_told_at_its_field(workspace, owner, ghl):
    deal = deals(ghl)[0]
    data = {"do": "change_value", "id": deal["id"], "value": "a lot"}

    answer = owner.post(at("sandbox-do", workspace), data)

    form = next(form for form in answer.context["forms"] if form.doing["do"] == "change_value")
    assert answer.status_code == 422
    assert form.errors == {"value": ["The value must be a number such as 1250.50."]}
    assert form["value"].value() == "a lot"


def test_thing_that_nobody_can_do_is_not_there(workspace, owner):
    assert owner.post(at("sandbox-do", workspace), {"do": "fly"}).status_code == 404


def test_runs_it_set_off_are_linked(workspace, owner):
    connection = make.make_connection(workspace=workspace, connector="ghl")
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True, connection=connection)
    by_person = make.make_event(workspace=workspace, connection=connection, source=Source.PERSON)
    run = make.make_run(recipe=recipe, title="Harbor Dental")
    make.make_run(recipe=recipe, event=by_person, title="Sent by hand")

    page = owner.get(at("sandbox", workspace))

    assert "Harbor Dental Won deal, Webhook Done" in text(page)
    assert "Sent by hand" not in text(page)
    assert reverse("web:run", args=[workspace.slug, run.public_id]) in page.content.decode()


def test_run_whose_event_tells_of_nothing_has_the_name_it_has_elsewhere(workspace, owner):
    connection = make.make_connection(workspace=workspace, connector="ghl")
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True, connection=connection)
    run = make.make_run(recipe=recipe, title="")

    page = text(owner.get(at("sandbox", workspace)))

    with timezone.override(workspace.zone):
        assert f"{look.called(run)} Won deal, Webhook Done" in page


def test_lists_keep_themselves_fresh_and_are_silent_while_nothing_changes(workspace, owner, ghl):
    url = at("sandbox-records", workspace)

    first = owner.get(url, headers=HTMX)
    tag = {**HTMX, "HX-PTag": first.headers["HX-PTag"]}
    again = owner.get(url, headers=tag)
    ghl.post("/_sandbox/do", {"do": "win_deal", "id": next(d["id"] for d in deals(ghl) if d["status"] == "open")})
    changed = owner.get(url, headers=tag)

    assert first.content.decode().lstrip().startswith('<div class="stack gap" id="records"')
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


def test_sandbox_that_is_down_says_what_to_do(workspace, owner, settings):
    settings.SANDBOX_GHL_URL = "http://127.0.0.1:9"

    page = owner.get(at("sandbox", workspace))
    done = owner.post(at("sandbox-do", workspace), {"do": "win_deal", "id": "x"})

    assert (page.status_code, done.status_code) == (503, 410)
    assert "The sandbox of HighLevel doesn't answer: 127.0.0.1 refused the connection" in text(page)
    assert "start it with “make up” and reload this page" in text(page)


def test_starting_over_brings_the_first_day_back(workspace, owner, ghl):
    owner.post(at("sandbox-do", workspace), {"do": "win_deal", "id": next(d["id"] for d in deals(ghl))})

    answer = owner.post(at("sandbox-reset", workspace))

    assert said(answer)[-1] == "It is as on its first day again. Connections go on working."
    assert [line for line in ghl.effects() if line["by"] == "person"] == []


def test_what_was_done_stands_in_the_audit_log(workspace, owner, ghl):
    owner.post(at("sandbox-do", workspace), {"do": "win_deal", "id": deals(ghl)[0]["id"]})

    with scope(workspace=workspace):
        assert AuditEvent.objects.get().verb == "sandbox.done"
