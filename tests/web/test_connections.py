"""Connections: who sees them, what is said of them, changing, testing, deleting."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from builder import seal
from builder.models import Bucket, Connection, Health, Hook, Recipe, RecipeState, RunStatus, StepStatus
from tests import make
from tests.web.accounts_desk import CONNECT, EVERY_ROLE, at, connect_ninja, kept, known, ninja_fields, owner, workspace
from tests.web.people import HTMX, browser_of, only, said, statuses, text

__all__ = ["owner", "workspace"]

pytestmark = pytest.mark.django_db

# doors


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("connections", EVERY_ROLE), ("connect", CONNECT), ("connections-test", CONNECT), ("sign-in", CONNECT)],
)
def test_pages_of_the_list_ask_for_the_capability(workspace, name, allowed):
    url = at(name, workspace)
    posts = {"connections-test": (302, {}), "sign-in": (404, {"connector": "nobody"})}

    if name in posts:
        status, data = posts[name]
        assert statuses(workspace, lambda client: client.post(url, data)) == only(*allowed, status=status)
    else:
        assert statuses(workspace, lambda client: client.get(url)) == only(*allowed)


@pytest.mark.parametrize("name", ["connect-method"])
def test_form_asks_for_the_capability(workspace, name):
    url = at(name, workspace, "ghl", "token")

    assert statuses(workspace, lambda client: client.get(url)) == only(*CONNECT)
    assert statuses(workspace, lambda client: client.post(url, {})) == only(*CONNECT, status=422)


def test_connection_is_shown_to_every_role(workspace):
    url = at("connection", workspace, make.make_connection(workspace=workspace).public_id)

    assert statuses(workspace, lambda client: client.get(url)) == only(*EVERY_ROLE)


@pytest.mark.parametrize(
    ("name", "status"),
    [("connection-rename", 302), ("connection-change", 422), ("connection-test", 302), ("connection-hook", 404)],
)
def test_writes_on_a_connection_ask_for_the_capability(workspace, name, status):
    url = at(name, workspace, make.make_connection(workspace=workspace, secrets={}).public_id)

    assert statuses(workspace, lambda client: client.post(url, {"name": "Books"})) == only(*CONNECT, status=status)


def test_deleting_asks_for_the_capability(workspace):
    url = at("connection-delete", workspace, make.make_connection(workspace=workspace).public_id)

    assert statuses(workspace, lambda client: client.get(url)) == only(*CONNECT)
    assert statuses(workspace, lambda client: client.post(url), ("viewer", "operator", "stranger", "owner")) == {
        "viewer": 403,
        "operator": 403,
        "stranger": 404,
        "owner": 302,
    }


@pytest.mark.parametrize("name", ["connection", "connection-delete"])
def test_connection_of_another_workspace_is_not_there(workspace, owner, name):
    foreign = make.make_connection()

    assert owner.get(at(name, workspace, foreign.public_id)).status_code == 404


@pytest.mark.parametrize(("connector", "method"), [("nobody", "token"), ("ghl", "carrier-pigeon"), ("tools", "token")])
def test_way_to_connect_that_is_none_is_not_there(workspace, owner, connector, method):
    assert owner.get(at("connect-method", workspace, connector, method)).status_code == 404


# the list


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_however_long(workspace, owner, rows, django_assert_num_queries):
    for number in range(rows):
        row = make.make_connection(workspace=workspace, connector="ghl", method="app", name=f"Books {number}")
        make.make_subscription(connection=row)
        make.make_hook(connection=row)
        make.make_recipe(workspace=workspace, live=True, connection=row)

    with django_assert_num_queries(15):
        owner.get(at("connections", workspace))


def test_empty_list_says_what_to_do(workspace, owner):
    page = text(owner.get(at("connections", workspace)))

    assert "No connections yet" in page
    assert "Connect an account" in page


def test_viewer_gets_no_buttons(workspace):
    make.make_connection(workspace=workspace)

    page = browser_of(workspace, "viewer").get(at("connections", workspace)).content.decode()

    assert "connections-test" not in page
    assert at("connect", workspace) not in page
    assert at("connections-test", workspace) not in page


def test_list_says_who_and_how_and_which_recipes(workspace, owner):
    row = make.make_connection(workspace=workspace, connector="ghl", name="Agency")
    make.make_recipe(workspace=workspace, connection=row)

    page = text(owner.get(at("connections", workspace)))

    assert "Agency Private integration token Lumen Studio, 3 records, version 5.12.0" in page
    assert "A private integration token gets no webhooks, so Recette asks every 2 minutes." in page
    assert "HighLevel 100 requests in 10 s, 200,000 a day Account" in page


def test_budget_is_that_of_the_account(workspace, owner):
    hosted = make.make_connection(workspace=workspace, settings={"base_url": "https://invoicing.co"})
    own = make.make_connection(workspace=workspace, settings={"base_url": "https://invoices.example.com"})

    pages = [text(owner.get(at("connection", workspace, row.public_id))) for row in (hosted, own)]

    assert "Invoice Ninja 2 accounts Account" in text(owner.get(at("connections", workspace)))
    assert ["500 requests in 60 s" in page for page in pages] == [True, False]
    assert ["2,000 requests in 10 s" in page for page in pages] == [False, True]


def test_what_was_asked_today_is_shown_with_the_budget(workspace, owner):
    row = make.make_connection(workspace=workspace, settings={"base_url": "https://invoicing.co"})
    counted = {"most": 500, "seconds": 60, "day": timezone.now().date(), "used_today": 1840, "peak_today": 97}
    Bucket.objects.create(key="invoice_ninja|invoicing.co", **counted)

    page = text(owner.get(at("connection", workspace, row.public_id)))

    assert "500 requests in 60 s 1,840 calls since midnight UTC, at most 97 of 500 in 60 s" in page


def test_service_that_is_away_is_told_with_the_time_it_is_tried_again(workspace, owner):
    row = make.make_connection(
        workspace=workspace,
        health=Health.TROUBLE,
        trouble="Invoice Ninja is not answering.",
        resting_until=timezone.now() + timedelta(minutes=5),
    )

    page = text(owner.get(at("connection", workspace, row.public_id)))

    assert "Invoice Ninja is not answering. Recette tries Invoice Ninja again at " in page
    assert "Runs that need it wait until then; none fails, and nothing is lost." in page
    assert "put on hold" not in page


def test_missing_public_address_is_the_reason_for_asking(workspace, owner, settings):
    settings.PUBLIC_URL = ""
    make.make_connection(workspace=workspace, connector="ghl", method="app")

    page = text(owner.get(at("connections", workspace)))

    assert (
        "This server has no public address (PUBLIC_URL), so no webhook arrives: Recette asks every 2 minutes." in page
    )


def test_webhooks_arrive_where_the_server_can_be_reached(workspace, owner, settings):
    settings.PUBLIC_URL = "https://recette.example.com"
    account = make.make_connection(workspace=workspace, connector="ghl", method="app")
    hook = make.make_hook(connection=account)

    before = text(owner.get(at("connections", workspace)))
    with scope(workspace=workspace):
        Hook.objects.filter(pk=hook.pk).update(last_at=timezone.now())
    after = text(owner.get(at("connections", workspace)))

    assert "No webhook has come yet" in before
    assert "They arrive at once, by webhook" in after


def test_trouble_missing_permissions_and_refusals_are_told(workspace, owner):
    row = make.make_connection(
        workspace=workspace,
        connector="ghl",
        method="app",
        health=Health.SIGNED_OUT,
        trouble="The token was revoked.",
        identity={**make.IDENTITY, "missing": ["contacts.write"]},
    )
    make.make_hook(connection=row, refused=3, refused_at=timezone.now() - timedelta(minutes=5))

    page = text(owner.get(at("connections", workspace)))
    own = text(owner.get(at("connection", workspace, row.public_id)))

    assert "Signed out" in page
    assert "The token was revoked. 1 permission missing" in page
    assert "3 deliveries refused" in page
    assert "3 deliveries refused ( 5 min ago ). Their signature was wrong or missing." in own


def test_names_that_try_to_be_markup_stay_names(workspace, owner):
    make.make_connection(workspace=workspace, name="<script>alert(1)</script>")

    assert b"<script>alert" not in owner.get(at("connections", workspace)).content


def test_recipes_that_use_it_are_links(workspace, owner):
    row = make.make_connection(workspace=workspace, connector="ghl")
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True, connection=row)

    page = owner.get(at("connection", workspace, row.public_id)).content.decode()

    assert f'href="{at("recipe", workspace, recipe.public_id)}">Won deal</a>' in page


# changing


def test_empty_secret_stays_as_it_is(workspace, owner, ninja):
    row = connect_ninja(owner, workspace, ninja)

    answer = owner.post(at("connection-change", workspace, row.public_id), ninja_fields(ninja, token=""))

    [after] = kept(workspace)
    assert said(answer)[-1] == "Brightwater Studio answered, and it is saved."
    assert seal.unseal(after.sealed, f"{workspace.pk}|connection|{row.public_id}") == {"token": known(ninja)["token"]}


def test_new_address_asks_for_the_secret_again(workspace, owner, ninja):
    row = connect_ninja(owner, workspace, ninja)
    fields = ninja_fields(ninja, token="", base_url="https://invoices.example.com")

    answer = owner.post(at("connection-change", workspace, row.public_id), fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors["token"] == [
        "The address changes, so enter this again: a secret is only sent where it was given for."
    ]
    assert kept(workspace)[0].settings == row.settings


def test_another_account_has_to_be_confirmed(workspace, owner, ninja):
    row = connect_ninja(owner, workspace, ninja)
    with scope(workspace=workspace):
        Connection.objects.update(identity={**row.identity, "record_id": "another", "name": "Other Ltd"})
    url = at("connection-change", workspace, row.public_id)

    asked = owner.post(url, ninja_fields(ninja))
    confirmed = owner.post(url, ninja_fields(ninja, other="on"))

    assert asked.status_code == 422
    assert "This is another account: Brightwater Studio instead of Other Ltd." in text(asked)
    assert "Yes, this connection is to be that other account from now on" in text(asked)
    assert confirmed.status_code == 302
    assert kept(workspace)[0].identity["name"] == "Brightwater Studio"


def test_rename_changes_the_name_alone(workspace, owner):
    row = make.make_connection(workspace=workspace)

    answer = owner.post(at("connection-rename", workspace, row.public_id), {"name": "Old books"})

    assert said(answer) == ["It is called “Old books” now."]
    assert [(c.name, c.sealed) for c in kept(workspace)] == [("Old books", row.sealed)]


# testing


def test_test_says_who_answered(workspace, owner, ninja):
    row = connect_ninja(owner, workspace, ninja)

    answer = owner.post(at("connection-test", workspace, row.public_id), headers=HTMX)

    assert answer.headers["HX-Trigger"] == '{"toast": "Brightwater Studio answered."}'
    assert answer.content.decode().lstrip().startswith(f'<tr id="connection-{row.public_id}"')


def test_test_that_fails_is_told_in_the_row(workspace, owner):
    row = make.make_connection(workspace=workspace)

    answer = owner.post(at("connection-test", workspace, row.public_id), headers=HTMX)

    assert "In trouble" in text(answer)
    assert "127.0.0.1 refused the connection: it may be down, or the port is wrong." in text(answer)
    assert kept(workspace)[0].health == Health.TROUBLE


def test_runs_on_hold_go_on_once_the_connection_is_mended(workspace, owner, ninja):
    row = connect_ninja(owner, workspace, ninja)
    recipe = make.make_recipe(workspace=workspace, live=True, tree=make.make_tree(ninja=row))
    for _each in range(2):
        run = make.make_run(recipe=recipe, status=RunStatus.HELD, stopped_at="sclien", place=[1], because="Signed out.")
        make.make_step_run(run=run, status=StepStatus.FAILED, error={"code": "signed_out", "message": "", "field": ""})

    answer = owner.post(at("connection-test", workspace, row.public_id))

    assert said(answer)[-1] == "Brightwater Studio answered. 2 runs that were on hold go on."


def test_test_all_lets_each_row_ask_for_itself(workspace, owner):
    rows = [make.make_connection(workspace=workspace) for _each in range(2)]

    page = owner.post(at("connections-test", workspace), headers=HTMX).content.decode()

    assert page.count('hx-trigger="load"') == 2
    assert [row.health for row in kept(workspace)] == [row.health for row in rows]


def test_test_all_without_script_asks_everyone(workspace, owner):
    make.make_connection(workspace=workspace, name="Books")

    answer = owner.post(at("connections-test", workspace))

    assert said(answer) == ["Books: 127.0.0.1 refused the connection: it may be down, or the port is wrong."]


# deleting


def test_deleting_names_the_recipes_it_would_pause(workspace, owner):
    row = make.make_connection(workspace=workspace, connector="ghl")
    recipe = make.make_recipe(workspace=workspace, name="Won deal", live=True, connection=row)
    url = at("connection-delete", workspace, row.public_id)

    asked = text(owner.get(url))
    answer = owner.post(url)

    assert "This live recipe uses it and would be paused: Won deal" in asked
    assert said(answer) == ["“HighLevel” is deleted. The recipe “Won deal” is paused."]
    with scope(workspace=workspace):
        assert Recipe.objects.get(pk=recipe.pk).state == RecipeState.PAUSED
    assert kept(workspace) == []


def test_deleted_connection_is_gone_for_every_page(workspace, owner):
    row = make.make_connection(workspace=workspace, deleted_at=timezone.now())

    assert owner.get(at("connection", workspace, row.public_id)).status_code == 404
    assert owner.post(at("connection-test", workspace, row.public_id)).status_code == 404
