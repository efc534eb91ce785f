// Menus are native popovers; this puts them beside their button, before they are painted, and walks them by arrow keys.
const GAP = 6;
const EDGE = 8;

function place(menu, button) {
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = from.bottom + GAP + size.height <= innerHeight - EDGE;
  const left = from.left + size.width <= innerWidth - EDGE ? from.left : from.right - size.width;
  const top = below ? from.bottom + GAP : from.top - GAP - size.height;
  menu.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - size.width - EDGE))}px`;
  menu.style.top = `${Math.max(EDGE, top)}px`;
}

function open(menu, button) {
  menu.showPopover();
  place(menu, button);
  menu.querySelector(".mi")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[popovertarget]");
  const menu = button && document.getElementById(button.getAttribute("popovertarget"));
  if (menu?.matches(".menu")) {
    event.preventDefault();
    // A line of a menu may open another menu, which then stands where the first one stood.
    const stand = button.closest(".menu")?.opener ?? button;
    menu.opener = stand;
    if (menu.matches(":popover-open")) menu.hidePopover();
    else open(menu, stand);
  } else if (event.target.closest(".menu[popover] .mi")) {
    event.target.closest(".menu").hidePopover();
  }
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step) return;
  event.preventDefault();
  const lines = [...menu.querySelectorAll(".mi:not([disabled])")];
  const next = lines.indexOf(document.activeElement) + step;
  lines[(next + lines.length) % lines.length].focus();
});
