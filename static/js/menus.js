// Menus are native popovers; this puts them beside the button that opened them and lets arrow keys walk them.
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

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]")) return;
  const button = menu.opener ?? document.querySelector(`[popovertarget="${menu.id}"]`);
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open" || !button) return;
  place(menu, button);
  menu.querySelector(".mi")?.focus();
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[popovertarget]");
  if (button) document.getElementById(button.getAttribute("popovertarget")).opener = button;
  else if (event.target.closest(".menu[popover] .mi")) event.target.closest(".menu").hidePopover();
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
