// <dialog> elements: #dialog is filled by htmx, #confirm asks, others are opened by [data-open=id].
import "./say.js";

// Looked up at each use: who goes back gets a body of its own.
const room = () => document.getElementById("dialog");
const openers = new WeakMap();

export function open(dialog) {
  if (!dialog || dialog.open) return;
  openers.set(dialog, document.activeElement);
  dialog.showModal();
  const first = dialog.querySelector("[autofocus], .body :is(input, select, textarea):not([type=hidden])");
  (first ?? dialog.querySelector("button, a"))?.focus();
}

function close(dialog) {
  if (dialog?.open) dialog.close();
}

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx?.target;
  const dialog = room();
  if (target !== dialog && !dialog.contains(target)) return;
  if (!dialog.firstElementChild) return close(dialog);
  const heading = dialog.querySelector("h2");
  if (heading) {
    heading.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  if (target === dialog) open(dialog); // a part that comes late must not open it again
});

document.addEventListener("close", (event) => {
  if (!event.target.matches?.("dialog")) return;
  if (event.target === room() && !event.target.open) event.target.replaceChildren();
  const opener = openers.get(event.target);
  if (opener?.isConnected && document.activeElement === document.body) opener.focus(); // an answer may have aimed it
}, true);

document.addEventListener("dialog:close", () => close(room()));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open]");
  if (button) return open(document.getElementById(button.dataset.open));
  const around = event.target.closest("[data-close]")?.closest("dialog");
  if (around) { // on a page of its own it is a link like any other
    event.preventDefault();
    return close(around);
  }
  if (event.target.matches("dialog.modal:not(#signed-out)")) close(event.target);
});

document.addEventListener("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  const dialog = document.getElementById("confirm");
  const source = ctx.sourceElement;
  dialog.querySelector("#confirm-text").textContent = ctx.confirm;
  dialog.querySelector("#confirm-yes").textContent = source.dataset.confirmAction || source.textContent.trim();
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") issueRequest();
    else dropRequest();
  }, { once: true });
  open(dialog);
  dialog.querySelector("[value=no]").focus();
});
