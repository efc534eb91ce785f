// Ctrl K: the palette opens at once, so that whoever types fast types into it; its list comes from the server, and the
// rest is the combobox of listbox.js.
import { open } from "./dialogs.js";
import { catchUp, current, mark, options } from "./listbox.js";

const ours = () => document.getElementById("palette");

function ask() {
  const field = ours().querySelector("input");
  field.select();
  field.dispatchEvent(new Event("summoned"));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open=palette]")) ask();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const palette = ours();
  if (!palette || document.querySelector("dialog[open]")) return; // what is half filled in stays in front
  event.preventDefault();
  open(palette);
  ask();
});

// The best find is marked, so that Enter takes it.
document.addEventListener("htmx:after:swap", () => {
  const list = document.getElementById("pal");
  if (!list) return;
  const field = ours().querySelector("input");
  if (!current(list)) mark(field, list, options(list)[0] ?? null);
  catchUp(field, list);
});
