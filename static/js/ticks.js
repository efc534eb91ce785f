// One tick for a whole list: [data-tick-all=<name>] stands for the checkboxes of that name in its form. Without script
// it isn't shown, and each is ticked by itself.
const all = () => document.querySelectorAll("[data-tick-all]");

function boxes(label) {
  return [...label.closest("form").querySelectorAll(`input[type=checkbox][name="${label.dataset.tickAll}"]`)];
}

function show() {
  for (const label of all()) {
    const own = label.querySelector("input");
    const ticked = boxes(label).filter((box) => box.checked).length;
    label.hidden = false;
    own.checked = ticked > 0 && ticked === boxes(label).length;
    own.indeterminate = ticked > 0 && !own.checked;
  }
}

document.addEventListener("change", (event) => {
  const label = event.target.closest?.("[data-tick-all]");
  if (label) for (const box of boxes(label)) box.checked = event.target.checked;
  if (label || event.target.type === "checkbox") show();
});
for (const moment of ["htmx:after:swap", "DOMContentLoaded"]) document.addEventListener(moment, show);
addEventListener("pageshow", show);
show();
