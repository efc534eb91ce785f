// The panel beside the flow: where the focus goes when its content changes, and what the draft's revision is.
import { reveal } from "./fold.js";
import { say } from "./say.js";

const room = () => document.getElementById("panel"); // another one after going back
const nameOf = (room) => room?.firstElementChild?.dataset.panel ?? room?.firstElementChild?.ariaLabel ?? "";
let shown = nameOf(room());
let drawn = room()?.firstElementChild;

// [data-focus] marks the control an answer was made for; it is used once.
function aim() {
  const marked = [...document.querySelectorAll("#panel [data-focus]")];
  for (const each of marked) each.removeAttribute("data-focus");
  const aimed = marked.find((each) => each.checkVisibility());
  for (let fold = aimed?.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
  hold(aimed);
  return Boolean(aimed);
}

// A dialog that closes on the same answer gives the focus back to its opener; what was aimed at goes before.
let held = null;
function hold(element) {
  held = element ?? null;
  held?.focus({ preventScroll: held.tagName === "H2" });
  setTimeout(() => (held = null), 400);
}
document.addEventListener("close", (event) => {
  if (event.target.id === "dialog" && held) setTimeout(() => held?.focus());
}, true);

function settle() {
  const panel = room();
  if (!panel) return;
  const now = nameOf(panel);
  const other = now !== shown;
  const fresh = drawn !== panel.firstElementChild;
  shown = now;
  drawn = panel.firstElementChild;
  const step = panel.firstElementChild?.dataset.panel;
  if (panel.querySelector("[data-focus]") || (step && other)) panel.dataset.sheet = "open"; // on a phone it is under the flow
  if (!now || aim() || !fresh) return;
  const heading = panel.querySelector("h2");
  if (other) {
    heading.tabIndex = -1;
    hold(heading);
    document.querySelector("#canvas .step[data-sel]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else if (document.activeElement.matches("body, dialog *")) hold(panel.querySelector("[role=tab][aria-selected=true]"));
}

// After editor.js has dressed the new fields.
document.addEventListener("htmx:after:swap", () => setTimeout(settle));
aim();

// Every edit has a key of its own, however often it is sent; the server knows the page's revision by the form.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx.sourceElement;
  if (form.id === "pulse") return ctx.request.body.set("editing", beingEdited());
  if (!form.closest("[data-edit]") || ctx.request.method !== "POST") return;
  if (ctx.sourceEvent?.target?.closest?.("[data-quiet]")) return event.preventDefault();
  if (ctx.request.body.has("op")) ctx.request.body.set("key", newKey());
});

// An answer counts even when a newer list has taken the place of what was clicked: htmx would drop it.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.swap === "none" && !ctx.target?.isConnected) ctx.target = document.body;
});

function beingEdited() {
  return document.activeElement?.closest?.("#panel form[data-edit]")?.id ?? "";
}

document.addEventListener("draft:rev", (event) => {
  const rev = event.detail?.value ?? event.detail;
  const form = event.target.closest?.("form[data-edit]");
  if (form?.elements.rev) form.elements.rev.value = rev;
  for (const id of ["move-form", "paste-form", "chosen"]) document.getElementById(id)?.elements.rev.setAttribute("value", rev);
});

document.addEventListener("flow:focus", (event) => {
  const id = event.detail?.value ?? event.detail;
  const hit = document.querySelector(`#step-${CSS.escape(id)} .hit`);
  reveal(hit);
  hit?.focus();
});

// Links into a step from elsewhere select its card.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-step-link]");
  if (!link) return;
  for (const each of document.querySelectorAll("#canvas .step")) each.toggleAttribute("data-sel", each.id === `step-${link.dataset.stepLink}`);
  room().dataset.sheet = "open";
  link.closest("details")?.removeAttribute("open");
});

document.addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    say(document.getElementById("savebar")?.textContent.trim() ?? "");
  }
  const field = event.target.closest?.("[data-restore]");
  if (!field) return;
  if (event.key === "Escape") field.value = field.defaultValue;
  if (event.key === "Escape" || event.key === "Enter") setTimeout(() => field.blur());
});
