// Text with pills. The server renders a <textarea data-pills> (which is what is sent, and all there is without script)
// and after it a hidden <div class="input editor" data-editor> with the same text drawn; here they change places.
import { insert, markPill, pillBefore, placeCaret, placeCaretAtEnd, remember, textOf } from "./caret.js";
import { closePicker, formatted, isOpen, openPicker } from "./picker.js";

const editorOf = (target) => target.closest?.("[data-editor]");
const sourceOf = (editor) => editor.previousElementSibling;

function dress(source) {
  const editor = source.nextElementSibling;
  if (!editor?.matches("[data-editor]")) return;
  if (!source.hidden) source.hidden = true;
  if (!editor.hidden) return;
  source.value = source.defaultValue; // a morph draws both again, but leaves a value that was typed
  editor.hidden = false;
  editor.contentEditable = "true";
  editor.querySelectorAll("[data-ref]").forEach(lock);
}

// A pill is one thing: the caret goes around it, never into it.
function lock(pill) {
  pill.contentEditable = "false";
  return pill;
}

function store(editor) {
  const source = sourceOf(editor);
  const text = editor.ariaMultiLine === "true" ? textOf(editor) : textOf(editor).replace(/\s*\n\s*/g, " ").trim();
  if (source.value === text) return;
  source.value = text;
  source.dispatchEvent(new Event("input", { bubbles: true }));
}

function dressAll() {
  document.querySelectorAll("textarea[data-pills]").forEach(dress);
}

document.addEventListener("input", (event) => {
  const editor = editorOf(event.target);
  if (editor) store(editor);
});

// What is being written is not drawn again under the caret.
function keepFromMorph(editor, keep) {
  for (const each of [editor, sourceOf(editor)]) each.toggleAttribute("hx-morph-skip", keep);
}

// A press on a pill opens its formatters, elsewhere in the text the values. One whose step is gone gives way to the value
// that is chosen then.
let pressed = null;
let gone = null;
const pillOf = (target) => target.closest?.("[data-editor] [data-ref]:not([data-state=gone])") ?? null;
document.addEventListener("pointerdown", (event) => {
  pressed = pillOf(event.target);
  if (!event.target.closest?.("#picker")) gone = event.target.closest?.("[data-editor] [data-ref][data-state=gone]") ?? null;
});
document.addEventListener("keydown", () => (pressed = null), true);

document.addEventListener("focusin", (event) => {
  const editor = editorOf(event.target);
  if (editor) keepFromMorph(editor, true);
  if (editor) openPicker(editor, false, editor.contains(pressed) ? pressed : null);
  else if (!event.target.closest?.("#picker")) closePicker();
});

document.addEventListener("click", (event) => {
  const editor = editorOf(event.target);
  if (editor !== document.activeElement) return;
  if (pillOf(event.target) || formatted() || !isOpen()) openPicker(editor, false, pillOf(event.target));
});

document.addEventListener("focusout", (event) => {
  const editor = editorOf(event.target);
  if (!editor) return;
  remember(editor); // Chromium tells of a selection with the next frame only
  markPill(editor, null);
  keepFromMorph(editor, false);
  if (event.relatedTarget?.closest?.("#picker, .conflict")) return; // the edit goes on there
  sourceOf(editor).dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("selectionchange", () => {
  const editor = editorOf(document.activeElement);
  if (editor) remember(editor);
});

document.addEventListener("paste", (event) => {
  const editor = editorOf(event.target);
  if (!editor) return;
  event.preventDefault();
  const text = event.clipboardData.getData("text/plain");
  insert(editor, document.createTextNode(editor.ariaMultiLine === "true" ? text : text.replace(/\s*\n\s*/g, " ")));
  store(editor);
});

document.addEventListener("keydown", (event) => {
  const editor = editorOf(event.target);
  if (!editor) return;
  if (event.key === "{" || (event.ctrlKey && event.key === " ")) {
    event.preventDefault();
    openPicker(editor, true);
  } else if (event.key === "ArrowDown" && isOpen()) {
    event.preventDefault();
    openPicker(editor, true);
  } else if (event.key === "Escape" && isOpen()) {
    event.preventDefault();
    closePicker();
  } else if (event.key === "End" && !event.shiftKey && !textOf(editor).includes("\n")) {
    event.preventDefault(); // Chromium's own stays before a pill that ends the line
    placeCaretAtEnd(editor);
  } else if (event.key === "Backspace") backspace(editor, event);
  else if (event.key === "Enter") enter(editor, event);
});

// The first press marks the pill, the second removes it.
function backspace(editor, event) {
  const pill = pillBefore(editor);
  if (!pill) return;
  event.preventDefault();
  if (pill.ariaSelected !== "true") return markPill(editor, pill);
  placeCaret(pill);
  pill.remove();
  store(editor);
}

function enter(editor, event) {
  event.preventDefault();
  const marked = editor.querySelector("[data-ref][aria-selected=true]");
  if (marked) return openPicker(editor, true, marked);
  if (editor.ariaMultiLine !== "true") return;
  insert(editor, document.createTextNode("\n"));
  if (editor.lastChild.tagName !== "BR") editor.append(document.createElement("br"));
  store(editor);
}

document.addEventListener("pill:chosen", (event) => {
  const editor = event.target;
  if ("single" in editor.dataset && !formatted()) editor.replaceChildren();
  const piece = event.detail.cloneNode(true);
  const node = piece.nodeType === Node.ELEMENT_NODE ? lock(piece) : piece;
  const old = formatted() ?? (editor.contains(gone) ? gone : null);
  if (old) old.replaceWith(node);
  else insert(editor, node);
  store(editor);
  editor.focus();
  sourceOf(editor).dispatchEvent(new Event("change", { bubbles: true }));
});

// Whoever draws a field: they have changed places before anything is painted, so nobody meets the source.
new MutationObserver(dressAll).observe(document.body, { childList: true, subtree: true, attributeFilter: ["hidden"] });
dressAll();
