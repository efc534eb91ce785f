"""The whole style sheet stays small enough that nobody ever needs to split it by page."""

from pathlib import Path

import brotli

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
BUDGET = 20_000


def test_all_style_sheets_together_stay_within_20_kb_of_brotli():
    sizes = {sheet.name: len(brotli.compress(sheet.read_bytes())) for sheet in CSS.rglob("*.css")}

    assert sum(sizes.values()) <= BUDGET, sizes


def test_style_sheets_hold_one_declaration_a_line():
    crowded = [
        f"{sheet.name}:{number}"
        for sheet in CSS.rglob("*.css")
        for number, line in enumerate(sheet.read_text().splitlines(), 1)
        if line.split("/*")[0].count(";") > 1
    ]

    assert crowded == []
