"""A zip archive nobody trusts: the YAML files in it, or a sentence about why not."""

import io
import re
import stat
import zipfile

from django.utils.translation import gettext as _

from builder.actions import yaml_file
from builder.actions.errors import Invalid

LARGEST = 5 * 1024 * 1024
"""Bytes of the archive."""
UNPACKED = 20 * 1024 * 1024
MOST = 2500
"""Files."""
DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError)
OURS = re.compile(r"(recette|connections|alerts)\.yaml|recipes/([^/]+/)?[^/]+\.yaml|templates/[^/]+\.yaml")


def opened(data: bytes) -> dict[str, str]:
    """Text by path, without the folder that all of it may lie in. Other files are passed over. Raises Invalid."""
    if len(data) > LARGEST:
        raise Invalid(_("This archive is larger than %(n)d MB.") % {"n": LARGEST // 1024 // 1024}, "file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except (*DAMAGED, NotImplementedError) as problem:  # the latter of a kind of packing that Python doesn't know
        message = _("This is no zip archive that can be read. Choose one just as Recette made it.")
        raise Invalid(message, "file") from problem
    except RuntimeError as problem:
        raise Invalid(_("This archive is locked by a password. Choose one without."), "file") from problem


def _read(archive: zipfile.ZipFile) -> dict[str, str]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST:
        raise Invalid(_("This archive holds more than %(n)d files.") % {"n": MOST}, "file")
    for entry in entries:
        _insist_inside(entry)
    names = [entry.filename for entry in entries]
    inside = next(
        (name.removesuffix("recette.yaml") for name in names if re.fullmatch(r"([^/]+/)?recette\.yaml", name)), ""
    )
    found: dict[str, str] = {}
    left = UNPACKED
    for entry in entries:
        path = entry.filename.removeprefix(inside)
        if not entry.filename.startswith(inside) or not OURS.fullmatch(path):
            continue
        if path in found:
            raise Invalid(_("“%(path)s” is in this archive twice.") % {"path": path[:80]}, "file")
        text = _text(archive, entry, min(left, yaml_file.LARGEST))
        left -= len(text)
        found[path] = text.decode("utf-8", "replace")
    if "recette.yaml" not in found:
        raise Invalid(_("This archive holds no recette.yaml. Choose one just as Recette made it."), "file")
    return found


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Never more than may be, whatever the archive says of its size."""
    with archive.open(entry) as file:
        text = file.read(most + 1)
    if len(text) > most:
        message = _("Unpacked, “%(path)s” is far larger than a recipe is. Nothing was kept.")
        raise Invalid(message % {"path": entry.filename[:80]}, "file")
    return text


def _insist_inside(entry: zipfile.ZipInfo) -> None:
    """Raises Invalid for a path that leads out of the archive, and for a link to elsewhere."""
    parts = entry.filename.split("/")
    outside = entry.filename.startswith("/") or ".." in parts or "\\" in entry.filename or ":" in entry.filename
    if outside or "\x00" in entry.orig_filename or stat.S_ISLNK(entry.external_attr >> 16):
        message = _("“%(path)s” leads out of the archive. Choose one just as Recette made it.")
        raise Invalid(message % {"path": entry.filename[:80]}, "file")
