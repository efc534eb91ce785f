"""Lines of the audit log as sentences. A verb without one is shown as it stands, so nothing is ever hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from builder.models import AuditEvent, Decision, Role, Way

KINDS = {
    "workspace": lazy("Workspace"),
    "member": lazy("Members"),
    "person": lazy("Erased people"),
    "token": lazy("API tokens"),
    "connection": lazy("Connections"),
    "agency": lazy("Agencies"),
    "recipe": lazy("Recipes"),
    "folder": lazy("Folders"),
    "template": lazy("Templates"),
    "run": lazy("Runs"),
    "event": lazy("Events"),
    "sandbox": lazy("Sandboxes"),
    "alert_route": lazy("Alerts"),
}

SENTENCES = {
    "workspace.created": lazy("%(who)s founded the workspace %(what)s"),
    "workspace.changed": lazy("%(who)s changed the settings of the workspace"),
    "workspace.two_factor_required": lazy("%(who)s made a second factor a must for everybody"),
    "workspace.two_factor_optional": lazy("%(who)s left it to everybody whether to have a second factor"),
    "workspace.logo_changed": lazy("%(who)s gave the workspace another logo"),
    "workspace.logo_removed": lazy("%(who)s removed the logo of the workspace"),
    "workspace.audit_exported": lazy("%(who)s took lines of the audit log along"),
    "person.erasure_asked": lazy("%(who)s asked for the data of one person to be erased"),
    "person.erased": lazy("Recette erased the data of one person"),
    "workspace.exported": lazy("%(who)s downloaded the whole workspace as files"),
    "workspace.imported": lazy("%(who)s brought files: %(what)s"),
    "member.invited": lazy("%(who)s invited %(what)s"),
    "member.invitation_revoked": lazy("%(who)s withdrew the invitation of %(what)s"),
    "member.joined": lazy("%(who)s joined"),
    "member.role_changed": lazy("%(who)s gave %(what)s another role"),
    "member.removed": lazy("%(who)s removed %(what)s from the workspace"),
    "member.left": lazy("%(who)s left the workspace"),
    "member.factor_added": lazy("%(who)s added something to sign in with"),
    "member.factor_removed": lazy("%(who)s removed something to sign in with"),
    "member.factor_renewed": lazy("%(who)s made new recovery codes"),
    "member.factors_taken": lazy("Somebody at the server took all second factors from %(what)s"),
    "member.devices_signed_out": lazy("%(who)s signed other browsers of theirs out"),
    "member.signed_in": lazy("%(who)s signed in with %(what)s"),
    "member.provider_connected": lazy("%(who)s connected %(what)s to sign in with"),
    "member.provider_disconnected": lazy("%(who)s disconnected %(what)s, and signs in with it no more"),
    "member.password_changed": lazy("%(who)s changed their password"),
    "token.created": lazy("%(who)s made the API token %(what)s"),
    "token.revoked": lazy("%(who)s revoked the API token %(what)s"),
    "connection.created": lazy("%(who)s connected %(what)s"),
    "connection.changed": lazy("%(who)s changed the connection %(what)s"),
    "connection.signed_in": lazy("%(who)s signed the connection %(what)s in again"),
    "connection.offered": lazy("%(who)s tested a new token for the connection %(what)s"),
    "connection.rotated": lazy("%(who)s switched the connection %(what)s to a new token"),
    "connection.withdrawn": lazy("%(who)s took a new token for the connection %(what)s back"),
    "connection.went_back": lazy("Recette went back to the token that %(what)s used before"),
    "connection.renamed": lazy("%(who)s renamed a connection to %(what)s"),
    "connection.tested": lazy("%(who)s tested the connection %(what)s"),
    "connection.deleted": lazy("%(who)s deleted the connection %(what)s"),
    "agency.signed_in": lazy("%(who)s brought the consent of the agency %(what)s"),
    "agency.forgotten": lazy("%(who)s erased the token of the agency %(what)s"),
    "recipe.created": lazy("%(who)s began the recipe %(what)s"),
    "recipe.imported": lazy("%(who)s imported the recipe %(what)s"),
    "recipe.exported": lazy("%(who)s exported the recipe %(what)s"),
    "recipe.duplicated": lazy("%(who)s duplicated a recipe as %(what)s"),
    "recipe.renamed": lazy("%(who)s renamed a recipe to %(what)s"),
    "recipe.moved": lazy("%(who)s moved the recipe %(what)s"),
    "recipe.handed_over": lazy("%(who)s gave the recipe %(what)s another owner"),
    "recipe.fixed": lazy("%(who)s gave the draft of %(what)s the value that mended a run"),
    "recipe.published": lazy("%(who)s published %(what)s"),
    "recipe.paused": lazy("%(who)s paused %(what)s"),
    "recipe.braked": lazy("Recette paused %(what)s by itself"),
    "recipe.pausing_changed": lazy("%(who)s changed whether Recette may pause %(what)s by itself"),
    "recipe.guards_changed": lazy("%(who)s changed the guards of %(what)s"),
    "recipe.kept_answered": lazy("%(who)s decided what becomes of the events that %(what)s kept"),
    "recipe.replayed": lazy("%(who)s ran a period of %(what)s again"),
    "recipe.resumed": lazy("%(who)s switched %(what)s on again"),
    "recipe.rolled_back": lazy("%(who)s went back to an earlier version of %(what)s"),
    "recipe.secret_changed": lazy("%(who)s changed the secret of the address of %(what)s"),
    "recipe.step_tested": lazy("%(who)s tested a step of %(what)s"),
    "recipe.template_taken": lazy("%(who)s took a newer version of its template over into %(what)s"),
    "recipe.template_left": lazy("%(who)s left %(what)s as it is, though its template has a newer version"),
    "recipe.deleted": lazy("%(who)s deleted the recipe %(what)s"),
    "recipe.restored": lazy("%(who)s brought the recipe %(what)s back"),
    "folder.created": lazy("%(who)s made the folder %(what)s"),
    "folder.renamed": lazy("%(who)s renamed a folder to %(what)s"),
    "folder.exported": lazy("%(who)s downloaded the folder %(what)s as files"),
    "folder.access_changed": lazy("%(who)s changed who comes into the folder %(what)s"),
    "folder.deleted": lazy("%(who)s deleted the folder %(what)s"),
    "template.saved": lazy("%(who)s saved the template %(what)s"),
    "template.changed": lazy("%(who)s changed the words of the template %(what)s"),
    "template.replaced": lazy("%(who)s put a newer version of the template %(what)s in its place"),
    "template.retired": lazy("%(who)s retired the template %(what)s"),
    "template.brought_back": lazy("%(who)s offers the template %(what)s again"),
    "template.deleted": lazy("%(who)s deleted the template %(what)s"),
    "template.exported": lazy("%(who)s downloaded the template %(what)s"),
    "template.shared": lazy("%(who)s made a link to the template %(what)s"),
    "template.link_revoked": lazy("%(who)s revoked a link to the template %(what)s"),
    "run.fixed": lazy("%(who)s gave the run %(what)s another value and let it go on"),
    "run.resumed": lazy("%(who)s resumed the run of %(what)s"),
    "run.edited": lazy("%(who)s ran %(what)s again with other data"),
    "run.repeated": lazy("%(who)s ran %(what)s again"),
    "run.all_resumed": lazy("%(who)s resumed all the runs of a list"),
    "run.all_discarded": lazy("%(who)s discarded all the runs on hold of a list"),
    "run.cancelled": lazy("%(who)s cancelled the run of %(what)s"),
    "run.decided": lazy("%(who)s answered the question of %(what)s"),
    "run.question_passed_on": lazy("%(who)s has somebody else asked about %(what)s"),
    "event.sent": lazy("%(who)s sent an event to %(what)s"),
    "alert_route.added": lazy("%(who)s has alerts sent somewhere: %(what)s"),
    "alert_route.changed": lazy("%(who)s changed what alerts go where: %(what)s"),
    "alert_route.switched_on": lazy("%(who)s has alerts sent again: %(what)s"),
    "alert_route.switched_off": lazy("%(who)s has no more alerts sent for now: %(what)s"),
    "alert_route.removed": lazy("%(who)s has no more alerts sent: %(what)s"),
    "alert_route.tried": lazy("%(who)s sent a trial: %(what)s"),
    "sandbox.done": lazy("%(who)s did something in a sandbox: %(what)s"),
    "sandbox.reset": lazy("%(who)s set a sandbox back to its first day"),
}

FACTORS = {
    "totp": lazy("an authenticator app"),
    "webauthn": lazy("a passkey"),
    "recovery_codes": lazy("recovery codes"),
}
Details = dict[str, Any]
ASIDES: dict[str, Callable[[Details], str]] = {
    "workspace.changed": lambda d: ", ".join(f"{name}: {old} → {new}" for name, (old, new) in d.items()),
    "member.invited": lambda d: _("as %(role)s") % {"role": role(d.get("role", ""))},
    "member.joined": lambda d: _("as %(role)s") % {"role": role(d.get("role", ""))},
    "member.role_changed": lambda d: f"{role(d.get('before', ''))} → {role(d.get('after', ''))}",
    "member.removed": lambda d: passed(d),
    "member.left": lambda d: passed(d),
    "member.factor_added": lambda d: str(FACTORS[d["kind"]]),
    "member.factor_removed": lambda d: str(FACTORS[d["kind"]]),
    "member.devices_signed_out": lambda d: _("%(n)s browsers") % {"n": d["number"]} if d["number"] > 1 else "",
    "token.created": lambda d: ", ".join(d.get("scopes", [])),
    "connection.created": lambda d: d.get("account", ""),
    "connection.changed": lambda d: d.get("account", ""),
    "connection.offered": lambda d: d.get("account", ""),
    "connection.tested": lambda d: _("It answered") if d.get("passed") else _("It did not answer as it should"),
    "connection.deleted": lambda d: (
        _("Paused: %(names)s") % {"names": ", ".join(d["paused"])} if d.get("paused") else ""
    ),
    "workspace.imported": lambda d: _("%(n)s recipes") % {"n": d.get("recipes")},
    "template.replaced": lambda d: _("version %(n)s") % {"n": d.get("version")},
    "template.shared": lambda d: _("for %(n)s days") % {"n": d.get("days")},
    "recipe.braked": lambda d: d.get("because", ""),
    "recipe.replayed": lambda d: _("%(n)s runs") % {"n": d.get("runs")},
    "run.decided": lambda d: str(Decision(d.get("decision")).label),
    "run.all_resumed": lambda d: _("%(n)s runs") % {"n": d.get("runs")},
    "run.all_discarded": lambda d: _("%(n)s runs") % {"n": d.get("runs")},
    "recipe.published": lambda d: " · ".join(part for part in (f"v{d.get('version')}", d.get("note")) if part),
    "recipe.rolled_back": lambda d: f"v{d.get('to')} → v{d.get('version')}",
    "recipe.handed_over": lambda d: " → ".join(name for name in (d.get("before"), d.get("after")) if name),
    "run.question_passed_on": lambda d: _("now asked: %(name)s") % {"name": d["to"]},
    "recipe.renamed": lambda d: _("before: %(name)s") % {"name": d.get("before", "")},
    "recipe.step_tested": lambda d: d.get("operation", ""),
}


def sentence(event: AuditEvent) -> str:
    if event.erased:
        return _("%(who)s: %(verb)s (about somebody whose data were erased)") % {"who": who(event), "verb": event.verb}
    words = {"who": who(event), "what": event.label}
    if event.verb not in SENTENCES:
        return f"{words['who']}: {event.verb} {event.label}".strip()
    return str(SENTENCES[event.verb]) % words


def aside(event: AuditEvent) -> str:
    """What else is known of it, in a few words; empty for nothing."""
    try:
        return ASIDES[event.verb](event.details or {})
    except (KeyError, TypeError, ValueError):
        return ""


def passed(details: Details) -> str:
    """ "taken over by Olive Owner: 3 recipes, 1 connection" """
    if not details.get("to"):
        return ""
    numbers = {name: details.get(name, 0) for name in ("recipes", "connections")}
    counted = (
        ngettext("%(n)d recipe", "%(n)d recipes", numbers["recipes"]) % {"n": numbers["recipes"]},
        ngettext("%(n)d connection", "%(n)d connections", numbers["connections"]) % {"n": numbers["connections"]},
    )
    told = ", ".join(words for words, number in zip(counted, numbers.values(), strict=True) if number)
    by = _("taken over by %(name)s") % {"name": details["to"]}
    return f"{by}: {told}" if told else by


def who(event: AuditEvent) -> str:
    name = author(event)
    return _("%(name)s, by the token “%(token)s”,") % {"name": name, "token": event.token.name} if event.token else name


def author(event: AuditEvent) -> str:
    """As they are called now; who is gone, as they were called then."""
    if event.way == Way.RECETTE and not event.user:
        return _("Recette")
    return str(event.user or event.author or _("Somebody who has left"))


def place(event: AuditEvent) -> str:
    """Where it was done from: `Page, 192.0.2.7`."""
    return ", ".join(str(part) for part in (event.get_way_display(), event.address) if part)


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: str
    """Empty for what is only told, and was nothing before."""
    after: str


def changes(event: AuditEvent) -> list[Change]:
    """What its details say, one by one: what was changed, with its value before, and what else is known."""
    details = event.details if isinstance(event.details, dict) else {}
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return [Change(_name(name), _told(before.get(name)) or "—", _told(after.get(name)) or "—") for name in names]
    told = ("before", "after", _CHANGED.get(event.verb))
    found = [_change(name, value) for name, value in details.items() if name not in told]
    if "before" in details:
        new = after if "after" in details else event.label
        found.insert(0, Change(_name(_CHANGED.get(event.verb, "value")), _told(before) or "—", _told(new) or "—"))
    return found


def _change(name: str, value: Any) -> Change:
    if isinstance(value, list) and len(value) == 2 and name in _PAIRS:
        return Change(_name(name), _told(value[0]) or "—", _told(value[1]) or "—")
    return Change(_name(name), "", _told(value))


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_told(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_name(name)}: {_told(one)}" for name, one in value.items())
    return "" if value is None else role(str(value))


_PAIRS = ("name", "zone", "currency", "keep_days", "keep_exchanges_days", "keep_runs", "two_factor")
"""Told as before and after."""
_CHANGED = {
    "member.role_changed": "role",
    "recipe.renamed": "name",
    "folder.renamed": "name",
    "connection.renamed": "name",
    "recipe.moved": "folder",
}
_NAMES = {
    "name": lazy("Name"),
    "zone": lazy("Time zone"),
    "currency": lazy("Currency"),
    "keep_days": lazy("Days that events and runs are kept"),
    "keep_exchanges_days": lazy("Days that requests and answers are kept"),
    "keep_runs": lazy("Runs kept at most"),
    "role": lazy("Role"),
    "version": lazy("Version"),
    "note": lazy("Note"),
    "scopes": lazy("It may"),
    "account": lazy("Account"),
    "folder": lazy("Folder"),
    "step": lazy("Step"),
    "fields": lazy("Fields"),
    "kinds": lazy("About"),
    "people": lazy("People"),
    "runs": lazy("Runs"),
    "form": lazy("File"),
    "lines": lazy("Lines of the audit log"),
    "because": lazy("Because"),
}


def _name(key: str) -> str:
    return str(_NAMES[key]) if key in _NAMES else key.replace("_", " ").capitalize()


def role(value: str) -> str:
    return str(Role(value).label) if value in Role.values else value
