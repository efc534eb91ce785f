"""The HighLevel sandbox's store of files, and files in contacts' fields."""

import pytest

from tests.sandboxes.bench import PLACE

ALT = {"altId": PLACE["locationId"], "altType": "location"}
SCAN = ("scan.pdf", b"%PDF-1.7 \x00\xff", "application/pdf")


def listed(crm, **more):
    asked = {**ALT, "type": "file", "sortBy": "createdAt", "sortOrder": "desc", **more}
    return crm.get("/medias/files", params=asked)["files"]


def test_file_is_uploaded_into_a_folder_and_found_there(crm):
    folder = listed(crm, type="folder")[0]["_id"]

    made = crm.call("POST", "/medias/upload-file", files={"file": SCAN}, data={"parentId": folder}).json()
    inside = listed(crm, parentId=folder)

    assert {row["name"] for row in inside} == {"scan.pdf", "price-list.pdf"}
    assert made["fileId"] in {row["_id"] for row in inside}
    assert (made["url"].rsplit("/", 1)[-1], crm.effects()) == ("scan.pdf", ["media.uploaded"])
    assert next(row["size"] for row in inside if row["name"] == "scan.pdf") == len(SCAN[1])


def test_file_without_a_file_is_refused(crm):
    answer = crm.call("POST", "/medias/upload-file", files={"other": SCAN})

    assert (answer.status_code, crm.effects()) == (400, [])


def test_files_are_renamed_and_deleted(crm):
    made = crm.call("POST", "/medias/upload-file", files={"file": SCAN}).json()["fileId"]

    crm.post(f"/medias/{made}", {**ALT, "name": "one.pdf"})
    crm.call("PUT", "/medias/update-files", {**ALT, "filesToBeUpdated": [{"id": made, "name": "two.pdf"}]})
    names = [row["name"] for row in listed(crm)]
    crm.call("PUT", "/medias/delete-files", {**ALT, "filesToBeDeleted": [{"_id": made}], "status": "trashed"})

    assert (names, listed(crm)) == (["two.pdf"], [])
    assert crm.call("POST", f"/medias/{made}", {**ALT, "name": "x"}).status_code == 400


@pytest.mark.parametrize("asked", [{"altType": "agency"}, {"sortBy": ""}, {"sortBy": "mood"}, {"limit": "101"}])
def test_list_that_can_not_be_is_refused(crm, asked):
    whole = {**ALT, "type": "file", "sortBy": "createdAt", "sortOrder": "desc", **asked}

    assert crm.call("GET", "/medias/files", params=whole).status_code == 422


def test_file_lies_in_a_contact_s_field_under_the_id_it_was_sent_with(crm):
    person = crm.app.store.rows("contacts")[0]["id"]
    field = next(row["id"] for row in crm.app.store.rows("fields") if row["dataType"] == "FILE_UPLOAD")
    upload = f"/forms/upload-custom-files?locationId={PLACE['locationId']}&contactId={person}"

    for key in ("a", "b", "a"):
        crm.call("POST", upload, files={f"{field}_{key}": SCAN})

    held = next(one["value"] for one in crm.get(f"/contacts/{person}")["contact"]["customFields"] if one["id"] == field)
    assert held.keys() == {"a", "b"}
    assert held["a"]["meta"]["size"] == len(SCAN[1])
    assert crm.call("POST", upload, files={"nothing": SCAN}).status_code == 400
