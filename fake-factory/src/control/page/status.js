// The state at a glance: asked for regularly, and at once after each change.

const POLL_MS = 2000;
const LEDGER_MS = 3000;
const VENDORS_MS = 5000;

/** What was last heard, and when on this machine's clock. */
let factory = { url: "", elapsed: 0, orders: null };
let heardAt = 0;

const elapsedNow = () => factory.elapsed + (performance.now() - heardAt) / 1000;

/** Asks for the state. Questions that come while one is on its way share the next answer. */
async function refresh() {
  if (refresh.running) {
    refresh.again ??= refresh.running.then(refresh);
    return refresh.again;
  }
  refresh.again = null;
  refresh.running = ask().finally(() => {
    refresh.running = null;
  });
  return refresh.running;
}

async function ask() {
  if (locked) return;
  try {
    const state = await call("GET", "/control/state");
    heardAt = performance.now();
    chart.serverAhead = Date.parse(state.now) - Date.now();
    factory = state;
    showState();
    lost(null);
  } catch (error) {
    if (error.status !== 401) lost(error);
  }
}

async function refreshAll() {
  await refresh();
  await Promise.all([refreshVendors(), refreshLedger()]).catch(ignoreLoss);
}

/** A call that fails with the connection is told by the band at the top; it comes again by itself. */
function ignoreLoss(error) {
  if (!(error instanceof Refusal)) throw error;
}

function showState() {
  setText($("name"), factory.name);
  showFaults(factory.faults ?? [], factory.elapsed);
  showFacts();
  showVerdict();
}

function showFacts() {
  const { made = 0, pizzas = 0, duplicated = 0 } = factory.orders ?? {};
  const facts = [
    ["URL", factory.url], ["Up for", span(elapsedNow())], ["Orders made", number.format(made)], ["Pizzas", number.format(pizzas)],
    ["Duplicated", duplicated > 0 ? `⚠ ${number.format(duplicated)}` : "0"], ["Signs", factory.algorithm], ["Seed", factory.seed],
    ["Idempotent", factory.idempotent ? "yes" : "no"],
  ];
  const list = $("facts");
  if (list.children.length !== facts.length) {
    list.replaceChildren(...facts.map(([name]) => h("div", {}, h("dt", {}, name), h("dd", {}, h("span")))));
    list.querySelector("dd").append(
      h("button", { type: "button", class: "curl", "aria-label": "Copy the URL of the factory", onclick: () => copy(factory.url) }, "copy"));
  }
  facts.forEach(([, value], at) => setText(list.children[at].querySelector("dd span"), String(value)));
}

/** Ready or broken, by what: in words, a symbol and a colour, in the title of the tab, and once for a screen reader. */
function showVerdict() {
  if (!factory.orders) return;
  const faults = factory.faults ?? [];
  const named = (phase) => faults.filter((fault) => phaseOf(fault) === phase).map((fault) => fault.name);
  const broken = [...named("active"), ...named("lingering"), ...chaosOn()];
  const resting = named("resting");
  let [tone, text] = ["good", "✓ Ready"];
  if (broken.length > 0) [tone, text] = ["bad", `✕ Broken by ${broken.join(", ")}`];
  else if (!factory.ready) [tone, text] = ["bad", `✕ Not ready: ${factory.ready_message ?? "it does not say why"}`];
  else if (resting.length > 0) [tone, text] = ["warn", `◐ Between two bouts of ${resting.join(", ")}`];
  $("verdict").dataset.tone = tone;
  setText($("verdict"), text);
  announce(text.slice(2));
  document.title = `${text.slice(0, 1)} ${factory.name} · fake-factory`;
  $("mend-all").classList.toggle("strong", tone !== "good");
}

/** Says above everything that the control API is gone, since when, and that what is shown is old; `null` takes it back. */
function lost(error) {
  const band = $("trouble");
  if (!error) {
    band.hidden = true;
    band.replaceChildren();
    return;
  }
  if (!band.hidden) return;
  const since = new Date().toLocaleTimeString("en-GB");
  band.replaceChildren(
    h("span", {}, h("strong", {}, "✕ The control API is out of reach. "), `${error.message}. What is shown is as of ${since}; this page tries again by itself.`),
    h("button", { type: "button", onclick: () => { reconnect(); refreshAll(); } }, "Try now"));
  band.hidden = false;
}

/** Says that there is nothing to see without a token. */
function showLocked() {
  const band = $("trouble");
  band.replaceChildren(h("span", {}, h("strong", {}, "Locked. "), "The control API asks for a token."),
    h("button", { type: "button", onclick: () => $("token").showModal() }, "Enter the token"));
  band.hidden = false;
}

$("mend-all").addEventListener("click", async () => {
  await act($("mend-all"), $("faults-error"), async () => {
    const { stopped } = await call("POST", "/control/faults/stop");
    toast(stopped === 0 ? "There was nothing to mend" : `Mended ${plural(stopped, "fault")}`);
  });
  refreshAll();
});
$("mend-all-curl").addEventListener("click", () => copy(curl("POST", "/control/faults/stop")));
