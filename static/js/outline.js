// The outline: all steps by number and name, made of the cards on the page, so that no answer has to carry it.
import { AMISS } from "./fold.js";
import { kept } from "./kept.js";

const STORE = "recette.outline";
const NARROW = matchMedia("(max-width: 820px)"); // there it would cover the flow
const box = document.getElementById("outline");
const tree = box?.querySelector("[role=tree]");
const fold = box?.querySelector("template");
const flow = () => document.getElementById("flow");
const folded = kept("outline");
let drawn = "";
let current = "";
let came = null;

const rowOf = (id) => tree.querySelector(`[data-for="${CSS.escape(id)}"]`);
const groupOf = (row) => row.nextElementSibling;
const parentOf = (row) => row.closest("ul").previousElementSibling;
const seen = () => [...tree.querySelectorAll("[role=treeitem]")].filter((each) => each.checkVisibility());

function element(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside.filter(Boolean));
  return made;
}

// A row, and below it what it holds: [role=none] keeps the list out of what is read.
function line(tag, id, attributes, words, rows, level) {
  const row = element(tag, { ...attributes, role: "treeitem", class: "mi", "data-for": id, "aria-level": level, tabindex: -1 }, ...words);
  if (!rows.length) return element("li", { role: "none" }, row);
  const open = !folded.has(id);
  row.append(fold.content.cloneNode(true));
  row.setAttribute("aria-expanded", open);
  row.setAttribute("aria-owns", `out-${id}`);
  return element("li", { role: "none" }, row, element("ul", { role: "group", id: `out-${id}`, class: "inset", ...(!open && { hidden: "" }) }, ...rows));
}

function step(item, level) {
  const card = item.querySelector(":scope > .step");
  if (!card) return null;
  const hit = card.querySelector(".hit");
  const number = element("span", { class: "no", "aria-hidden": true }, card.querySelector(".no").textContent);
  const said = element("span", { class: "vh" }, hit.ariaLabel ?? "");
  const name = element("span", { class: "grow trunc", "aria-hidden": true }, card.querySelector(".ti").textContent);
  const mark = (card.querySelector("[data-mark] > *") ?? card.querySelector(".strip-foot .i"))?.cloneNode(true); // of a run: sign and word
  mark?.setAttribute("aria-hidden", true);
  const lanes = [...item.querySelectorAll(":scope > .lanes > .lane")];
  const alone = item.querySelector(":scope > .lanes.lone");
  const rows = alone ? steps(lanes[0].querySelector(".flow"), level + 1) : lanes.map((each) => lane(each, level + 1));
  return line("a", card.id.slice(5), { href: hit.getAttribute("href") }, [said, number, name, mark], rows, level);
}

function lane(item, level) {
  const inner = item.querySelector(".flow");
  const id = `${item.closest("[data-step]").dataset.step}-${inner.dataset.path}`;
  const said = element("span", { class: "vh" }, item.ariaLabel ?? "");
  const words = element("span", { class: "grow trunc sub", "aria-hidden": true }, [...item.querySelector(".lane-cond").children].map((each) => each.textContent).join(" "));
  return line("span", id, {}, [said, words], steps(inner, level + 1), level);
}

const steps = (list, level) => [...list.children].map((each) => step(each, level)).filter(Boolean);

function draw() {
  const rows = steps(flow(), 1);
  const look = rows.map((each) => each.outerHTML).join("");
  if (look === drawn) return;
  drawn = look;
  const held = tree.contains(document.activeElement) ? document.activeElement.dataset.for : "";
  tree.replaceChildren(...rows);
  current = "";
  if (held) rowOf(held)?.focus();
}

// The selected step is the current row, in sight; one row can be reached by Tab.
function follow() {
  const id = document.querySelector("#canvas .step[data-sel]")?.id.slice(5) ?? "";
  const row = id && rowOf(id);
  for (const each of tree.querySelectorAll("[aria-current]")) if (each !== row) each.removeAttribute("aria-current");
  if (row) row.setAttribute("aria-current", "step");
  if (row && id !== current) {
    for (let above = parentOf(row); above; above = parentOf(above)) turn(above, true);
    if (box.open) row.scrollIntoView({ block: "nearest" });
  }
  current = id;
  reach(tree.querySelector(":focus") ?? (row || tree.querySelector("[role=treeitem]")));
}

function reach(row) {
  for (const each of tree.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
  if (row) row.tabIndex = 0;
}

function turn(row, open) {
  if (!row.ariaExpanded) return;
  row.ariaExpanded = String(open);
  groupOf(row).hidden = !open;
  folded.put(row.dataset.for, !open);
}

function refresh() {
  draw();
  follow();
}

function go(row) {
  const hit = document.querySelector(`#step-${CSS.escape(row.dataset.for)} .hit`);
  if (!hit) return turn(row, row.ariaExpanded !== "true");
  if (NARROW.matches) box.open = false;
  hit.scrollIntoView({ block: "center", inline: "center" });
  hit.click();
}

function leave() {
  const back = came?.isConnected ? came : box.querySelector("summary");
  box.open = false;
  back.focus();
}

const KEYS = {
  ArrowDown: (row, all) => all[all.indexOf(row) + 1],
  ArrowUp: (row, all) => all[all.indexOf(row) - 1],
  Home: (row, all) => all[0],
  End: (row, all) => all.at(-1),
  ArrowLeft: (row) => (row.ariaExpanded === "true" ? turn(row, false) : parentOf(row)),
  ArrowRight: (row) => (row.ariaExpanded === "false" ? turn(row, true) : groupOf(row)?.querySelector("[role=treeitem]")),
};

function listen() {
  tree.addEventListener("click", (event) => {
    const row = event.target.closest("[role=treeitem]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.target.closest("[data-fold]")) turn(row, row.ariaExpanded !== "true");
    else go(row);
  });
  box.addEventListener("keydown", (event) => {
    const row = event.target.closest("[role=treeitem]");
    if (event.key === "Escape") return leave();
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && row.tagName !== "A") go(row);
    else if (KEYS[event.key]) KEYS[event.key](row, seen())?.focus();
    else return;
    event.preventDefault();
  });
  tree.addEventListener("focusin", (event) => reach(event.target));
  box.querySelector("summary").addEventListener("click", () => {
    const inside = tree.contains(document.activeElement);
    if (box.open && inside) came?.focus(); // it closes now
    if (!box.open) came = document.activeElement.closest(".hit");
    setTimeout(() => box.open && tree.querySelector("[tabindex='0']")?.focus());
  });
  box.addEventListener("toggle", () => {
    localStorage.setItem(STORE, box.open ? "open" : "closed");
    if (box.open) refresh();
  });
  let asked = 0;
  new MutationObserver(() => {
    if (box.open) asked ||= requestAnimationFrame(() => refresh((asked = 0)));
  }).observe(document.querySelector("#canvas .canvas-scroll"), { childList: true, subtree: true, characterData: true, attributeFilter: ["data-sel", "data-state"] });
}

if (tree && flow()) {
  for (const card of document.querySelectorAll(`#canvas ${AMISS}`)) {
    for (let lane = card.closest(".lane"); lane; lane = lane.parentElement.closest(".lane")) {
      const { step } = lane.closest("[data-step]").dataset;
      [step, `${step}-${lane.querySelector(".flow").dataset.path}`].forEach(folded.leave);
    }
  }
  refresh();
  listen();
  if (localStorage.getItem(STORE) === "open" && !NARROW.matches) box.open = true;
}
