// [data-copy="text"] or [data-copy-from="id"] puts text on the clipboard and says so.
import { alarm, say } from "./say.js";
import { word } from "./words.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  event.preventDefault();
  const source = document.getElementById(button.dataset.copyFrom);
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? source.value ?? source.textContent);
    button.dataset.state = "done";
    say(word("copied"));
    setTimeout(() => delete button.dataset.state, 1600);
  } catch {
    alarm(word("notCopied"));
  }
});
