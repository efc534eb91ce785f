"""Users: whoever reads or changes one gives a password again; the list is free."""

from typing import Any

from connectors.invoice_ninja.sandbox import paging, refusals, render
from connectors.invoice_ninja.sandbox.casting import filled
from connectors.invoice_ninja.sandbox.paging import holds
from connectors.invoice_ninja.sandbox.resource import Resource, body
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
BLANK: Record = {
    **dict.fromkeys(words("first_name last_name email phone signature"), ""),
    **dict.fromkeys(words("custom_value1 custom_value2 custom_value3 custom_value4"), ""),
    "language_id": "1",
    "has_password": False,
    "company_user": {"is_admin": False, "is_owner": False, "permissions": ""},
}
USERS = Resource("users", "User", lambda box: BLANK, lambda box, data, call: BLANK, lambda box, row, data, call: row)
FILTERS = {"filter": holds("first_name", "last_name", "email")}


@ROUTES.on("GET", "/api/v1/users", admin=True)
def users(box: Any, call: Call) -> Any:
    rows = paging.ordered(paging.kept(box, box.store.rows("users"), call.query, FILTERS), call.query.get("sort", ""))
    return paging.page(call, rows, lambda row: render.plain("users", row))


@ROUTES.on("GET", "/api/v1/users/{id}", password=True)
def user(box: Any, call: Call) -> Any:
    return {"data": render.plain("users", box.find("users", "User", call.args["id"]))}


@ROUTES.on("POST", "/api/v1/users", admin=True, password=True)
def store(box: Any, call: Call) -> Any:
    data = body(call)
    lacking = [name for name in ("first_name", "last_name") if not data.get(name)]
    if lacking:
        raise refusals.invalid(**{name: f"The {name.replace('_', ' ')} field is required." for name in lacking})
    if any(row["email"] == data.get("email") for row in box.store.rows("users")):
        raise refusals.invalid(email="The email has already been taken.")
    made = box.save("users", box.make("users", BLANK) | filled(BLANK, data, BLANK))
    box.effect("user.created", made["id"], data)
    return {"data": render.plain("users", made)}


@ROUTES.on("PUT", "/api/v1/users/{id}", admin=True, password=True)
def update(box: Any, call: Call) -> Any:
    row, data = box.find("users", "User", call.args["id"]), body(call)
    changed = filled(BLANK, data, BLANK)
    if "company_user" in changed:
        changed["company_user"] = {
            **BLANK["company_user"],
            **(row.get("company_user") or {}),
            **changed["company_user"],
        }
    saved = box.save("users", row | changed)
    box.effect("user.updated", saved["id"], data)
    return {"data": render.plain("users", saved)}


@ROUTES.on("POST", "/api/v1/users/bulk", admin=True, password=True)
def bulk(box: Any, call: Call) -> Any:
    data = body(call)
    action = str(data.get("action", ""))
    if action not in ("archive", "restore", "delete"):
        raise refusals.invalid(action="The selected action is invalid.")
    rows = [row for one in data.get("ids") or () if (row := box.store.get("users", str(one)))]
    done = [USERS.change(box, row, action) for row in rows]
    return paging.page(call, done, lambda row: render.plain("users", row))


@ROUTES.on("DELETE", "/api/v1/users/{id}/detach_from_company", admin=True, password=True)
def detach(box: Any, call: Call) -> Any:
    row = box.find("users", "User", call.args["id"])
    box.store.drop("users", row["id"])
    box.effect("user.detached", row["id"], {})
    return {"message": "User detached from company"}


@ROUTES.on("POST", "/api/v1/users/{id}/invite", admin=True, password=True)
def invite(box: Any, call: Call) -> Any:
    row = box.find("users", "User", call.args["id"])
    box.effect("user.invited", row["id"], {})
    return {"message": "Confirmation email sent"}


@ROUTES.on("POST", "/api/v1/user/{id}/reconfirm", admin=True)
def reconfirm(box: Any, call: Call) -> Any:
    row = box.find("users", "User", call.args["id"])
    box.effect("user.reconfirmed", row["id"], {})
    return {"message": "Confirmation email sent"}
