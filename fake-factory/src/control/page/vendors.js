// The vendors: an order with a vendor's key, its chaos, its login codes.

const VENDORS_SHOWN = 20;
/** Orders of this page that may be on their way at once: a factory that hangs does not pile them up. */
const ON_THEIR_WAY = 8;
const STEADY_MS = 1000;

/** By id. */
const vendorCards = new Map();
let vendors = [];

async function refreshVendors() {
  vendors = (await call("GET", "/control/vendors")).vendors ?? [];
  showVendors();
  showVerdict();
}

function showVendors() {
  const sought = $("vendor-find").value.trim().toLowerCase();
  const ids = new Set(vendors.map((vendor) => vendor.id));
  for (const [id, card] of vendorCards) {
    if (ids.has(id)) continue;
    clearInterval(card.steady);
    vendorCards.delete(id);
  }
  const found = vendors.filter((vendor) => vendor.id.toLowerCase().includes(sought));
  const shown = found.slice(0, VENDORS_SHOWN);
  for (const vendor of shown) {
    if (!vendorCards.has(vendor.id)) vendorCards.set(vendor.id, vendorCard(vendor));
    updateVendor(vendorCards.get(vendor.id), vendor);
  }
  arrange($("vendors"), shown.map((vendor) => vendorCards.get(vendor.id).item));
  setText($("vendors-count"), vendors.length > 1 ? number.format(vendors.length) : "");
  $("vendor-search").hidden = vendors.length <= VENDORS_SHOWN;
  $("vendors-more").hidden = found.length <= VENDORS_SHOWN;
  setText($("vendors-more"), `and ${number.format(found.length - VENDORS_SHOWN)} more`);
}

function vendorCard({ id }) {
  const card = { onTheirWay: 0, slot: h("div", { class: "slot" }), about: h("span", { class: "kind" }),
    chaos: h("p", { class: "when", hidden: true }), report: h("p", { class: "report", hidden: true }),
    codes: h("p", { class: "when", hidden: true }), told: h("p", { class: "told", role: "status" }) };
  card.order = h("button", { type: "button", "aria-label": `Order a pizza as ${id}`, onclick: () => orderOne(card) }, "Order a pizza");
  card.steadily = h("button", { type: "button", class: "plain", "aria-pressed": "false", "aria-label": `Order one a second as ${id}`, onclick: () => orderSteadily(card) }, "One a second");
  card.start = h("button", { type: "button", class: "strong", "aria-label": `Start the chaos of ${id} now`, hidden: true, onclick: () => startChaos(card) }, "Start it now");
  card.startCurl = curlButton(`starts the chaos of ${id}`, () => curl("POST", chaosPath(id)));
  card.ask = h("select", { "aria-label": `Ask for chaos as ${id}`, onchange: () => askForChaos(card) },
    h("option", { value: "" }, "Chaos…"), ["fail", "throttle", "badjwt"].map((type) => h("option", { value: type }, type)));
  card.item = h("li", { class: "vendor-card" },
    h("div", { class: "fault-head" }, h("h3", { tabindex: "-1" }, id), card.about,
      h("span", { class: "actions" }, card.order,
        curlButton(`orders a pizza as ${id}`, () => orderLine(factory.url, card.vendor.key)),
        h("button", { type: "button", class: "curl", "aria-label": `Copy the key of ${id}`, onclick: () => copy(card.vendor.key) }, "key"),
        card.steadily, card.ask)),
    h("div", { class: "fault-body" }, card.chaos, h("span", { class: "actions" }, card.start, card.startCurl)),
    card.report, card.codes, card.told, card.slot);
  return card;
}

const chaosPath = (id) => `/control/vendors/${encodeURIComponent(id)}/chaos/start`;

function updateVendor(card, vendor) {
  card.vendor = vendor;
  const roles = (vendor.roles ?? []).filter((role) => role !== "vendor");
  setText(card.about, roles.join(", "));
  const chaos = vendor.chaos && vendor.chaos.type !== "none" ? vendor.chaos : null;
  const starts = chaos ? Date.parse(chaos.startDate) : NaN;
  const waiting = chaos !== null && starts > Date.now() + chart.serverAhead;
  card.chaos.hidden = chaos === null;
  card.start.hidden = !waiting;
  card.startCurl.hidden = !waiting;
  if (chaos) setText(card.chaos, waiting ? `○ Chaos ${chaos.type} is scheduled for ${new Date(starts).toLocaleString("en-GB")}` : `● Chaos ${chaos.type} is on`);
  card.item.dataset.tone = chaos === null ? "" : waiting ? "wait" : "bad";
  showReport(card.report, chaos && !waiting ? chaos.reportUrl : null, card.slot);
  card.codes.hidden = !(vendor.codes?.length > 0);
  setText(card.codes, `Login codes: ${(vendor.codes ?? []).join(", ")}`);
}

/** The chaos that is on, in words for the state at a glance. */
const chaosOn = () => vendors.filter(({ chaos }) => chaos && chaos.type !== "none" && Date.parse(chaos.startDate) <= Date.now() + chart.serverAhead)
  .map(({ id, chaos }) => `chaos of ${id} (${chaos.type})`);

async function startChaos(card) {
  await act(card.start, card.slot, () => call("POST", chaosPath(card.vendor.id)));
  await refreshAll();
  card.item.querySelector("h3").focus({ preventScroll: true });
}

/** Why the factory gave this page no answer: over HTTPS, a browser calls nobody whose certificate it does not trust. */
const unanswered = () => `The factory did not answer this page${factory.url.startsWith("https:") ? `. Open ${factory.url}/health and trust its certificate` : ""}`;

/** Asks the factory for chaos as the vendor itself would. */
async function askForChaos(card) {
  const type = card.ask.value;
  if (type === "") return;
  card.ask.value = "";
  await act(card.ask, card.slot, async () => {
    const response = await factoryCall(`${factory.url}/api/vendor/chaos/${type}`, { method: "PUT", headers: { Authorization: `Bearer ${card.vendor.key}` } }).catch(() => null);
    if (response === null) throw new Error(unanswered());
    const { message } = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(message ?? `The factory answered ${response.status}`);
    toast(message ?? "Chaos initiated");
  });
  await refreshAll();
}

/** Orders one pizza from the factory with the vendor's key and says what came of it. */
async function orderOne(card) {
  if (card.onTheirWay >= ON_THEIR_WAY) return;
  card.onTheirWay += 1;
  const began = performance.now();
  const took = () => milliseconds(performance.now() - began);
  if (!card.steady) setText(card.told, "… the order is on its way");
  try {
    const response = await factoryCall(`${factory.url}/api/order`, {
      method: "POST", body: JSON.stringify(anOrder()),
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${card.vendor.key}` },
    });
    const body = await response.json().catch(() => null);
    const said = body?.jwt ? "a pizza came" : body?.message ?? "a body that is no JSON";
    tell(card, `${response.ok && body?.jwt ? "✓" : "✕"} ${response.status}, ${said}, after ${took()}`);
  } catch {
    tell(card, `✕ no answer, after ${took()}`);
  } finally {
    card.onTheirWay -= 1;
  }
}

/** A steady order is seen in the list of orders; it is not read out each second. */
function tell(card, text) {
  setText(card.told, card.steady ? "" : text);
}

function orderSteadily(card) {
  if (card.steady) clearInterval(card.steady);
  card.steady = card.steady ? null : setInterval(() => orderOne(card), STEADY_MS);
  card.steadily.setAttribute("aria-pressed", String(card.steady !== null));
  setText(card.steadily, card.steady ? "Stop ordering" : "One a second");
  setText(card.told, "");
}

$("vendor-find").addEventListener("input", showVendors);
