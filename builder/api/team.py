"""Who and what may come in: members, invitations, tokens; and the book of what they did."""

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, QuerySet
from rest_framework import serializers

from builder.actions import audit, devices, handing, members, second_factor, tokens
from builder.actions.actor import Actor
from builder.api.doors import Room, door, the
from builder.api.shape import (
    AT,
    ID,
    Listed,
    Plain,
    Shape,
    given,
    key_of,
    maybe_moment,
    moment,
    name_of,
    one_of,
    text,
    words,
)
from builder.models import ApiToken, AuditEvent, Invitation, Membership, Role, Way
from builder.models import Capability as C


class MemberShape(Shape):
    example = {
        "id": "7",
        "name": "Camille Roux",
        "email": "camille@example.com",
        "role": "editor",
        "two_factor": True,
        "joined_at": AT,
        "last_seen_at": AT,
    }

    id = text(source="pk")
    name = text(source="user.name")
    email = text(source="user.email")
    role = one_of(Role.values)
    two_factor = serializers.BooleanField(help_text="Signs in with a second factor.")
    joined_at = moment()
    last_seen_at = maybe_moment(
        "On a page of any workspace, to five minutes, or signed in; null: never.", source="last_seen"
    )


class RoleChange(Shape):
    example = {"role": "operator"}

    role = one_of(Role.values)


class Named(Shape):
    id = text(source="public_id")
    name = text()


class HoldingsShape(Shape):
    example = {
        "recipes": [{"id": ID, "name": "Won deal to draft invoice"}],
        "live": 1,
        "connections": [{"id": ID, "name": "Invoice Ninja"}],
        "agencies": 0,
        "questions": 1,
        "alert_routes": 0,
        "tokens": ["Nightly job"],
        "invitations": ["camille@example.com"],
        "asking": [{"id": ID, "name": "Campaign over 5,000"}],
    }

    recipes = Named(many=True, help_text="They get a new owner and go on running.")
    live = serializers.IntegerField(help_text="How many of these are live.")
    connections = Named(many=True, help_text="They go on working under the new owner.")
    agencies = serializers.SerializerMethodField(help_text="Consents of agencies that they brought.")
    questions = serializers.SerializerMethodField(help_text="Approvals that wait for them alone: passed on.")
    alert_routes = serializers.SerializerMethodField(help_text="Alerts mailed to their address.")
    tokens = serializers.SerializerMethodField(help_text="Names of their tokens, which stop working.")
    invitations = serializers.SerializerMethodField(help_text="Open ones that they sent, which are withdrawn.")
    asking = Named(many=True, help_text="Live recipes with a step that asks them. These stay as they are.")

    def get_agencies(self, held: handing.Holdings) -> int:
        return len(held.agencies)

    def get_questions(self, held: handing.Holdings) -> int:
        return len(held.questions)

    def get_alert_routes(self, held: handing.Holdings) -> int:
        return len(held.routes)

    def get_tokens(self, held: handing.Holdings) -> list[str]:
        return [token.name for token in held.tokens]

    def get_invitations(self, held: handing.Holdings) -> list[str]:
        return [row.email for row in held.invitations]


class RemovalAsked(Shape):
    to = given("E-mail address of the member who takes over what they had. Left out: you.", 254)


class InvitationShape(Shape):
    example = {
        "id": ID,
        "email": "camille@example.com",
        "role": "editor",
        "invited_by": "Olive Owner",
        "created_at": AT,
        "expires_at": AT,
        "accepted_at": None,
        "revoked_at": None,
    }

    id = text(source="public_id")
    email = text()
    role = one_of(Role.values)
    invited_by = name_of()
    created_at = moment()
    expires_at = moment()
    accepted_at = maybe_moment()
    revoked_at = maybe_moment()


class InvitationMade(InvitationShape):
    example = {**InvitationShape.example, "link": "https://recipes.example.com/invitations/…/"}

    link = text("Shown this once, and sent by mail.")


class InvitationNew(Shape):
    example = {"email": "camille@example.com", "role": "editor"}

    email = text(max_length=254)
    role = one_of(Role.values)


class TokenShape(Shape):
    example = {
        "id": ID,
        "name": "Nightly job",
        "ending": "4f2A",
        "scopes": ["view", "run"],
        "created_by": "Olive Owner",
        "created_at": AT,
        "expires_at": None,
        "last_used_at": AT,
        "revoked_at": None,
    }

    id = text(source="public_id")
    name = text()
    ending = text("Its last four characters.")
    scopes = words()
    created_by = name_of()
    created_at = moment()
    expires_at = maybe_moment("Null: never.")
    last_used_at = maybe_moment("To the minute.")
    revoked_at = maybe_moment()


class TokenMade(TokenShape):
    example = {**TokenShape.example, "last_used_at": None, "token": "rct_…"}

    token = text("The token itself: nobody sees it again.")


class TokenNew(Shape):
    example = {"name": "Nightly job", "scopes": ["view", "run"]}

    name = text("The program that will use it.", max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[c.value for c in C]), max_length=len(C))
    expires_at = maybe_moment("Left out: never.", required=False)


class AuditShape(Shape):
    example = {
        "line": 812,
        "at": AT,
        "who": "Olive Owner",
        "token": "Nightly job",
        "verb": "recipe.published",
        "object": ID,
        "label": "Won deal to draft invoice",
        "details": {"version": 2, "note": ""},
        "way": "page",
        "address": "192.0.2.7",
        "hash": "5f0e8a52…",
    }

    line = serializers.IntegerField(source="number", allow_null=True, help_text="Its place in the workspace's chain.")
    at = moment()
    who = name_of(source="user")
    token = name_of("Name of the token, when a program did it.", source="token.name")
    verb = text("Stable: recipe.published, member.invited …")
    object = text("Id of the thing it was done to.", source="object_id")
    label = text("Its name then.")
    details = Plain()
    way = one_of(["", *Way.values])
    address = text(allow_null=True)
    hash = text("Over the line and the hash of the one before it.")


class AuditAsked(Listed):
    verb = given("Such as recipe.published.", 40)
    kind = given("Of the thing: recipe, run, connection, …", 20)
    object = given("Id of a thing.", 24)
    member = given("Id of the member who did it.", 18)
    way = one_of(["", *Way.values], "What they used to do it.", default="")
    text = given("In names, details, or at the beginning of the address it came from.", 100)
    since = moment(required=False)
    until = moment(required=False)


class Members(Room):
    @door(C.MEMBERS, "List members", gives=MemberShape, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Membership]:
        return _members(by)

    @door(C.MEMBERS, "Change a role", takes=RoleChange, gives=MemberShape)
    def change(self, by: Actor, given: Mapping[str, Any], id: int) -> Membership:
        """Nobody gives or takes a role that may do more than they may."""
        members.change_role(by, the(_members(by), pk=id), given["role"])
        return the(_members(by), pk=id)

    @door(C.MEMBERS, "Show what a member has", gives=HoldingsShape)
    def holdings(self, by: Actor, id: int) -> handing.Holdings:
        """What changes hands, and what ends, when they are removed."""
        return handing.holdings(the(_members(by), pk=id))

    @door(C.MEMBERS, "Remove a member", asks=RemovalAsked)
    def remove(self, by: Actor, given: Mapping[str, Any], id: int) -> None:
        """Their recipes and connections go on under the new owner; their tokens are dead at once, and open invitations
        that they sent are withdrawn."""
        found = the(_members(by), pk=id)
        members.remove(by, found, handing.heir_at(by.workspace.pk, given["to"]) if given["to"] else None)


class Invitations(Room):
    @door(C.MEMBERS, "List invitations", gives=InvitationShape, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Invitation]:
        return Invitation.objects.select_related("invited_by")

    @door(C.MEMBERS, "Invite somebody", takes=InvitationNew, gives=InvitationMade, status=201)
    def create(self, by: Actor, given: Mapping[str, Any]) -> Any:
        """The link works once, within a week. An older invitation of the same address ends."""
        made: Any
        made, made.link = members.invite(by, given["email"], given["role"])
        return made

    @door(C.MEMBERS, "Withdraw an invitation", gives=InvitationShape)
    def remove(self, by: Actor, id: str) -> Invitation:
        return members.revoke(by, the(Invitation.objects.select_related("invited_by"), public_id=id))


class Tokens(Room):
    @door(C.MEMBERS, "List tokens", gives=TokenShape, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[ApiToken]:
        return ApiToken.objects.select_related("created_by")

    @door(C.MEMBERS, "Make a token", takes=TokenNew, gives=TokenMade, status=201)
    def create(self, by: Actor, given: Mapping[str, Any]) -> Any:
        """Its scopes can't reach further than your own token's."""
        made: Any
        made, made.token = tokens.create(by, given["name"], given["scopes"], given.get("expires_at"))
        return made

    @door(C.MEMBERS, "Revoke a token", gives=TokenShape)
    def remove(self, by: Actor, id: str) -> ApiToken:
        return tokens.revoke(by, the(ApiToken.objects.select_related("created_by"), public_id=id))


class Audit(Room):
    @door(C.MEMBERS, "Read the audit log", gives=AuditShape, asks=AuditAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[AuditEvent]:
        wanted = {name: given[name] for name in ("verb", "way")}
        wanted |= {"object_kind": given["kind"], "object_id": given["object"]}
        wanted |= {"at__gte": given.get("since"), "at__lt": given.get("until")}
        rows = AuditEvent.objects.select_related("user", "token")
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        if given["member"]:
            rows = rows.filter(user=the(_members(by), pk=key_of(given["member"])).user_id)
        return audit.saying(rows, given["text"]) if given["text"] else rows


def _members(by: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.filter(workspace=by.workspace).select_related("user")
    return rows.annotate(two_factor=second_factor.of(OuterRef("user")), last_seen=devices.last_seen("user"))
