"""What the developer portal and the webhook log do in the real one, as control calls."""

from typing import Any
from urllib.parse import urlencode

from connectors.ghl.sandbox import deliver, installs
from connectors.ghl.sandbox.box import SCOPES
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call, html

APP = ("client_id", "client_secret", "redirect_uri", "webhook_url", "events", "scopes", "version_id", "installed")


@ROUTES.on("GET", "/_sandbox/app")
def app(box: Any, call: Call) -> Any:
    return {"app": box.store.get("app", "app")}


@ROUTES.on("POST", "/_sandbox/app")
def set_app(box: Any, call: Call) -> Any:
    """Changes what is given and leaves the rest; `events` null ticks all."""
    data = call.fields()
    unknown = sorted(set(data) - set(APP))
    if unknown:
        raise ValueError(f"An app has no {unknown[0]!r}; it has {', '.join(APP)}.")
    return {"app": box.store.put("app", box.store.get("app", "app") | data)}


@ROUTES.on("POST", "/_sandbox/tokens")
def token(box: Any, call: Call) -> Any:
    """A token with the scopes, seconds of life, kind (pit or oauth) and location asked for."""
    data = call.fields()
    kind = data.get("kind", "pit")
    name = data.get("token") or f"{kind}-{box.new_id('granted')}"
    more = {"location_id": data["location_id"]} if data.get("location_id") else {}
    made = box.grant(name, kind, data.get("scopes", SCOPES), data.get("seconds"), **more)
    return {"token": made["id"], "scopes": made["scopes"]}


@ROUTES.on("POST", "/_sandbox/expire")
def expire(box: Any, call: Call) -> Any:
    """Ends the access tokens given out so far; their refresh tokens live on."""
    rows = [row for row in box.store.rows("tokens") if row["kind"] == "oauth"]
    for row in rows:
        box.store.put("tokens", row | {"until": box.clock()})
    return {"expired": len(rows)}


@ROUTES.on("GET", "/_sandbox/install")
def install(box: Any, call: Call) -> Answer:
    """The marketplace's own button: to the page where one picks a location, without a state of anybody's. The app has
    to have a redirect URL, or `redirect_uri` is given."""
    app = box.store.get("app", "app")
    back = call.query.get("redirect_uri") or app["redirect_uri"]
    if not back:
        raise ValueError("The app has no redirect URL yet: set one, or add ?redirect_uri=.")
    query = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": back}
    return html(302, "", Location=f"/v2/oauth/chooselocation?{urlencode(query)}")


@ROUTES.on("POST", "/_sandbox/uninstall")
async def uninstall(box: Any, call: Call) -> Any:
    """Takes the app out of `location_id`, or out of the whole agency."""
    installs.uninstall(box, call.fields().get("location_id") or None)
    await box.flush()
    return {"done": "Uninstalled."}


@ROUTES.on("POST", "/_sandbox/resend")
def resend(box: Any, call: Call) -> Any:
    deliver.again(box, str(call.fields().get("id", "")))
    return {"done": "Sent again."}


@ROUTES.on("GET", "/_sandbox/public_key")
def public_key(box: Any, call: Call) -> Answer:
    return Answer(200, box.keys.public(), kind="application/x-pem-file")


@ROUTES.on("GET", "/_sandbox/old_public_key")
def old_public_key(box: Any, call: Call) -> Answer:
    return Answer(200, box.keys.old_public(), kind="application/x-pem-file")
