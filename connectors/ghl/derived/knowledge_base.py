"""Knowledge base: derived from knowledge-base.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("knowledge_base")

OPERATIONS = resource(
    "knowledge_base", "",
    get("list", "/knowledge-bases/faqs", "List questions and answers of a knowledge base", LOCATION_QUERY,
        need(ref("knowledgeBaseId")), f.number("limit"), ref("lastFaqId"), sample=S["list"]),
    post("create", "/knowledge-bases/faqs", "Add a question to a knowledge base", LOCATION, need(f.text("question")),
        need(f.text("answer")), need(ref("knowledgeBaseId")), sample=S["create"]),
    put("update", "/knowledge-bases/faqs/{id}", "Update a question of a knowledge base", need(f.text("question")),
        need(f.text("answer")), sample=S["update"]),
    delete("delete", "/knowledge-bases/faqs/{id}", "Delete a question of a knowledge base", ),
    get("get_all_website_urls_data_by_knowledge_base", "/knowledge-bases/crawler", "List pages of a knowledge base",
        LOCATION_QUERY, need(ref("knowledgeBaseId")), f.number("page"), f.number("pageLength"), f.text("query"),
        sample=S["get_all_website_urls_data_by_knowledge_base"]),
    post("discover_website", "/knowledge-bases/crawler", "Discover the pages of a website", LOCATION,
        need(f.text("url")), need(f.choice("option", choices=options("Exact Path Domain"))),
        need(ref("knowledgeBaseId")), sample=S["discover_website"]),
    delete("delete_trained_urls_for_knowledge_base", "/knowledge-bases/crawler", "Delete pages of a knowledge base",
        LOCATION, need(ref("knowledgeBaseId")), need(f.choices("urlIds")), body=True,
        sample=S["delete_trained_urls_for_knowledge_base"]),
    get("get_crawling_status_for_latest_operation", "/knowledge-bases/crawler/status",
        "Get how far the discovery of pages is", LOCATION_QUERY, need(ref("operationId")),
        need(ref("knowledgeBaseId")), sample=S["get_crawling_status_for_latest_operation"]),
    post("train_discovered_urls", "/knowledge-bases/crawler/train", "Train a knowledge base on discovered pages",
        LOCATION, need(f.choices("urlIds")), need(ref("knowledgeBaseId")), need(ref("operationId")),
        sample=S["train_discovered_urls"]),
    get("get_knowledge_base", "/knowledge-bases/{knowledgeBaseId}", "Get a knowledge base",
        sample=S["get_knowledge_base"]),
    delete("delete_knowledge_base", "/knowledge-bases/{knowledgeBaseId}",
        "Delete a question of a knowledge base by knowledgeBaseId", ),
    put("update_knowledge_base", "/knowledge-bases/{id}", "Update a question of a knowledge base by id",
        f.text("name"), f.note("description"), sample=S["update_knowledge_base"]),
    get("list_all_knowledge_bases_paginated", "/knowledge-bases/", "List knowledge bases", LOCATION_QUERY,
        f.text("query"), f.number("limit"), ref("lastKnowledgeBaseId"),
        sample=S["list_all_knowledge_bases_paginated"]),
    post("create_knowledge_base", "/knowledge-bases/", "Add a question to a knowledge base by knowledge-bases",
        LOCATION, need(f.text("name")), f.note("description"), sample=S["create_knowledge_base"]),
    version="2021-04-15", source="knowledge-base.json", object="knowledge base",
)
