"""Where the link of an invitation leads, for everybody who may open it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Invitation, Membership, Role, User
from tests import make
from tests.make import PASSWORD
from tests.web.people import text

pytestmark = pytest.mark.django_db
KEY = "a-key-that-nobody-guesses"
URL = f"/invitations/{KEY}/"
OVER = "This invitation was used, withdrawn or is older than a week. Ask for a new one."


@pytest.fixture
def invitation():
    return make.make_invitation(key=KEY, email="camille@example.com", role=Role.EDITOR, invited_by=make.make_user())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def roles(invitation) -> list[tuple[str, str]]:
    rows = Membership.objects.filter(workspace=invitation.workspace).select_related("user")
    return [(member.user.email, member.role) for member in rows]


def test_page_says_who_invites_to_what_as_what(client, invitation):
    page = text(client.get(URL))

    assert "Join Lumen Studio" in page
    assert "Robin Weber invites you, as Editor. The invitation is for camille@example.com." in page


def test_new_person_joins_with_name_and_password(client, invitation):
    answer = client.post(URL, {"name": "Camille Roux", "password": "seven green bottles"})

    assert answer.url == reverse("web:workspace", args=[invitation.workspace.slug])
    assert roles(invitation) == [("camille@example.com", "editor")]
    assert answer.wsgi_request.user.name == "Camille Roux"


def test_mistakes_of_a_new_person_are_told_and_the_link_still_works(client, invitation):
    wrong = client.post(URL, {"name": "Camille Roux", "password": "short"})
    right = client.post(URL, {"name": "Camille Roux", "password": "seven green bottles"})

    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {
        "password": ["This password is too short. It must contain at least 12 characters."]
    }
    assert wrong.context["form"]["name"].value() == "Camille Roux"
    assert right.status_code == 302


def test_person_who_is_signed_in_just_says_yes(invitation):
    camille = signed_in(make.make_user(email="camille@example.com"))

    page, answer = camille.get(URL), camille.post(URL)

    assert "Choose a password" not in text(page)
    assert answer.status_code == 302
    assert roles(invitation) == [("camille@example.com", "editor")]


def test_person_with_an_account_is_asked_to_sign_in_and_comes_back(client, invitation):
    make.make_user(email="camille@example.com")

    page = client.get(URL)
    signing_in = client.post(f"/accounts/login/?next={URL}", {"login": "camille@example.com", "password": PASSWORD})

    assert "There is an account for camille@example.com already: sign in, and you come back here." in text(page)
    assert client.get(URL).status_code == 200
    assert signing_in.url == URL


def test_known_address_cannot_be_taken_over_by_posting(client, invitation):
    camille = make.make_user(email="camille@example.com")

    answer = client.post(URL, {"name": "Mallory", "password": "seven green bottles"})

    camille.refresh_from_db()
    assert answer.url == f"/accounts/login/?next={URL}"
    assert camille.check_password(PASSWORD)
    assert roles(invitation) == []


def test_wrong_account_is_asked_what_to_do(invitation):
    other = signed_in(make.make_user(email="dana@example.com"))

    page, refused, out = other.get(URL), other.post(URL), other.post(f"{URL}sign-out/")

    assert "You are signed in as dana@example.com, and this invitation is for camille@example.com." in text(page)
    assert refused.status_code == 422
    assert roles(invitation) == []
    assert out.url == URL
    assert "Choose a password" in text(other.get(URL))


@pytest.mark.parametrize(
    "over",
    [
        {"accepted_at": timezone.now()},
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_used_withdrawn_and_old_ones_are_explained(client, invitation, over):
    with scope(workspace=invitation.workspace):
        Invitation.objects.update(**over)

    shown, sent = client.get(URL), client.post(URL, {"name": "Camille", "password": "seven green bottles"})

    assert (shown.status_code, sent.status_code) == (410, 410)
    assert OVER in text(shown)
    assert roles(invitation) == []


def test_unknown_key_tells_no_more_than_a_used_one(client):
    answer = client.get("/invitations/no-such-key/")

    assert answer.status_code == 410
    assert OVER in text(answer)


def test_second_click_of_the_new_person_is_harmless(client, invitation):
    given = {"name": "Camille Roux", "password": "seven green bottles"}
    client.post(URL, given)

    again = Client().post(URL, given)

    assert again.status_code == 410
    assert roles(invitation) == [("camille@example.com", "editor")]
