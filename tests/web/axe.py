"""axe-core over an open page. It is evaluated from outside, so the page keeps its own CSP."""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TRANSITIONS = """() => {
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
}"""
"""Colours on their way from one theme to the other are neither."""
RUN = """async (only) => {
  const found = await window.axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}"""


def violations(page: Page, *rules: str) -> list[str]:
    """Every rule of the levels above, or only those named. A page whose style sheets are still on their way shows what
    is hidden."""
    page.wait_for_load_state()
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(SOURCE)
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": LEVELS}
    return page.evaluate(RUN, only)


def barriers(page: Page, name: str = "") -> list[str]:
    """Violations of both themes at both widths, and what scrolls sideways."""
    found, about = [], f"{name}, " if name else ""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(TRANSITIONS)
            found += [f"{about}{width} px, {theme}: {problem}" for problem in violations(page)]
        wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{about}{width} px: it scrolls sideways"] if wider else []
    return found
