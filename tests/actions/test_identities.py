"""Who a provider's word lets in, and that nothing stays half made."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from builder.actions import identities, members
from builder.actions.errors import Forbidden, Gone, Invalid
from builder.actions.identities import Identity
from builder.models import AuditEvent, Invitation, Membership, User
from builder.oidc import Provider
from tests import make

pytestmark = pytest.mark.django_db
ACME = Provider("acme", "Acme", "https://login.acme.example", "client", "secret")
OTHER = Provider("other", "Other", "https://other.example", "client", "secret", ("example.org",))


@pytest.fixture(autouse=True)
def _named(settings):
    settings.OIDC = (ACME, OTHER)


def ada(
    provider: Provider = ACME, subject: str = "ada", email: str = "ada@example.com", proved: bool = True
) -> Identity:
    return Identity(provider, subject, email, proved, "Ada Nowak")


def confirmed(email: str = "ada@example.com") -> User:
    user = make.make_user(email=email)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


@pytest.mark.parametrize(
    ("provider", "claims", "proved"),
    [
        (ACME, {"email": "Ada@Example.com", "email_verified": True}, True),
        (ACME, {"email": "ada@example.com", "email_verified": "true"}, True),
        (ACME, {"email": "ada@example.com", "email_verified": "yes"}, False),
        (ACME, {"email": "ada@example.com"}, False),
        (OTHER, {"email": "ada@example.org"}, True),
        (OTHER, {"email": "ada@sub.example.org"}, False),
        (OTHER, {"email": "ada@example.org", "email_verified": False}, False),
        (OTHER, {"email": "no address", "email_verified": True}, False),
    ],
)
def test_address_is_proved_by_the_provider_or_by_a_domain_of_the_settings(provider, claims, proved):
    found = Identity.of(provider, {"sub": "ada", **claims})

    assert found.proved is proved
    assert found.email == found.email.lower()


def test_identity_is_kept_and_found_again_while_its_provider_is_named(settings):
    kept = ada().to_keep()

    assert Identity.kept(kept) == ada()
    settings.OIDC = (OTHER,)
    assert (Identity.kept(kept), Identity.kept(None)) == (None, None)


def test_long_and_broken_names_are_made_to_fit():
    found = Identity.of(ACME, {"sub": "ada", "name": "Ada\n\t" + "x" * 200})

    assert (len(found.name), found.name[:5]) == (120, "Ada x")


def test_confirmed_address_is_known_in_any_spelling():
    user = confirmed()

    assert (
        identities.owner_of(Identity.of(ACME, {"sub": "a", "email": "ADA@example.COM", "email_verified": True})) == user
    )


def test_letter_that_only_looks_alike_is_another_address():
    """To a database that compares without case a dotless ı may be an i."""
    confirmed("mike@example.com")
    make.make_invitation(email="mike@example.com")
    alike = ada(email="m\u0131ke@example.com")

    assert (identities.owner_of(alike), identities.invitation_for(alike)) == (None, None)


def test_two_providers_may_sign_the_same_person_in():
    user = confirmed()

    made = [identities.connect(user, ada(each)) for each in (ACME, OTHER, ACME)]

    assert made == [True, True, False]
    assert list(identities.usable(user)) == ["acme", "other"]


def test_of_two_ways_in_one_goes_and_the_last_stays():
    user = confirmed()
    user.set_unusable_password()
    user.save()
    for each in (ACME, OTHER):
        identities.connect(user, ada(each))

    first = identities.disconnect(user, ACME)
    with pytest.raises(Invalid, match="Without Other you could not sign in any more"):
        identities.disconnect(user, OTHER)

    assert (first, list(identities.usable(user))) == (True, ["other"])
    assert identities.disconnect(user, ACME) is False


def test_who_was_faster_with_the_address_is_told_and_nothing_is_half_made():
    make.make_user(email="ada@example.com")
    users = User.objects.count()

    with pytest.raises(Invalid, match="Somebody signed up with"), transaction.atomic():
        identities.new_person(ada())

    assert (User.objects.count(), SocialAccount.objects.count(), EmailAddress.objects.count()) == (users, 0, 0)


def test_invitation_that_is_withdrawn_meanwhile_makes_nobody():
    invitation = make.make_invitation(email="ada@example.com")
    with scope(workspace=invitation.workspace):
        Invitation.objects.update(revoked_at=timezone.now())

    with pytest.raises(Gone, match="This invitation was used just now"):
        identities.join(ada(), invitation)

    assert not User.objects.filter(email="ada@example.com").exists()
    assert (SocialAccount.objects.count(), EmailAddress.objects.count(), Membership.objects.count()) == (0, 0, 0)


def test_newest_invitation_is_the_one():
    old, new = (make.make_invitation(email="ada@example.com") for _each in range(2))
    make.make_invitation(email="ada@example.com", expires_at=timezone.now())
    make.make_invitation(email="ada@example.com.example")

    found = members.newest_for("ADA@example.com")
    member = identities.join(ada(), found)

    assert (found, member.workspace) == (new, new.workspace)
    with scope(workspace=old.workspace):
        assert Invitation.objects.get().accepted_at is None


def test_account_elsewhere_is_never_two_peoples():
    identities.connect(confirmed(), ada())

    with pytest.raises(Forbidden, match="is connected to somebody else’s account here"):
        identities.connect(confirmed("dana@example.com"), ada(email="dana@example.com"))

    assert SocialAccount.objects.get().user.email == "ada@example.com"


def test_each_workspace_reads_who_signed_in_with_what():
    user = confirmed()
    rooms = [make.make_workspace() for _each in range(2)]
    for room in rooms:
        make.make_member(workspace=room, user=user)

    new = [identities.seen(user, ada(), "192.0.2.7") for _time in range(2)]

    assert new == [True, False]
    for room in rooms:
        with scope(workspace=room):
            rows = [(row.verb, row.label, row.address) for row in AuditEvent.objects.order_by("pk")]
        assert rows == [
            ("member.provider_connected", "Acme", "192.0.2.7"),
            ("member.signed_in", "Acme", "192.0.2.7"),
            ("member.signed_in", "Acme", "192.0.2.7"),
        ]
