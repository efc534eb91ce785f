"""The team's pages: members and roles, invitations, tokens, the audit log."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import ApiToken, AuditEvent, Invitation, Membership, Role
from builder.web import audit_words
from tests import make
from tests.web.people import GOING_BACK, HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db
MANAGE = ("owner", "admin")
EVERY_ROLE = Role.values


@pytest.fixture
def workspace():
    return make.make_workspace(zone="Europe/Berlin")


@pytest.fixture
def owner(workspace):
    return browser_of(workspace, name="Olive Owner", email="olive@example.com")


def at(name: str, workspace, *more) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def inside(workspace, model):
    with scope(workspace=workspace):
        return list(model.objects.order_by("pk"))


# doors


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("team", MANAGE),
        ("members", EVERY_ROLE),
        ("invitations", MANAGE),
        ("tokens", MANAGE),
        ("audit", MANAGE),
        ("usage", MANAGE),
    ],
)
def test_tabs_are_for_those_who_manage_and_members_for_all(workspace, name, allowed):
    assert statuses(workspace, lambda client: client.get(at(name, workspace))) == only(*allowed)


@pytest.mark.parametrize("name", ["invitations", "tokens"])
def test_forms_are_for_those_who_manage(workspace, name):
    assert statuses(workspace, lambda client: client.post(at(name, workspace), {})) == only(*MANAGE, status=422)


@pytest.mark.parametrize(("name", "made"), [("invitation-revoke", "invitation"), ("token-revoke", "token")])
def test_withdrawing_is_for_those_who_manage(workspace, name, made):
    row = (
        make.make_invitation(workspace=workspace)
        if made == "invitation"
        else make.make_token(by=make.make_actor(workspace=workspace))
    )
    url = at(name, workspace, row.public_id)

    assert statuses(workspace, lambda client: client.post(url), ("viewer", "editor", "stranger", "admin")) == {
        "viewer": 403,
        "editor": 403,
        "stranger": 404,
        "admin": 302,
    }


@pytest.mark.parametrize("name", ["member-role", "member-remove"])
def test_members_are_changed_by_those_who_manage(workspace, name):
    member = make.make_member(workspace=workspace, role=Role.VIEWER)
    url = at(name, workspace, member.pk)

    found = statuses(workspace, lambda client: client.post(url, {"role": "operator"}), ("viewer", "editor", "stranger"))

    assert found == {"viewer": 403, "editor": 403, "stranger": 404}


def test_member_of_another_workspace_is_not_there(workspace, owner):
    foreign = make.make_member(role=Role.VIEWER)

    assert owner.post(at("member-role", workspace, foreign.pk), {"role": "admin"}).status_code == 404


@pytest.mark.parametrize("name", ["team", "members", "audit", "usage"])
def test_whole_page_comes_back_to_who_goes_back(workspace, owner, name):
    part, back = (owner.get(at(name, workspace), headers=headers) for headers in (HTMX, GOING_BACK))

    assert "<html" not in part.content.decode()
    assert "<html" in back.content.decode()


# members


@pytest.mark.parametrize("rows", [1, 3])
def test_members_cost_the_same_however_many(workspace, owner, rows, django_assert_num_queries):
    for _number in range(rows):
        make.make_member(workspace=workspace)

    with django_assert_num_queries(12):
        owner.get(at("members", workspace))


def test_role_is_changed(workspace, owner):
    member = make.make_member(workspace=workspace, role=Role.VIEWER, name="Vera")

    answer = owner.post(at("member-role", workspace, member.pk), {"role": "editor"}, headers=HTMX)

    member.refresh_from_db()
    assert member.role == Role.EDITOR
    assert answer.headers["HX-Trigger"] == '{"toast": "Vera is Editor now."}'
    assert answer.content.decode().lstrip().startswith('<div class="stack gap" id="team">')


def test_last_owner_stays_one(workspace, owner):
    member = Membership.objects.get(workspace=workspace)

    answer = owner.post(at("member-role", workspace, member.pk), {"role": "viewer"})

    member.refresh_from_db()
    assert (answer.status_code, member.role) == (422, Role.OWNER)
    assert "Olive Owner is the only owner of this workspace. Make somebody else an owner first." in text(answer)


def test_admin_neither_makes_nor_unmakes_owners(workspace, owner):
    admin = browser_of(workspace, Role.ADMIN)
    boss = Membership.objects.get(workspace=workspace, role=Role.OWNER)

    answers = [
        admin.post(at("member-role", workspace, boss.pk), {"role": "viewer"}),
        admin.post(at("member-remove", workspace, boss.pk)),
    ]

    boss.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert boss.role == Role.OWNER


def test_who_gives_the_keys_away_lands_on_a_page_they_may_see(workspace, owner):
    make.make_member(workspace=workspace)
    mine = Membership.objects.get(workspace=workspace, user__email="olive@example.com")

    answer = owner.post(at("member-role", workspace, mine.pk), {"role": "viewer"}, follow=True)

    assert answer.redirect_chain == [(at("members", workspace), 302)]
    assert answer.status_code == 200


def test_member_is_removed(workspace, owner):
    member = make.make_member(workspace=workspace, role=Role.VIEWER, name="Vera")

    answer = owner.post(at("member-remove", workspace, member.pk))

    assert said(answer) == ["Vera is no longer a member."]
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_anybody_may_leave_but_the_last_owner(workspace, owner):
    viewer = browser_of(workspace, Role.VIEWER)

    left, stayed = viewer.post(at("leave", workspace)), owner.post(at("leave", workspace))

    assert (left.status_code, left.url) == (302, "/")
    assert stayed.status_code == 422
    assert [member.role for member in Membership.objects.filter(workspace=workspace)] == [Role.OWNER]


def test_viewer_sees_people_and_no_controls(workspace, owner):
    page = browser_of(workspace, Role.VIEWER).get(at("members", workspace)).content.decode()

    assert "olive@example.com" in page
    assert '<select class="input" name="role"' not in page
    assert at("leave", workspace) in page


# invitations


@pytest.mark.parametrize("rows", [1, 3])
def test_invitations_cost_the_same_however_many(workspace, owner, rows, django_assert_num_queries):
    for _number in range(rows):
        make.make_invitation(workspace=workspace, invited_by=make.make_user())

    with django_assert_num_queries(10):
        owner.get(at("invitations", workspace))


def test_invitation_is_mailed_and_its_link_shown(workspace, owner, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = owner.post(at("invitations", workspace), {"email": "camille@example.com", "role": "editor"})

    url = answer.context["made"]["url"]
    assert answer.status_code == 200
    assert f'value="{url}"' in answer.content.decode()
    assert (mailoutbox[0].to, url in mailoutbox[0].body) == (["camille@example.com"], True)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("camille@", "This is not an e-mail address. It looks like name@example.com."),
        ("olive@example.com", "olive@example.com is a member already. Change the role in the list."),
    ],
)
def test_invitation_that_cannot_be_is_explained_at_the_field(workspace, owner, email, sentence):
    answer = owner.post(at("invitations", workspace), {"email": email, "role": "viewer"})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors == {"email": [sentence]}
    assert (form["email"].value(), form["role"].value()) == (email, "viewer")
    assert inside(workspace, Invitation) == []


def test_admin_is_not_offered_to_invite_owners(workspace):
    page = browser_of(workspace, Role.ADMIN).get(at("invitations", workspace)).content.decode()

    assert '<option value="admin"' in page
    assert '<option value="owner"' not in page


def test_sending_again_waits_a_minute(workspace, owner):
    invitation = make.make_invitation(workspace=workspace)
    url = at("invitation-resend", workspace, invitation.public_id)

    at_once = owner.post(url)
    with scope(workspace=workspace):
        Invitation.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    later = owner.post(url)

    assert at_once.status_code == 422
    assert "It was sent just now. Try again in 60 seconds." in text(at_once)
    assert later.context["made"]["email"] == invitation.email
    assert [row.revoked_at is None for row in inside(workspace, Invitation)] == [False, True]


def test_withdrawn_invitation_leaves_the_list(workspace, owner):
    invitation = make.make_invitation(workspace=workspace, email="camille@example.com")

    answer = owner.post(at("invitation-revoke", workspace, invitation.public_id), headers=HTMX)

    assert "Nobody is invited at the moment." in text(answer)


# tokens


@pytest.mark.parametrize("rows", [1, 3])
def test_tokens_cost_the_same_however_many(workspace, owner, rows, django_assert_num_queries):
    for _number in range(rows):
        make.make_token(by=make.make_actor(workspace=workspace))

    with django_assert_num_queries(10):
        owner.get(at("tokens", workspace))


def test_token_is_shown_once(workspace, owner):
    answer = owner.post(at("tokens", workspace), {"name": "Nightly job", "scopes": ["view", "run"], "expires": "30"})

    [token] = inside(workspace, ApiToken)
    plain = answer.context["made"]["plain"]
    assert plain in answer.content.decode()
    assert plain not in owner.get(at("tokens", workspace)).content.decode()
    assert (token.scopes, token.ending) == (["view", "run"], plain[-4:])
    assert 29 <= (token.expires_at - timezone.now()).days <= 30


def test_api_reference_is_found_from_the_tokens_and_the_account(workspace, owner):
    link = f'href="{reverse("api:reference")}"'

    tokens, account = owner.get(at("tokens", workspace)), owner.get(reverse("web:account"))

    assert link in tokens.content.decode().split('id="team"')[1].split("</main>")[0]
    assert link in tokens.content.decode().split('id="menu-account"')[1]
    assert link in account.content.decode()
    assert owner.get(reverse("api:reference")).status_code == 200


def test_token_without_scopes_or_name_is_explained(workspace, owner):
    nameless = owner.post(at("tokens", workspace), {"name": "", "scopes": ["view"], "expires": ""})
    powerless = owner.post(at("tokens", workspace), {"name": "Nightly job", "expires": ""})

    assert (nameless.status_code, powerless.status_code) == (422, 422)
    assert nameless.context["form"].errors == {"name": ["Name the program that will use it, in at most 80 characters."]}
    assert powerless.context["form"].errors == {"scopes": ["Choose at least one thing the token may do."]}
    assert inside(workspace, ApiToken) == []


def test_admin_is_offered_only_what_an_admin_may(workspace):
    page = browser_of(workspace, Role.ADMIN).get(at("tokens", workspace)).content.decode()

    assert 'value="members"' in page
    assert 'value="own"' not in page


def test_revoked_token_stays_in_the_list_as_such(workspace, owner):
    token = make.make_token(by=make.make_actor(workspace=workspace))

    answer = owner.post(at("token-revoke", workspace, token.public_id), headers=HTMX)

    assert "Revoked" in text(answer)
    assert at("token-revoke", workspace, token.public_id) not in answer.content.decode()


# audit log


@pytest.mark.parametrize("rows", [1, 3])
def test_audit_log_costs_the_same_however_long(workspace, owner, rows, django_assert_num_queries):
    for _number in range(rows):
        make.make_audit(workspace=workspace, user=make.make_user(), token=make.make_token())

    with django_assert_num_queries(12):
        owner.get(at("audit", workspace))


def test_audit_log_tells_sentences(workspace, owner):
    dana = make.make_user(name="Dana Okafor")
    make.make_audit(workspace=workspace, user=dana, label="Won deal", details={"version": 7, "note": "Taxes"})
    make.make_audit(
        workspace=workspace,
        user=dana,
        verb="member.role_changed",
        label="tomas@example.com",
        details={"before": "viewer", "after": "editor"},
    )

    page = text(owner.get(at("audit", workspace)))

    assert "Dana Okafor published Won deal v7 · Taxes" in page
    assert "Dana Okafor gave tomas@example.com another role Viewer → Editor" in page


def test_audit_log_is_filtered_by_person_and_kind(workspace, owner):
    dana = make.make_member(workspace=workspace, name="Dana Okafor").user
    make.make_audit(workspace=workspace, user=dana, label="First")
    make.make_audit(workspace=workspace, user=dana, verb="connection.tested", label="Second")
    make.make_audit(workspace=workspace, user=make.make_user(), label="Third")

    page = text(owner.get(at("audit", workspace), {"person": dana.pk, "kind": "recipe"}))

    assert [word in page for word in ("First", "Second", "Third")] == [True, False, False]


def test_audit_log_goes_back_in_pages(workspace, owner):
    for number in range(53):
        make.make_audit(workspace=workspace, label=f"thing {number}.")

    first = owner.get(at("audit", workspace))
    second = owner.get(at("audit", workspace) + first.context["earlier"])

    assert len(first.context["lines"]) == 50
    assert [row.label for row, *_words in second.context["lines"]] == ["thing 2.", "thing 1.", "thing 0."]
    assert second.context["earlier"] == ""


@pytest.mark.parametrize("nonsense", ["²", "9" * 30])
def test_audit_log_passes_over_numbers_that_are_no_ids(workspace, owner, nonsense):
    make.make_audit(workspace=workspace, label="First")

    page = text(owner.get(at("audit", workspace), {"person": nonsense, "before": nonsense}))

    assert "First" in page


def test_audit_log_of_another_workspace_stays_there(workspace, owner):
    make.make_audit(label="Elsewhere")

    assert "Elsewhere" not in text(owner.get(at("audit", workspace)))


def test_verb_without_a_sentence_is_shown_as_it_stands():
    event = make.make_audit(verb="kettle.boiled", label="Tea")

    assert audit_words.sentence(event) == "Somebody who has left: kettle.boiled Tea"


def test_strange_details_cost_no_page():
    event = AuditEvent(verb="workspace.changed", details={"name": "not a pair, alas"})

    assert audit_words.aside(event) == ""


def test_what_a_token_did_names_the_token():
    token = make.make_token(name="Nightly job")
    event = make.make_audit(workspace=token.workspace, token=token, user=token.created_by, label="Won deal")

    assert audit_words.sentence(event) == "Robin Weber, by the token “Nightly job”, published Won deal"
