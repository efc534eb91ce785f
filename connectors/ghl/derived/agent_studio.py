"""Agent studio: derived from agent-studio.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import OLD, in_query, need, options, ref, resource, samples
from connectors.notation import delete, get, patch, post

S = samples("agent_studio")
SHARED = (LOCATION, need(f.note("message")), in_query(f.text("source")), ref("executionId"),
    f.json("inputVariables", example='{"key": "value"}'), ref("versionId"),
    f.lines("attachments", fields=(need(f.text("type")), need(f.text("imageUrl")),)), ref("contactId"))

OPERATIONS = resource(
    "agent_studio", "",
    get("get_agents", "/agent-studio/agent", "List studio agents", LOCATION_QUERY, need(f.text("limit")),
        need(f.text("offset")), f.text("isPublished"), f.text("source"), sample=S["get_agents"],
        scopes="agent-studio.readonly"),
    post("create_agent", "/agent-studio/agent", "Create a studio agent", LOCATION,
        need(f.choice("status", choices=options("active inactive archived"))),
        need(f.json("version", example='{"key": "value"}')), in_query(f.text("source")), f.text("name"),
        f.note("description"), ref("agencyId"), ref("authorId"), f.text("authorName"),
        f.text("authorEmail", more=True), f.choices("nodes", more=True), f.choices("edges", more=True),
        sample=S["create_agent"], scopes="agent-studio.write"),
    patch("update_agent_version", "/agent-studio/agent/versions/{versionId}", "Update a studio agent version",
        LOCATION, in_query(f.text("source")), f.text("versionName"), f.note("description"),
        f.json("nodes", example='[{}]'), f.json("edges", example='[{}]'), f.json("globalVariables", example='[{}]'),
        f.json("inputVariables", example='[{}]', more=True), f.json("runtimeVariables", example='[{}]', more=True),
        f.json("globalConfig", example='{"key": "value"}', more=True), ref("userId", more=True),
        f.text("userName", more=True), sample=S["update_agent_version"], scopes="agent-studio.write"),
    get("get_agent", "/agent-studio/agent/{agentId}", "Get a studio agent", LOCATION_QUERY, f.text("source"),
        sample=S["get_agent"], scopes="agent-studio.readonly"),
    patch("update_agent_metadata", "/agent-studio/agent/{agentId}", "Update agent metadata", LOCATION,
        in_query(f.text("source")), f.text("name"), f.note("description"),
        f.choice("status", choices=options("active inactive archived")), sample=S["update_agent_metadata"],
        scopes="agent-studio.write"),
    delete("delete_agent", "/agent-studio/agent/{agentId}", "Delete a studio agent", LOCATION_QUERY, f.text("source"),
        scopes="agent-studio.write"),
    post("promote_and_publish", "/agent-studio/agent/versions/{versionId}/publish", "Publish a studio agent version",
        LOCATION, in_query(f.text("source")), ref("userId"), f.text("userName"), f.text("userEmail"),
        sample=S["promote_and_publish"], scopes="agent-studio.write"),
    post("execute_agent", "/agent-studio/agent/{agentId}/execute", "Execute a studio agent", *SHARED,
        sample=S["execute_agent"], scopes="agent-studio.write"),
    get("get_agents_deprecated", "/agent-studio/public-api/agents", "List studio agents (old)", LOCATION_QUERY,
        need(f.text("limit")), need(f.text("offset")), f.text("source"), sample=S["get_agents_deprecated"],
        scopes="agent-studio.readonly", help=OLD),
    get("get_agent_by_id_deprecated", "/agent-studio/public-api/agents/{agentId}", "Get a studio agent (old)",
        LOCATION_QUERY, f.text("source"), sample=S["get_agent_by_id_deprecated"], scopes="agent-studio.readonly",
        help=OLD),
    post("execute_agent_deprecated", "/agent-studio/public-api/agents/{agentId}/execute",
        "Execute a studio agent (old)", *SHARED, sample=S["execute_agent_deprecated"], scopes="agent-studio.write",
        help=OLD),
    version="2021-04-15", source="agent-studio.json", object="agent studio",
)
