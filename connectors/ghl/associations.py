"""How records of two kinds belong together (a pupil to a teacher), and which ones do."""

from collections.abc import Callable
from typing import Any

from connectors import fields as f
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, resource, sample
from connectors.notation import delete, get, post, put
from connectors.spec import Retry

ID = f.text("associationId", "The association's ID; List associations gives it.", label="Association ID", required=True)
FIRST_LABEL = f.text("firstObjectLabel", "What the first is to the second: Pupil.", label="First label", required=True)
OTHER_LABEL = f.text(
    "secondObjectLabel", "What the second is to the first: Teacher.", label="Second label", required=True
)
SKIP = f.integer("skip", "Leave out so many from the start.", default=0, more=True)
LIMIT = f.integer("limit", "At most so many.", default=100, more=True)
KIND = "The kind of record: contact, opportunity, business or custom_objects.… of your own."
record = sample("association")


def listed(name: str) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    """The document shows one record where a list is asked for, so whatever comes is made a list."""

    def read(answer: Any, values: dict[str, Any]) -> dict[str, Any]:
        rows = answer.get(name, answer.get("data")) if isinstance(answer, dict) else answer
        if isinstance(rows, list):
            return {name: rows}
        return {name: [answer] if isinstance(answer, dict) and answer.get("id") else []}

    return read


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
        f.text("objectKey", KIND, label="Kind of record"),
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
        f.tags("associationIds", "Only of these associations.", label="Association IDs", more=True),
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
        f.text("firstObjectKey", KIND, label="First kind of record", required=True),
        OTHER_LABEL,
        f.text("secondObjectKey", KIND, label="Second kind of record", required=True),
        returns="association",
        retry=Retry.ONCE,
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
        retry=Retry.ONCE,
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
