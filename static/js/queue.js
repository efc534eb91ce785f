// Edits that could not be sent wait here, in this tab, in order, and are tried again after 1, 2, 5, 10 s.
// A form marked [data-edit] carries a `key`, so the server does an edit once however often it arrives.
import { alarm, say } from "./say.js";
import { token } from "./session.js";
import { word } from "./words.js";

const STORE = `recette.unsent:${location.pathname}`;
const WAITS = [1000, 2000, 5000, 10000];
const BANNER_AFTER = 2000;
let tries = 0;
let timer;

const load = () => JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
const save = (edits) => sessionStorage.setItem(STORE, JSON.stringify(edits));

function keep(ctx) {
  const { action } = ctx.request;
  const body = new URLSearchParams(ctx.request.body);
  body.delete("csrfmiddlewaretoken"); // it may have changed by the time this is sent
  const rest = load().filter((each) => each.action !== action || !replaces(body, new URLSearchParams(each.body)));
  save([...rest, { action, body: String(body) }]);
  schedule();
}

// A newer value of the same field, of the same step and line, makes the older one pointless.
function replaces(newer, older) {
  return newer.get("op") === "set_field" && ["op", "step", "field", "at"].every((name) => newer.get(name) === older.get(name));
}

function schedule() {
  clearTimeout(timer);
  if (!load().length) return;
  timer = setTimeout(drain, WAITS[Math.min(tries, WAITS.length - 1)]);
  tries += 1;
  setTimeout(showBanner, BANNER_AFTER);
}

function showBanner() {
  if (!load().length || document.querySelector("body > .unsent")) return;
  document.body.append(document.getElementById("unsent").content.cloneNode(true));
  alarm(document.querySelector("body > .unsent").textContent.trim());
}

async function drain() {
  let refused = false;
  for (const edit of load()) {
    if (!load().some((each) => each.body === edit.body)) continue; // a newer one took its place
    const headers = { "X-CSRFToken": token(), "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await fetch(edit.action, { method: "POST", body: edit.body, headers }).catch(() => null);
    if (answer?.status === 401) return document.body.dispatchEvent(new CustomEvent("auth:needed", { bubbles: true }));
    if (!answer || answer.status >= 500) return schedule();
    refused ||= !answer.ok;
    save(load().filter((each) => each.body !== edit.body)); // another one may have come, or gone, meanwhile
  }
  tries = 0;
  document.querySelector("body > .unsent")?.remove();
  if (refused) document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: word("refused") }));
  else say(word("saved"));
  document.body.dispatchEvent(new CustomEvent("edits:sent", { bubbles: true }));
}

// What goes out now makes an older value of the same field pointless: that one must not come after it.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { action, method, body } = ctx.request;
  if (method !== "POST" || !ctx.sourceElement.closest("[data-edit]") || ctx.sourceEvent?.target?.closest?.("[data-quiet]")) return;
  const waiting = load();
  const left = waiting.filter((each) => each.action !== action || !replaces(new URLSearchParams(body), new URLSearchParams(each.body)));
  if (left.length < waiting.length) save(left);
});
document.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (ctx?.request?.method === "POST" && ctx.sourceElement.closest("[data-edit]")) keep(ctx);
});
document.addEventListener("htmx:response:error", (event) => {
  const ctx = event.detail.ctx;
  if ([401, 502, 503, 504].includes(ctx.response.status) && ctx.sourceElement.closest("[data-edit]")) keep(ctx);
});

// What was typed in the last half second is sent as the page goes: a save waits for a pause that doesn't come any more.
const typed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-edit][hx-trigger*=delay]");
  if (form) typed.add(form);
});
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => typed.delete(ctx.sourceElement));
addEventListener("pagehide", () => {
  for (const form of typed) {
    const body = new URLSearchParams(new FormData(form));
    body.set("key", crypto.getRandomValues(new Uint32Array(3)).join("-"));
    if (form.isConnected) fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  }
  typed.clear();
});

document.addEventListener("auth:renewed", drain);
addEventListener("online", drain);
addEventListener("beforeunload", (event) => {
  if (load().length) event.preventDefault();
});
if (load().length) schedule();
