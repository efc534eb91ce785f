// #toast is a popover, so that messages lie above dialogs. A message leaves after a while, unless someone is on it.
import { say } from "./say.js";

const STAY = 8000;
const LONG = 20000;
const shelf = document.getElementById("toast");

function refresh() {
  const full = Boolean(shelf.firstElementChild);
  if (shelf.matches(":popover-open")) shelf.hidePopover();
  if (full) shelf.showPopover();
}

function leave(message) {
  if (message.matches(":hover, :focus-within")) return setTimeout(leave, 2000, message);
  message.remove();
  refresh();
}

function watch(message) {
  if (message.dataset.seen) return;
  message.dataset.seen = "";
  say(message.querySelector("span").textContent);
  setTimeout(leave, message.querySelector("form, a") ? LONG : STAY, message);
}

new MutationObserver(() => {
  for (const message of shelf.querySelectorAll("[data-toast]")) watch(message);
  if (shelf.matches(":popover-open") !== Boolean(shelf.firstElementChild)) refresh();
}).observe(shelf, { childList: true });

shelf.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
});
shelf.addEventListener("htmx:after:request", (event) => event.target.closest("[data-toast]")?.remove());

// A message from code or from HX-Trigger: {"toast": "Copied"}.
export function toast(text) {
  const message = document.createElement("div");
  message.className = "toast";
  message.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  message.append(words);
  shelf.append(message);
}

document.addEventListener("toast", (event) => toast(event.detail?.value ?? event.detail));
shelf.querySelectorAll("[data-toast]").forEach(watch);
refresh();
