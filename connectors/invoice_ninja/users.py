"""The people who work in Invoice Ninja."""

from collections.abc import Callable
from typing import Any

from connectors import fields as f
from connectors.errors import NotFound, Refused, Unknown
from connectors.invoice_ninja.odd import begun, is_active, is_archived, is_deleted, overlaid
from connectors.invoice_ninja.service import Record, body, call, needed, resource, rows, samples
from connectors.notation import Perform, fill, get, post, put, reconcile
from connectors.spec import Choice, Choices, Context, Conversation, Retry

SAMPLE = samples("user")
EMAIL = f.required(f.email("email", "The address the person signs in with.", label="E-mail"))


def _users(what: str) -> Conversation[list[Record]]:
    found = yield from rows("users", what, sort="id|asc", status="active")
    return found


def _list(inputs: Record, context: Context) -> Conversation[Record]:
    found = yield from _users("list the users")
    return {"users": found}


def _find(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, (EMAIL,))
    email = str(inputs["email"]).strip()
    found = yield from _users("find the user")
    for user in found:
        if str(user.get("email")).casefold() == email.casefold():
            return {"user": user}
    raise NotFound(f"Nobody works in this Invoice Ninja with the e-mail address {email}.", field="email")


def _choose(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    found = yield from _users("list the users")
    return [Choice(u["id"], f"{u.get('first_name', '')} {u.get('last_name', '')}".strip(), u["email"]) for u in found]


# What Invoice Ninja asks a password for

ID = f.choice("user_id", "Who, or an ID from an earlier step.", label="User", source="users")
ROLE = (
    f.boolean("company_user.is_admin", "Sees and changes everything.", label="Administrator"),
    f.text(
        "company_user.permissions", "By commas, such as view_client,create_invoice,edit_all.", label="Permissions",
        more=True, example="view_client,create_invoice",
    ),
)  # fmt: skip
ABOUT = (
    f.phone("phone", more=True),
    f.choice("language_id", "Of the pages the person sees.", source="languages", label="Language", more=True),
    f.note("signature", "Below the person's mails.", more=True),
    *(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4)),
)
NAMES = (f.text("first_name", "Of the person."), f.text("last_name", "Of the person."))
ASKS = "The connection needs the password of the token's user for it."
NEW = (*(f.required(one) for one in NAMES), EMAIL, *ROLE, *ABOUT)
CHANGED = (*NAMES, f.email("email", "The address the person signs in with.", label="E-mail"), *ROLE, *ABOUT)


def _read(user_id: Any, what: str) -> Conversation[Record]:
    path, query = fill("/users/{user_id}", {"user_id": user_id or ""}), {"include": "company_user"}
    user = yield from call("GET", path, what, query=query, proof=True)
    return user


def _get(inputs: Record, context: Context) -> Conversation[Record]:
    user = yield from _read(inputs.get("user_id"), "get the user")
    return {"user": user}


def _create(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, NEW)
    user = yield from call("POST", "/users", "create the user", body(NEW, inputs), proof=True)
    if not isinstance(user, dict) or not user.get("id"):
        raise Unknown("Invoice Ninja answered without the record: it may or may not create the user.")
    return {"user": user}


def _find_created(inputs: Record, context: Context) -> Conversation[list[Record]]:
    """No two have one address; one that was there before would have been refused."""
    found = yield from rows("users", "look for the user", sort="id|desc", status="active,archived,deleted")
    email = str(inputs.get("email") or "").strip().casefold()
    mine = [row for row in found if str(row.get("email")).casefold() == email and begun(row, context)]
    return [{"user": row} for row in mine]


def _update(inputs: Record, context: Context) -> Conversation[Record]:
    what = "update the user"
    current = yield from _read(inputs.get("user_id"), what)
    sent = overlaid(body(CHANGED, inputs))(current)
    if all(current.get(name) == value for name, value in sent.items()):
        return {"user": current}
    path = fill("/users/{user_id}", {"user_id": current["id"]})
    user = yield from call("PUT", path, what, {**_names(current), **sent}, proof=True)
    return {"user": user if isinstance(user, dict) and user.get("id") else {**current, **sent}}


def _names(user: Record) -> Record:
    """What an update wants besides."""
    return {name: user[name] for name in ("first_name", "last_name", "email") if user.get(name)}


def _state(action: str, reached: Callable[[Record], bool]) -> Perform:
    what = f"{action} the user"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        current = yield from _read(inputs.get("user_id"), what)
        if reached(current):
            return {"user": current}
        sent = {"action": action, "ids": [current["id"]]}
        yield from call("POST", "/users/bulk", what, sent, proof=True)
        user = yield from _read(current["id"], what)
        if not reached(user):
            raise Refused(f"Couldn't {what}: Invoice Ninja took the call but left the user as it was.")
        return {"user": user}

    return perform


def _detach(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/users/{user_id}/detach_from_company", {"user_id": inputs.get("user_id") or ""})
    try:
        yield from call("DELETE", path, "remove the user", proof=True)
    except NotFound:
        return {"deleted": True, "found": False}
    return {"deleted": True, "found": True}


def _writing(path: str, what: str, proof: bool) -> Perform:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        yield from call("POST", fill(path, {"user_id": inputs.get("user_id") or ""}), what, proof=proof)
        return {"done": True}

    return perform


DONE = {"done": True}
USERS = resource(
    "users",
    "/api/v1/users",
    get("list", "", "List users", perform=_list, sample={"users": [SAMPLE]}, source="getUsers", cache=60),
    get(
        "find", "", "Find a user by e-mail", EMAIL, perform=_find, returns="user", source="getUsers",
        help="To assign a client or invoice to the same person as in the other app.", words=("assign", "owner"),
    ),
    get("get", "/{user_id}", "Get a user", ID, perform=_get, returns="user", source="showUser", help=ASKS),
    post(
        "create", "", "Create a user", *NEW, perform=_create, retry=reconcile(by=_find_created), returns="user",
        source="storeUser", help=f"The person gets a mail to confirm the address. {ASKS}", words=("invite",),
    ),
    put(
        "update", "/{user_id}", "Update a user", ID, *CHANGED, perform=_update, returns="user", source="updateUser",
        help=f"Fields left empty stay as they are. {ASKS}", words=("permissions", "role"),
    ),
    put(
        "archive", "/{user_id}", "Archive a user", ID, perform=_state("archive", is_archived), returns="user",
        source="bulkUsers", help=f"The person can't sign in any more. {ASKS}", words=("hide",),
    ),
    put(
        "restore", "/{user_id}", "Restore a user", ID, perform=_state("restore", is_active), returns="user",
        source="bulkUsers", help=f"Brings an archived or deleted user back. {ASKS}", words=("unarchive",),
    ),
    put(
        "delete", "/{user_id}", "Delete a user", ID, perform=_state("delete", is_deleted), returns="user",
        source="bulkUsers", help=f"Can be restored; records stay as they are. {ASKS}", words=("remove",),
    ),
    put(
        "detach", "/{user_id}", "Remove a user from the company", ID, perform=_detach, source="detachUser",
        sample={"deleted": True, "found": True}, words=("leave",),
        help=f"The person may still belong to other companies. {ASKS}",
    ),
    post(
        "invite", "/{user_id}", "Invite a user again", ID, retry=Retry.ONCE, sample=DONE, source="inviteUser",
        perform=_writing("/users/{user_id}/invite", "invite the user", True), words=("mail",),
        help=f"By mail, each time this step runs. {ASKS}",
    ),
    post(
        "reconfirm", "/{user_id}", "Ask a user to confirm the address", ID, retry=Retry.ONCE, sample=DONE,
        perform=_writing("/user/{user_id}/reconfirm", "ask for the confirmation", False), words=("mail", "verify"),
        source="inviteUserReconfirm", help="By mail, each time this step runs.",
    ),
    object="user",
    sample=SAMPLE,
    words=("staff", "team", "employee"),
)  # fmt: skip
CHOICES = {"users": Choices("users", _choose)}
