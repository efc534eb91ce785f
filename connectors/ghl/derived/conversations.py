"""Conversations: derived from conversations.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import ALT, DONE, done, folded, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("conversations")
CALL = f.object_("call", fields=(f.text("to"), f.text("from"),
    f.choice("status", choices=options("pending completed answered busy no-answer failed canceled voicemail")),))

FIRST = resource(
    "conversations", "",
    delete("delete_conversation", "/conversations/{conversationId}", "Delete a conversation",
        scopes="conversations.write"),
    get("get_all_custom_subtypes", "/conversations/preferences/custom-subtypes", "List custom subtypes of messages",
        LOCATION_QUERY, sample=DONE, read=done),
    post("create_custom_subtype", "/conversations/preferences/custom-subtypes", "Create a custom subtype of messages",
        LOCATION_QUERY, need(f.text("name")), need(f.choice("channel", choices=options("email sms"))),
        need(f.text("language")), f.note("description"), sample=DONE, read=done),
    put("update_custom_subtype", "/conversations/preferences/custom-subtypes/{id}",
        "Update a custom subtype of messages", LOCATION_QUERY, f.text("name"), f.note("description"),
        f.boolean("archived"), ref("resubscription_legal_form_id"), sample=DONE, read=done),
    get("get_contact_unsubscription_status", "/conversations/preferences/unsubscriptions/status",
        "Get what a contact has unsubscribed from", LOCATION_QUERY, need(ref("contactId")), f.email("email"),
        sample=DONE, read=done),
    post("user_subscription_change", "/conversations/preferences/unsubscriptions/user-change",
        "Change what a contact is subscribed to", LOCATION, need(ref("contactId")), need(f.email("email")),
        need(f.object_("subscription_action", fields=(need(f.choice("type",
        choices=options("default custom resub_all"))),
        f.choice("subtype_name", choices=(("One on One", "One on One"),)), ref("subtype_id"),
        need(f.choice("subtype_status", choices=options("subscribed unsubscribed"))),))), f.text("legal_reason"),
        f.text("legal_description"), sample=DONE, read=done),
    get("export_messages_by_location", "/conversations/messages/export", "Export messages", LOCATION_QUERY,
        f.number("limit", example=100), f.text("cursor"), f.choice("sortBy", choices=options("createdAt updatedAt")),
        f.choice("sortOrder", choices=options("asc desc")), ref("conversationId"), ref("contactId"),
        f.choice("channel", choices=options("Call SMS Email WhatsApp Instagram Facebook"), more=True),
        f.text("startDate", more=True), f.text("endDate", more=True), sample=S["export_messages_by_location"],
        scopes="conversations/message.readonly"),
    post("add_an_inbound_message", "/conversations/messages/inbound", "Add a message that came in", ALT,
        need(f.choice("type",
        choices=options("SMS RCS Email WhatsApp GMB IG FB Custom WebChat Live_Chat Call IVR_Call "
        "Campaign_Call Campaign_VoiceMail TIKTOK ALL_IN_ONE_CHAT FORM_SUBMISSION"))), need(ref("conversationId")),
        need(ref("contactId")), need(ref("conversationProviderId")), f.choices("attachments"), f.note("message"),
        f.note("html"), f.text("subject"), f.text("emailFrom"), f.text("emailTo"), f.choices("emailCc", more=True),
        f.choices("emailBcc", more=True), ref("emailMessageId", more=True),
        f.json("direction", example='{"key": "value"}', more=True), f.datetime("date", more=True), folded(CALL),
        sample=S["add_an_inbound_message"], scopes="conversations/message.write"),
    post("add_an_outbound_message", "/conversations/messages/outbound", "Add a call that went out", ALT,
        need(f.choice("type", choices=options("Call"))), need(ref("conversationId")),
        need(ref("conversationProviderId")), f.choices("attachments"), f.datetime("date"), CALL,
        sample=S["add_an_outbound_message"], scopes="conversations/message.write"),
    post("send_review_reply", "/conversations/messages/review-reply", "Send a review reply", LOCATION,
        need(ref("conversationId")), need(f.note("message")), sample=S["send_review_reply"],
        scopes="conversations/message.write"),
    delete("cancel_scheduled_message", "/conversations/messages/{messageId}/schedule", "Cancel a scheduled message",
        scopes="conversations/message.write"),
    post("initiate_file_upload", "/conversations/messages/upload/initiate", "Begin the upload of an attachment",
        LOCATION, need(ref("conversationId")), need(f.text("filename")), need(f.text("contentType")),
        need(f.text("channel")), f.number("fileSize"), sample=S["initiate_file_upload"],
        scopes="conversations/message.write"),
    post("complete_file_upload", "/conversations/messages/upload/complete", "End the upload of an attachment",
        LOCATION, need(ref("uploadId")), need(f.text("filePath")), need(ref("conversationId")),
        need(f.text("filename")), sample=DONE, read=done, scopes="conversations/message.write"),
    put("add_message_attachments", "/conversations/messages/{messageId}/attachments", "Add attachments to a message",
        need(f.choices("attachments")), sample=DONE, read=done, scopes="conversations/message.write"),
    post("create_conversation", "/conversations/", "Create a conversation", LOCATION, need(ref("contactId")),
        sample=S["create_conversation"], scopes="conversations.write"),
    version="2021-04-15", source="conversations.json", object="conversation",
)
SECOND = resource(
    "conversations", "",
    delete("cancel_scheduled_email_message", "/conversations/messages/email/{emailMessageId}/schedule",
        "Cancel a scheduled e-mail", ),
    version="2021-07-28", source="conversations.json", object="conversation",
)
OPERATIONS = {**FIRST, **SECOND}
