// The data picker: one per panel, hung under the field that is being edited. The server fills #picker from the
// address in data-picker; each [role=option] carries its finished pill in a <template>.
import "./listbox.js";
import { mark, options } from "./listbox.js";

let owner = null;
let target = null; // the pill that is formatted, where no value is put in
let loading = null;

const picker = () => document.getElementById("picker");
export const isOpen = () => Boolean(owner && picker() && !picker().hidden);

export const formatted = () => (target?.isConnected ? target : null);

// Loads the list for this field, or the formatters of one of its pills; `enter` moves the focus into the search.
export async function openPicker(editor, enter = false, pill = null) {
  const box = picker();
  if (!box || !editor.dataset.picker) return;
  if (owner !== editor || target !== pill) loading = load(editor, box, pill);
  await loading;
  if (enter) searchOf(box)?.focus();
}

async function load(editor, box, pill) {
  closePicker();
  [owner, target] = [editor, pill];
  editor.parentElement.classList.add("has-pop");
  const where = editor.dataset.picker + (pill ? `&pill=${encodeURIComponent(pill.dataset.ref)}` : "");
  await window.htmx.ajax("GET", where, { source: box, target: box, swap: "innerHTML" });
  if (owner !== editor || target !== pill) return;
  box.hidden = false;
  const first = options(box)[0];
  if (first && searchOf(box)) mark(searchOf(box), box, first);
}

export function closePicker() {
  if (!owner) return;
  owner.parentElement?.classList.remove("has-pop");
  if (picker()) picker().hidden = true;
  owner = target = null;
}

// The answer to an edit may draw the field anew: the list stays open, under the new one.
document.addEventListener("htmx:after:swap", () => {
  if (!owner || owner.isConnected) return;
  const heir = document.getElementById(owner.previousElementSibling?.id)?.nextElementSibling;
  owner.parentElement?.classList.remove("has-pop");
  if (!heir?.matches("[data-editor]")) return closePicker();
  owner = heir;
  owner.parentElement.classList.add("has-pop");
  if (document.activeElement === document.body) setTimeout(() => heir.focus());
});

const searchOf = (box) => box.querySelector("input");

document.addEventListener("click", (event) => {
  const option = event.target.closest("#picker [role=option]:not([hx-get])");
  if (!option || !owner) return;
  const template = option.querySelector("template");
  give(template ? template.content.firstElementChild : document.createTextNode(literal(owner, option)));
});

function give(detail) {
  owner.dispatchEvent(new CustomEvent("pill:chosen", { bubbles: true, detail }));
  closePicker();
}

// A formatter with fields of its own: the server says whether it can be put in.
document.addEventListener("htmx:after:swap", () => {
  const ready = document.querySelector("#picker [data-ready]");
  if (ready && owner) give(ready.content.firstElementChild);
});

// What typing asked to be shown ahead comes a moment later, and must not take the place of what Enter asked for.
let applying = false;
document.addEventListener("input", (event) => {
  if (event.target.matches("#format input")) applying = false;
}, true);
document.addEventListener("htmx:config:request", (event) => {
  const { id } = event.detail.ctx.sourceElement;
  if (id === "format-apply") applying = true;
  else if (id === "format" && applying) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("#format input")) return;
  event.preventDefault();
  document.getElementById("format-apply").click();
});

// A value of the field's own list; a further one after a comma.
function literal(editor, option) {
  const before = editor.textContent.trim();
  return `${before && !before.endsWith(",") ? ", " : ""}${option.dataset.insert}`;
}

// A press in the list must not take the caret out of the text.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("#picker") && !event.target.closest("input, button")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest?.("#picker")) return;
  event.preventDefault();
  const editor = owner;
  editor?.focus();
  closePicker();
});
