"""What conversations have besides the messages that one writes: those that came or went by other ways, scheduled ones,
large attachments, and what a contact wants to be sent."""

from dataclasses import replace

from connectors import fields as f
from connectors.errors import Duplicate
from connectors.fields import required
from connectors.ghl import odd_messages
from connectors.ghl.answers import explain
from connectors.ghl.base import CONTACT, LOCATION, LOCATION_QUERY, done, resource, samples
from connectors.ghl.conversations import CONVERSATION, MESSAGE, WRITE
from connectors.ghl.derived.shared import DONE
from connectors.notation import Perform, Values, delete, fill, get, post, put, reconcile
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request, Retry

S = samples("conversation_parts")
CAME_BY = (
    ("SMS", "SMS"),
    ("RCS", "RCS"),
    ("Email", "E-mail"),
    ("WhatsApp", "WhatsApp"),
    ("FB", "Facebook Messenger"),
    ("IG", "Instagram"),
    ("GMB", "Google Business"),
    ("TIKTOK", "TikTok"),
    ("WebChat", "Web chat"),
    ("Live_Chat", "Live chat"),
    ("ALL_IN_ONE_CHAT", "All-in-one chat"),
    ("Call", "Call"),
    ("IVR_Call", "Call by a menu"),
    ("Campaign_Call", "Campaign call"),
    ("Campaign_VoiceMail", "Campaign voicemail"),
    ("FORM_SUBMISSION", "A form"),
    ("Custom", "A provider of your own"),
)
CALLED = (
    ("pending", "Not yet answered"),
    ("completed", "Over"),
    ("answered", "Answered"),
    ("busy", "Busy"),
    ("no-answer", "Nobody answered"),
    ("failed", "Failed"),
    ("canceled", "Cancelled"),
    ("voicemail", "Voicemail"),
)
WAYS = (("inbound", "From the contact"), ("outbound", "To the contact"))
PROVIDER = f.text(
    "conversationProviderId", "Of your app's conversation provider, as the developer portal shows it.",
    label="Provider ID", required=True,
)  # fmt: skip
THEIR_ID = f.text("altId", "The provider's own ID of the message.", label="Provider's message ID", more=True)
LINKS = f.choices("attachments", "Addresses of files that anybody may open.", more=True)
CALL = f.object_(
    "call",
    "Of a call: who called whom, and how it went.",
    fields=(f.phone("to", "The number that was called."), f.phone("from"), f.choice("status", choices=CALLED)),
    more=True,
)
WHERE = required(CONVERSATION)
EMAIL_ID = f.text("emailMessageId", "The e-mail's own ID, not its message's.", label="E-mail ID")
KIND_ID = f.text("id", "ID of the kind of subscription; List kinds of subscription gives it.", label="Kind's ID")
KIND_NAME = f.text("name", "As people shall see it, such as Newsletter; 100 characters at most.")
CHANNELS = ("Call", "SMS", "Email", "WhatsApp", "Instagram", "Facebook")


def find_conversation(values: Values, context: Context) -> Conversation[list[Values]]:
    found = yield from odd_messages.conversations_of(values["contactId"], context)
    return [{"success": True, "conversation": one} for one in found]


def adopting(perform: Perform) -> Perform:
    """The same operation, but the conversation that the contact has already is as good as a new one."""

    def adopt(values: Values, context: Context) -> Conversation[Values]:
        try:
            return (yield from perform(values, context))
        except Duplicate as there:
            path = fill("/conversations/{id}", {"id": there.record_id})
            request = Request("GET", path, headers={"Version": odd_messages.DATED})
            response = yield from ask(request, explain, "get the conversation")
            return {"success": True, "conversation": {**(response.json or {}), "id": there.record_id}}

    return adopt


CONVERSATIONS = resource(
    "conversations",
    "/conversations",
    post(
        "create_conversation", "/", "Create a conversation", LOCATION,
        required(replace(CONTACT, help="Whose conversation it is: the contact's ID.")), sample=S["conversation"],
        retry=reconcile(by=find_conversation, lag=10), wrap=adopting,
        help="A contact has one: where it is there already, that one is given. Writing a message makes it by itself.",
    ),
    delete(
        "delete_conversation", "/{conversationId}", "Delete a conversation", CONVERSATION,
        help="With all its messages.",
    ),
    version=odd_messages.DATED,
    scopes="conversations.write",
    source="conversations.json",
    object="conversation",
    words=("inbox", "chat"),
)  # fmt: skip

MESSAGES = resource(
    "conversations",
    "/conversations/messages",
    get(
        "export_messages_by_location", "/export", "List all messages", LOCATION_QUERY,
        replace(CONTACT, help="Only of this contact."), replace(CONVERSATION, help="Only of this conversation."),
        f.choice(
            "channel", "Left empty, all but e-mails.", more=True,
            choices=tuple((name, "E-mail" if name == "Email" else name) for name in CHANNELS),
        ),
        f.datetime("startDate", "Only those since.", label="Since"),
        f.datetime("endDate", "Only those until then.", label="Until"),
        f.choice(
            "sortBy", choices=(("createdAt", "When they were sent"), ("updatedAt", "When they were changed")),
            label="Sorted by", more=True,
        ),
        f.choice(
            "sortOrder", choices=(("desc", "Newest first"), ("asc", "Oldest first")), label="Order", more=True
        ),
        f.integer("limit", "At most so many, from 10 to 500.", default=100, example=100, more=True),
        f.text("cursor", "From the page before: its nextCursor.", label="Next page", more=True),
        sample=S["export"], scopes="conversations/message.readonly", words=("export", "find"),
    ),
    post(
        "add_an_inbound_message", "/inbound", "Add a message that came in",
        f.choice("type", "The way it came.", choices=CAME_BY, label="Channel", required=True), WHERE,
        required(replace(CONTACT, help="Who wrote it: the contact's ID.")), PROVIDER,
        f.note("message", "What it says."), f.text("subject", "Of an e-mail."),
        f.note("html", "Of an e-mail that is more than plain text.", label="HTML", more=True), LINKS,
        f.email("emailFrom", "The sender of an e-mail.", label="From", more=True),
        f.email("emailTo", "Whom the e-mail went to.", label="To", more=True),
        f.choices("emailCc", label="Copy to", more=True), f.choices("emailBcc", label="Hidden copy to", more=True),
        f.text("emailMessageId", "ID of the e-mail it answers.", label="Answers e-mail ID", more=True), THEIR_ID,
        f.choice("direction", "Left empty, to the contact.", choices=WAYS, more=True),
        f.datetime("date", "Left empty, now.", label="Came at", more=True), CALL,
        sample=S["added"], retry=Retry.ONCE,
        help="For messages that your own conversation provider carries: it is shown, and nothing is sent.",
    ),
    post(
        "add_an_outbound_message", "/outbound", "Add a call that went out",
        f.choice("type", "HighLevel takes calls alone.", choices=(("Call", "Call"),), default="Call", label="Kind",
                 required=True),
        WHERE, PROVIDER, replace(CALL, more=False), LINKS, THEIR_ID,
        f.datetime("date", "Left empty, now.", label="Made at", more=True),
        sample=S["added"], retry=Retry.ONCE, help="It is shown in the conversation; nobody is called.",
    ),
    post(
        "send_review_reply", "/review-reply", "Answer a review", LOCATION,
        required(replace(CONVERSATION, help="The conversation that stands for the review.")),
        f.note("message", "What it says; everybody can read it.", required=True), sample=S["reply"], retry=Retry.ONCE,
        words=("google", "reply", "rating"), help="Of Google Business.",
    ),
    delete(
        "cancel_scheduled_message", "/{messageId}/schedule", "Cancel a scheduled message",
        replace(MESSAGE, help="The message's ID, as Send a message gave it."), words=("unschedule",),
    ),
    delete(
        "cancel_scheduled_email_message", "/email/{emailMessageId}/schedule", "Cancel a scheduled e-mail", EMAIL_ID,
        words=("unschedule",),
    ),
    put(
        "add_message_attachments", "/{messageId}/attachments", "Set the recordings of a call", MESSAGE,
        f.choices("attachments", "Addresses, five at most; they take the place of all there were.", required=True),
        sample=DONE, read=done, words=("add message attachments", "audio", "file"),
        help="Of a call that was added by your own provider.",
    ),
    post(
        "initiate_file_upload", "/upload/initiate", "Begin the upload of an attachment", LOCATION, WHERE,
        f.text("filename", "With its ending, such as film.mp4.", label="File name", required=True),
        f.text("contentType", "Such as video/mp4.", label="Kind of file", required=True),
        f.text("channel", "WHATSAPP, up to 100 MB; any other, up to 5 MB.", required=True),
        f.integer("fileSize", "In bytes.", more=True), sample=S["begun"], retry=Retry.IDEMPOTENT,
        help="Gives an address that another program can send a large file to, for 15 minutes. Small ones go by Upload "
             "a file for a message.",
    ),
    post(
        "complete_file_upload", "/upload/complete", "End the upload of an attachment", LOCATION,
        f.text("uploadId", "As the beginning gave it.", label="Upload ID", required=True),
        f.text("filePath", "As the beginning gave it.", label="File path", required=True), WHERE,
        f.text("filename", "As at the beginning.", label="File name", required=True), sample=S["ended"],
        retry=Retry.IDEMPOTENT,
    ),
    version=odd_messages.DATED,
    scopes=WRITE,
    source="conversations.json",
    object="message",
    words=("conversation",),
)  # fmt: skip

SUBSCRIPTIONS = resource(
    "conversations",
    "/conversations/preferences",
    get(
        "get_all_custom_subtypes", "/custom-subtypes", "List kinds of subscription", LOCATION_QUERY, sample=DONE,
        read=done, scopes="conversations.readonly", words=("custom subtypes",),
    ),
    post(
        "create_custom_subtype", "/custom-subtypes", "Create a kind of subscription", LOCATION_QUERY,
        required(KIND_NAME), f.choice("channel", choices=(("email", "E-mail"), ("sms", "SMS")), required=True),
        f.text("language", "Two letters, such as en.", required=True), f.note("description"), sample=DONE, read=done,
        retry=Retry.ONCE, words=("custom subtype",),
    ),
    put(
        "update_custom_subtype", "/custom-subtypes/{id}", "Update a kind of subscription", LOCATION_QUERY, KIND_ID,
        KIND_NAME, f.note("description"), f.boolean("archived", "Yes: it is no longer offered."),
        f.text("resubscription_legal_form_id", "When it is archived.", label="Legal form ID", more=True),
        sample=DONE, read=done, words=("custom subtype", "archive"),
    ),
    get(
        "get_contact_unsubscription_status", "/unsubscriptions/status", "See what somebody has unsubscribed from",
        LOCATION_QUERY, required(CONTACT), f.email("email", "Only this address of the contact."), sample=DONE,
        read=done, scopes="conversations.readonly", words=("opt out",),
    ),
    post(
        "user_subscription_change", "/unsubscriptions/user-change", "Change what somebody is subscribed to", LOCATION,
        required(CONTACT), f.email("email", "The address that it is about.", required=True),
        f.object_(
            "subscription_action", "What to change.", label="Change", required=True,
            fields=(
                f.choice(
                    "type", label="Of", required=True,
                    choices=(("default", "The usual one"), ("custom", "A kind of your own"), ("resub_all", "All")),
                ),
                f.choice("subtype_name", "Of the usual one.", choices=(("One on One", "One on one"),), label="Which"),
                f.text("subtype_id", "Of a kind of your own.", label="Kind's ID"),
                f.choice(
                    "subtype_status", label="To", required=True,
                    choices=(("subscribed", "Subscribed"), ("unsubscribed", "Unsubscribed")),
                ),
            ),
        ),
        f.text("legal_reason", "Why; needed where somebody is subscribed again."),
        f.note("legal_description", "How you know.", label="In detail", more=True),
        sample=DONE, read=done, retry=Retry.ONCE, words=("unsubscribe", "opt out", "opt in"),
    ),
    version=odd_messages.DATED,
    scopes="conversations.write",
    source="conversations.json",
    object="subscription of a contact",
    words=("preferences", "newsletter"),
)  # fmt: skip

OPERATIONS = {**CONVERSATIONS, **MESSAGES, **SUBSCRIPTIONS}
