// What has lanes is folded to its card, and stays so in this browser; whatever goes to a step inside unfolds it.
import { kept } from "./kept.js";
import { say } from "./say.js";

export const AMISS = ".step:is([data-state=failed], [data-state=held])";
const canvas = document.getElementById("canvas");
const folded = kept("fold");
const buttonOf = (fork) => fork.querySelector(":scope > [data-act=fold]");
const forkOf = (element) => element?.closest("#canvas li.branch[data-step]");

function show(fork) {
  const button = buttonOf(fork);
  if (!button) return; // on the sheet of states
  const lanes = fork.querySelector(":scope > .lanes");
  const open = !folded.has(fork.dataset.step);
  if (open) lanes.removeAttribute("hidden");
  else lanes.setAttribute("hidden", "until-found"); // the browser's own search looks inside
  if (button.ariaExpanded !== String(open)) button.ariaExpanded = open;
  const [down, right] = button.querySelectorAll("svg");
  down.toggleAttribute("hidden", !open);
  right.toggleAttribute("hidden", open);
  for (const line of button.querySelectorAll("[data-hides]")) {
    const hides = lanes.querySelectorAll(`.strip-foot[data-state=${line.dataset.hides}]`).length;
    line.hidden = open || !hides;
    if (line.querySelector("b").textContent !== String(hides)) line.querySelector("b").textContent = hides;
  }
}

function turn(fork, open) {
  folded.put(fork.dataset.step, !open);
  show(fork);
}

// What is around it, the innermost first; its own lanes are not.
function around(element) {
  const found = [];
  for (let fork = forkOf(element?.closest(".lanes")); fork; fork = forkOf(fork.parentElement)) found.push(fork);
  return found;
}

export const reveal = (element) => around(element).forEach((fork) => turn(fork, true));

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
  // Whoever comes sees the step that was asked for, and where a run failed.
  for (const step of canvas.querySelectorAll(`.step[data-sel], ${AMISS}`)) around(step).forEach((fork) => folded.leave(fork.dataset.step));
  showAll();
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target.matches("[data-sel]")) reveal(target);
  }).observe(canvas, { subtree: true, attributeFilter: ["data-sel"] });
}
