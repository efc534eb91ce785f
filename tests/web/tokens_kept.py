"""Whether what a page looks like in the end is made of the design's tokens: the computed styles of all that shows."""

from playwright.sync_api import Page

READ = """() => {
  const root = getComputedStyle(document.documentElement), names = new Set(), strange = new Map();
  const collect = (rules) => {
    for (const rule of rules) {
      if (rule.cssRules?.length) collect(rule.cssRules);
      if (rule.selectorText === ":root") for (const name of rule.style) if (name.startsWith("--")) names.add(name);
    }
  };
  for (const sheet of document.styleSheets) collect(sheet.cssRules);

  const corners = ["border-top-left-radius", "border-bottom-right-radius"];
  const allowed = { colour: ["rgba(0, 0, 0, 0)"], size: [], corner: ["0px", "50%"], face: [] };
  const probe = document.body.appendChild(document.createElement("i")), own = getComputedStyle(probe);
  const as = (property, name) => {
    probe.style.setProperty(property, `var(${name})`);
    return own.getPropertyValue(property);
  };
  for (const name of names) {
    if (/^--t-\\d+$/.test(name)) {
      const size = parseFloat(as("font-size", name));
      allowed.size.push(`${size}px`, `${+(size * 0.925).toFixed(3)}px`);
    } else if (/^--r-/.test(name)) {
      const corner = as(corners[0], name);
      allowed.corner.push(corner, `${parseFloat(corner) - 1}px`);
    }
    else if (/^--(serif|sans|mono)$/.test(name)) allowed.face.push(as("font-family", name));
    else if (CSS.supports("color", root.getPropertyValue(name).trim())) allowed.colour.push(as("color", name));
  }
  probe.remove();

  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!box.width || !box.height || !element.checkVisibility() || element.closest("svg, .vh")) continue;
    const look = (kind, property) => {
      const value = style.getPropertyValue(property);
      if (!allowed[kind].includes(value)) strange.set(`${property}: ${value}`, element.outerHTML.slice(0, 100));
    };
    const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (speaks && style.fontSize !== "0px") {
      look("colour", "color");
      look("size", "font-size");
      look("face", "font-family");
    }
    look("colour", "background-color");
    for (const side of ["top", "right", "bottom", "left"]) {
      const drawn = style.getPropertyValue(`border-${side}-style`) !== "none";
      if (drawn && parseFloat(style.getPropertyValue(`border-${side}-width`))) look("colour", `border-${side}-color`);
    }
    for (const corner of corners) look("corner", corner);
  }
  return [...strange].map(([what, where]) => `${what} at ${where}`);
}"""
"""`code` is set a little smaller than the text around it; what fills a box with a border has the box's inner corner."""


def strange(page: Page) -> list[str]:
    """Colours, sizes of type, faces and corners that no token has, each with a place where it shows."""
    return page.evaluate(READ)
