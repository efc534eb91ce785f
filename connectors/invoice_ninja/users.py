"""The people who work in Invoice Ninja."""

from connectors import fields as f
from connectors.errors import NotFound
from connectors.invoice_ninja.service import Record, needed, resource, rows, samples
from connectors.notation import get
from connectors.spec import Choice, Choices, Context, Conversation

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


USERS = resource(
    "users",
    "/api/v1/users",
    get("list", "", "List users", perform=_list, sample={"users": [SAMPLE]}, source="getUsers", cache=60),
    get(
        "find", "", "Find a user by e-mail", EMAIL, perform=_find, returns="user", source="getUsers",
        help="To assign a client or invoice to the same person as in the other app.", words=("assign", "owner"),
    ),
    object="user",
    sample=SAMPLE,
    words=("staff", "team", "employee"),
)  # fmt: skip
CHOICES = {"users": Choices("users", _choose)}
