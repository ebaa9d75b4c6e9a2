// The control API: the token, one function that calls it, its refusals next to what caused them, and the same calls as curl lines.

const TOKEN_KEY = "fake-factory-control-token";
const TOKEN_VARIABLE = "FAKE_FACTORY_CONTROL_TOKEN";
/** How long a call may take. */
const PATIENCE_MS = 10_000;

let locked = false;

/** A refusal of the API, or its silence. */
class Refusal extends Error {
  constructor(status, body) {
    super(body.message ?? `The control API answered ${status}`);
    this.status = status;
    this.field = body.field;
    this.help = body.help;
    this.findings = Array.isArray(body.findings) ? body.findings : [];
  }
}

function token() {
  try {
    return sessionStorage.getItem(TOKEN_KEY);
  } catch {
    return null;
  }
}

const authorization = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

async function refusalOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A reply that is not the API's own has no message to show.
  }
  return new Refusal(response.status, body ?? {});
}

/** Calls the API; what it refuses is thrown as a `Refusal`. */
async function call(method, path, { body, type = "application/json" } = {}) {
  const used = token();
  const headers = { ...authorization(), ...(body === undefined ? {} : { "Content-Type": type }) };
  let response;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    response = await fetch(path, { method, headers, signal, body: typeof body === "object" ? JSON.stringify(body) : body });
  } catch {
    throw new Refusal(0, { message: "The control API did not answer", help: "Is the factory still running?" });
  }
  if (response.status === 401) askForToken(used);
  if (!response.ok) throw await refusalOf(response);
  const text = await response.text();
  return text === "" ? null : JSON.parse(text);
}

const faultPath = (name) => `/control/faults/${encodeURIComponent(name)}`;

/** The call as a line for a shell. The token itself stays out of it. */
function curl(method, path, body) {
  const words = ["curl"];
  if (method !== "GET") words.push("-X", method);
  words.push(quoted(location.origin + path));
  if (token()) words.push("-H", `"Authorization: Bearer $${TOKEN_VARIABLE}"`);
  if (body !== undefined) words.push("-H", "'Content-Type: application/json'", "-d", quoted(JSON.stringify(body)));
  return words.join(" ");
}

/** The line that orders a pizza with a vendor's key. */
function orderLine(url, key) {
  return `curl -X POST ${quoted(`${url}/api/order`)} -H ${quoted(`Authorization: Bearer ${key}`)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(anOrder()))}`;
}

let orderNumber = 0;
/** An order that is always good, with an id of its own. */
function anOrder() {
  orderNumber += 1;
  const id = `page-${Date.now().toString(36)}-${orderNumber}`;
  return { diner: { id: 1, name: "Joe", email: "joe@jwt.com" }, order: { id, items: [{ menuId: 1, description: "Veggie", price: 0.0038 }] } };
}

/** Shows what went wrong in `slot`; `null` clears it. */
function showRefusal(slot, error, goTo) {
  slot.replaceChildren();
  if (!error) return;
  const box = h("div", { class: "refusal", role: "alert" }, h("p", {}, h("strong", {}, "✕ "), error.message));
  if (error.field) box.append(h("p", {}, "Field ", h("code", {}, error.field)));
  if (error.help) box.append(h("p", {}, error.help));
  if (error.findings?.length) box.append(h("ul", {}, error.findings.map((finding) => findingItem(finding, goTo))));
  slot.append(box);
}

function findingItem(finding, goTo) {
  const place = finding.line ? `Line ${finding.line}${finding.column ? `, column ${finding.column}` : ""}` : null;
  return h("li", {},
    place && (goTo ? h("button", { type: "button", class: "plain", onclick: () => goTo(finding) }, place) : h("span", {}, place)),
    place ? ": " : null, finding.message, finding.help ? h("span", { class: "hint" }, ` ${finding.help}`) : null);
}

/** Does `work` for a button: once at a time, its refusal into `slot`, where `goTo` shows the place of a finding. Gives whether it was done. */
async function act(button, slot, work, goTo) {
  if (button.getAttribute("aria-busy") === "true") return false;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
    showRefusal(slot, null);
    return true;
  } catch (error) {
    showRefusal(slot, error instanceof Error ? error : new Error(String(error)), goTo);
    return false;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Asks for a token after `used` was refused, unless another one has been given since. */
function askForToken(used) {
  if (token() !== used) return;
  locked = true;
  forgetToken();
  if ($("token").open) return;
  showRefusal($("token-error"), used === null ? null : new Error("The factory did not take this token"));
  $("token").showModal();
}

function forgetToken() {
  try {
    sessionStorage.removeItem(TOKEN_KEY);
  } catch {
    // Without storage there is none to forget.
  }
}

$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  try {
    sessionStorage.setItem(TOKEN_KEY, $("token-value").value);
  } catch {
    showRefusal($("token-error"), new Error("The browser does not let this page keep the token"));
    return;
  }
  $("token-value").value = "";
  locked = false;
  $("token").close();
  start();
});

$("token").addEventListener("close", () => {
  if (locked) showLocked();
});
