"""Conversation ai: derived from conversation-ai.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import delete, get, patch, post, put

S = samples("conversation_ai")
TYPE = f.choice("type", choices=options("triggerWorkflow updateContactField appointmentBooking stopBot humanHandOver "
    "advancedFollowup transferBot"))
DETAILS = f.object_("details", fields=(need(f.choices("workflowIds")), need(f.text("triggerCondition")),
    f.text("triggerMessage"),))
SHARED = (f.choices("knowledgeBaseIds", more=True), f.boolean("respondToImages", more=True),
    f.boolean("respondToAudio", more=True), f.boolean("sleepOnManualMessage", more=True),
    f.boolean("sleepOnWorkflowMessage", more=True))
SHARED_2 = (f.text("businessName"), f.choice("mode", choices=options("off suggestive auto-pilot")),
    f.choices("channels", choices=options("IG FB SMS WebChat WhatsApp Live_Chat")), f.boolean("isPrimary"),
    f.number("waitTime"))

OPERATIONS = resource(
    "conversation_ai", "",
    post("create_action", "/conversation-ai/agents/{agentId}/actions", "Create a conversation agent's action",
        need(TYPE), need(f.text("name")), need(DETAILS), sample=S["create_action"], scopes="conversation-ai.write"),
    get("list_actions", "/conversation-ai/agents/{agentId}/actions/list", "List a conversation agent's actions",
        sample=S["list_actions"], scopes="conversation-ai.readonly"),
    get("get_action", "/conversation-ai/agents/{agentId}/actions/{actionId}", "Get a conversation agent's action",
        sample=S["get_action"], scopes="conversation-ai.readonly"),
    put("update_action", "/conversation-ai/agents/{agentId}/actions/{actionId}",
        "Update a conversation agent's action", need(TYPE), need(f.text("name")), need(DETAILS),
        sample=S["update_action"], scopes="conversation-ai.write"),
    delete("delete_action", "/conversation-ai/agents/{agentId}/actions/{actionId}",
        "Delete a conversation agent's action", scopes="conversation-ai.write"),
    patch("update_followup_settings", "/conversation-ai/agents/{agentId}/followup-settings",
        "Update a conversation agent's follow-up settings", need(f.choices("actionIds")),
        need(f.object_("followupSettings", fields=(need(f.boolean("dynamicChannelSwitching")),
        f.boolean("followUpHours"), f.json("workingHours", example='[{"dayOfTheWeek": 1}]'),
        f.choice("timezoneToUse", choices=options("contact business")),))), sample=S["update_followup_settings"],
        scopes="conversation-ai.write"),
    post("create_agent", "/conversation-ai/agents", "Create a conversation agent", need(f.text("name")),
        need(f.text("personality")), need(f.text("goal")), need(f.note("instructions")), *SHARED_2,
        f.choice("waitTimeUnit", choices=options("minutes seconds")), f.boolean("sleepEnabled", more=True),
        f.number("sleepTime", more=True), f.choice("sleepTimeUnit", choices=options("hours minutes seconds"),
        more=True), f.number("autoPilotMaxMessages", more=True), *SHARED, sample=S["create_agent"],
        scopes="conversation-ai.write"),
    get("search_agent", "/conversation-ai/agents/search", "Search conversation agents", f.text("startAfter"),
        f.number("limit"), f.text("query"), sample=S["search_agent"], scopes="conversation-ai.readonly"),
    get("get_agent", "/conversation-ai/agents/{agentId}", "Get a conversation agent", sample=S["get_agent"],
        scopes="conversation-ai.readonly"),
    put("update_agent", "/conversation-ai/agents/{agentId}", "Update a conversation agent",
        need(f.number("autoPilotMaxMessages")), f.text("name"), *SHARED_2,
        f.choice("waitTimeUnit", choices=options("minutes seconds"), more=True), f.boolean("sleepEnabled", more=True),
        f.number("sleepTime", more=True), f.choice("sleepTimeUnit", choices=options("hours minutes seconds"),
        more=True), f.text("personality", more=True), f.text("goal", more=True), f.note("instructions", more=True),
        *SHARED, sample=S["update_agent"], scopes="conversation-ai.write"),
    delete("delete_agent", "/conversation-ai/agents/{agentId}", "Delete a conversation agent",
        scopes="conversation-ai.write"),
    get("get_generation_details", "/conversation-ai/generations", "Get generation details", need(ref("messageId")),
        need(f.choice("source", choices=options("conversation workflow"))), sample=S["get_generation_details"],
        scopes="conversation-ai.readonly"),
    version="2021-04-15", source="conversation-ai.json", object="conversation ai",
)
