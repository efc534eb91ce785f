// Ctrl K: the palette opens at once, so that whoever types fast types into it; its list comes from the server, and the
// rest is the combobox of listbox.js.
import { catchUp, current, mark, options } from "./listbox.js";

const palette = document.getElementById("palette");
const field = palette?.querySelector("input");

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-open=palette]")) return;
  field.select();
  field.dispatchEvent(new Event("summoned"));
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (!palette) return;
  event.preventDefault();
  document.querySelector("[data-open=palette]").click();
});

// The best find is marked, so that Enter takes it.
document.addEventListener("htmx:after:swap", () => {
  const list = document.getElementById("pal");
  if (!list) return;
  if (!current(list)) mark(field, list, options(list)[0] ?? null);
  catchUp(field, list);
});
