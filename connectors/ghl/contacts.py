from connectors import fields as f
from connectors.fields import required
from connectors.ghl import bulk, odd, own_fields
from connectors.ghl.base import (
    ASSIGNED,
    CONTACT,
    DATED,
    EXISTS,
    LOCATION,
    LOCATION_QUERY,
    TAGS,
    custom_fields,
    resource,
    sample,
)
from connectors.notation import delete, get, post, put, reconcile
from connectors.spec import Retry

NAME = (
    f.text("firstName"),
    f.text("lastName"),
    f.email("email"),
    f.phone("phone", "With the country's code, such as +4915112345678."),
)
REACHABLE = ("email", "phone")
"""HighLevel looks for a contact by these: without both, it would make a new one each time."""
COMPANY = f.text("companyName", label="Company")
PERSON = (
    f.text("name", "The whole name, where it isn't known in parts.", more=True),
    f.text("address1", label="Street", more=True),
    f.text("city", more=True),
    f.text("state", more=True),
    f.text("postalCode", more=True),
    f.text("country", "Two letters, such as DE.", more=True),
    f.url("website", more=True),
    f.text("timezone", "Such as Europe/Berlin.", label="Time zone", more=True),
    f.date("dateOfBirth", more=True),
    f.boolean("dnd", "No messages to this person, on any channel.", label="Do not disturb", more=True),
    f.text("source", "Where the contact came from.", more=True),
    ASSIGNED,
    custom_fields("custom_fields", "contact_field_options"),
)
USERS = f.choices("followers", "One or more users.", source="users", required=True)
WORKFLOW = f.choice("workflowId", "Which workflow, as HighLevel lists them.", source="workflows", label="Workflow")
CAMPAIGN = f.choice("campaignId", "Which campaign, as HighLevel lists them.", source="campaigns", label="Campaign")
CHANGES = (("add", "Add"), ("remove", "Remove"))
MARKS = (
    f.integer("startAfter", "From the page before; both marks are needed.", more=True),
    f.text("startAfterId", "From the page before; both marks are needed.", label="Start after ID", more=True),
)

record = sample("contact")
tags = {"tags": ["customer", "vip"]}
followers = {"followers": ["0IHuJvc2ofPAAA8GzTRi"]}
contacts = {"contacts": [record], "total": 1}
PERSON_WORDS = ("lead", "person", "customer", "crm")

CONTACTS = resource(
    "contacts",
    "/contacts",
    post(
        "create",
        "/",
        "Create a contact",
        LOCATION,
        *NAME,
        COMPANY,
        *PERSON,
        f.tags("tags", source="tags", more=True),
        EXISTS,
        returns="contact",
        sample={"contact": record, "existing": False},
        finish=own_fields.fitted("contact"),
        wrap=odd.adopting("contact", "/contacts/{id}"),
        retry=reconcile(by=odd.find_contact, lag=10, doubtful=True),
    ),
    post(
        "upsert",
        "/upsert",
        "Create or update a contact",
        LOCATION,
        *NAME,
        COMPANY,
        *PERSON,
        returns="contact",
        sample={"contact": record, "new": False, "differs": ""},
        one_of=REACHABLE,
        finish=own_fields.fitted("contact"),
        read=odd.upserted,
        retry=Retry.IDEMPOTENT,
        help="Finds the contact by e-mail or phone, as the location's rule for duplicates says. Tags stay as they are.",
        words=("find or create", "save"),
    ),
    put(
        "update",
        "/{contactId}",
        "Update a contact",
        CONTACT,
        *NAME,
        *PERSON,
        returns="contact",
        finish=own_fields.fitted("contact"),
        help="Fields left empty stay as they are.",
    ),
    get("get", "/{contactId}", "Get a contact", CONTACT, returns="contact", scopes="contacts.readonly"),
    delete("delete", "/{contactId}", "Delete a contact", CONTACT, returns="contact"),
    post(
        "search",
        "/search",
        "Search contacts",
        f.text("query", "A name, an e-mail address, a phone number or a part of one."),
        f.choice("tag", "Only contacts that bear this tag.", source="tags"),
        f.email("email", "Exactly this address.", more=True),
        ASSIGNED,
        f.integer("limit", "At most so many, the newest first.", default=20, more=True),
        reads=True,
        sample=contacts,
        perform=odd.search_contacts,
        scopes="contacts.readonly",
    ),
    get(
        "find_duplicate",
        "/search/duplicate",
        "Find a contact by e-mail or phone",
        f.email("email"),
        f.phone("phone", "With the country's code, such as +4915112345678."),
        sample={"contact": record, "found": True},
        perform=odd.search_duplicate,
        one_of=REACHABLE,
        scopes="contacts.readonly",
        help="Looks exactly as HighLevel does when it checks for duplicates. Finding nobody is no error.",
    ),
    post(
        "add_tags",
        "/{contactId}/tags",
        "Add tags to a contact",
        CONTACT,
        TAGS,
        sample={**tags, "tagsAdded": ["vip"]},
        retry=Retry.IDEMPOTENT,
        perform=bulk.tagging("POST", "add"),
    ),
    delete(
        "remove_tags",
        "/{contactId}/tags",
        "Remove tags from a contact",
        CONTACT,
        TAGS,
        sample={**tags, "tagsRemoved": ["lead"]},
        body=True,
        perform=bulk.tagging("DELETE", "remove"),
    ),
    post(
        "add_followers",
        "/{contactId}/followers",
        "Add followers to a contact",
        CONTACT,
        USERS,
        sample={**followers, "followersAdded": followers["followers"]},
        retry=Retry.IDEMPOTENT,
    ),
    delete(
        "remove_followers",
        "/{contactId}/followers",
        "Remove followers from a contact",
        CONTACT,
        USERS,
        sample={"followers": [], "followersRemoved": followers["followers"]},
        body=True,
    ),
    get(
        "list_appointments",
        "/{contactId}/appointments",
        "List a contact's appointments",
        CONTACT,
        sample={"events": [sample("appointment")]},
        scopes="contacts.readonly",
    ),
    post(
        "add_to_workflow",
        "/{contactId}/workflow/{workflowId}",
        "Add a contact to a workflow",
        CONTACT,
        WORKFLOW,
        f.datetime("eventStartTime", "When the workflow should count from.", label="Starts at", more=True),
        sample={"succeded": True},
        retry=Retry.ONCE,
        words=("automation", "enrol"),
    ),
    delete(
        "remove_from_workflow",
        "/{contactId}/workflow/{workflowId}",
        "Remove a contact from a workflow",
        CONTACT,
        WORKFLOW,
        sample={"succeded": True},
        body=True,
        words=("automation",),
    ),
    post(
        "add_to_campaign",
        "/{contactId}/campaigns/{campaignId}",
        "Add a contact to a campaign",
        CONTACT,
        CAMPAIGN,
        sample={"succeded": True},
        retry=Retry.ONCE,
    ),
    delete(
        "remove_from_campaign",
        "/{contactId}/campaigns/{campaignId}",
        "Remove a contact from a campaign",
        CONTACT,
        CAMPAIGN,
        returns="campaign",
    ),
    delete(
        "remove_from_every_campaign",
        "/{contactId}/campaigns/removeAll",
        "Remove a contact from every campaign",
        CONTACT,
        returns="campaigns",
    ),
    version=DATED,
    scopes="contacts.write",
    source="contacts.json",
    object="contact",
    sample=record,
    words=PERSON_WORDS,
)

MANY = resource(
    "contacts",
    "/contacts",
    post(
        "change_tags", "/bulk/tags/update/{type}", "Change the tags of several contacts",
        f.choice("type", "Add them or take them away.", choices=CHANGES, label="What to do"),
        required(bulk.CONTACTS), TAGS, bulk.SOME_FAIL,
        sample={"changed": [record["id"]], "failed": [], "count": 1}, perform=bulk.change_tags,
        retry=Retry.IDEMPOTENT, words=("bulk update contact tags", "add tags", "remove tags"),
    ),
    get(
        "list_old", "/", "List contacts (deprecated)", LOCATION_QUERY,
        f.text("query", "A part of the name, the e-mail address or the phone number."),
        f.integer("limit", "At most so many, the newest first; 100 is the limit.", default=20), *MARKS,
        sample={**contacts, "startAfter": 1790928866704, "startAfterId": record["id"]}, read=odd.listed_old,
        scopes="contacts.readonly", words=("legacy", "old"),
        help="HighLevel is giving this list up: use Search contacts. First names come in small letters here.",
    ),
    version=DATED,
    scopes="contacts.write",
    source="contacts.json",
    object="contact",
    words=PERSON_WORDS,
)  # fmt: skip

NOTE = (
    f.note("body", "What the note says.", label="Note"),
    f.text("title", more=True),
    f.choice("userId", "Who is shown as its author.", source="users", label="Author", more=True),
    f.boolean("pinned", more=True),
)
NOTE_ID = f.text("noteId", "The note's ID, as an earlier step gives it.", label="Note ID")

NOTES = resource(
    "contacts",
    "/contacts/{contactId}/notes",
    post(
        "add_note",
        "",
        "Add a note to a contact",
        CONTACT,
        required(NOTE[0]),
        *NOTE[1:],
        returns="note",
        prepare=odd.marked,
        retry=reconcile(by=odd.bearing_marker("notes", "note")),
        help="Its last line is a short reference (ref wf-…), so that a lost answer never makes a second note.",
    ),
    get(
        "list_notes",
        "",
        "List a contact's notes",
        CONTACT,
        returns="notes",
        sample={"notes": [sample("note")]},
        scopes="contacts.readonly",
    ),
    get("get_note", "/{noteId}", "Get a contact's note", CONTACT, NOTE_ID, returns="note", scopes="contacts.readonly"),
    put("update_note", "/{noteId}", "Update a contact's note", CONTACT, NOTE_ID, *NOTE, returns="note"),
    delete("delete_note", "/{noteId}", "Delete a contact's note", CONTACT, NOTE_ID, returns="note"),
    version=DATED,
    scopes="contacts.write",
    source="contacts.json",
    object="note",
    sample=sample("note"),
    words=("comment", "remark"),
)

DUE = f.datetime("dueDate", "When it should be done.", label="Due")
TASK = (
    f.text("title", "What has to be done."),
    DUE,
    f.note("body", label="Description"),
    ASSIGNED,
)
TASK_ID = f.text("taskId", "The task's ID, as an earlier step gives it.", label="Task ID")

TASKS = resource(
    "contacts",
    "/contacts/{contactId}/tasks",
    post(
        "add_task",
        "",
        "Add a task to a contact",
        CONTACT,
        *(required(field) if field.name in ("title", "dueDate") else field for field in TASK),
        returns="task",
        more={"completed": False},
        prepare=odd.marked,
        retry=reconcile(by=odd.bearing_marker("tasks", "task")),
        help="The description ends in a short reference (ref wf-…), so that a lost answer never makes a second task.",
    ),
    get(
        "list_tasks",
        "",
        "List a contact's tasks",
        CONTACT,
        returns="tasks",
        sample={"tasks": [sample("task")]},
        scopes="contacts.readonly",
    ),
    get("get_task", "/{taskId}", "Get a contact's task", CONTACT, TASK_ID, returns="task", scopes="contacts.readonly"),
    put("update_task", "/{taskId}", "Update a contact's task", CONTACT, TASK_ID, *TASK, returns="task"),
    put(
        "complete_task",
        "/{taskId}/completed",
        "Complete or reopen a contact's task",
        CONTACT,
        TASK_ID,
        f.boolean("completed", "Yes: it is done. No: it is open again.", default=True),
        returns="task",
        words=("finish", "done"),
    ),
    delete("delete_task", "/{taskId}", "Delete a contact's task", CONTACT, TASK_ID, returns="task"),
    version=DATED,
    scopes="contacts.write",
    source="contacts.json",
    object="task",
    sample=sample("task"),
    words=("todo",),
)

OPERATIONS = {**CONTACTS, **MANY, **NOTES, **TASKS}
