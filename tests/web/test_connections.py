"""Connections: who sees them, what is said of them, connecting, changing, testing, deleting, signing in elsewhere."""

from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder import seal
from builder.models import Bucket, Connection, Health, Recipe, RecipeState, RunStatus, StepStatus
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db
CONNECT = ("owner", "admin", "editor")
EVERY_ROLE = (*CONNECT, "operator", "viewer")


@pytest.fixture
def workspace():
    return make.make_workspace()


@pytest.fixture
def owner(workspace):
    return browser_of(workspace)


def at(name: str, workspace, *more: str) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def known(sandbox) -> dict[str, str]:
    return sandbox.get("/_sandbox/state")["connect"]


def ninja_fields(ninja, **changes: str) -> dict[str, str]:
    connect = known(ninja)
    return {
        "token": connect["token"],
        "base_url": ninja.url + connect["path"],
        "marker_field": "custom_value4",
        **changes,
    }


def kept(workspace) -> list[Connection]:
    with scope(workspace=workspace):
        return list(Connection.objects.filter(deleted_at=None).order_by("pk"))


def connect_ninja(owner, workspace, ninja, **changes: str) -> Connection:
    owner.post(at("connect-method", workspace, "invoice_ninja", "token"), ninja_fields(ninja, **changes))
    return kept(workspace)[-1]


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

    with django_assert_num_queries(13):
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

    assert "500 requests in 60 s 1,840 calls today, at most 97 of 500 in 60 s" in page


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
    make.make_connection(workspace=workspace, connector="ghl", method="app")

    assert "They arrive at once, by webhook" in text(owner.get(at("connections", workspace)))


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


# connecting


def test_form_says_where_the_token_is(workspace, owner):
    page = text(owner.get(at("connect-method", workspace, "ghl", "token")))

    assert "In HighLevel: Settings, Private Integrations. It begins with pit- and is shown only once." in page
    assert "contacts.write" in page


def test_right_token_makes_a_tested_connection(workspace, owner, ninja):
    answer = owner.post(at("connect-method", workspace, "invoice_ninja", "token"), ninja_fields(ninja, name="Books"))

    [row] = kept(workspace)
    assert answer.url == at("connections", workspace)
    assert said(answer) == ["Connected to Brightwater Studio, 8 clients."]
    assert (row.name, row.health, row.identity["name"]) == ("Books", Health.WELL, "Brightwater Studio")


def test_from_the_first_steps_one_comes_back_there(workspace, owner, ninja):
    steps, form = at("first-steps", workspace), at("connect-method", workspace, "invoice_ninja", "token")

    page = owner.get(steps).content.decode()
    answer = owner.post(form, ninja_fields(ninja, next=steps))

    assert f'href="{form}?next={steps}"' in page.replace("%2F", "/")
    assert answer.url == steps


ELSEWHERE = [
    "https://evil.example/w/",
    "//evil.example/",
    "/w/{slug}//evil.example",
    "/w/other/runs/",
    "/accounts/logout/",
]


@pytest.mark.parametrize("address", [*ELSEWHERE, "javascript:alert(1)", "/w/{slug}/nowhere/", "first"])
def test_one_comes_back_to_pages_of_this_workspace_only(workspace, owner, ninja, address):
    url, address = at("connect-method", workspace, "invoice_ninja", "token"), address.format(slug=workspace.slug)

    page = owner.get(url, {"next": address}).content.decode()
    answer = owner.post(url, ninja_fields(ninja, next=address))

    assert '<input type="hidden" name="next" value="">' in page
    assert answer.url == at("connections", workspace)


def test_app_with_one_way_in_leads_straight_to_its_form(workspace, owner):
    back = {"next": at("first-steps", workspace)}

    one = owner.get(at("connect", workspace), {"app": "invoice_ninja", **back})
    two = owner.get(at("connect", workspace), {"app": "ghl", **back})

    form = at("connect-method", workspace, "invoice_ninja", "token")
    page = two.content.decode().replace("%2F", "/")
    assert one.url.replace("%2F", "/") == f"{form}?next={back['next']}"
    assert [home.key for home in two.context["homes"]] == ["ghl"]
    for way in ("token", "app"):
        assert f'href="{at("connect-method", workspace, "ghl", way)}?next={back["next"]}"' in page
    assert f'<a class="btn" href="{back["next"]}">Cancel</a>' in page


def test_wrong_token_does_not_lose_the_way_back(workspace, owner, ninja):
    url, back = at("connect-method", workspace, "invoice_ninja", "token"), at("first-steps", workspace)

    wrong = owner.post(url, ninja_fields(ninja, token="", next=back)).content.decode()

    assert f'<input type="hidden" name="next" value="{back}">' in wrong


def test_step_that_had_no_account_comes_back_with_the_new_one(ninja):
    desk = make_desk()
    url = at("connect-method", desk.workspace, "invoice_ninja", "token")
    with scope(workspace=desk.workspace):
        Connection.objects.filter(pk=desk.ninja.pk).update(deleted_at=timezone.now())
    step = desk.ids[-1]
    desk.edit("set_connection", step=step, connection="")

    panel = desk.get("recipe-step", step, at={"tab": "app"}, htmx=True).content.decode()
    back = f"{desk.url()}?step={step}&tab=app"
    first = desk.browser.post(url, ninja_fields(ninja, next=back))
    new = kept(desk.workspace)[-1].public_id
    desk.browser.post(url, ninja_fields(ninja, next=back, name="Another"))

    assert f"{at('connect', desk.workspace)}?app=invoice_ninja&amp;next={quote(back, safe='')}" in panel
    assert first.url == back
    assert desk.step(step)["connection"] == new  # and stays it when another comes
    assert len(kept(desk.workspace)) == 3


def test_recipe_deleted_meanwhile_keeps_no_account_from_being_connected(ninja):
    desk = make_desk()
    url, back = at("connect-method", desk.workspace, "invoice_ninja", "token"), f"{desk.url()}?step=trigger"
    with scope(workspace=desk.workspace):
        Recipe.objects.update(deleted_at=timezone.now())

    answer = desk.browser.post(url, ninja_fields(ninja, next=back))

    assert (answer.status_code, len(kept(desk.workspace))) == (302, 3)


def test_step_with_several_accounts_leaves_the_choice_to_the_person(ninja):
    desk = make_desk()
    url, step = at("connect-method", desk.workspace, "invoice_ninja", "token"), desk.ids[-1]
    desk.edit("set_connection", step=step, connection="")

    answer = desk.browser.post(url, ninja_fields(ninja, next=f"{desk.url()}?step={step}&tab=app"))

    page = desk.browser.get(answer.url).content.decode()
    assert desk.step(step)["connection"] == ""
    assert f'<option value="{kept(desk.workspace)[-1].public_id}">' in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("token", "", "“API token” is empty. Fill it in."),
        ("token", "wrong-token-of-24-letters", "Invoice Ninja doesn't accept the token: make a new one"),
        ("base_url", "http://127.0.0.1:9", "127.0.0.1 refused the connection"),
        ("base_url", "app.invoiceninja.com", "app.invoiceninja.com is Invoice Ninja 4"),
    ],
)
def test_mistake_stands_beside_its_field_and_nothing_is_kept(workspace, owner, ninja, field, value, sentence):
    url = at("connect-method", workspace, "invoice_ninja", "token")

    answer = owner.post(url, ninja_fields(ninja, name="Books", **{field: value}), headers=HTMX)

    form = answer.context["form"]
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<form class="dialog connect" id="connect"')
    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith(sentence)
    assert form["name"].value() == "Books"
    assert kept(workspace) == []


def test_secret_is_never_sent_back(workspace, owner, ninja):
    url = at("connect-method", workspace, "invoice_ninja", "token")

    wrong = owner.post(url, ninja_fields(ninja, token="wrong-token-of-24-letters")).content.decode()
    row = connect_ninja(owner, workspace, ninja)
    page = owner.get(at("connection", workspace, row.public_id)).content.decode()

    token = known(ninja)["token"]
    assert "wrong-token-of-24-letters" not in wrong
    assert token not in page
    assert f"It ends in {token[-4:]}. Leave this empty to keep it." in page


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


# the address for webhooks, and signing in at the service


def test_hook_address_is_made_when_asked_for_and_shown_to_those_who_connect(workspace, owner):
    row = make.make_connection(workspace=workspace, connector="ghl", method="app")
    url = at("connection", workspace, row.public_id)

    before = owner.get(url).content.decode()
    owner.post(at("connection-hook", workspace, row.public_id))
    after, viewer = owner.get(url).content.decode(), browser_of(workspace, "viewer").get(url).content.decode()

    assert ("/hooks/" in before, "/hooks/" in after, "/hooks/" in viewer) == (False, True, False)


def away(owner, workspace, ghl, **more: str):
    fields = {name: known(ghl)[name] for name in ("client_id", "client_secret")}
    return owner.post(
        at("sign-in", workspace), {"connector": "ghl", **fields, "base_url": ghl.url, **more}, headers=HTMX
    )


def consented(page: str) -> dict[str, str]:
    """What the service sends back after its own page was confirmed."""
    shown, back = httpx.get(page), httpx.post(page)

    assert shown.status_code == 200
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def test_signing_in_at_the_service_makes_a_connection(workspace, owner, ghl):
    page = away(owner, workspace, ghl, name="By app").headers["HX-Redirect"]

    answer = owner.get(reverse("web:oauth-callback"), consented(page))

    [row] = kept(workspace)
    assert "highlevel" not in parse_qs(urlsplit(page).query)["redirect_uri"][0].lower()
    assert answer.url == at("connections", workspace)
    assert (row.name, row.method, row.health) == ("By app", "app", Health.WELL)


def test_signing_in_at_the_service_comes_back_to_where_one_was(workspace, owner, ghl):
    back = at("template-set-up", workspace, "won-deal-to-draft-invoice")
    page = away(owner, workspace, ghl, next=f"{back}?step=connect&minimum=250").headers["HX-Redirect"]

    answer = owner.get(reverse("web:oauth-callback"), consented(page))

    assert answer.url == f"{back}?step=connect&minimum=250&connection_ghl={kept(workspace)[0].public_id}"


def test_who_says_no_at_the_service_is_back_where_they_were(workspace, owner, ghl):
    back = at("first-steps", workspace)
    page = away(owner, workspace, ghl, next=back).headers["HX-Redirect"]
    state = parse_qs(urlsplit(page).query)["state"][0]

    answer = owner.get(reverse("web:oauth-callback"), {"state": state, "error": "access_denied"})

    assert answer.url == back


def test_without_script_a_link_leads_to_the_service(workspace, owner, ghl):
    fields = {name: known(ghl)[name] for name in ("client_id", "client_secret")}

    answer = owner.post(at("sign-in", workspace), {"connector": "ghl", **fields, "base_url": ghl.url})

    assert answer.status_code == 200
    assert f'href="{ghl.url}/v2/oauth/chooselocation?' in answer.content.decode()


def test_missing_client_secret_is_told_beside_its_field(workspace, owner):
    answer = owner.post(at("sign-in", workspace), {"connector": "ghl", "client_id": "abc"}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"client_secret": ["Copy this from the app's settings."]}
    assert answer.context["form"]["client_id"].value() == "abc"


def test_coming_back_with_another_state_connects_nothing(workspace, owner, ghl):
    page = away(owner, workspace, ghl).headers["HX-Redirect"]

    answer = owner.get(reverse("web:oauth-callback"), {**consented(page), "state": "forged"})

    assert said(answer) == ["This sign-in was not begun in this browser, or more than ten minutes ago. Begin again."]
    assert kept(workspace) == []


def test_coming_back_to_a_browser_that_never_left_is_explained(workspace, owner):
    answer = owner.get(reverse("web:oauth-callback"), {"state": "x", "code": "y"})

    assert answer.status_code == 410
    assert "This sign-in was not begun in this browser" in text(answer)


def test_person_who_says_no_at_the_service_is_told_how_to_begin_again(workspace, owner, ghl):
    page = away(owner, workspace, ghl).headers["HX-Redirect"]
    state = parse_qs(urlsplit(page).query)["state"][0]

    answer = owner.get(reverse("web:oauth-callback"), {"state": state, "error": "access_denied"})

    assert said(answer) == ["The service did not grant access. Begin again, and confirm on its page."]


def test_signed_out_app_is_signed_in_again(workspace, owner, ghl):
    owner.get(reverse("web:oauth-callback"), consented(away(owner, workspace, ghl).headers["HX-Redirect"]))
    [row] = kept(workspace)
    with scope(workspace=workspace):
        Connection.objects.update(health=Health.SIGNED_OUT, trouble="Sign in again.")

    page = away(owner, workspace, ghl, connection=row.public_id).headers["HX-Redirect"]
    owner.get(reverse("web:oauth-callback"), consented(page))

    assert [(c.public_id, c.health, c.trouble) for c in kept(workspace)] == [(row.public_id, Health.WELL, "")]
