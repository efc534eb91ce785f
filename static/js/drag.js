// Dragging a card by its number. The node goes back at once and #move-form asks the server, whose answer is the truth.
// Each .flow[data-path] holds li[data-step]; li[data-fixed] (the trigger, the end of the recipe) stays where it is.
const form = document.getElementById("move-form");

function wire(flow) {
  if (flow.dataset.wired) return;
  flow.dataset.wired = "";
  window.Sortable.create(flow, {
    group: "recipe",
    handle: ".no",
    draggable: "li[data-step]:not([data-fixed])",
    ghostClass: "drag-ghost",
    invertSwap: true, // the upper edge of a card means before it, the lower edge after it
    invertedSwapThreshold: 0.9,
    delay: 180,
    delayOnTouchOnly: true,
    onStart: (event) => putBack.set(event.item, event.item.nextSibling),
    onMove: (event) => !event.related.hasAttribute("data-fixed") || event.willInsertAfter,
    onEnd: moved,
  });
}

const putBack = new WeakMap();

function moved({ item, from, to, oldIndex, newIndex }) {
  const after = item.previousElementSibling?.dataset.step ?? "";
  const path = to.dataset.path ?? "";
  const inside = item.contains(to);
  from.insertBefore(item, putBack.get(item));
  if (inside || (from === to && oldIndex === newIndex)) return;
  form.elements.step.value = item.dataset.step;
  form.elements.after.value = after;
  form.elements.path.value = path;
  form.requestSubmit();
}

function wireAll() {
  if (form && window.Sortable) document.querySelectorAll("#canvas .flow").forEach(wire);
}

document.addEventListener("htmx:after:swap", wireAll);
wireAll();
