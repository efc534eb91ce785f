// Read before anything is drawn. What a person does while the other scripts are still on their way would get no answer
// (a choice, a button) or another one than usual (a link that htmx follows): it is kept, and done once they are there.
// <html data-early> says that this is still so.
(() => {
  const SCRIPTED = ["get", "post", "put", "patch", "delete"].map((method) => `[hx-${method}]`).join();
  const KINDS = ["click", "submit", "change", "input"];
  let kept = [];

  function control(event) {
    const { target, type } = event;
    if (type === "submit") return target.matches(SCRIPTED) && target;
    if (type !== "click") return target;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return null; // for the browser: another tab, another window
    const pressed = target.closest("a, button");
    return pressed?.matches(`button[type=button], ${SCRIPTED}`) && pressed;
  }

  // A form that needs no script goes out at once, and once, under the same mark as in once.js.
  function goOut(event) {
    const form = event.target;
    if (event.type !== "submit" || form.method !== "post") return;
    event.stopImmediatePropagation(); // or once.js would meet the mark
    if ("sent" in form.dataset) event.preventDefault();
    form.dataset.sent = "";
  }

  // Of a control that is used twice the last time counts.
  function keep(event) {
    const target = control(event);
    if (!target) return goOut(event);
    const { type, submitter } = event;
    event.stopImmediatePropagation(); // a script that is there already would hear of it twice
    if (type === "click" || type === "submit") event.preventDefault();
    kept = [...kept.filter((each) => each.type !== type || each.target !== target), { type, target, submitter }];
  }

  function redo({ type, target, submitter }) {
    if (!target.isConnected) return;
    if (type === "click") target.click();
    else if (type === "submit") target.requestSubmit(submitter?.form === target ? submitter : null);
    else target.dispatchEvent(new Event(type, { bubbles: true }));
  }

  function replay() {
    for (const type of KINDS) removeEventListener(type, keep, true);
    delete document.documentElement.dataset.early;
    kept.forEach(redo);
  }

  for (const type of KINDS) addEventListener(type, keep, true);
  document.documentElement.dataset.early = "";
  // Deferred scripts and modules have run by then, and the timer with which htmx takes the page over is the older one.
  document.addEventListener("DOMContentLoaded", () => setTimeout(replay));
})();
