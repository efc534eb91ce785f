"""The workspace's logo: a small picture and nothing else."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page, expect

from builder.actions import pictures
from builder.models import AuditEvent, Logo, Role
from tests import make
from tests.web import axe
from tests.web.people import HTMX, browser_of, only, sign_in, statuses, text

pytestmark = pytest.mark.django_db


def png(width: int = 64, height: int = 64, more: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x0b\x6e\x4f" * width for _row in range(height)))
    return pictures.PNG + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + more


def jpeg(width: int = 40, height: int = 30) -> bytes:
    size = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + bytes(9)
    return b"\xff\xd8" + app + b"\xff\xc2" + struct.pack(">H", len(size) + 2) + size + b"\xff\xda\x00\x02xx\xff\xd9"


def webp(kind: bytes, body: bytes) -> bytes:
    inside = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


EXTENDED = webp(b"VP8X", bytes(4) + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"))
LOSSLESS = webp(b"VP8L", b"\x2f" + (99 | 49 << 14).to_bytes(4, "little") + bytes(10))
LOSSY = webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 100, 50) + bytes(6))
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def workspace():
    return make.make_workspace()


@pytest.fixture
def owner(workspace):
    return browser_of(workspace)


def at(workspace, name: str = "settings-logo", *more: str) -> str:
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def send(who, workspace, data: bytes, name: str = "logo.png"):
    return who.post(at(workspace), {"file": SimpleUploadedFile(name, data, "image/png")}, headers=HTMX)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(64, 32), ("png", 64, 32)),
        (jpeg(), ("jpg", 40, 30)),
        (EXTENDED, ("webp", 100, 50)),
        (LOSSLESS, ("webp", 100, 50)),
        (LOSSY, ("webp", 100, 50)),
    ],
)
def test_pictures_are_told_by_their_bytes(workspace, owner, data, found, everywhere):
    seen = pictures.read(data)

    assert (seen.ending, seen.width, seen.height) == found
    assert send(owner, workspace, data, "whatever.txt").status_code == 200
    workspace.refresh_from_db()
    assert bytes(Logo.objects.get().data) == data
    assert workspace.logo.endswith(f".{found[0]}")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Choose a picture: PNG, JPEG or WebP."),
        (SVG, "An SVG can hold scripts, so it is not taken."),
        (b"<html><script>alert(1)</script>", "This is no whole picture"),
        (b"GIF89a" + bytes(60), "This is no whole picture"),
        (png()[:-20], "This is no whole picture"),
        (png(more=b"<script>alert(1)</script>"), "This is no whole picture"),
        (pictures.PNG, "This is no whole picture"),
        (b"\xff\xd8\xff\xff\xd9", "This is no whole picture"),
        (LOSSY[:-1], "This is no whole picture"),
        (png(3000, 20), "The picture is 3000 × 20 pixels"),
        (png(8, 8), "The picture is 8 × 8 pixels"),
        (png() + bytes(200_001), "The picture has more than 200 KB."),
    ],
)
def test_what_is_no_logo_is_refused_with_a_sentence(workspace, owner, data, sentence, everywhere):
    answer = send(owner, workspace, data)

    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert (Logo.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_logo_is_served_as_a_picture_alone(workspace, owner):
    send(owner, workspace, png())
    workspace.refresh_from_db()

    answer = owner.get(at(workspace, "logo", workspace.logo))

    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (png(), "image/png", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer["Cache-Control"]
    assert owner.get(at(workspace, "logo", "0000.png")).status_code == 404


def test_members_see_it_and_strangers_do_not(workspace, owner):
    send(owner, workspace, png())
    workspace.refresh_from_db()

    seen = statuses(workspace, lambda who: who.get(at(workspace, "logo", workspace.logo)))
    assert seen == only(*Role.values)
    assert statuses(workspace, lambda who: send(who, workspace, png())) == only(Role.OWNER, Role.ADMIN)
    assert statuses(workspace, lambda who: who.post(at(workspace, "settings-logo-remove"), headers=HTMX)) == only(
        Role.OWNER, Role.ADMIN
    )


def test_same_logo_again_changes_nothing_and_another_has_another_name(workspace, owner, everywhere):
    send(owner, workspace, png())
    send(owner, workspace, png())
    workspace.refresh_from_db()
    first = workspace.logo
    send(owner, workspace, png(80, 80))
    workspace.refresh_from_db()

    assert workspace.logo != first
    assert owner.get(at(workspace, "logo", first)).status_code == 404
    assert AuditEvent.objects.filter(verb="workspace.logo_changed").count() == 2

    owner.post(at(workspace, "settings-logo-remove"))
    workspace.refresh_from_db()
    assert (workspace.logo, Logo.objects.count()) == ("", 0)


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_logo_in_a_browser(page: Page, live_server, workspace, owner):
    sign_in(page, owner, live_server.url)
    page.goto(f"{live_server.url}/w/{workspace.slug}/settings/")
    form = page.get_by_role("form", name="Logo")
    form.get_by_label("Picture").set_input_files({"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": SVG})
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("An SVG can hold scripts")).to_be_visible()

    form.get_by_label("Picture").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": png()})
    form.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The logo is saved.").first).to_be_visible()
    shown = page.locator(".ws img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 64
    assert axe.violations(page) == []
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".ws img")).to_have_count(0)
