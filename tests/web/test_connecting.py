"""Connecting: by a token, by signing in at the service, and back to where one was."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Connection, Health, Recipe
from tests import make
from tests.web.accounts_desk import at, connect_ninja, kept, known, ninja_fields, owner, workspace
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, said, text

__all__ = ["owner", "workspace"]

pytestmark = pytest.mark.django_db


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


def test_password_may_be_given_beside_the_token_and_is_never_shown(workspace, owner, ninja):
    url = at("connect-method", workspace, "invoice_ninja", "token")

    page = owner.get(url).content.decode()
    owner.post(url, ninja_fields(ninja, user_password="correct horse battery"))

    assert re.search(r'<input type="password" name="user_password"(?![^>]* required)', page)
    with scope(workspace=workspace):
        made = Connection.objects.get(connector="invoice_ninja")
    shown = owner.get(at("connection-change", workspace, made.public_id)).content.decode()
    assert "battery" not in shown
    assert "tery" not in made.endings.values()


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
    folded = {"base_url": "https://services.leadconnectorhq.com", "install_link": ""}
    answer = owner.post(at("sign-in", workspace), {"connector": "ghl", "client_id": "abc", **folded}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"client_secret": ["Copy this from the app's settings."]}
    assert not answer.context["form"].opened
    assert answer.context["form"]["client_id"].value() == "abc"


def test_install_link_that_leads_elsewhere_is_told_beside_its_field_which_is_unfolded(workspace, owner, ghl):
    answer = away(owner, workspace, ghl, install_link="https://example.com/?version_id=1")

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form.opened) == (422, ["install_link"], True)
    assert f"it begins with {ghl.url}/." in text(answer)


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
