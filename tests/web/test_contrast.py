"""WCAG 2.2 contrast of the colour tokens, in both themes, computed from the style sheet itself."""

import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
LIGHT, DARK = 0, 1
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
HUES = ("green", "red", "amber", "blue", "copper")
GROUNDS = ("paper", "canvas", "surface", "raised", "sunk")

TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS]
TEXT += [(hue, ground) for hue in HUES for ground in ("surface", "paper", f"{hue}-soft")]
TEXT += [(ink, f"{hue}-soft") for ink in ("ink", "ink-2") for hue in HUES]
TEXT += [
    ("ink-3", "green-soft"),
    ("on-green", "green"),
    ("on-green", "green-hover"),
    ("on-red", "red"),
    ("on-ink", "ink"),
    ("on-ink", "copper"),
    ("ink", "app-ghl-soft"),
    ("ink", "app-in-soft"),
    ("blue", "sunk"),
    ("green", "sunk"),
    ("copper", "sunk"),
]
SHAPES = [("control", ground) for ground in ("surface", "raised", "paper", "sunk")]
SHAPES += [("copper", ground) for ground in ("surface", "paper", "canvas")]  # the focus ring
SHAPES += [("white", "app-ghl"), ("white", "app-in"), ("white", "app-tool"), ("edge", "canvas")]
SHAPES += [(bar, "surface") for bar in ("chart", "chart-bad", "amber-bar", "green")]


def colours() -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Each token's light and dark value as (lightness, chroma, hue)."""
    found = {"white": ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0))}
    for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", TOKENS.read_text()):
        pair = re.fullmatch(rf"light-dark\({OKLCH},\s*{OKLCH}\)", value) or re.fullmatch(OKLCH, value)
        if pair:
            numbers = tuple(float(number) for number in pair.groups())
            found[name] = (numbers[:3], numbers[-3:])
    return found


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance of an OKLCH colour. The matrices are Björn Ottosson's for OKLab to linear sRGB."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str, theme: int) -> float:
    known = colours()
    darker, lighter = sorted(luminance(known[name][theme]) for name in (front, back))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_by_4_5_to_1(theme):
    faint = {pair: round(contrast(*pair, theme), 2) for pair in TEXT if contrast(*pair, theme) < 4.5}

    assert faint == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_shapes_that_carry_meaning_stand_out_by_3_to_1(theme):
    faint = {pair: round(contrast(*pair, theme), 2) for pair in SHAPES if contrast(*pair, theme) < 3}

    assert faint == {}


def test_black_on_white_is_21_to_1():
    assert luminance((1.0, 0.0, 0.0)) == pytest.approx(1.0, abs=0.001)
    assert luminance((0.0, 0.0, 0.0)) == 0.0
