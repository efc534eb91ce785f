// The choice is stored by the form that carries the button; this shows it at once.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-theme]");
  if (!button) return;
  const chosen = button.dataset.setTheme;
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  for (const each of document.querySelectorAll("[data-set-theme]")) each.ariaPressed = String(each === button);
});
