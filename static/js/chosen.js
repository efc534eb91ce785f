// Several steps at once: neighbours in one list, each with all that is inside it. Shift with a click or an arrow key
// chooses from where one is to there; what is begun by the menu ("Choose several") goes on by plain clicks, as on a phone.
import { say } from "./say.js";

const bar = document.getElementById("chosen"); // the form with what can be done to them
let chosen = [];
let start = null; // the id of the step where choosing began
let picking = false;

const itemOf = (element) => element?.closest("#canvas li[data-step]");
const hitOf = (id) => document.querySelector(`#step-${CSS.escape(id)} > .hit`);

// From one step to another, in the innermost list that holds both, or holds what they are in.
function stretch(one, other) {
  let list = one.parentElement;
  while (list && !list.contains(other)) list = list.parentElement.closest(".flow");
  const items = [...(list?.children ?? [])].filter((each) => each.matches("[data-step]"));
  const [from, to] = [one, other].map((end) => items.findIndex((each) => each.contains(end))).sort((a, b) => a - b);
  return items.slice(Math.max(from, 0), to + 1).map((each) => each.dataset.step);
}

// Cards that were drawn again are marked again; those that went are chosen no longer.
function mark() {
  chosen = chosen.filter(hitOf);
  if (!chosen.length) [start, picking] = [null, false];
  for (const card of document.querySelectorAll("#canvas .step")) {
    const inside = chosen.includes(card.id.slice(5));
    card.toggleAttribute("data-chosen", inside);
    if (inside) card.querySelector(".hit").setAttribute("aria-describedby", "is-chosen");
    else card.querySelector(".hit").removeAttribute("aria-describedby");
  }
  bar.hidden = !chosen.length;
  if (!chosen.length) return;
  bar.querySelector("b").textContent = chosen.length;
  bar.elements.steps.value = chosen.join(" ");
  bar.elements.number.value = document.querySelector(`#step-${CSS.escape(chosen[0])} .no`).textContent;
  for (const button of bar.querySelectorAll("[data-copy-step]")) button.dataset.copyStep = `${bar.dataset.copied}?${chosen.map((id) => `step=${id}`).join("&")}`;
}

function choose(ids) {
  if (ids.join() === chosen.join()) return;
  chosen = ids;
  mark();
  say(bar.querySelector("span").textContent);
}

// Up to this card; the first one is where one was, or itself.
function reach(hit) {
  const first = (start && itemOf(hitOf(start))) ?? itemOf(document.querySelector("#canvas .step[data-sel]")) ?? itemOf(hit);
  start = first.dataset.step;
  choose(stretch(first, itemOf(hit)));
  hit.focus();
}

export const lastChosen = () => chosen.at(-1);
export const forChosen = (act) => (chosen.length ? bar.querySelector(`[data-act=${act}]`) : null);

// One more, or one less, by an arrow key.
export function extend(hit, key) {
  const item = itemOf(hit);
  if (!bar || !item || !["ArrowUp", "ArrowDown"].includes(key)) return false;
  if (!chosen.length) start = item.dataset.step;
  const next = key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
  reach(next?.matches("[data-step]") ? next.querySelector(".hit") : hit);
  return true;
}

function leave() {
  chosen = [];
  mark();
}

// Of the trigger there is one only: it is never among them.
function listen() {
  const card = (event) => event.target.closest?.("#canvas .step :is(.hit, .no)")?.closest(".step").querySelector(".hit");
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && card(event)) event.preventDefault(); // or the words between would be marked
  });
  document.addEventListener("click", (event) => {
    const hit = card(event);
    if (!hit || event.ctrlKey || event.metaKey) return;
    if (!itemOf(hit) || (!event.shiftKey && !picking)) return leave();
    event.preventDefault();
    event.stopPropagation();
    reach(hit);
  }, true);
  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act=choose], [data-act=leave]");
    if (!act) return;
    const hit = act.dataset.act === "choose" ? itemOf(act).querySelector(".hit") : hitOf(chosen[0]);
    leave();
    if (act.dataset.act === "choose") {
      picking = true;
      start = itemOf(act).dataset.step;
      choose([start]);
    }
    hit.focus();
  });
  document.addEventListener("focusin", (event) => {
    const hit = card(event);
    if (hit && !picking && !chosen.some((id) => itemOf(hitOf(id)).contains(hit))) leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen.length && event.target.closest("#canvas") && !event.target.closest("[popover]")) leave();
  });
  document.addEventListener("flow:choose", (event) => {
    chosen = (event.detail?.value ?? event.detail).split(" ");
    start = chosen[0];
    mark();
  });
  document.addEventListener("htmx:after:swap", mark);
}

if (bar) listen();
