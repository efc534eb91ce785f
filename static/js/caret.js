// Where the caret is in a pill editor, what stands there, and the text that the editor means.
const places = new WeakMap();

export function textOf(editor) {
  let text = "";
  for (const node of editor.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (node.dataset?.ref) text += node.dataset.ref;
    else if (node.tagName === "BR") text += node === editor.lastChild ? "" : "\n"; // the last is the browser's filler
    else text += node.textContent;
  }
  return text.replace(/\u00a0/g, " ").replace(/\u200b/g, "");
}

export function remember(editor) {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  if (editor.contains(range.startContainer)) places.set(editor, range.cloneRange());
}

// Where the caret is now, else where it was when the focus left, else the end.
function placeIn(editor) {
  remember(editor);
  const known = places.get(editor);
  return known && editor.contains(known.startContainer) ? known : endOf(editor);
}

function endOf(editor) {
  const end = document.createRange();
  end.selectNodeContents(editor);
  if (editor.lastChild?.tagName === "BR") end.setEndBefore(editor.lastChild); // the browser's filler
  end.collapse(false);
  return end;
}

export function insert(editor, node) {
  const range = placeIn(editor);
  range.deleteContents();
  range.insertNode(node);
  range.setStartAfter(node);
  range.collapse(true);
  select(range);
  places.set(editor, range.cloneRange());
}

export function placeCaret(before) {
  const range = document.createRange();
  range.setStartBefore(before);
  range.collapse(true);
  select(range);
}

export function placeCaretAtEnd(editor) {
  select(endOf(editor));
}

function select(range) {
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

// The pill that touches the caret from the left, if the caret is not a selection.
export function pillBefore(editor) {
  const selection = getSelection();
  if (!selection.isCollapsed || !selection.rangeCount) return null;
  const { startContainer: node, startOffset: offset } = selection.getRangeAt(0);
  const before = node === editor ? editor.childNodes[offset - 1] : offset === 0 ? node.previousSibling : null;
  return before?.dataset?.ref ? before : null;
}

export function markPill(editor, pill) {
  for (const each of editor.querySelectorAll("[data-ref]")) {
    if (each === pill) each.ariaSelected = "true";
    else each.removeAttribute("aria-selected");
  }
}
