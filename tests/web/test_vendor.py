"""Code and fonts of others are exactly what `vendor.json` says they are."""

import base64
import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "vendor.json").read_text())["packages"]


def digest(path: str) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384((VENDOR / path).read_bytes()).digest()).decode()


def test_every_vendored_file_matches_its_hash():
    written = {path: hash_ for package in PACKAGES for path, hash_ in package["files"].items()}

    assert {path: digest(path) for path in written} == written


def test_nothing_lies_in_vendor_that_is_not_written_down():
    known = {path for package in PACKAGES for path in [*package["files"], package["licence_file"]]}

    found = {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file()}

    assert found - {"vendor.json"} == known
