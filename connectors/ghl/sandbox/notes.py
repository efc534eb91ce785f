"""Notes and tasks of a contact."""

from typing import Any

from connectors.ghl.sandbox import events, refusals
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import NOTE, SEARCH_TASKS, TASK, TASK_STATUS, UPDATE_NOTE, UPDATE_TASK, checked
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "contacts.readonly", "contacts.write"
NOTES, TASKS = "/contacts/{contactId}/notes", "/contacts/{contactId}/tasks"
NOTED, TASKED = ("id", "body", "dateAdded"), ("id", "assignedTo", "body", "title", "dateAdded", "dueDate")


def _of(box: Any, table: str, call: Call) -> list[Record]:
    contact = box.find("contacts", "Contact", call.args["contactId"])
    return [row for row in box.store.rows(table) if row["contactId"] == contact["id"]]


def _one(box: Any, table: str, what: str, call: Call, name: str) -> Record:
    rows = {row["id"]: row for row in _of(box, table, call)}
    if call.args[name] not in rows:
        raise refusals.not_found(what, call.args[name])
    return rows[call.args[name]]


def _save(box: Any, table: str, kind: str, record: Record, payload: Any) -> Record:
    box.store.put(table, record)
    box.effect(kind, record["id"], payload)
    return record


@ROUTES.on("GET", NOTES, scope=READ)
def notes(box: Any, call: Call) -> Any:
    return {"notes": _of(box, "notes", call)[::-1]}


@ROUTES.on("POST", NOTES, scope=WRITE)
def add_note(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), NOTE)
    _of(box, "notes", call)
    own = {"id": box.new_id("notes"), "contactId": call.args["contactId"], "dateAdded": box.now()}
    note = _save(box, "notes", "note.created", {**data, **own}, data)
    events.beside(box, "NoteCreate", note["contactId"], note, NOTED)
    return Answer(201, {"note": note})


@ROUTES.on("GET", NOTES + "/{id}", scope=READ)
def note(box: Any, call: Call) -> Any:
    return {"note": _one(box, "notes", "Note", call, "id")}


@ROUTES.on("PUT", NOTES + "/{id}", scope=WRITE)
def change_note(box: Any, call: Call) -> Any:
    data = checked(call.fields(), UPDATE_NOTE)
    done = _save(box, "notes", "note.updated", _one(box, "notes", "Note", call, "id") | data, data)
    events.beside(box, "NoteUpdate", done["contactId"], done, NOTED)
    return {"note": done}


@ROUTES.on("DELETE", NOTES + "/{id}", scope=WRITE)
def delete_note(box: Any, call: Call) -> Any:
    gone = _one(box, "notes", "Note", call, "id")
    box.store.drop("notes", gone["id"])
    box.effect("note.deleted", gone["id"], {})
    events.beside(box, "NoteDelete", gone["contactId"], gone, NOTED)
    return {"succeded": True}


def _task(record: Record) -> Record:
    return {k: v for k, v in record.items() if k != "dateAdded"}


@ROUTES.on("GET", TASKS, scope=READ)
def tasks(box: Any, call: Call) -> Any:
    return {"tasks": [_task(row) for row in _of(box, "tasks", call)]}


@ROUTES.on("POST", TASKS, scope=WRITE)
def add_task(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), TASK)
    _of(box, "tasks", call)
    own = {"id": box.new_id("tasks"), "contactId": call.args["contactId"], "dateAdded": box.now()}
    task = _save(box, "tasks", "task.created", {**data, **own}, data)
    events.beside(box, "TaskCreate", task["contactId"], task, TASKED)
    return Answer(201, {"task": _task(task)})


@ROUTES.on("GET", TASKS + "/{taskId}", scope=READ)
def task(box: Any, call: Call) -> Any:
    return {"task": _task(_one(box, "tasks", "Task", call, "taskId"))}


@ROUTES.on("PUT", TASKS + "/{taskId}", scope=WRITE)
def change_task(box: Any, call: Call) -> Any:
    return _changed(box, call, checked(call.fields(), UPDATE_TASK))


@ROUTES.on("PUT", TASKS + "/{taskId}/completed", scope=WRITE)
def complete(box: Any, call: Call) -> Any:
    return _changed(box, call, checked(call.fields(), TASK_STATUS))


def _changed(box: Any, call: Call, data: Record) -> Any:
    old = _one(box, "tasks", "Task", call, "taskId")
    done = _save(box, "tasks", "task.updated", old | data, data)
    if done["completed"] and not old["completed"]:
        events.beside(box, "TaskComplete", done["contactId"], done, TASKED)
    return {"task": _task(done)}


@ROUTES.on("DELETE", TASKS + "/{taskId}", scope=WRITE)
def delete_task(box: Any, call: Call) -> Any:
    gone = _one(box, "tasks", "Task", call, "taskId")
    box.store.drop("tasks", gone["id"])
    box.effect("task.deleted", gone["id"], {})
    events.beside(box, "TaskDelete", gone["contactId"], gone, TASKED)
    return {"succeded": True}


@ROUTES.on("POST", "/locations/{locationId}/tasks/search", scope="locations/tasks.readonly", place="path")
def search_tasks(box: Any, call: Call) -> Any:
    data = checked(call.fields(), SEARCH_TASKS)
    rows = [_task(row) for row in box.store.rows("tasks") if _fits(row, data)]
    start = int(data.get("skip", 0))
    return {"tasks": rows[start : start + int(data.get("limit", 25))]}


def _fits(row: Record, data: Record) -> bool:
    return (
        row["contactId"] in data.get("contactId", [row["contactId"]])
        and row.get("assignedTo") in data.get("assignedTo", [row.get("assignedTo")])
        and row["completed"] == data.get("completed", row["completed"])
        and str(data.get("query", "")).lower() in row["title"].lower()
    )
