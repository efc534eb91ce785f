"""Style sheets take type sizes and corners from the tokens; what pages look like in the end is seen in test_axe.py."""

import re
from pathlib import Path

SHEETS = Path(__file__).resolve().parents[2] / "static" / "css"
OWN = re.compile(r"(?:font-size: |font: [^;]*?|border-radius: )(?<![\w.-])\d*\.?\d+(?:px|rem)")


def test_no_sheet_has_a_size_or_a_corner_of_its_own():
    sheets = {path.name: path.read_text() for path in SHEETS.rglob("*.css")}

    own = [f"{name}: {found}" for name, text in sheets.items() for found in OWN.findall(text)]

    assert own == []
