"""What a test or Recette's own page may ask of a sandbox, beside the service's API."""

from typing import Any

from connectors.sandbox_kit import doings
from connectors.sandbox_kit.faults import WrongFault
from connectors.sandbox_kit.http import Answer, BadJson, Call
from connectors.sandbox_kit.routes import Routes, run

CONTROL = "/_sandbox"
ROUTES = Routes()


def on(method: str, path: str) -> Any:
    return ROUTES.on(method, CONTROL + path)


async def respond(box: Any, call: Call) -> Answer:
    found = ROUTES.find(call.method, call.path) or box.routes.find(call.method, call.path)
    if not found:
        return Answer(404, {"message": f"The sandbox has no {call.method} {call.path}."})
    # A page of somebody else can post a form from the browser, JSON it can't.
    if call.method == "POST" and "json" not in call.headers.get("content-type", ""):
        return Answer(415, {"message": "Send JSON with the header Content-Type: application/json."})
    route, call.args = found
    try:
        result = await run(route, box, call)
    except doings.Unfit as error:
        return Answer(422, {"message": error.message, "errors": error.errors})
    except (BadJson, WrongFault, ValueError, TypeError) as error:
        return Answer(400, {"message": str(error)})
    return result if isinstance(result, Answer) else Answer(200, result)


@on("GET", "/state")
def state(box: Any, call: Call) -> Any:
    return {
        "service": box.service,
        "version": box.version,
        "settings": box.settings,
        "connect": box.connect(),
        "counts": {table: len(rows) for table, rows in box.store.tables.items()},
        "lists": box.lists(),
    }


@on("GET", "/records/{table}")
def records(box: Any, call: Call) -> Any:
    return {"records": box.store.rows(call.args["table"])}


@on("GET", "/effects")
def effects(box: Any, call: Call) -> Any:
    lines = box.effects.lines[int(call.query.get("since", 0)) :]
    for name in ("kind", "by", "id"):
        if name in call.query:
            lines = [line for line in lines if line[name] == call.query[name]]
    if "marker" in call.query:
        lines = [line for line in lines if call.query["marker"] in line["markers"]]
    return {"effects": lines, "total": len(box.effects.lines)}


@on("GET", "/calls")
def calls(box: Any, call: Call) -> Any:
    return {"calls": list(box.calls)}


@on("GET", "/doings")
def list_doings(box: Any, call: Call) -> Any:
    return {"doings": [doing.shown(box) for doing in box.doings.values()]}


@on("POST", "/do")
async def do(box: Any, call: Call) -> Any:
    data = call.fields()
    doing = box.doings.get(str(data.get("do", "")))
    if not doing:
        raise ValueError(f"There is nothing called {data.get('do')!r} to do; GET {CONTROL}/doings lists what there is.")
    box.by = "person"
    try:
        done = doing.run(box, {k: v for k, v in data.items() if k != "do"})
    finally:
        box.by = "api"
    await box.flush()
    return done


@on("GET", "/faults")
def list_faults(box: Any, call: Call) -> Any:
    return {"faults": box.faults.shown()}


@on("POST", "/faults")
def add_faults(box: Any, call: Call) -> Any:
    box.faults.add(call.json())
    return {"faults": box.faults.shown()}


@on("DELETE", "/faults")
def clear_faults(box: Any, call: Call) -> Any:
    box.faults.clear()
    return {"faults": []}


@on("GET", "/settings")
def list_settings(box: Any, call: Call) -> Any:
    return {"settings": box.settings}


@on("POST", "/settings")
def set_settings(box: Any, call: Call) -> Any:
    box.configure(call.fields())
    return {"settings": box.settings}


@on("POST", "/reset")
def reset(box: Any, call: Call) -> Any:
    box.reset(**call.fields())
    return {"counts": {table: len(rows) for table, rows in box.store.tables.items()}}


@on("GET", "/deliveries")
def deliveries(box: Any, call: Call) -> Any:
    return {"deliveries": list(reversed(box.store.rows("deliveries")))}
