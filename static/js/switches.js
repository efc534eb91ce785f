// Switches and segmented choices answer the finger at once and go back when the server refuses.
function flip(button) {
  button.setAttribute("aria-checked", String(button.getAttribute("aria-checked") !== "true"));
}

document.addEventListener("htmx:before:request", (event) => {
  const button = event.target.closest?.("[role=switch]") ?? event.target.querySelector?.(":scope > [role=switch]");
  if (!button || event.detail.ctx.sourceElement !== event.target) return;
  flip(button);
  event.detail.ctx.flipped = button;
});

for (const trouble of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(trouble, (event) => {
    const button = event.detail.ctx?.flipped;
    if (button?.isConnected) flip(button);
  });
}

// Tabs whose panes are all on the page: [role=tab][data-tab] and [data-tabs=<tablist id>][data-tab].
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab][data-tab]");
  const list = tab?.closest("[role=tablist]");
  if (!list) return;
  for (const each of list.querySelectorAll("[role=tab]")) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
  }
  for (const pane of document.querySelectorAll(`[data-tabs="${list.id}"]`)) pane.hidden = pane.dataset.tab !== tab.dataset.tab;
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  event.preventDefault();
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
});
