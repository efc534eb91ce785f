"""Who gets in, for how long, and how far."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scopes_disabled

from builder.actions import tokens
from builder.api import limits
from builder.models import ApiToken, Membership, Role, User, Workspace
from tests import make
from tests.api.client import ROOT, Api, Scene, member, problem, program, told


def row(api: Api) -> ApiToken:
    actor = tokens.actor_of(api.token)
    assert actor and actor.token
    return actor.token


def change(api: Api, **values: object) -> None:
    with scopes_disabled():
        ApiToken.objects.filter(pk=row(api).pk).update(**values)


def test_me_says_who_the_token_speaks_for(workspace: Workspace):
    api = program(member(workspace, Role.EDITOR, name="Eddie Editor"), "view", "run", "members")

    me = api.get("/me")

    assert (me["user"]["name"], me["role"], me["scopes"]) == ("Eddie Editor", "editor", ["view", "run"])
    assert me["workspace"]["slug"] == workspace.slug
    assert me["token"]["ending"] == "abcd"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "Bearer rct_short", "Token {}", "Bearer {}x", "Bearer x{}",
     "Bearer {} {}", "Bearer räksmörgås", "{}"],
)  # fmt: skip
def test_a_header_that_is_no_token_is_401(header: str, owner: Api, django_assert_num_queries):
    headers = {"Authorization": header.format(owner.token, owner.token)} if header else {}

    with django_assert_num_queries(0):
        response = Api().ask("GET", "/me", **headers)

    assert problem(response, 401)["title"] == "No valid token"
    assert response["WWW-Authenticate"] == 'Bearer realm="Recette"'


def test_a_token_nobody_has_is_401(db: None):
    assert problem(Api(tokens.new_token()).ask("GET", "/me"), 401)


def test_the_word_bearer_may_be_written_anyhow(owner: Api):
    assert told(Api().ask("GET", "/me", Authorization=f"bEARER   {owner.token}"))


@pytest.mark.parametrize("ended", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_a_token_that_ended_is_401_at_once(ended: dict[str, object], owner: Api):
    assert told(owner.ask("GET", "/me"))

    change(owner, **ended)

    assert problem(owner.ask("GET", "/me"), 401)


def test_a_token_that_ends_later_is_good_until_then(owner: Api):
    change(owner, expires_at=timezone.now() + timedelta(minutes=1))

    assert told(owner.ask("GET", "/me"))


def test_a_token_dies_with_its_maker(workspace: Workspace):
    left, disabled = member(workspace, Role.EDITOR), member(workspace, Role.EDITOR)
    apis = [program(left), program(disabled)]
    Membership.objects.filter(user=left.user).delete()
    User.objects.filter(pk=disabled.user.pk).update(is_active=False)

    assert [api.ask("GET", "/me").status_code for api in apis] == [401, 401]


def test_a_token_reaches_no_further_than_its_maker_does_now(workspace: Workspace, scene: Scene):
    by = member(workspace, Role.OWNER)
    api = program(by)
    assert told(api.ask("GET", "/members"))

    Membership.objects.filter(pk=by.membership.pk).update(role=Role.VIEWER)

    assert problem(api.ask("GET", "/members"), 403)
    assert told(api.ask("GET", "/recipes"))


def test_last_use_is_written_at_most_once_a_minute(owner: Api):
    change(owner, last_used_at=None)
    told(owner.ask("GET", "/me"))
    first = row(owner).last_used_at

    told(owner.ask("GET", "/me"))
    second = row(owner).last_used_at
    change(owner, last_used_at=timezone.now() - timedelta(minutes=2))
    told(owner.ask("GET", "/me"))

    assert first is not None
    assert second == first
    assert row(owner).last_used_at > first


def test_wrong_tokens_from_one_address_are_slowed_down(owner: Api):
    for _ in range(limits.REFUSED_PER_MINUTE):
        limits.spend("refused|127.0.0.1", 1000)

    response = Api(tokens.new_token()).ask("GET", "/me")

    assert problem(response, 429)["code"] == "too_many_requests"
    assert int(response["Retry-After"]) >= 1


def test_a_session_is_no_token(client, workspace: Workspace):
    client.force_login(member(workspace).user)

    assert client.get(f"{ROOT}/me").status_code == 401


def test_a_made_token_is_shown_once_and_works(owner: Api):
    made = owner.post("/tokens", {"name": "Nightly", "scopes": ["view"], "expires_at": "2036-01-01T00:00:00+01:00"})

    assert Api(made["token"]).get("/me")["scopes"] == ["view"]
    assert (made["ending"], made["expires_at"]) == (made["token"][-4:], "2035-12-31T23:00:00Z")
    listed = owner.ask("GET", "/tokens").content.decode()
    assert made["id"] in listed
    assert made["token"] not in listed


def test_a_token_makes_none_that_reaches_further(workspace: Workspace):
    api = program(member(workspace, Role.OWNER), "members", "view")

    refused = problem(api.ask("POST", "/tokens", {"name": "More", "scopes": ["view", "own"]}), 403)

    assert "“own”" in refused["detail"]
    with scopes_disabled():
        assert not ApiToken.objects.filter(name="More").exists()


def test_a_revoked_token_stays_in_the_list_and_is_dead(owner: Api):
    made = owner.post("/tokens", {"name": "Nightly", "scopes": ["view"]})

    revoked = owner.delete(f"/tokens/{made['id']}")
    again = owner.delete(f"/tokens/{made['id']}")

    assert revoked["revoked_at"] is not None
    assert again["revoked_at"] == revoked["revoked_at"]
    assert problem(Api(made["token"]).ask("GET", "/me"), 401)


def test_members_come_in_by_invitation_and_go(workspace: Workspace, owner: Api):
    made = owner.post("/invitations", {"email": "Camille@Example.com", "role": "editor"})
    newcomer = make.make_member(workspace=workspace, role=Role.VIEWER, name="Nia New")

    changed = owner.patch(f"/members/{newcomer.pk}", {"role": "operator"})
    owner.delete(f"/members/{newcomer.pk}")

    assert made["email"] == "camille@example.com"
    assert made["link"].startswith("http://testserver/invitations/")
    assert "link" not in owner.get("/invitations")["items"][0]
    assert changed == {
        "id": str(newcomer.pk),
        "name": "Nia New",
        "email": newcomer.user.email,
        "role": "operator",
        "two_factor": False,
        "joined_at": changed["joined_at"],
        "last_seen_at": None,
    }
    assert [m["role"] for m in owner.get("/members")["items"]] == ["owner"]


def test_the_only_owner_cannot_be_taken_away(workspace: Workspace, owner: Api):
    only = Membership.objects.get(workspace=workspace)

    refused = problem(owner.ask("DELETE", f"/members/{only.pk}"), 422)

    assert "only owner" in refused["detail"]


def test_the_audit_log_is_read_by_what_one_looks_for(workspace: Workspace, owner: Api):
    me, other = (make.make_member(workspace=workspace, name=name) for name in ("Ada", "Bob"))
    long = timezone.now() - timedelta(days=3)
    make.make_audit(workspace=workspace, label="Won déal", user=me.user, way="page", address="192.0.2.9", at=long)
    make.make_audit(workspace=workspace, verb="run.resumed", user=other.user, way="command", details={"to": "Zoë"})

    def found(query: str) -> list[str]:
        return [one["verb"] for one in owner.get(f"/audit?{query}")["items"]]

    assert found(f"member={me.pk}") == found("way=page") == found("text=192.0.2") == ["recipe.published"]
    assert found("text=Zo%C3%AB") == found("kind=run") == found(f"member={other.pk}") == ["run.resumed"]
    assert found("text=d%C3%A9al&way=command") == []
    assert problem(owner.ask("GET", "/audit?way=pigeon"), 422)
    for id in ("999999", "²", "9" * 18, str(make.make_member().pk)):
        problem(owner.ask("GET", f"/audit?member={id}"), 404)


def test_the_audit_log_names_person_and_token(workspace: Workspace, owner: Api):
    owner.post("/folders", {"name": "Billing"})

    newest = owner.get("/audit?verb=folder.created")["items"]

    assert [(one["who"], one["token"], one["verb"], one["label"], one["address"]) for one in newest] == [
        ("Olive Owner", "Nightly job", "folder.created", "Billing", "127.0.0.1")
    ]
