"""The workspace's settings, and a person's own."""

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.models import AuditEvent, Role, Theme
from tests import make
from tests.web.people import HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Lumen & Co", "zone": "Europe/Berlin", "currency": "EUR"}


@pytest.fixture
def workspace():
    return make.make_workspace()


def url(workspace) -> str:
    return reverse("web:settings", args=[workspace.slug])


def test_settings_are_for_those_who_manage(workspace):
    assert statuses(workspace, lambda client: client.get(url(workspace))) == only("owner", "admin")
    assert statuses(workspace, lambda client: client.post(url(workspace), {})) == only("owner", "admin", status=422)


def test_settings_are_saved(workspace):
    answer = browser_of(workspace).post(url(workspace), GIVEN)

    workspace.refresh_from_db()
    assert said(answer) == ["The settings are saved."]
    assert (workspace.name, workspace.zone, workspace.currency) == ("Lumen & Co", "Europe/Berlin", "EUR")


def test_settings_with_script_answer_with_the_way_on(workspace):
    answer = browser_of(workspace).post(url(workspace), GIVEN, headers=HTMX)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, url(workspace))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Give the workspace a name: the company's or the team's."),
        ("name", "x" * 81, "The name is longer than 80 characters. Shorten it."),
        ("zone", "Mars/Olympus", "There is no time zone “Mars/Olympus”. Choose one from the list."),
        ("currency", "XXX", "“XXX” is not a currency. Choose one from the list, such as EUR."),
    ],
)
def test_wrong_setting_is_told_at_its_field(workspace, field, value, sentence):
    answer = browser_of(workspace).post(url(workspace), {**GIVEN, field: value})

    before = workspace.name
    workspace.refresh_from_db()
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert workspace.name == before


def test_wrong_setting_with_script_answers_with_the_form_alone(workspace):
    answer = browser_of(workspace).post(url(workspace), {**GIVEN, "name": ""}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<form class="card connect" id="settings"')
    assert "Give the workspace a name" in text(answer)


def test_zone_that_is_not_in_the_list_is_still_shown(workspace):
    workspace.zone = "Etc/GMT+5"
    workspace.save()

    page = browser_of(workspace).get(url(workspace)).content.decode()

    assert '<option value="Etc/GMT+5" selected>' in page


def test_account_is_for_those_who_are_signed_in(client):
    assert client.get(reverse("web:account")).url == "/accounts/login/?next=/account/"


def test_account_is_saved():
    user = make.make_user()
    client = Client()
    client.force_login(user)

    client.post(reverse("web:account"), {"name": "Dana Okafor", "theme": "dark"})

    user.refresh_from_db()
    assert (user.name, user.theme, user.single_keys) == ("Dana Okafor", Theme.DARK, False)


def test_account_needs_a_name():
    user = make.make_user(name="Dana")
    client = Client()
    client.force_login(user)

    answer = client.post(reverse("web:account"), {"name": " ", "theme": "dark"})

    user.refresh_from_db()
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": ["Write your name, as colleagues should read it."]}
    assert (user.name, user.theme) == ("Dana", Theme.SYSTEM)


@pytest.mark.parametrize("rows", [1, 3])
def test_account_costs_the_same_in_however_many_workspaces(rows, django_assert_num_queries):
    user = make.make_user()
    for number in range(rows):
        make.make_member(user=user, role=Role.VIEWER, workspace=make.make_workspace(name=f"Studio {number}"))
    client = Client()
    client.force_login(user)

    with django_assert_num_queries(6):
        page = text(client.get(reverse("web:account")))

    assert page.count("Viewer") == rows


KEPT = {"keep_days": "60", "keep_exchanges_days": "14", "keep_runs": "250,000"}


def keeping_url(workspace) -> str:
    return reverse("web:settings-keeping", args=[workspace.slug])


def test_how_long_things_are_kept_is_saved_and_audited(workspace):
    answer = browser_of(workspace).post(keeping_url(workspace), KEPT)

    workspace.refresh_from_db()
    with scope(workspace=workspace):
        changes = AuditEvent.objects.get(verb="workspace.changed").details
    assert said(answer) == ["The settings are saved."]
    assert (workspace.keep_days, workspace.keep_exchanges_days, workspace.keep_runs) == (60, 14, 250_000)
    assert changes["keep_days"] == [None, 60]


def test_how_long_things_are_kept_may_be_left_to_the_installation(workspace):
    browser_of(workspace).post(keeping_url(workspace), KEPT)

    browser_of(workspace).post(keeping_url(workspace), dict.fromkeys(KEPT, ""))

    workspace.refresh_from_db()
    assert (workspace.keep_days, workspace.keeping.days, workspace.keeping.exchanges_days) == (None, 90, 30)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("keep_days", "0", "Give a whole number from 1 to 3,650, or nothing."),
        ("keep_days", "a month", "Give a whole number from 1 to 3,650, or nothing."),
        ("keep_runs", "99", "Give a whole number from 100 to 100,000,000, or nothing."),
    ],
)
def test_wrong_time_of_keeping_is_told_at_its_field(workspace, field, value, sentence):
    answer = browser_of(workspace).post(keeping_url(workspace), {**KEPT, field: value})

    workspace.refresh_from_db()
    assert (answer.status_code, answer.context["keeping"].errors) == (422, {field: [sentence]})
    assert workspace.keep_days is None


def test_how_long_things_are_kept_is_for_those_who_manage(workspace):
    asked = statuses(workspace, lambda client: client.post(keeping_url(workspace), KEPT))

    assert asked == only("owner", "admin", status=302)
