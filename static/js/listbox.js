// Combobox: the focus stays in the field while arrow keys move through [role=option] of the list it controls.
export function options(list) {
  return [...list.querySelectorAll("[role=option]:not([hidden], [aria-disabled=true])")];
}

export function current(list) {
  return list.querySelector("[role=option][aria-selected=true]");
}

export function mark(field, list, option) {
  for (const each of options(list)) each.setAttribute("aria-selected", String(each === option));
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.id ||= `option-${Math.random().toString(36).slice(2, 9)}`;
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

export function walk(field, list, step) {
  const all = options(list);
  const at = all.indexOf(current(list));
  mark(field, list, all[(at + step + all.length) % all.length]);
}

// Arrow keys and Enter for every [role=combobox][aria-controls]; Enter clicks the option.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[role=combobox][aria-controls]");
  const list = field && document.getElementById(field.getAttribute("aria-controls"));
  if (!list) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    walk(field, list, step);
    current(list)?.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  } else if (event.key === "Enter" && (current(list) || stale(field, list))) {
    event.preventDefault();
    if (stale(field, list)) hasty = field;
    else press(list);
  } else hasty = event.key === "Enter" ? field : null;
});
document.addEventListener("pointerdown", () => (hasty = null), true);

// Enter came before the list for what was typed (its [data-q]), or before its first option was marked: it counts for
// that list.
let hasty = null;
const stale = (field, list) => list.dataset.q !== undefined && list.dataset.q.trim() !== field.value.trim();

function press(list) {
  const chosen = current(list);
  (chosen.querySelector("a, button") ?? chosen).click();
}

// Once a new list has its first option marked.
export function catchUp(field, list) {
  if (field !== hasty || stale(field, list)) return;
  hasty = null;
  if (current(list)) press(list);
}
