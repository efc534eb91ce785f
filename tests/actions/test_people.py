"""Sign-up, invitations, roles, tokens."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from builder import seal
from builder.actions import audit, members, people, tokens, workspaces
from builder.actions.errors import Forbidden, Gone, Invalid
from builder.models import ApiToken, AuditEvent, Invitation, Membership, User, Workspace
from tests import make

pytestmark = pytest.mark.django_db

FIRST = {
    "name": "Olive Owner",
    "email": "Olive@Example.com",
    "password": "seven green bottles",
    "workspace_name": "Lumen Studio",
    "zone": "Europe/Berlin",
    "currency": "EUR",
}


def key_of(url):
    return url.rstrip("/").rsplit("/", 1)[-1]


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_first_workspace_has_its_owner():
    started = workspaces.create_first(**FIRST)

    assert started.workspace.slug == "lumen-studio"
    assert (started.workspace.zone, started.workspace.currency) == ("Europe/Berlin", "EUR")
    assert started.user.email == "olive@example.com"
    assert started.user.check_password("seven green bottles")
    assert Membership.objects.get().role == "owner"
    with scope(workspace=started.workspace):
        assert verbs() == ["workspace.created"]


def test_sign_up_closes_after_the_first_but_not_after_a_demo():
    demo = make.make_workspace(demo=True)
    started = workspaces.create_first(**FIRST)

    assert Membership.objects.get(workspace=demo, user=started.user).role == "owner"
    with scope(workspace=demo):
        assert verbs() == ["member.joined"]

    with pytest.raises(Gone):
        workspaces.create_first(**{**FIRST, "email": "second@example.com"})

    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "olive"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"workspace_name": ""}, "workspace_name"),
        ({"workspace_name": "x" * 81}, "workspace_name"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_first_workspace_says_which_field_is_wrong(given, field):
    with pytest.raises(Invalid) as refused:
        workspaces.create_first(**{**FIRST, **given})

    assert set(refused.value.errors) == {field}
    assert not Workspace.objects.exists()


def test_names_that_make_no_address_get_one():
    user = make.make_user()

    slugs = [workspaces.new_workspace(name, user).slug for name in ("Ünïcode & Söhne", "株式会社", "株式会社")]

    assert slugs[:2] == ["unicode-sohne", "workspace"]
    assert slugs[2].startswith("workspace-")


def test_settings_change_and_are_in_the_book(owner, inside):
    workspaces.change_settings(owner, "Lumen", "Europe/Madrid", "EUR")

    row = AuditEvent.objects.get(verb="workspace.changed")
    assert row.details == {
        "name": ["Lumen Studio", "Lumen"],
        "zone": ["UTC", "Europe/Madrid"],
        "currency": ["USD", "EUR"],
    }
    assert (row.user, row.address) == (owner.user, "192.0.2.7")


def test_invitation_is_mailed_shown_and_kept_only_as_a_hash(
    owner, inside, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation, url = members.invite(owner, "Guest@Example.com", "editor")

    key = key_of(url)
    assert url.startswith("http://testserver/invitations/")
    assert len(key) == 43
    assert mailoutbox[0].to == ["guest@example.com"]
    assert url in mailoutbox[0].body
    assert invitation.key_hash == seal.key_hash(key)
    assert key not in str(list(AuditEvent.objects.values())) + str(list(Invitation.objects.values()))


def test_mail_that_cannot_be_sent_is_no_failure(owner, inside, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1

    with django_capture_on_commit_callbacks(execute=True):
        invitation, _url = members.invite(owner, "guest@example.com", "editor")

    assert invitation.pk


def test_newcomer_comes_in_once(owner, inside):
    _invitation, url = members.invite(owner, "guest@example.com", "editor")

    member = members.accept(key_of(url), name="Guest", password="seven green bottles")

    assert (member.user.email, member.role) == ("guest@example.com", "editor")
    with pytest.raises(Gone):
        members.accept(key_of(url), name="Again", password="seven green bottles")


def test_invitation_is_for_its_address_only(owner, inside):
    _invitation, url = members.invite(owner, "guest@example.com", "editor")

    with pytest.raises(Forbidden):
        members.accept(key_of(url), user=make.make_user(email="other@example.com"))
    member = members.accept(key_of(url), user=make.make_user(email="Guest@example.com"))

    assert member.role == "editor"


def test_invitation_of_a_known_address_asks_to_sign_in(owner, inside):
    make.make_user(email="guest@example.com")
    _invitation, url = members.invite(owner, "guest@example.com", "editor")

    with pytest.raises(Invalid) as refused:
        members.accept(key_of(url), name="Guest", password="seven green bottles")

    assert set(refused.value.errors) == {"email"}


def test_old_revoked_and_replaced_invitations_are_gone(owner, inside):
    late = make.make_invitation(workspace=owner.workspace, key="late", expires_at=timezone.now())
    first, url = members.invite(owner, "guest@example.com", "editor")
    second, again = members.invite(owner, "guest@example.com", "viewer")
    members.revoke(owner, second)

    assert late.pk
    assert first.pk != second.pk
    for key in ("late", key_of(url), key_of(again), "nonsense"):
        with pytest.raises(Gone):
            members.invitation_of(key)


def test_nobody_grants_more_than_they_have(workspace, owner, inside):
    admin = make.make_actor(workspace=workspace, role="admin")
    second = make.make_member(workspace=workspace, role="owner")
    viewer = make.make_member(workspace=workspace, role="viewer")

    for refused in (
        lambda: members.invite(admin, "x@example.com", "owner"),
        lambda: members.change_role(admin, viewer, "owner"),
        lambda: members.change_role(admin, second, "viewer"),
        lambda: members.remove(admin, second),
        lambda: tokens.create(admin, "job", ["own"]),
    ):
        with pytest.raises(Forbidden):
            refused()

    assert members.change_role(owner, viewer, "owner").role == "owner"


@pytest.mark.parametrize("go", ["demote", "remove", "leave"])
def test_last_owner_stays(owner, inside, go):
    make.make_user(is_active=False)
    other = make.make_member(workspace=owner.workspace, user=make.make_user(is_active=False))
    ways = {
        "demote": lambda: members.change_role(owner, owner.membership, "admin"),
        "remove": lambda: members.remove(owner, owner.membership),
        "leave": lambda: members.leave(owner),
    }

    with pytest.raises(Invalid) as refused:
        ways[go]()

    assert "only owner" in refused.value.message
    assert other.role == "owner"
    assert Membership.objects.get(pk=owner.membership.pk).role == "owner"


def test_one_of_two_owners_may_leave(owner, inside):
    make.make_member(workspace=owner.workspace)

    members.leave(owner)

    assert not Membership.objects.filter(user=owner.user).exists()
    assert verbs() == ["member.left"]


def test_tokens_of_who_leaves_are_dead(owner, editor, inside):
    admin = make.make_actor(workspace=owner.workspace, role="admin")
    token, plain = tokens.create(admin, "Nightly", ["view"])
    assert tokens.actor_of(plain).token == token

    members.remove(owner, admin.membership)

    assert tokens.actor_of(plain) is None
    assert ApiToken.objects.get().revoked_at


def test_token_is_shown_once_and_kept_as_a_hash(owner, inside):
    token, plain = tokens.create(owner, "Nightly", ["run", "view"])

    assert plain.startswith("rct_")
    assert len(plain) == 4 + 43 + 6
    assert token.scopes == ["view", "run"]
    assert (token.ending, token.key_hash) == (plain[-4:], seal.key_hash(plain))
    assert plain not in str(list(AuditEvent.objects.values()))


def test_token_speaks_for_its_maker_within_its_scopes(owner, inside):
    _token, plain = tokens.create(owner, "Nightly", ["view"])

    by = tokens.actor_of(plain, address="192.0.2.9")

    assert (by.workspace, by.user, by.address) == (owner.workspace, owner.user, "192.0.2.9")
    assert by.capabilities == {"view"}
    assert ApiToken.objects.get().last_used_at


def test_wrong_revoked_and_expired_tokens_are_nobody(owner, inside, django_assert_num_queries):
    revoked, dead = tokens.create(owner, "A", ["view"])
    _late, late = tokens.create(owner, "B", ["view"], timezone.now() + timedelta(minutes=1))
    ApiToken.objects.filter(name="B").update(expires_at=timezone.now())
    tokens.revoke(owner, revoked)
    mistyped = dead[:10] + ("a" if dead[10] != "a" else "b") + dead[11:]

    assert tokens.actor_of(dead) is None
    assert tokens.actor_of(late) is None
    with django_assert_num_queries(0):
        assert tokens.actor_of(mistyped) is None
        assert tokens.actor_of("") is None
        assert tokens.actor_of("rct_" + "é" * 49) is None


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "field"),
    [
        ("", ["view"], None, "name"),
        ("A", [], None, "scopes"),
        ("A", ["everything"], None, "scopes"),
        ("A", ["view"], timezone.now() - timedelta(days=1), "expires"),
    ],
)
def test_token_that_makes_no_sense_is_refused(owner, inside, name, scopes, expires, field):
    with pytest.raises(Invalid) as refused:
        tokens.create(owner, name, scopes, expires)

    assert refused.value.field == field


def test_book_blanks_what_is_named_like_a_secret(owner, inside):
    row = audit.write(owner, "connection.changed", None, "x" * 300, token="pit-123456", plain="fine")

    assert row.details == {"token": "••••", "plain": "fine"}
    assert len(row.label) == 200


def test_a_person_changes_what_is_theirs():
    user = make.make_user()

    people.change_profile(user, "New Name", single_keys=False)
    people.choose_theme(user, "dark")

    user.refresh_from_db()
    assert (user.name, user.single_keys, user.theme) == ("New Name", False, "dark")
