// The token that writes carry, and what happens when the session behind it has ended.
export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
}

export function renew(value) {
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": value }));
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = value;
}

const dialog = document.getElementById("signed-out");

document.addEventListener("auth:needed", () => {
  if (!dialog.open) dialog.showModal();
});

dialog.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-signed-in]");
  if (!button) return;
  const answer = await (await fetch(button.dataset.signedIn)).json();
  if (!answer.signed_in) return;
  renew(answer.token);
  dialog.close();
  document.dispatchEvent(new CustomEvent("auth:renewed"));
});
