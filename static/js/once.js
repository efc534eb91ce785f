// One press, one thing: a form that is on its way is not sent again until its answer is there.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-edit], [data-repeat]")) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  form.dataset.sent = "";
}, true);

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.hx?.redirect) ctx.sourceElement?.closest?.("form")?.removeAttribute("data-sent");
});

// Back out of the browser's memory.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) form.removeAttribute("data-sent");
});
