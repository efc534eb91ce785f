// Steps go to the clipboard and come from it as text, so that they reach other recipes too.
import { lastChosen } from "./chosen.js";
import { alarm, say } from "./say.js";
import { word } from "./words.js";

const form = document.getElementById("paste-form");

async function copy(button) {
  const text = fetch(button.dataset.copyStep).then((answer) => (answer.ok ? answer.blob() : Promise.reject(answer.status)));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
  } catch {
    alarm(word("notCopied"));
    return false;
  }
  say(word("copied"));
  return true;
}

// After the step or the last of those chosen, or first in the lane whose button has the focus.
function paste(place, text) {
  const lane = new URLSearchParams(place.matches("[data-act=add]") ? place.search : "");
  form.elements.after.value = lane.get("after") ?? lastChosen() ?? place.closest("[data-step]")?.dataset.step ?? "trigger";
  form.elements.path.value = lane.get("path") ?? "";
  form.elements.steps.value = text;
  form.requestSubmit();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-step], [data-act=paste]");
  if (!button) return;
  if (button.dataset.act === "paste") {
    const text = await navigator.clipboard?.readText().catch(() => null);
    return text == null ? alarm(form.dataset.closed) : paste(button, text);
  }
  if ((await copy(button)) && button.dataset.act === "cut") button.closest("form").querySelector("[data-act=remove]").click();
});

document.addEventListener("paste", (event) => {
  const place = document.activeElement?.closest("#canvas :is(.hit, [data-act=add])");
  if (!form || !place) return;
  event.preventDefault();
  paste(place, event.clipboardData.getData("text/plain"));
});
