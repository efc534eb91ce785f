"""Who may do what: one table for every use case, tried as every role, with too small a token, and from next door."""

import inspect
import itertools
import pkgutil
from importlib import import_module

import pytest
from django.utils import timezone
from django_scopes import scope

from builder import actions
from builder.actions.actor import Actor
from builder.actions.errors import ActionError, Forbidden, NotFound
from builder.models import AuditEvent, Capability, Role
from tests import make

pytestmark = pytest.mark.django_db

MODULES = [import_module(f"builder.actions.{found.name}") for found in pkgutil.iter_modules(actions.__path__)]
TABLE = {
    "agencies.locations": "connect",
    "agencies.take_in": "connect",
    "agencies.forget": "connect",
    "alerts.add": "members",
    "alerts.change": "members",
    "alerts.switch": "members",
    "alerts.remove": "members",
    "alerts.try_out": "members",
    "audit.export": "members",
    "audit.check": "members",
    "bundle.export": "edit",
    "bundle_in.bring": "publish",
    "bundle_in.carry_out": "publish",
    "connections.create": "connect",
    "connections.update": "connect",
    "connections.test": "connect",
    "connections.delete": "connect",
    "connections.choices": "edit",
    "connections.hook": "connect",
    "drafts.edit": "edit",
    "drafts.undo": "edit",
    "drafts.redo": "edit",
    "drafts.history": "view",
    "drafts.since": "view",
    "erasing.look": "own",
    "erasing.erase": "own",
    "events.send": "run",
    "folders.set_access": "members",
    "gallery.start": "edit",
    "handing.hand_over": "publish",
    "installing.confirm": "connect",
    "logos.change": "members",
    "logos.remove": "members",
    "members.invite": "members",
    "members.revoke": "members",
    "members.change_role": "members",
    "members.remove": "members",
    "members.leave": "view",
    "oauth.begin": "connect",
    "oauth.finish": "connect",
    "portable.export": "view",
    "portable.import_": "edit",
    "publishing.publish": "publish",
    "publishing.roll_back": "publish",
    "publishing.pause": "publish",
    "publishing.resume": "publish",
    "publishing.delete": "publish",
    "publishing.restore": "publish",
    "publishing.address": "edit",
    "publishing.secret": "edit",
    "publishing.set_secret": "publish",
    "publishing.answer_kept": "run",
    "publishing.set_pausing": "publish",
    "recipes.create": "edit",
    "recipes.rename": "edit",
    "recipes.move_to_folder": "edit",
    "recipes.duplicate": "edit",
    "recipes.create_folder": "edit",
    "recipes.rename_folder": "edit",
    "recipes.delete_folder": "edit",
    "rotation.offer": "connect",
    "rotation.switch": "connect",
    "rotation.withdraw": "connect",
    "runs.retry": "run",
    "runs.run_again": "run",
    "runs.cancel": "run",
    "runs.bulk_retry": "run",
    "runs.bulk_cancel": "run",
    "runs.retry_all": "run",
    "editing.run_with": "run",
    "runs.discard_all": "run",
    "runs.replay_period": "run",
    "sandboxes.state": "view",
    "sandboxes.doings": "view",
    "sandboxes.deliveries": "view",
    "sandboxes.do": "run",
    "sandboxes.reset": "members",
    "second_factor.require": "members",
    "starting.records": "run",
    "starting.with_records": "run",
    "starting.by_hand": "run",
    "starting.begun": "run",
    "testing.latest": "edit",
    "testing.sample_trigger": "edit",
    "testing.keep_sample": "edit",
    "testing.paste_sample": "edit",
    "testing.forget_sample": "edit",
    "previewing.run": "edit",
    "shadowing.lately": "edit",
    "guarding.change": "publish",
    "fixing.fix": "run",
    "testing.test_step": "edit",
    "template_links.share": "publish",
    "template_links.revoke": "publish",
    "template_links.take": "edit",
    "template_saving.save": "edit",
    "template_saving.change_words": "edit",
    "template_saving.retire": "publish",
    "template_saving.delete": "publish",
    "template_saving.export": "view",
    "template_saving.import_": "edit",
    "template_updates.take_over": "edit",
    "template_updates.leave": "edit",
    "tokens.create": "members",
    "tokens.revoke": "members",
    "workspaces.change_settings": "members",
    "workspaces.keep": "members",
}
ACTIONS = {
    f"{module.__name__.rsplit('.')[-1]}.{name}": found
    for module in MODULES
    for name, found in inspect.getmembers(module, inspect.isfunction)
    if found.__module__ == module.__name__ and hasattr(found, "__wrapped__") and not name.startswith("_")
}
OWN_RULE = ("approvals.decide",)
"""For whoever was asked, whatever their role."""
numbers = itertools.count(1)
MAKERS = {
    "connection": lambda workspace: make.make_connection(workspace=workspace),
    "agency": lambda workspace: make.make_agency(workspace=workspace, company_id=f"agency{next(numbers)}"),
    "recipe": lambda workspace: make.make_recipe(workspace=workspace),
    "to": lambda workspace: make.make_recipe(workspace=workspace),
    "run": lambda workspace: make.make_run(recipe=make.make_recipe(workspace=workspace, live=True)),
    "runs": lambda workspace: [make.make_run(recipe=make.make_recipe(workspace=workspace, live=True))],
    "folder": lambda workspace: make.make_folder(workspace=workspace, name=f"Folder {next(numbers)}"),
    "member": lambda workspace: make.make_member(workspace=workspace, role="viewer"),
    "heir": lambda workspace: make.make_member(workspace=workspace, role="editor"),
    "invitation": lambda workspace: make.make_invitation(workspace=workspace),
    "brought": lambda workspace: make.make_brought(workspace=workspace),
    "row": lambda workspace: make.make_team_template(workspace=workspace),
    "link": lambda workspace: make.make_template_link(workspace=workspace),
    "route": lambda workspace: make.make_alert_route(workspace=workspace),
    "token": lambda workspace: make.make_token(by=make.make_actor(workspace=workspace)),
}
PLAIN = {
    "name": "x", "email": "x@example.com", "role": "viewer", "scopes": ["view"], "expires": None, "zone": "UTC",
    "currency": "USD", "connector": "ghl", "method": "token", "fields": {}, "op": "rename_recipe",
    "args": {"name": "x"}, "rev": 0, "key": "x", "number": 1, "data": {}, "payload": {}, "step_id": "sclien",
    "service": "nowhere", "doing": "x", "values": {}, "session": {}, "state": "x", "code": "x", "secret": "x",
    "record_ids": ["x"], "given": {}, "text": "{}", "way": "email", "on": True,
    "answers": {}, "places": ["x"], "arrival": "x", "form": "csv", "query": "",
    "closed": True, "roles": {}, "members": {},
    "which": "draft", "words": {}, "asked": {}, "labels": {}, "lines": "", "version": "x", "packed": b"",
    "choices": {}, "accounts": {},
    "kept": "leave", "never": True, "wanted": True, "keys": [], "since": timezone.now(), "until": timezone.now(),
}  # fmt: skip
BELONGING = sorted(name for name in TABLE if set(inspect.signature(ACTIONS[name]).parameters) & MAKERS.keys())


def arguments(action, workspace):
    known = list(inspect.signature(action).parameters.values())[1:]
    wanted = [p for p in known if p.default is p.empty or p.name in MAKERS]
    return {p.name: MAKERS[p.name](workspace) if p.name in MAKERS else PLAIN[p.name] for p in wanted}


def attempt(action, by, workspace):
    """Forbidden, or anything else that came of it."""
    given = arguments(action, workspace)
    with scope(workspace=by.workspace):
        try:
            action(by, **given)
        except ActionError as problem:
            return problem
    return None


def test_every_action_is_in_the_table():
    assert sorted([*TABLE, *OWN_RULE]) == sorted(ACTIONS)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_do_what_the_table_says(role):
    by = make.make_actor(role=role)
    make.make_actor(workspace=by.workspace)
    allowed = {name for name, capability in TABLE.items() if Capability(capability) in Role(role).capabilities}

    refused = {name for name in TABLE if isinstance(attempt(ACTIONS[name], by, by.workspace), Forbidden)}

    assert refused == TABLE.keys() - allowed


def test_a_token_reaches_no_further_than_its_scopes():
    person = make.make_actor()
    token = make.make_token(by=person, scopes=["view", "run"])
    by = Actor(person.workspace, person.user, person.membership, token)

    refused = {name for name in TABLE if isinstance(attempt(ACTIONS[name], by, by.workspace), Forbidden)}

    assert refused == {name for name, c in TABLE.items() if c not in ("view", "run")} | {"members.leave"}


def test_a_token_reaches_no_further_than_its_maker():
    person = make.make_actor(role="viewer")
    by = Actor(person.workspace, person.user, person.membership, make.make_token(by=person, scopes=["view", "publish"]))

    assert by.capabilities == {Capability.VIEW}


def test_nobody_inside_or_disabled_may_do_anything():
    by = make.make_actor()
    by.user.is_active = False

    assert by.capabilities == frozenset()
    assert Actor(by.workspace).capabilities == frozenset()


@pytest.mark.parametrize("name", BELONGING)
def test_things_of_another_workspace_are_not_found(name):
    by, theirs = make.make_actor(), make.make_workspace()

    outcome = attempt(ACTIONS[name], by, theirs)

    assert isinstance(outcome, NotFound)
    with scope(workspace=theirs):
        assert not AuditEvent.objects.exists()
