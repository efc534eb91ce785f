// The chooser: arrow keys and the pointer show an operation's details; Enter or a click adds it.
import { catchUp, current, mark, options } from "./listbox.js";

const REST = 80;
let timer;

function show(option) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const room = document.getElementById("detail");
    if (option.isConnected && room?.dataset.shows !== option.href) {
      room.dataset.shows = option.href;
      window.htmx.ajax("GET", `${option.href.split("#")[0]}&part=detail`, { source: room, target: room, swap: "outerHTML" });
    }
  }, REST);
}

const optionOf = (target) => target.closest?.("#ops a[role=option]");

document.addEventListener("picked", (event) => {
  const option = optionOf(event.target);
  if (option?.classList.contains("op")) show(option);
});
document.addEventListener("mouseover", (event) => {
  const option = optionOf(event.target);
  if (option?.classList.contains("op")) show(option);
});

document.addEventListener("click", (event) => {
  if (optionOf(event.target)?.ariaDisabled === "true") {
    event.preventDefault();
    show(optionOf(event.target));
  }
});

// The best find is marked, so that Enter takes it.
document.addEventListener("htmx:after:swap", () => {
  for (const field of document.querySelectorAll("[role=combobox][aria-controls]")) {
    const list = document.getElementById(field.getAttribute("aria-controls"));
    if (!list || !list.closest("dialog, #picker")) continue;
    if (current(list)) {
      catchUp(field, list);
      continue;
    }
    const first = options(list).find((each) => each.matches(field.value ? "*" : ".op, #picker *")) ?? null;
    mark(field, list, first);
    if (first?.matches(".op")) show(first);
    catchUp(field, list);
  }
});
