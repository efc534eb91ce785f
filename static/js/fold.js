// What has lanes is folded to its card, and stays so in this browser; whatever goes to a step inside unfolds it.
import { kept } from "./kept.js";
import { say } from "./say.js";

const canvas = document.getElementById("canvas");
const folded = kept("fold");
const buttonOf = (fork) => fork.querySelector(":scope > [data-act=fold]");
const forkOf = (element) => element?.closest("#canvas li.branch[data-step]");

function show(fork) {
  const button = buttonOf(fork);
  if (!button) return; // a run is shown whole
  const lanes = fork.querySelector(":scope > .lanes");
  const open = !folded.has(fork.dataset.step);
  if (open) lanes.removeAttribute("hidden");
  else lanes.setAttribute("hidden", "until-found"); // the browser's own search looks inside
  if (button.ariaExpanded !== String(open)) button.ariaExpanded = open;
  const [down, right] = button.querySelectorAll("svg");
  down.toggleAttribute("hidden", !open);
  right.toggleAttribute("hidden", open);
  const wrong = lanes.querySelectorAll(".strip-foot[data-state=problem]").length;
  const line = button.querySelector("[data-wrong]");
  line.hidden = open || !wrong;
  if (line.querySelector("b").textContent !== String(wrong)) line.querySelector("b").textContent = wrong;
}

function turn(fork, open) {
  folded.put(fork.dataset.step, !open);
  show(fork);
}

// All that is around it; its own lanes stay as they are.
export function reveal(element) {
  for (let fork = forkOf(element?.closest(".lanes")); fork; fork = forkOf(fork.parentElement)) turn(fork, true);
}

// The innermost around a card, its own before those it stands in.
export function fold(hit) {
  const fork = forkOf(hit);
  const button = fork && buttonOf(fork);
  if (!button) return false;
  const open = button.ariaExpanded !== "true";
  turn(fork, open);
  fork.querySelector(".hit").focus();
  say(open ? button.dataset.opened : button.dataset.closed);
  return true;
}

function showAll() {
  canvas.querySelectorAll("li.branch[data-step]").forEach(show);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#canvas [data-act=fold]");
  if (button) turn(forkOf(button), button.ariaExpanded !== "true");
});
document.addEventListener("beforematch", (event) => reveal(event.target.firstElementChild));
document.addEventListener("htmx:after:swap", showAll);

if (canvas) {
  showAll();
  reveal(canvas.querySelector(".step[data-sel]"));
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target.matches("[data-sel]")) reveal(target);
  }).observe(canvas, { subtree: true, attributeFilter: ["data-sel"] });
}
