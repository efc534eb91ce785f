"""How records of two kinds belong together (a pupil to a teacher), and which ones do."""

from collections.abc import Callable
from typing import Any

from connectors import fields as f
from connectors.errors import Refused, Unclear
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, resource, sample
from connectors.notation import Values, delete, fill, get, post, put, reconcile
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request

ID = f.choice("associationId", "Which association.", source="associations", label="Association", required=True)
FIRST_LABEL = f.text("firstObjectLabel", "What the first is to the second: Pupil.", label="First label", required=True)
OTHER_LABEL = f.text(
    "secondObjectLabel", "What the second is to the first: Teacher.", label="Second label", required=True
)
SKIP = f.integer("skip", "Leave out so many from the start.", default=0, more=True)
LIMIT = f.integer("limit", "At most so many.", default=100, more=True)
KIND = "Contacts, opportunities, businesses or a kind of your own."
MOST = 100
record = sample("association")


def listed(name: str) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    """The document shows one record where a list is asked for, so whatever comes is made a list."""

    def read(answer: Any, values: dict[str, Any]) -> dict[str, Any]:
        rows = answer.get(name, answer.get("data")) if isinstance(answer, dict) else answer
        if isinstance(rows, list):
            return {name: rows}
        return {name: [answer] if isinstance(answer, dict) and answer.get("id") else []}

    return read


def find_association(values: Values, context: Context) -> Conversation[list[Values]]:
    """The association of exactly this key: there is one at most."""
    path = fill("/associations/key/{key_name}", {"key_name": values["key"]})
    query = {"locationId": odd.location(context)}
    try:
        response = yield from ask(Request("GET", path, query=query, headers=odd.VERSION), explain, "look for it")
    except Refused:  # it says 400 to what isn't there; a second one of this key it would refuse
        return []
    found = response.json if isinstance(response.json, dict) else {}
    found = found.get("association") or found
    return [{"association": found}] if found.get("key") == values["key"] else []


def find_relation(values: Values, context: Context) -> Conversation[list[Values]]:
    """What ties these two records by this association, whichever of them is the first."""
    path = fill("/associations/relations/{recordId}", {"recordId": values["firstRecordId"]})
    query = {"locationId": odd.location(context), "skip": 0, "limit": MOST, "associationIds": [values["associationId"]]}
    response = yield from ask(Request("GET", path, query=query, headers=odd.VERSION), explain, "look for the relation")
    rows = listed("relations")(response.json, values)["relations"]
    if len(rows) >= MOST or any(not one.get("firstRecordId") for one in rows):
        raise Unclear("HighLevel doesn't tell which records are related. Look there, then tell Recette.")
    wanted = {str(values["firstRecordId"]), str(values["secondRecordId"])}
    same = [one for one in rows if {str(one.get("firstRecordId")), str(one.get("secondRecordId"))} == wanted]
    return [{"relation": one} for one in same if one.get("associationId") in (None, values["associationId"])]


OPERATIONS = resource(
    "associations",
    "/associations",
    get(
        "list",
        "/",
        "List associations",
        LOCATION_QUERY,
        SKIP,
        LIMIT,
        sample={"associations": [record]},
        read=listed("associations"),
        words=("find",),
    ),
    get("get", "/{associationId}", "Get an association", ID, returns="association"),
    get(
        "get_by_key",
        "/key/{key_name}",
        "Get an association by its key",
        LOCATION_QUERY,
        f.text("key_name", "The name it was given for use by programs, such as pupil_teacher.", label="Key"),
        returns="association",
        words=("get association key",),
    ),
    get(
        "list_of_object",
        "/objectKey/{objectKey}",
        "List associations of a kind of record",
        LOCATION_QUERY,
        f.choice("objectKey", KIND, source="objects", label="Kind of record"),
        sample={"associations": [record]},
        read=listed("associations"),
        words=("get association by keys", "object key"),
    ),
    get(
        "list_relations",
        "/relations/{recordId}",
        "List what a record belongs to",
        LOCATION_QUERY,
        f.text("recordId", "ID of the contact, opportunity or other record.", label="Record ID"),
        SKIP,
        LIMIT,
        f.choices(
            "associationIds", "Only of these associations.", source="associations", label="Associations", more=True
        ),
        sample={"relations": [sample("relation")]},
        read=listed("relations"),
        scopes="associations/relation.readonly",
        words=("get relations by record",),
    ),
    post(
        "create",
        "/",
        "Create an association",
        LOCATION,
        f.text("key", "A name for use by programs, such as pupil_teacher; it stays.", required=True),
        FIRST_LABEL,
        f.choice("firstObjectKey", KIND, source="objects", label="First kind of record", required=True),
        OTHER_LABEL,
        f.choice("secondObjectKey", KIND, source="objects", label="Second kind of record", required=True),
        returns="association",
        retry=reconcile(by=find_association, lag=5),
        scopes="associations.write",
    ),
    put(
        "update",
        "/{associationId}",
        "Rename an association",
        ID,
        FIRST_LABEL,
        OTHER_LABEL,
        returns="association",
        scopes="associations.write",
        words=("update association",),
    ),
    delete(
        "delete", "/{associationId}", "Delete an association", ID, returns="association", scopes="associations.write"
    ),
    post(
        "relate",
        "/relations",
        "Relate two records",
        LOCATION,
        ID,
        f.text("firstRecordId", "ID of the first record.", label="First record ID", required=True),
        f.text("secondRecordId", "ID of the second record.", label="Second record ID", required=True),
        returns="relation",
        sample={"relation": sample("relation")},
        retry=reconcile(by=find_relation, lag=5, doubtful=True),
        scopes="associations/relation.write",
        words=("create relation", "link"),
    ),
    delete(
        "unrelate",
        "/relations/{relationId}",
        "End a relation of two records",
        LOCATION_QUERY,
        f.text("relationId", "The relation's ID; List what a record belongs to gives it.", label="Relation ID"),
        returns="relation",
        scopes="associations/relation.write",
        words=("delete relation", "unlink"),
    ),
    version=DATED,
    scopes="associations.readonly",
    source="associations.json",
    object="association",
    sample=record,
)


def _associations(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    query = {"locationId": odd.location(context), "skip": 0, "limit": MOST}
    request = Request("GET", "/associations/", query=query, headers=odd.VERSION)
    response = yield from ask(request, explain, "list the associations")
    found = listed("associations")(response.json, {})["associations"]
    return [Choice(one["id"], _called(one), str(one.get("key") or "")) for one in found if one.get("id")]


def _called(one: Values) -> str:
    """`Pupil, Teacher`, as far as they are told."""
    labels = [str(one[name]) for name in ("firstObjectLabel", "secondObjectLabel") if isinstance(one.get(name), str)]
    return ", ".join(labels) or str(one.get("key") or one["id"])


CHOICES = {"associations": Choices("associations", _associations)}
