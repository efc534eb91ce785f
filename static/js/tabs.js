// A row of tabs may be longer than a phone is wide: the current one is brought into sight.
function show() {
  for (const tab of document.querySelectorAll(".tabs > :is([aria-current], [aria-selected=true])")) {
    const row = tab.parentElement.getBoundingClientRect();
    const own = tab.getBoundingClientRect();
    tab.parentElement.scrollLeft += own.left - row.left - (row.width - own.width) / 2;
  }
}

document.addEventListener("htmx:after:swap", show);
show();
