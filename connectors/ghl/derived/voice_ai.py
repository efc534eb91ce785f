"""Voice ai: derived from voice-ai.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import folded, need, options, ref, resource, samples
from connectors.notation import delete, get, patch, post, put

S = samples("voice_ai")
SEND_POST_CALL_NOTIFICATION_TO = f.object_("sendPostCallNotificationTo", fields=(need(f.boolean("admins")),
    need(f.boolean("allUsers")), need(f.boolean("contactAssignedUser")), need(f.choices("specificUsers")),
    need(f.choices("customEmails")),))
AGENT_WORKING_HOURS = f.lines("agentWorkingHours",
    fields=(need(f.number("dayOfTheWeek", choices=options("1 2 3 4 5 6 7"), example=1)),
    need(f.json("intervals", example='[{"startHour": 0, "endHour": 0, "startMinute": 0, "endMinute": 0}]')),))
ACTION_TYPE = f.choice("actionType",
    choices=options("CALL_TRANSFER DATA_EXTRACTION IN_CALL_DATA_EXTRACTION WORKFLOW_TRIGGER SMS "
    "APPOINTMENT_BOOKING CUSTOM_ACTION KNOWLEDGE_BASE"))
ACTION_PARAMETERS = f.object_("actionParameters", fields=(need(f.text("triggerPrompt")),
    need(f.choice("transferToType", choices=options("number"))), need(f.text("transferToValue")),
    need(f.text("triggerMessage")), f.boolean("hearWhisperMessage"),))
SHARED = (f.text("agentName"), f.text("businessName"), f.text("welcomeMessage"), f.text("agentPrompt"),
    ref("voiceId"), f.choice("language", choices=options("en-US pt-BR es fr de it nl-NL multi")),
    f.choice("patienceLevel", choices=options("low medium high"), more=True),
    f.number("maxCallDuration", example=600, more=True), f.boolean("sendUserIdleReminders", more=True),
    f.number("reminderAfterIdleTimeSeconds", example=5, more=True), f.text("inboundNumber", more=True),
    ref("numberPoolId", more=True), f.choices("callEndWorkflowIds", more=True),
    folded(SEND_POST_CALL_NOTIFICATION_TO), folded(AGENT_WORKING_HOURS),
    f.text("timezone", example="America/New_York", more=True), f.boolean("isAgentAsBackupDisabled", more=True),
    f.object_("translation", fields=(need(f.boolean("enabled")), f.text("language"),), more=True))

OPERATIONS = resource(
    "voice_ai", "",
    get("get_agents", "/voice-ai/agents", "List voice agents", LOCATION_QUERY, f.number("page", example=1),
        f.number("pageSize", example=10), f.text("query"), sample=S["get_agents"], scopes="voice-ai-agents.readonly"),
    post("create_agent", "/voice-ai/agents", "Create a voice agent", LOCATION, *SHARED, sample=S["create_agent"],
        scopes="voice-ai-agents.write"),
    get("get_agent", "/voice-ai/agents/{agentId}", "Get a voice agent", LOCATION_QUERY, sample=S["get_agent"],
        scopes="voice-ai-agents.readonly"),
    patch("patch_agent", "/voice-ai/agents/{agentId}", "Update a voice agent", LOCATION_QUERY, *SHARED,
        sample=S["patch_agent"], scopes="voice-ai-agents.write"),
    delete("delete_agent", "/voice-ai/agents/{agentId}", "Delete a voice agent", LOCATION_QUERY,
        scopes="voice-ai-agents.write"),
    get("get_call_logs", "/voice-ai/dashboard/call-logs", "List call logs", LOCATION_QUERY, ref("agentId"),
        ref("contactId"), f.choice("callType", choices=options("LIVE TRIAL")), f.number("startDate"),
        f.number("endDate"), ACTION_TYPE, f.choice("sortBy", choices=options("duration createdAt"), more=True),
        f.choice("sort", choices=options("ascend descend"), more=True), f.number("page", more=True),
        f.number("pageSize", more=True), sample=S["get_call_logs"], scopes="voice-ai-dashboard.readonly"),
    get("get_call_log", "/voice-ai/dashboard/call-logs/{callId}", "Get a call log", LOCATION_QUERY,
        sample=S["get_call_log"], scopes="voice-ai-dashboard.readonly"),
    post("create_action", "/voice-ai/actions", "Create a voice agent's action", LOCATION, need(ref("agentId")),
        need(ACTION_TYPE), need(f.text("name")), need(ACTION_PARAMETERS), sample=S["create_action"],
        scopes="voice-ai-agent-goals.write"),
    get("get_action", "/voice-ai/actions/{actionId}", "Get a voice agent's action", LOCATION_QUERY,
        sample=S["get_action"], scopes="voice-ai-agent-goals.readonly"),
    put("update_action", "/voice-ai/actions/{actionId}", "Update a voice agent's action", LOCATION,
        need(ref("agentId")), need(ACTION_TYPE), need(f.text("name")), need(ACTION_PARAMETERS),
        sample=S["update_action"], scopes="voice-ai-agent-goals.write"),
    delete("delete_action", "/voice-ai/actions/{actionId}", "Delete a voice agent's action", LOCATION_QUERY,
        need(ref("agentId")), scopes="voice-ai-agent-goals.write"),
    version="2021-04-15", source="voice-ai.json", object="voice ai",
)
