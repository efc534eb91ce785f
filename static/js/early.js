// Read before anything is drawn. What a person does while the other scripts are still on their way would get no answer
// (a choice, a button) or another one than usual (a link that htmx follows): it is kept, and done once they are there.
(() => {
  const SCRIPTED = ["get", "post", "put", "patch", "delete"].map((method) => `[hx-${method}]`).join();
  const KINDS = ["click", "submit", "change", "input"];
  const kept = [];

  function control(event) {
    const { target, type } = event;
    if (type === "submit") return target.matches(`[method=post], ${SCRIPTED}`) && target;
    if (type !== "click") return target;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return null; // for the browser: another tab, another window
    const pressed = target.closest("a, button");
    return pressed?.matches(`button[type=button], ${SCRIPTED}`) && pressed;
  }

  function keep(event) {
    const target = control(event);
    if (!target) return;
    const { type, submitter } = event;
    event.stopImmediatePropagation(); // a script that is there already would hear of it twice
    if (type === "click" || type === "submit") event.preventDefault();
    if (!kept.some((each) => each.type === type && each.target === target)) kept.push({ type, target, submitter });
  }

  function replay() {
    for (const type of KINDS) removeEventListener(type, keep, true);
    for (const { type, target, submitter } of kept) {
      if (!target.isConnected) continue;
      if (type === "click") target.click();
      else if (type === "submit") target.requestSubmit(submitter);
      else target.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }

  for (const type of KINDS) addEventListener(type, keep, true);
  // Deferred scripts and modules have run by then, and htmx has taken the page over in a listener of its own.
  document.addEventListener("DOMContentLoaded", () => setTimeout(replay));
})();
