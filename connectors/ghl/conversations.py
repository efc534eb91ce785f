from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_messages
from connectors.ghl.base import ASSIGNED, CONTACT, LOCATION, LOCATION_PATH, LOCATION_QUERY, resource, sample
from connectors.ghl.sent_messages import find_message
from connectors.notation import get, once, post, put
from connectors.spec import Retry

READ, WRITE = "conversations/message.readonly", "conversations/message.write"
SPELT = {name: name for name in ("SMS", "RCS", "IVR")}
SPELT |= {"GMB": "Google Business", "WHATSAPP": "WhatsApp", "TIKTOK": "TikTok", "EMAIL": "e-mail"}
SPELT |= {name: name.capitalize() for name in ("FACEBOOK", "INSTAGRAM")}


def kinds(names: str) -> tuple[tuple[str, str], ...]:
    """Choices of what a message can be: `CAMPAIGN_SMS` is sent as `TYPE_CAMPAIGN_SMS` and reads `Campaign SMS`."""
    texts = ((name, " ".join(SPELT.get(word, word.lower()) for word in name.split("_"))) for name in names.split())
    return tuple((f"TYPE_{name}", text[:1].upper() + text[1:]) for name, text in texts)


LAST = kinds(
    "CALL SMS RCS EMAIL SMS_REVIEW_REQUEST WEBCHAT SMS_NO_SHOW_REQUEST CAMPAIGN_SMS CAMPAIGN_CALL CAMPAIGN_EMAIL "
    "CAMPAIGN_VOICEMAIL FACEBOOK CAMPAIGN_FACEBOOK CAMPAIGN_MANUAL_CALL CAMPAIGN_MANUAL_SMS GMB CAMPAIGN_GMB REVIEW "
    "INSTAGRAM WHATSAPP CUSTOM_SMS CUSTOM_EMAIL CUSTOM_PROVIDER_SMS CUSTOM_PROVIDER_EMAIL IVR_CALL ACTIVITY_CONTACT "
    "ACTIVITY_INVOICE ACTIVITY_PAYMENT ACTIVITY_OPPORTUNITY LIVE_CHAT LIVE_CHAT_INFO_MESSAGE ACTIVITY_APPOINTMENT "
    "FACEBOOK_COMMENT INSTAGRAM_COMMENT CUSTOM_CALL INTERNAL_COMMENT ACTIVITY_EMPLOYEE_ACTION_LOG TIKTOK "
    "TIKTOK_COMMENT ACTIVITY_WHATSAPP FORM_SUBMISSION SMS_REACTION"
)
LISTED = kinds(
    "CALL SMS RCS EMAIL FACEBOOK GMB INSTAGRAM WHATSAPP ACTIVITY_APPOINTMENT ACTIVITY_CONTACT ACTIVITY_INVOICE "
    "ACTIVITY_PAYMENT ACTIVITY_OPPORTUNITY LIVE_CHAT INTERNAL_COMMENTS ACTIVITY_EMPLOYEE_ACTION_LOG TIKTOK "
    "ACTIVITY_WHATSAPP FORM_SUBMISSION"
)
CHANNELS = (
    ("SMS", "SMS"),
    ("Email", "E-mail"),
    ("WhatsApp", "WhatsApp"),
    ("RCS", "RCS"),
    ("FB", "Facebook Messenger"),
    ("IG", "Instagram"),
    ("Live_Chat", "Live chat"),
    ("TIKTOK", "TikTok"),
    ("Custom", "A provider of your own"),
)
DELIVERY = (("delivered", "Delivered"), ("failed", "Failed"), ("pending", "Pending"), ("read", "Read"))
STATES = (("all", "All"), ("read", "Read"), ("unread", "Unread"), ("starred", "Starred"), ("recents", "Recent"))
WAYS = (("inbound", "From the contact"), ("outbound", "To the contact"))
BY_HAND = (("automated", "By an automation"), ("manual", "By hand"))
SORTS = (("last_message_date", "Last message"), ("last_manual_message_date", "Last message by hand"))

CONVERSATION = f.text(
    "conversationId", "The conversation's ID; Search conversations gives it.", label="Conversation ID"
)
MESSAGE = f.text("messageId", "The message's ID; List messages gives it.", label="Message ID")
MAIL = f.text("emailMessageId", "The e-mail's own ID, not its message's.", label="E-mail ID")
CALL = replace(MESSAGE, help="ID of the message that stands for the call.")
VISITOR = f.text("visitorId", "The live chat's ID of the visitor.", label="Visitor ID", required=True)
LIMIT = f.integer("limit", "At most so many, the newest first.", default=20, more=True)

SEARCHED = (
    replace(CONTACT, help="Only this contact's conversation."),
    f.text("query", "A part of a name, an address or the last message."),
    f.choice("status", "Which of them.", choices=STATES, label="State"),
    ASSIGNED,
    f.choice("lastMessageType", "What the last message was.", choices=LAST, more=True),
    f.choice("lastMessageDirection", "Where the last message went.", choices=WAYS, more=True),
    f.choice("lastMessageAction", "How the last message to the contact was sent.", choices=BY_HAND, more=True),
    f.datetime("startDate", "Only those begun since.", label="Begun since", more=True),
    f.datetime("endDate", "Only those begun until then.", label="Begun until", more=True),
    f.choice("sortBy", choices=SORTS, label="Sorted by", more=True),
    f.choice("sort", choices=(("desc", "Newest first"), ("asc", "Oldest first")), label="Order", more=True),
    f.integer("startAfterDate", "From the page before: the last conversation's last message date.", more=True),
    LIMIT,
)
SENT = (
    f.choice("type", "The way it goes.", choices=CHANNELS, label="Channel"),
    replace(CONTACT, help="Who gets it: the contact's ID."),
    f.note("message", "What it says.", label="Message"),
    f.text("subject", "For an e-mail."),
    f.note("html", "For an e-mail that is more than plain text.", label="HTML", more=True),
    f.choices("attachments", "Addresses of files that anybody may open.", more=True),
    f.email("emailFrom", "The sender of an e-mail; left empty, HighLevel's usual one.", label="From", more=True),
    f.email("emailTo", "Another address of the contact.", label="To", more=True),
    f.choices("emailCc", label="Copy to", more=True),
    f.choices("emailBcc", label="Hidden copy to", more=True),
    f.phone("fromNumber", "One of the location's numbers; left empty, the usual one.", more=True),
    f.phone("toNumber", "Another number of the contact.", more=True),
    f.datetime("scheduledTimestamp", "Left empty, at once.", label="Send at", more=True),
    f.text("templateId", "ID of a template in HighLevel.", label="Template ID", more=True),
    f.text("replyMessageId", "ID of the message it answers.", label="Answers message ID", more=True),
    f.text("threadId", "ID of the message that began the exchange of e-mails.", label="Thread ID", more=True),
    f.choice("emailReplyMode", choices=(("reply", "The sender"), ("reply_all", "All")), label="Answers", more=True),
    f.text("appointmentId", "ID of the appointment it is about.", label="Appointment ID", more=True),
    f.text("conversationProviderId", "For a provider of your own.", label="Provider ID", more=True),
)
ERROR = f.object_(
    "error",
    "Why it failed, as the provider says.",
    fields=(f.text("code", required=True), f.text("type", required=True), f.text("message", required=True)),
    more=True,
)
talk = sample("conversation")
sent = {"conversationId": talk["id"], "messageId": sample("message")["id"], "status": "pending"}

CONVERSATIONS = resource(
    "conversations",
    "/conversations",
    get(
        "search", "/search", "Search conversations", LOCATION_QUERY, *SEARCHED,
        sample={"conversations": [sample("conversation_found")], "total": 1}, prepare=odd_messages.timed,
    ),
    get("get", "/{conversationId}", "Get a conversation", CONVERSATION, returns="conversation"),
    put(
        "update", "/{conversationId}", "Mark a conversation", CONVERSATION, LOCATION,
        f.choice("unreadCount", choices=(("0", "Read"), ("1", "Unread")), label="Mark as"), f.boolean("starred"),
        returns="conversation", sample={"conversation": {name: talk[name] for name in talk if name != "type"}},
        shape=odd_messages.counted, scopes="conversations.write", one_of=("unreadCount", "starred"),
        words=("update message status", "read", "unread", "star"),
    ),
    version=odd_messages.DATED,
    scopes="conversations.readonly",
    source="conversations.json",
    object="conversation",
    sample=talk,
    words=("inbox", "chat", "message"),
)  # fmt: skip

MESSAGES = resource(
    "messages",
    "/conversations",
    post(
        "send", "/messages", "Send a message",
        *(required(field) if field.name in ("type", "contactId", "message") else field for field in SENT),
        sample=sent, shape=odd_messages.written, scopes=WRITE,
        retry=once(by=find_message, lag=10),
        words=("sms", "email", "e-mail", "whatsapp", "text", "facebook", "instagram", "live chat", "write"),
        help="Goes to a contact as SMS, e-mail, WhatsApp or in another channel that is set up in HighLevel.",
    ),
    get(
        "list", "/{conversationId}/messages", "List a conversation's messages", CONVERSATION,
        f.choice("type", "Only messages of this kind.", choices=LISTED, label="Kind"), LIMIT,
        f.text("lastMessageId", "From the page before.", label="Last message ID", more=True),
        sample={"messages": [sample("message")], "nextPage": False, "lastMessageId": sample("message")["id"]},
        read=odd_messages.page, words=("get messages by conversation",),
        help="The texts of e-mails are not in it: Get an e-mail has them.",
    ),
    get("get", "/messages/{messageId}", "Get a message", MESSAGE, returns="message", words=("by id",)),
    get(
        "get_email", "/messages/email/{emailMessageId}", "Get an e-mail",
        replace(MAIL, help="The e-mail's own ID: a message has it below meta, email, messageIds."),
        sample={"email": sample("email")}, read=odd_messages.email, words=("email by id",),
    ),
    put(
        "set_status", "/messages/{messageId}/status", "Set a message's delivery status", MESSAGE,
        required(f.choice("status", "How far it came.", choices=DELIVERY)), replace(MAIL, more=True),
        f.choices("recipients", "For an e-mail: who else got it.", more=True), ERROR,
        sample={**sent, "status": "delivered"}, scopes=WRITE, words=("update message status",),
        help="For messages that your own conversation provider carries. To mark them read, use Mark a conversation.",
    ),
    post(
        "show_typing", "/providers/live-chat/typing", "Show that an agent is typing", LOCATION,
        required(CONVERSATION), VISITOR, f.boolean("isTyping", "Yes: shown. No: gone.", default=True, label="Typing"),
        sample={"success": True}, shape=odd_messages.told, retry=Retry.IDEMPOTENT,
        scopes="conversations/livechat.write", words=("agent typing indicator", "live chat"),
    ),
    version=odd_messages.DATED,
    scopes=READ,
    source="conversations.json",
    object="message",
    sample=sample("message"),
    words=("conversation", "inbox"),
)  # fmt: skip

said = "The new shop opens in March."
sentence = {"sentenceIndex": 0, "mediaChannel": 1, "startTime": 0, "endTime": 1900, "transcript": said}
sound = "https://services.leadconnectorhq.com/conversations/messages/t22c6DQc/locations/ve9EPM42/recording"

CALLS = resource(
    "messages",
    "/conversations",
    get(
        "get_recording", "/messages/{messageId}/locations/{locationId}/recording", "Get a call's recording",
        LOCATION_PATH, CALL,
        sample={"recording": {"url": sound, "type": "audio/x-wav", "size": 480044}}, perform=odd_messages.recording,
        help="Its address, type and size in bytes. The address opens only for who sends HighLevel's token along.",
    ),
    get(
        "get_transcription", "/locations/{locationId}/messages/{messageId}/transcription",
        "Get a call's transcription", LOCATION_PATH, CALL,
        sample={"text": said, "sentences": [{**sentence, "confidence": 0.94}]}, read=odd_messages.sentences,
    ),
    get(
        "download_transcription", "/locations/{locationId}/messages/{messageId}/transcription/download",
        "Download a call's transcription", LOCATION_PATH, CALL,
        sample={"text": f"Channel 1: {said}\n", "type": "text/plain", "size": 40}, perform=odd_messages.transcript,
    ),
    version=odd_messages.DATED,
    scopes=READ,
    source="conversations.json",
    object="message",
    words=("voice", "voicemail", "audio", "transcript", "file"),
)  # fmt: skip

OPERATIONS = {**CONVERSATIONS, **MESSAGES, **CALLS}
