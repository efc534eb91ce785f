// [data-key] names the keys that click a button: "a", "Shift a", "Ctrl Enter", "g r". The button's own state decides.
const EDITABLE = "input, textarea, select, [contenteditable=true]";
const SIGNS = new Set(["?", "+", "{", "}", "/", "−", "-"]);
let lead = "";
let leadTimer;

function spell(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && !SIGNS.has(event.key) ? "Shift " : "";
  return `${event.ctrlKey || event.metaKey ? "Ctrl " : ""}${event.altKey ? "Alt " : ""}${shift}${key}`;
}

// What opens a dialog may be out of sight: at 200 % there is no room for it, and still a keyboard.
function usable(button) {
  return !button.disabled && button.ariaDisabled !== "true" && (button.checkVisibility() || "open" in button.dataset);
}

function press(keys) {
  const scope = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const button = [...scope.querySelectorAll("[data-key]")].find((each) => each.dataset.key === keys && usable(each));
  button?.click();
  return Boolean(button);
}

function single(event) {
  const off = !("singleKeys" in document.body.dataset);
  return off || event.target.closest?.(EDITABLE);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && event.key.length === 1 && single(event)) return;
  const keys = spell(event);
  const chord = lead ? `${lead} ${keys}` : keys;
  lead = "";
  clearTimeout(leadTimer);
  if (press(chord) || chord !== keys) return event.preventDefault(); // of two letters the second never counts alone
  if (keys === "/" && focusSearch()) return event.preventDefault();
  if (keys === "g") {
    lead = "g";
    leadTimer = setTimeout(() => (lead = ""), 1200);
  }
});

function focusSearch() {
  const field = document.querySelector("main .search input");
  field?.focus();
  return Boolean(field);
}
