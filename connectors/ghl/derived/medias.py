"""Medias: derived from medias.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.derived.shared import ALT, ALT_QUERY, ALT_TYPE, DONE, done, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("medias")

OPERATIONS = resource(
    "medias", "",
    get("fetch_media_content", "/medias/files", "List files", ALT_TYPE, ALT_QUERY, need(f.text("sortBy")),
        need(f.text("sortOrder")), need(f.text("type")), f.text("offset"), f.text("limit"), f.text("query"),
        ref("parentId"), f.text("fetchAll"), sample=S["fetch_media_content"], scopes="medias.readonly"),
    post("update_media_object", "/medias/{id}", "Update a file or folder", ALT_TYPE, ALT, need(f.text("name")),
        sample=DONE, read=done),
    delete("delete_media_content", "/medias/{id}", "Delete a file or folder", ALT_TYPE, ALT_QUERY,
        scopes="medias.write"),
    post("create_media_folder", "/medias/folder", "Create a folder of files", ALT, ALT_TYPE, need(f.text("name")),
        ref("parentId"), sample=S["create_media_folder"]),
    put("bulk_update_media_objects", "/medias/update-files", "Update many files or folders", ALT, ALT_TYPE,
        need(f.lines("filesToBeUpdated", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
        f.text("name"),))), sample=DONE, read=done),
    put("bulk_delete_media_objects", "/medias/delete-files", "Delete many files or folders", ALT_TYPE, ALT,
        need(f.lines("filesToBeDeleted", fields=(need(f.text("_id", "Its ID, as an earlier step gives it.")),))),
        need(f.choice("status", choices=options("deleted trashed"))), sample=DONE, read=done),
    version="2021-07-28", source="medias.json", object="media",
)
