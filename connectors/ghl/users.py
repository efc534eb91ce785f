from connectors import fields as f
from connectors.ghl import odd
from connectors.ghl.base import DATED, LOCATION_QUERY, resource, sample
from connectors.notation import get

USER = f.choice("userId", "Which user.", source="users", label="User")
users = {"users": [sample("user")]}

OPERATIONS = resource(
    "users",
    "/users",
    get("list", "/", "List users", LOCATION_QUERY, returns="users", sample=users, cache=60),
    get(
        "search",
        "/search",
        "Search users",
        f.text("query", "A part of the name, the e-mail address or the phone number."),
        sample={**users, "total": 1},
        perform=odd.search_users,
        cache=60,
    ),
    get("get", "/{userId}", "Get a user", USER, returns="user", cache=60),
    version=DATED,
    scopes="users.readonly",
    source="users.json",
    object="user",
    sample=sample("user"),
    words=("staff", "owner", "team member"),
)
