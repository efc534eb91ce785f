// Timers rest while the tab is hidden and ask once when it comes back.
import { word } from "./words.js";

document.addEventListener("htmx:config:request", (event) => {
  if (document.hidden && event.detail.ctx.sourceEvent?.type === "every") event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const each of document.querySelectorAll("[hx-trigger*='every ']")) each.dispatchEvent(new CustomEvent("every"));
});

// A newer release answers: say so once, change nothing under the person's hands.
let told = false;
document.addEventListener("htmx:after:request", (event) => {
  const release = event.detail.ctx.response?.headers.get("X-App-Version");
  if (told || !release || release === document.body.dataset.version) return;
  told = true;
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: word("updated") }));
});
