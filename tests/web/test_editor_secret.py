"""The secret of a recipe's own address, in the editor."""

import pytest
from django_scopes import scope

from builder.actions import publishing
from builder.models import Hook, Role
from builder.recipe import tree as trees
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, text

pytestmark = pytest.mark.django_db


def at_hook(role=Role.EDITOR, **inputs):
    desk = make_desk(role)
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received", "inputs": inputs}})
    with scope(workspace=desk.workspace):
        recipe = desk.recipe
        recipe.draft = tree
        recipe.save()
    return desk


def secret_of(desk):
    by = make.make_actor(workspace=desk.workspace)
    return publishing.secret(by, desk.recipe)


def shown(desk):
    return desk.get(at={"step": "trigger", "tab": "app"})


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("secret", "The other app sends it along in the header X-Recette-Secret."),
        ("hmac", "The other app signs the body of each call with it (HMAC-SHA256) and sends the signature in the "),
    ],
)
def test_secret_stands_beside_the_address_where_it_is_wanted(check, said):
    desk = at_hook(check=check)

    page = shown(desk)

    assert said in text(page)
    assert f'value="{secret_of(desk)}"' in page.content.decode()


def test_without_a_check_and_for_who_may_not_edit_there_is_none():
    plain, viewer = at_hook(), at_hook(Role.VIEWER, check="secret")

    assert "Another secret" not in text(shown(plain))
    assert secret_of(viewer) not in shown(viewer).content.decode()


def test_secret_is_changed_and_a_short_one_refused():
    desk = at_hook(check="secret")
    before = secret_of(desk)

    short = desk.browser.post(desk.url("recipe-secret"), {"secret": "short"}, headers=HTMX)
    same = secret_of(desk)
    changed = desk.browser.post(desk.url("recipe-secret"), {"secret": "of the other app"}, headers=HTMX)

    assert (short.status_code, same) == (422, before)
    assert "A secret has at least 8 characters" in text(short)
    assert changed.headers["HX-Redirect"] == f"{desk.url()}?step=trigger&tab=app"
    assert secret_of(desk) == "of the other app"


def test_refused_calls_are_counted_beside_the_address():
    desk = at_hook(check="secret")
    secret_of(desk)
    with scope(workspace=desk.workspace):
        Hook.objects.update(refused=3)

    assert "3 calls were refused: their secret or signature was wrong or missing." in text(shown(desk))


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 403), (Role.EDITOR, 302)])
def test_changing_it_asks_for_the_capability(role, status):
    desk = at_hook(role, check="secret")

    assert desk.browser.post(desk.url("recipe-secret"), {"secret": ""}).status_code == status


def test_page_says_step_by_step_how_a_highlevel_workflow_calls_it():
    page = text(shown(at_hook(check="secret")))

    assert "From a HighLevel workflow, step by step" in page
    assert "Add the action Custom Webhook: method POST, as URL the address above." in page
    assert "Custom Webhook" not in text(make_desk().get(at={"step": "trigger", "tab": "app"}))
