// Ctrl K: the palette is a dialog whose list comes from the server; the rest is the combobox of listbox.js.
import "./listbox.js";

function summon(address) {
  window.htmx.ajax("GET", address, { target: "#dialog", swap: "innerHTML" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-palette]");
  if (button) summon(button.dataset.palette);
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const button = document.querySelector("[data-palette]");
  if (!button) return;
  event.preventDefault();
  summon(button.dataset.palette);
});
