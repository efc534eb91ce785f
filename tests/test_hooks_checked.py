"""A recipe's own address that wants a secret or a signature; nobody else starts it."""

import base64
import hashlib
import hmac

import pytest

from builder.actions import publishing
from builder.actions.errors import Invalid
from builder.models import Event, Hook
from builder.recipe import tree as trees
from builder.runner import deliveries, listening, turn
from tests import doors, make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere")]

BODY = b'{"id": 7}'
SECRET = "a-secret-of-the-other-app"


def checked(check: str, header: str = "", live: bool = True) -> Hook:
    inputs = {"check": check, "header": header}
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received", "inputs": inputs}})
    recipe = make.make_recipe(tree=tree, live=live)
    if live:
        listening.listen(recipe)
    by = make.make_actor(workspace=recipe.workspace)
    publishing.set_secret(by, recipe, SECRET)
    return Hook.objects.get(subscription__recipe=recipe)


def signed(secret: str = SECRET, body: bytes = BODY) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("header", "headers", "status"),
    [
        ("", {"x_recette_secret": SECRET}, 200),
        ("", {"x_recette_secret": f" {SECRET} "}, 200),
        ("Authorization", {"authorization": f"Bearer {SECRET}"}, 200),
        ("X-Token", {"x_token": SECRET}, 200),
        ("X-Token", {"x_recette_secret": SECRET}, 401),
        ("", {"x_recette_secret": "another"}, 401),
        ("", {"x_recette_secret": ""}, 401),
        ("", {}, 401),
    ],
)
def test_secret_in_a_header_lets_in(knock, header, headers, status):
    hook = checked("secret", header)

    assert knock(f"/hooks/{doors.key_of(hook)}/", BODY, **headers).status == status
    assert Event.objects.count() == (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_signature": signed().hex()}, 200),
        ({"x_signature": signed().hex().upper()}, 200),
        ({"x_signature": f"sha256={signed().hex()}"}, 200),
        ({"x_signature": base64.b64encode(signed()).decode()}, 200),
        ({"x_signature": signed("another").hex()}, 401),
        ({"x_signature": signed(body=b'{"id": 8}').hex()}, 401),
        ({"x_signature": "sha256="}, 401),
        ({"x_signature": "ä"}, 401),
        ({}, 401),
        ({"x_signature": SECRET}, 401),
    ],
)
def test_signature_of_the_body_lets_in(knock, headers, status):
    hook = checked("hmac")

    assert knock(f"/hooks/{doors.key_of(hook)}/", BODY, **headers).status == status
    hook.refresh_from_db()
    assert (Event.objects.count(), hook.refused) == ((1, 0) if status == 200 else (0, 1))


def test_check_nobody_knows_lets_nobody_in(knock):
    hook = checked("handshake")

    assert knock(f"/hooks/{doors.key_of(hook)}/", BODY, x_signature=signed().hex()).status == 401


@pytest.mark.parametrize("check", ["", "secret"])
def test_what_a_draft_wants_is_not_checked_yet(knock, check):
    hook = checked(check, live=False)

    assert knock(f"/hooks/{doors.key_of(hook)}/", BODY).status == 200


def test_secret_is_made_kept_and_changed():
    actor = make.make_actor()
    recipe = make.make_recipe(workspace=actor.workspace)
    first = publishing.secret(actor, recipe)

    publishing.set_secret(actor, recipe, f" {SECRET} ")
    theirs = publishing.secret(actor, recipe)
    publishing.set_secret(actor, recipe, "")

    assert (len(first), theirs) == (43, SECRET)
    assert publishing.secret(actor, recipe) not in (first, SECRET)


@pytest.mark.parametrize("secret", ["short", "with a\nline break", "x" * 201])
def test_secret_that_is_none_is_refused(secret):
    actor = make.make_actor()

    with pytest.raises(Invalid) as refused:
        publishing.set_secret(actor, make.make_recipe(workspace=actor.workspace), secret)

    assert refused.value.field == "secret"


def test_what_a_newer_version_wants_is_checked_from_then_on():
    class Registrar(deliveries.Registrar):
        KEEP = 0.0

    hook, desk = checked("secret"), Registrar()
    recipe = hook.subscription.recipe
    call = deliveries.Delivery(doors.key_of(hook), "", {"x-recette-secret": SECRET}, BODY)

    def answer() -> int:
        with turn.writing():
            return desk.register([call])[0]

    assert answer() == 200
    inputs = {"check": "secret", "header": "X-Token"}
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received", "inputs": inputs}})
    recipe.live = make.make_version(recipe=recipe, number=2, tree=tree)
    recipe.save()

    assert answer() == 401
