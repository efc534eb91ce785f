"""The stand-ins for the services: what is in them, and what a person can make happen there."""

from collections.abc import Generator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.errors import Gone, Invalid
from builder.models import Capability
from builder.runner import accounts, offline
from builder.runner.clock import clock
from connectors import catalogue
from connectors.errors import ConnectorError
from connectors.spec import Account, Request, Response


def services() -> dict[str, str]:
    """Connectors whose sandbox runs beside us, and its address."""
    known = {"ghl": settings.SANDBOX_GHL_URL, "invoice_ninja": settings.SANDBOX_INVOICE_NINJA_URL}
    return {service: url.rstrip("/") for service, url in known.items() if url}


@action(Capability.VIEW, atomic=False)
def state(by: Actor, service: str) -> dict[str, Any]:
    """`service`, `version`, `settings`, `counts`, `lists` as the control API tells them; without tokens and keys."""
    told = ask(service, "GET", "/state")
    return {name: value for name, value in told.items() if name not in ("connect", "settings")}


@action(Capability.VIEW, atomic=False)
def doings(by: Actor, service: str) -> list[dict[str, Any]]:
    """What can be made to happen: `do`, `label`, `list`, `inputs` with choices."""
    return list(ask(service, "GET", "/doings")["doings"])


@action(Capability.VIEW, atomic=False)
def deliveries(by: Actor, service: str) -> list[dict[str, Any]]:
    """Webhooks it sent, the newest first."""
    return list(ask(service, "GET", "/deliveries")["deliveries"])


@action(Capability.RUN, atomic=False)
def do(by: Actor, service: str, doing: str, values: Mapping[str, Any]) -> str:
    """Makes it happen; the sentence that says what did. Raises Invalid by input."""
    done = ask(service, "POST", "/do", {**values, "do": doing})
    audit.write(by, "sandbox.done", None, str(done.get("done", "")), service=service, what=doing)
    return str(done.get("done", ""))


@action(Capability.MEMBERS, atomic=False)
def reset(by: Actor, service: str) -> None:
    """Back to the sample records. Connections go on working."""
    ask(service, "POST", "/reset", {})
    audit.write(by, "sandbox.reset", None, service)


def ask(service: str, method: str, path: str, json: Any = None) -> Any:
    """The control API's answer. Raises Gone when the sandbox is away, Invalid when it says no."""
    url, home = services().get(service), catalogue.connector(service)
    if not url or home is None:
        raise Gone(_("There is no sandbox of this service here. Start Recette with sandboxes to look around."))
    opened = accounts.Opened(0, "", home.label, home, Account(url, {}), {})

    def talk(context: Any) -> Generator[Request, Response, Response]:
        return (yield Request(method, f"/_sandbox{path}", json=json))

    clock.ask()
    try:
        response = offline.hold(opened, talk)
    except ConnectorError as problem:
        message = _("The sandbox of %(name)s doesn't answer: %(problem)s")
        raise Gone(message % {"name": home.label, "problem": problem.message}) from problem
    told = response.json if isinstance(response.json, dict) else {}
    if response.status >= 400:
        errors = {name: [text] for name, text in told.get("errors", {}).items()}
        raise Invalid(told.get("message") or _("The sandbox refused it."), errors=errors or None)
    return told
