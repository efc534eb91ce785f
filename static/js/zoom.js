// Zoom is an attribute of the canvas; the last choice is remembered in this browser.
const LEVELS = [50, 80, 100, 125];
const STORE = "recette.zoom";
const canvas = document.getElementById("canvas");

function show(level) {
  canvas.dataset.zoom = level;
  localStorage.setItem(STORE, level);
  for (const line of document.querySelectorAll("[data-zoom-now]")) line.textContent = `${level}%`;
}

// The largest level at which the whole column is seen; never larger than life.
function fit() {
  const room = canvas.querySelector(".canvas-scroll");
  const flow = room.querySelector(".flow");
  const scale = Number(canvas.dataset.zoom ?? 100) / 100;
  const share = Math.min(room.clientWidth / (flow.scrollWidth * scale), room.clientHeight / (flow.offsetHeight * scale));
  return LEVELS.filter((level) => level <= 100 && level <= share * 100 * scale).at(-1) ?? LEVELS[0];
}

function next(by) {
  const at = LEVELS.indexOf(Number(canvas.dataset.zoom ?? 100));
  return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, at + by))];
}

// [data-zoom-by="1"], "-1", "0" (100 %) or "fit".
document.addEventListener("click", (event) => {
  const by = event.target.closest("[data-zoom-by]")?.dataset.zoomBy;
  if (!by || !canvas) return;
  if (by === "fit") show(fit());
  else show(by === "0" ? 100 : next(Number(by)));
});

const remembered = Number(localStorage.getItem(STORE));
if (canvas && LEVELS.includes(remembered)) show(remembered);
