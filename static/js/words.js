// Sentences that scripts say come from the page, where gettext has put them: <template id="words" data-saved="…">.
const words = document.getElementById("words").dataset;

export const word = (name) => words[name] ?? name;
