from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_users
from connectors.ghl.agency import AGENCY_ONLY, COMPANY
from connectors.ghl.base import DATED, LOCATION_QUERY, resource, sample
from connectors.notation import delete, get, post, put, reconcile

USER = f.choice("userId", "Which user.", source="users", label="User")
LANGUAGES = (
    *(("en_US", "English"), ("de", "German"), ("es", "Spanish"), ("fr_FR", "French"), ("fr_CA", "French (Canada)")),
    *(("nl", "Dutch"), ("pt_PT", "Portuguese"), ("pt_BR", "Portuguese (Brazil)"), ("it", "Italian")),
    *(("sv", "Swedish"), ("da", "Danish"), ("fi", "Finnish"), ("no", "Norwegian")),
)
PERSON = (
    f.text("firstName", "As colleagues see it."),
    f.text("lastName", "As colleagues see it."),
    f.email("email", "They sign in with it."),
)
RIGHTS = (
    f.choice("type", "Of a location, or of the whole agency.", choices=(("account", "Location"), ("agency", "Agency"))),
    f.choice("role", "What they may do.", choices=(("admin", "Admin"), ("user", "User"))),
)
MORE = (
    f.phone("phone", "With the country's code, such as +4915112345678.", more=True),
    f.tags("locationIds", "IDs of the locations they work in; left empty, this one.", label="Locations", more=True),
    f.choice("platformLanguage", "What they read HighLevel in.", choices=LANGUAGES, label="Language", more=True),
)
users = {"users": [sample("user")]}

OPERATIONS = resource(
    "users",
    "/users",
    get(
        "list",
        "/",
        "List users",
        LOCATION_QUERY,
        returns="users",
        sample=users,
        cache=60,
        words=("location",),
        help="HighLevel is giving this list up: take Search users, with nothing to search for.",
    ),
    get(
        "search",
        "/search",
        "Search users",
        f.text("query", "A part of the name, the e-mail address or the phone number."),
        sample={**users, "total": 1},
        perform=odd_users.search,
        cache=60,
    ),
    post(
        "find_by_email",
        "/search/filter-by-email",
        "Find users by e-mail",
        COMPANY,
        f.text("emails", "One address or several, with commas between.", required=True, label="E-mail addresses"),
        f.boolean("deleted", "Yes: among those who were deleted.", more=True),
        reads=True,
        more={"projection": "all"},
        sample={**users, "count": 1},
        help=AGENCY_ONLY,
        words=("filter",),
    ),
    get("get", "/{userId}", "Get a user", USER, returns="user", cache=60),
    post(
        "create",
        "/",
        "Create a user",
        COMPANY,
        *map(required, (*PERSON, *RIGHTS)),
        *MORE,
        returns="user",
        prepare=odd_users.in_this_location,
        shape=odd_users.with_password,
        read=odd_users.made,
        retry=reconcile(by=odd_users.find),
        scopes="users.write",
        help="Nobody learns the password Recette makes up: the new user chooses one by “Forgot password”.",
    ),
    put(
        "update",
        "/{userId}",
        "Update a user",
        USER,
        *PERSON,
        *RIGHTS,
        *MORE,
        returns="user",
        scopes="users.write",
        help="Fields left empty stay as they are.",
    ),
    delete("delete", "/{userId}", "Delete a user", USER, returns="user", scopes="users.write"),
    version=DATED,
    scopes="users.readonly",
    source="users.json",
    object="user",
    sample=sample("user"),
    words=("staff", "owner", "team member"),
)
