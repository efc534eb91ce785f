"""What a person does, counted: each click, each choice, each field that is typed into, each Enter and Escape.

Clicking into a field and typing there is one act; the question of a dialog is one of its own."""

from playwright.sync_api import BrowserContext

WATCH = """(() => {
  let pressed = null, typed = null;
  const fields = "input:not([type=checkbox], [type=radio]), textarea, [contenteditable]";
  const field = (element) => element.closest?.(fields);
  const label = (element) => element.ariaLabel || element.labels?.[0]?.textContent;
  const words = (element) => label(element) || element.textContent || element.name || "";
  const named = (element) => words(element).trim().replace(/\\s+/g, " ").slice(0, 40);
  document.addEventListener("pointerdown", (event) => {
    pressed = field(event.target); typed = null;
    window.acted(`click ${named(event.target.closest("a, button, label, summary, [role]") || event.target)}`);
  }, true);
  document.addEventListener("input", (event) => {
    const into = field(event.target);
    if (!into && event.target.matches("select")) window.acted(`choose ${named(event.target)}`);
    if (!into?.checkVisibility() || into === typed) return;
    if (into !== pressed) window.acted(`type ${named(into)}`);
    typed = into; pressed = null;
  }, true);
  document.addEventListener("keydown", (event) => {
    if (["Enter", "Escape"].includes(event.key)) window.acted(`press ${event.key}`);
  }, true);
})();"""


def watch(context: BrowserContext, acts: list[str]) -> list[str]:
    """The list, which grows with whatever is done in pages that are opened from now on."""
    context.expose_binding("acted", lambda _source, what: acts.append(what))
    context.add_init_script(WATCH)
    return acts
