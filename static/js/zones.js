// [data-zone] begins with the browser's own time zone, where the list has it and nobody chose another.
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const list of document.querySelectorAll("select[data-zone]")) {
  if (!list.querySelector("option[selected]:not([value=UTC])")) list.value = [...list.options].some((each) => each.value === here) ? here : "UTC";
}
