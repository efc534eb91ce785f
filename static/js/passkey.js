// form[data-passkey="create|get"] asks the browser for a passkey and sends what it gives. The options stand in
// data-options, or the server is asked for them. Where no passkey can be, the form stays hidden.
const IS_ADDRESS = /^[\d.]+$|^\[/;
const able =
  isSecureContext && !IS_ADDRESS.test(location.hostname) && "parseCreationOptionsFromJSON" in (window.PublicKeyCredential ?? {});

const KEPT = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
const ASK = {
  create(options) {
    const authenticatorSelection = { ...options.authenticatorSelection, ...KEPT };
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({ ...options, authenticatorSelection });
    return navigator.credentials.create({ publicKey });
  },
  get(options) {
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  },
};

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
}

async function send(form) {
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const credential = await ASK[form.dataset.passkey](await optionsOf(form));
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    failed.hidden = false;
    delete form.dataset.sent; // or once.js would keep the next try back
  }
}

if (able) {
  for (const form of document.querySelectorAll("[data-passkey]")) form.hidden = false;
  for (const banner of document.querySelectorAll("[data-no-passkey]")) banner.hidden = true;
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-passkey]")) return;
    event.preventDefault();
    send(event.target);
  });
}
