"""Rules that every template keeps, read from the files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))


def found(pattern: str) -> list[tuple[str, str]]:
    return [
        (str(file.relative_to(ROOT)), match)
        for file in TEMPLATES
        for match in re.findall(pattern, file.read_text(), re.DOTALL)
    ]


@pytest.mark.parametrize(
    "pattern",
    [r"\sstyle=", r"<style\b", r"\son[a-z]+=", r"<script(?![^>]*\bsrc=)", r"hx-on", r"\bjs:", r'hx-trigger="[^"]*\['],
)
def test_nothing_needs_what_the_content_policy_refuses(pattern):
    assert found(pattern) == []


def test_every_icon_named_in_a_template_is_in_the_sprite():
    named = found(r'\{% icon "([\w-]+)"') + found(r'\bicon_name="([\w-]+)"')

    assert [(file, icon) for file, icon in named if icon not in ICONS] == []


def test_every_form_that_posts_carries_its_token():
    forms = found(r'<form[^>]*method="post".*?</form>')

    assert [(file, form[:80]) for file, form in forms if "{% csrf_token %}" not in form] == []


def test_every_htmx_write_also_works_without_script():
    tags = found(r"<(?:form|button|a)\b[^>]*\bhx-post=[^>]*>")

    assert [(file, tag) for file, tag in tags if tag.startswith("<form") and "action=" not in tag] == []


def test_pieces_that_stand_in_running_text_end_without_a_line_break():
    pieces = [ROOT / "templates" / f"{name}.html" for name in ("_pill", "_state", "_avatar", "editor/_piece")]

    assert [piece.name for piece in pieces if piece.read_text().endswith("\n")] == []
