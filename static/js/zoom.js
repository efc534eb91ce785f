// Zoom is a number on the canvas; the last choice is remembered in this browser.
import { say } from "./say.js";

const LEVELS = [25, 50, 80, 100, 125];
const STORE = "recette.zoom";
const canvas = document.getElementById("canvas");
const level = () => Number(canvas.dataset.zoom ?? 100);

function show(to) {
  canvas.dataset.zoom = to;
  canvas.style.setProperty("--zoom", to / 100);
  localStorage.setItem(STORE, to);
  for (const line of document.querySelectorAll("[data-zoom-now]")) line.textContent = `${to}%`;
}

// The largest level at which the whole column is seen; never larger than life.
function fit() {
  const room = canvas.querySelector(".canvas-scroll");
  const flow = room.querySelector(".flow");
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(room);
  const wide = room.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const high = room.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
  const share = Math.min(wide / flow.scrollWidth, high / flow.offsetHeight) * 100;
  return LEVELS.filter((each) => each <= 100 && each <= share).at(-1) ?? LEVELS[0];
}

function next(by) {
  const at = LEVELS.indexOf(level());
  return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, at + by))];
}

// [data-zoom-by="1"], "-1", "0" (100 %) or "fit". What one works on stays in sight.
document.addEventListener("click", (event) => {
  const by = event.target.closest("[data-zoom-by]")?.dataset.zoomBy;
  if (!by || !canvas) return;
  show(by === "fit" ? fit() : by === "0" ? 100 : next(Number(by)));
  say(`${level()}%`);
  canvas.querySelector(".step[data-sel]")?.scrollIntoView({ block: "center", inline: "center" });
});

const remembered = Number(localStorage.getItem(STORE));
if (canvas && LEVELS.includes(remembered)) show(remembered);
