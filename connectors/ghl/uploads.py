"""Files that go to a contact's field, into a conversation or into the social planner; `medias.py` has those of the
location's store."""

from typing import Any

from connectors import fields as f
from connectors import files
from connectors.fields import required
from connectors.ghl import odd, records
from connectors.ghl.base import (
    CONTACT,
    DATED,
    DATED_CALENDARS,
    LOCATION,
    LOCATION_PATH,
    LOCATION_QUERY,
    resource,
    samples,
)
from connectors.ghl.social import results
from connectors.notation import Values, fill, post, reconcile
from connectors.spec import Context, Conversation, Retry

S = samples("uploads")
FIELD = f.choice(
    "customFieldId",
    "A field of the kind File.",
    source="file_fields",
    label="Custom field",
    required=True,
    where="none",
)


def ours(context: Context) -> str:
    """The file's own id: the same for every attempt of one step, so that a lost answer can be looked for."""
    import uuid  # noqa: PLC0415 -- a large module, which few runs need

    return str(uuid.uuid5(uuid.NAMESPACE_URL, context.marker) if context.marker else uuid.uuid4())


def under_field(values: Values, context: Context, name: str) -> str:
    return f"{values['customFieldId']}_{ours(context)}"


def put_there(answer: Any, values: Values) -> Values:
    """The document doesn't say how the contact comes back."""
    told = answer if isinstance(answer, dict) else {}
    contact = told.get("contact") if isinstance(told.get("contact"), dict) else told
    return {"done": True, "contact": {"id": values["contactId"], **(contact or {})}}


def find_on_contact(values: Values, context: Context) -> Conversation[list[Values]]:
    """The contact, when the field holds a file of our id."""
    path = fill("/contacts/{contactId}", {"contactId": values["contactId"]})
    contact = yield from odd.read(path, "contact", context)
    held = records.custom(contact).get(str(values["customFieldId"]))
    there = isinstance(held, dict) and ours(context) in held
    return [{"done": True, "contact": contact}] if there else []


TO_FIELD = resource(
    "forms",
    "/forms",
    post(
        "upload_to_custom_fields", "/upload-custom-files", "Put a file into a contact's custom field", LOCATION_QUERY,
        required(f.text("contactId", CONTACT.help, label="Contact ID", where="query")), FIELD, *files.FIELDS,
        upload=under_field, one_of=files.EITHER, sample=S["contact"], read=put_there,
        retry=reconcile(by=find_on_contact, lag=10), words=("upload", "attach", "document"),
    ),
    version=DATED,
    scopes="forms.write",
    source="forms.json",
    object="file",
)  # fmt: skip

BESIDE = resource(
    "locations",
    "/locations/{locationId}/customFields",
    post(
        "upload_file_custom_fields", "/upload", "Upload a file for a custom field", LOCATION_PATH,
        f.text("id", "ID of the contact, opportunity or custom field it is for.", label="Is for", required=True),
        *files.FIELDS, f.integer("maxFiles", "At most so many files in the field.", more=True),
        upload=lambda values, context, name: name, one_of=files.EITHER, sample=S["for_field"], retry=Retry.ONCE,
        help="Gives the file's address; Put a file into a contact's custom field does the whole.",
    ),
    version=DATED,
    scopes="locations/customFields.write",
    source="locations.json",
    object="file",
)  # fmt: skip

ATTACHED = resource(
    "conversations",
    "/conversations/messages",
    post(
        "upload_file_attachments", "/upload", "Upload a file for a message", LOCATION,
        f.text("conversationId", "The conversation's ID; Search conversations gives it.", label="Conversation ID",
               required=True),
        required(CONTACT), *files.FIELDS,
        f.text("chatServiceSid", "Of Twilio, for a group's SMS.", label="Chat service SID", more=True),
        f.choice("isGroupSms", choices=(("true", "Yes"), ("false", "No")), label="For a group's SMS", more=True),
        upload=lambda values, context, name: "fileAttachment", one_of=files.EITHER, sample=S["attached"],
        retry=Retry.ONCE, words=("attachment", "message"),
        help="Gives the file's address, which Send a message takes as an attachment.",
    ),
    version=DATED_CALENDARS,
    scopes="conversations/message.write",
    source="conversations.json",
    object="file",
)  # fmt: skip

POSTS = resource(
    "social_posts",
    "/social-media-posting/{locationId}",
    post(
        "upload_csv", "/csv", "Upload a list of social posts", LOCATION_PATH, *files.FIELDS,
        upload=lambda values, context, name: "file", one_of=files.EITHER, sample=S["posts"], read=results,
        retry=Retry.ONCE, words=("csv", "social planner"),
        help="A CSV as the social planner wants it. Then: Choose accounts for an upload of posts.",
    ),
    version=DATED,
    scopes="socialplanner/csv.write",
    source="social-media-posting.json",
    object="file",
)  # fmt: skip

OPERATIONS = {**TO_FIELD, **BESIDE, **ATTACHED, **POSTS}
