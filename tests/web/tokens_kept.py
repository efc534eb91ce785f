"""Whether what a page really looks like is made of the design's tokens: the computed styles of everything that shows."""

from playwright.sync_api import Page

READ = """() => {
  const root = getComputedStyle(document.documentElement), names = [];
  for (const sheet of document.styleSheets) collect(sheet.cssRules);
  function collect(rules) {
    for (const rule of rules) {
      if (rule.cssRules?.length) collect(rule.cssRules);
      if (rule.selectorText === ":root") for (const name of rule.style) if (name.startsWith("--")) names.push(name);
    }
  }
  const probe = document.body.appendChild(document.createElement("i")), own = getComputedStyle(probe);
  const allowed = { colour: new Set(["rgba(0, 0, 0, 0)"]), size: new Set(), corner: new Set(["0px", "50%", "inherit"]), face: new Set() };
  for (const name of new Set(names)) {
    const value = `var(${name})`;
    if (/^--t-\\d+$/.test(name)) { probe.style.fontSize = value; allowed.size.add(own.fontSize); allowed.size.add(`${parseFloat(own.fontSize) * 0.925}px`); }
    else if (/^--r-/.test(name)) { probe.style.borderTopLeftRadius = value; allowed.corner.add(own.borderTopLeftRadius); }
    else if (/^--(serif|sans|mono)$/.test(name)) { probe.style.fontFamily = value; allowed.face.add(own.fontFamily); }
    else if (CSS.supports("color", root.getPropertyValue(name).trim())) {
      probe.style.color = value; allowed.colour.add(own.color);
    }
  }
  probe.remove();
  const strange = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility() || element.closest("svg, .vh")) continue;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const seen = [];
    if ([...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && style.fontSize !== "0px") {
      seen.push(["colour", "color", style.color], ["size", "font-size", style.fontSize], ["face", "font-family", style.fontFamily]);
    }
    seen.push(["colour", "background-color", style.backgroundColor]);
    for (const side of ["top", "right", "bottom", "left"]) {
      if (style.getPropertyValue(`border-${side}-style`) !== "none" && parseFloat(style.getPropertyValue(`border-${side}-width`)) > 0) {
        seen.push(["colour", `border-${side}-color`, style.getPropertyValue(`border-${side}-color`)]);
      }
    }
    for (const corner of ["top-left", "bottom-right"]) seen.push(["corner", `border-${corner}-radius`, style.getPropertyValue(`border-${corner}-radius`)]);
    for (const [kind, property, value] of seen) {
      if (!allowed[kind].has(value)) strange.set(`${property}: ${value}`, element.outerHTML.slice(0, 100));
    }
  }
  return [...strange].map(([what, where]) => `${what} at ${where}`);
}"""


def strange(page: Page) -> list[str]:
    """Colours, sizes of type, faces and corners that no token has, each with a place where it shows."""
    return page.evaluate(READ)
