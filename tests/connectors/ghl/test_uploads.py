"""Uploads: which part carries the file, and how a lost answer is found again."""

import pytest

from connectors.errors import Unclear
from connectors.ghl import CONNECTOR
from connectors.spec import Response, Retry
from tests.connectors.talk import answer, make_context, talk

MARKER = "wf-ABCDEFGHIJKLMNOPQRST"
LATE = "2026-11-22T12:00:00.000Z"
GIVEN = {"file_text": "a;b", "file_name": "list.csv"}
FIELD = "MgobCB14YMVKuE4Ka8p1"
OURS = f"list (ref {MARKER}).csv"


def perform(key, inputs, *answers, marker=MARKER):
    return talk(CONNECTOR.operations[f"ghl.{key}"].perform({**GIVEN, **inputs}, make_context(marker)), *answers)


def find(key, inputs, *answers, since=0.0):
    context = make_context(MARKER)
    context = type(context)(context.account, context.marker, since=since)
    return talk(CONNECTOR.operations[f"ghl.{key}"].find({**GIVEN, **inputs}, context), *answers)[0]


def sent(request):
    return {part.name: part.filename or part.content.decode() for part in request.parts}


def test_file_goes_to_the_store_with_its_name_and_folder():
    made, (request,) = perform("medias.upload_media_content", {"parentId": "d1"}, answer({"fileId": "m1", "url": "u"}))

    assert (request.method, request.path, request.json) == ("POST", "/medias/upload-file", None)
    assert sent(request) == {"name": f"list (ref {MARKER}).csv", "parentId": "d1", "file": "list.csv"}
    assert made == {"fileId": "m1", "url": "u"}


def test_file_is_fetched_before_anything_is_written():
    inputs = {"file_text": "", "file_url": "https://x.example/offer.pdf", "file_name": ""}
    pdf = Response(200, {"content-type": "application/pdf"}, b"%PDF")

    _, (fetch, request) = perform("medias.upload_media_content", inputs, pdf, answer({"fileId": "m1", "url": "u"}))

    assert (fetch.url, fetch.effect, request.effect) == ("https://x.example/offer.pdf", False, True)
    assert request.parts[-1].content == b"%PDF"


def test_part_for_a_contact_s_field_bears_an_id_that_stays_the_same():
    inputs = {"contactId": "c1", "customFieldId": FIELD}
    said = answer({"contact": {"id": "c1", "name": "Ida"}})

    (made, (first,)), (_, (again,)) = (perform("forms.upload_to_custom_fields", inputs, said) for _ in range(2))
    _, (other,) = perform("forms.upload_to_custom_fields", inputs, said, marker="wf-ZZZZZZZZZZZZZZZZZZZZ")

    name = first.parts[0].name
    assert name.startswith(f"{FIELD}_") and len(name) == 21 + 36
    assert again.parts[0].name == name != other.parts[0].name
    assert (first.query, made["contact"]["name"]) == ({"contactId": "c1", "locationId": "loc1"}, "Ida")


def test_contact_that_holds_the_file_is_found_by_the_file_s_own_id():
    inputs = {"contactId": "c1", "customFieldId": FIELD}
    _, (request,) = perform("forms.upload_to_custom_fields", inputs, answer({}))
    ours = request.parts[0].name.removeprefix(f"{FIELD}_")

    held = answer({"contact": {"id": "c1", "customFields": [{"id": FIELD, "value": {ours: {"url": "u"}}}]}})
    others = answer({"contact": {"id": "c1", "customFields": [{"id": FIELD, "value": {"x": {}}}]}})

    assert [one["contact"]["id"] for one in find("forms.upload_to_custom_fields", inputs, held)] == ["c1"]
    assert find("forms.upload_to_custom_fields", inputs, others) == []


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"_id": "m1", "name": OURS, "url": "u", "createdAt": LATE}], [{"fileId": "m1", "url": "u"}]),
        ([{"_id": "m1", "name": "list.csv", "url": "u", "createdAt": LATE}], []),
        ([{"_id": "m1", "name": "old list.csv", "createdAt": LATE}], []),
        ([{"_id": "m1", "name": OURS, "createdAt": "2026-11-01T00:00:00Z"}], []),
    ],
)
def test_lost_file_is_found_by_its_name_and_age(rows, found):
    assert find("medias.upload_media_content", {}, answer({"files": rows}), since=1_795_348_800.0) == found


def test_lost_file_whose_age_nobody_tells_is_left_to_a_person():
    with pytest.raises(Unclear, match=r"doesn't tell when list \(ref .*\)\.csv was added"):
        find("medias.upload_media_content", {}, answer({"files": [{"_id": "m1", "name": OURS}]}))


def test_file_without_a_name_can_not_be_looked_for():
    with pytest.raises(Unclear, match="no name to look by"):
        find("medias.upload_media_content", {"file_text": "", "file_name": "", "file_url": "https://x.example/1"})


@pytest.mark.parametrize(
    ("key", "inputs", "parts"),
    [
        ("locations.upload_file_custom_fields", {"id": "c1", "maxFiles": 2},
         {"id": "c1", "maxFiles": "2", "list.csv": "list.csv"}),
        ("conversations.upload_file_attachments", {"conversationId": "v1", "contactId": "c1"},
         {"conversationId": "v1", "contactId": "c1", "locationId": "loc1", "fileAttachment": "list.csv"}),
        ("social_posts.upload_csv", {}, {"file": "list.csv"}),
    ],
)  # fmt: skip
def test_other_uploads_name_their_part_as_the_document_says(key, inputs, parts):
    _, (request,) = perform(key, inputs, answer({"results": {}}))

    assert sent(request) == parts
    assert CONNECTOR.operations[f"ghl.{key}"].retry is Retry.ONCE


def test_many_files_are_told_one_by_one():
    rows = [{"id": "m1", "name": "a.pdf"}, {"id": "m2", "name": "b.pdf"}]
    said = answer([{"updated": True, "id": "m1"}, {"updated": True, "id": "m2"}])

    done, (request,) = perform("medias.bulk_update_media_objects", {"filesToBeUpdated": rows}, said)

    assert [one["id"] for one in done["files"]] == ["m1", "m2"]
    assert request.json == {"altId": "loc1", "altType": "location", "filesToBeUpdated": rows}


def test_only_fields_that_take_files_are_offered():
    rows = [
        {"id": "f1", "name": "Size", "dataType": "TEXT"},
        {"id": "f2", "name": "Contract", "dataType": "FILE_UPLOAD"},
    ]

    found, _ = talk(CONNECTOR.choices["file_fields"].load({}, make_context()), answer({"customFields": rows}))

    assert [one.label for one in found] == ["Contract"]
