// Words for screen readers. The polite line for what was done, the other for what went wrong.
export function say(text, region = "say") {
  const line = document.getElementById(region);
  line.textContent = "";
  requestAnimationFrame(() => {
    line.textContent = text;
  });
}

export const alarm = (text) => say(text, "alarm");

// HX-Trigger: {"say": "Step 7 moved before step 6"}; a plain string arrives as detail.value.
document.addEventListener("say", (event) => say(event.detail?.value ?? event.detail));
