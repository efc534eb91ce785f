// The column of cards in the builder and the run viewer: selection, keys, zoom, dragging.
import "./chooser.js";
import { extend, forChosen } from "./chosen.js";
import "./clipboard.js";
import "./drag.js";
import { fold, reveal } from "./fold.js";
import "./outline.js";
import "./panel.js";
import "./zoom.js";

const cards = () => [...document.querySelectorAll("#canvas .step .hit")];
const room = () => document.getElementById("panel"); // another one after going back

// On a phone the panel covers the flow.
function cover(state) {
  room()?.setAttribute("data-sheet", state);
}

function select(hit) {
  for (const each of cards()) {
    const chosen = each === hit;
    each.closest(".step").toggleAttribute("data-sel", chosen);
    if (chosen) each.setAttribute("aria-current", "step");
    else each.removeAttribute("aria-current");
  }
  cover(hit ? "open" : "closed");
}

// What was just typed is sent before its field goes.
function closePanel() {
  if (room()?.contains(document.activeElement)) document.activeElement.blur();
  setTimeout(() => {
    const hit = document.querySelector("#canvas .step[data-sel] .hit");
    select(null);
    room()?.replaceChildren();
    history.replaceState(history.state, "", location.pathname);
    hit?.focus();
  });
}

document.addEventListener("click", (event) => {
  const hit = event.target.closest("#canvas .step .hit");
  if (hit) return select(hit);
  const number = event.target.closest("#canvas .step .no");
  if (number) return number.closest(".step").querySelector(".hit").click();
  const sheet = event.target.closest(":is(a, button)[data-sheet]");
  if (sheet?.dataset.sheet === "closed") {
    event.preventDefault();
    closePanel();
  } else if (sheet) cover(sheet.dataset.sheet);
});

const around = (lane) => lane?.closest(".branch")?.querySelector(":scope > .step .hit");
// The first card of a lane; of an empty one the button that adds to it.
const into = (lane) => lane?.querySelector(".hit") ?? lane?.querySelector("[data-act=add]");

// Into the lane beside this one, out of the first one back to its fork, out of the last one to what is beside that;
// from a fork into its first lane.
function sideways(hit, step, inside = true) {
  const own = hit.closest("li.branch");
  if (inside && step > 0 && own?.querySelector(":scope > .step .hit") === hit) return into(own.querySelector(".lane"));
  const lane = hit.closest(".lane");
  const all = lane ? [...lane.parentElement.children] : [];
  const beside = all[all.indexOf(lane) + step];
  if (beside || !lane) return into(beside);
  return step < 0 ? around(lane) : sideways(around(lane), 1, false);
}

// On the button of an empty lane.
function leave(button, key) {
  const lane = button.closest(".lane");
  return { ArrowRight: () => sideways(button, 1), ArrowLeft: () => sideways(button, -1), ArrowUp: () => around(lane) }[key]?.();
}

function go(hit, key) {
  const all = cards().filter((each) => each.checkVisibility());
  const at = all.indexOf(hit);
  const next = {
    ArrowDown: () => all[at + 1],
    ArrowUp: () => all[at - 1],
    ArrowRight: () => sideways(hit, 1),
    ArrowLeft: () => sideways(hit, -1),
    Home: () => all[0],
    End: () => all.at(-1),
  }[key];
  return next?.();
}

// Keys of the focused card click the buttons of all that is chosen, else that card's own: [data-act=add|before|remove|up|down|move|duplicate|copy|cut|test].
const ACTS = { a: "add", A: "before", m: "move", Delete: "remove", Backspace: "remove", t: "test", c: "fold" };
const CTRL = { d: "duplicate", c: "copy", x: "cut" }; // what comes by Ctrl V is heard by clipboard.js
const ALT = { ArrowUp: "up", ArrowDown: "down" };

function act(hit, event) {
  if (event.ctrlKey || event.metaKey) return getSelection().isCollapsed ? CTRL[event.key] : undefined;
  if (event.key.length === 1 && !("singleKeys" in document.body.dataset)) return undefined;
  return event.altKey ? ALT[event.key] : ACTS[event.key];
}

document.addEventListener("keydown", (event) => {
  const picking = document.querySelector("#picker:not([hidden])");
  if (event.key === "Escape" && room()?.contains(event.target) && !picking && !event.defaultPrevented) return closePanel();
  const hit = event.target.closest?.("#canvas .step .hit");
  const plus = event.target.closest?.("#canvas .lane > .edge [data-act=add]");
  const beside = plus && leave(plus, event.key);
  if (beside) {
    event.preventDefault();
    beside.focus();
  }
  if (!hit || event.defaultPrevented) return;
  const name = act(hit, event);
  if (name === "fold" && fold(hit)) return event.preventDefault();
  const button = name && (forChosen(name) ?? hit.closest("li").querySelector(`:scope > :is(.step, .edge) [data-act=${name}]`));
  if (button) {
    event.preventDefault();
    return button.click();
  }
  if (event.shiftKey && !event.altKey && extend(hit, event.key)) return event.preventDefault();
  const next = !event.altKey && !event.ctrlKey && !event.metaKey && go(hit, event.key);
  if (!next) return;
  event.preventDefault();
  reveal(next);
  next.focus();
});

document.querySelector("#canvas .step[data-sel]")?.scrollIntoView({ block: "nearest" });
