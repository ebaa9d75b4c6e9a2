// Breaking it: a preset each for what happens most, the catalogue for the rest.

/** What one click does. The first of `does` whose kind the factory knows is taken; `null` is the catalogue's own example. */
const PRESETS = [
  { title: "Answer 500", name: "status-500", icon: "500", tells: "Orders fail with “chaos monkey”.",
    does: [["status", { code: 500, message: "chaos monkey", report_url: true }]] },
  { title: "Slow", name: "slow", icon: "5 s", tells: "Each answer comes 5 s late.",
    does: [["latency", { fixed: "5s", report_url: true }]] },
  { title: "Refuse", name: "outage", icon: "✕", tells: "Connections are refused: nobody is there.",
    does: [["refuse", null], ["outage", "refused"]] },
  { title: "Hang", name: "hang", icon: "…", tells: "Connections open and are never answered.",
    does: [["hang", null], ["outage", "hang"]] },
  { title: "Reset", name: "reset", icon: "RST", tells: "Connections open and are torn down.",
    does: [["reset", null], ["outage", "reset"]] },
  { title: "Bad JWT", name: "bad-jwt", icon: "JWT", tells: "A 200 with a pizza that does not verify.",
    does: [["bad_jwt", { report_url: true }]] },
  { title: "Rate limit", name: "rate-limit", icon: "429", tells: "Too many orders at once are turned away.",
    does: [["rate_limit", null], ["status", { code: 429, message: "Too many requests", retry_after: "10s" }]] },
  { title: "Broken JSON", name: "broken-json", icon: "{ ?", tells: "A 200 whose body does not parse.",
    does: [["malformed_body", null], ["malformed_json", null], ["malformed", null]] },
  { title: "Made, not told", name: "made-but-not-told", icon: "?", tells: "The pizza is made, the reply is lost.",
    does: [["made_but_not_told", null]] },
  { title: "Made twice", name: "made-twice", icon: "2×", tells: "One order, two pizzas.",
    does: [["made_twice", null]] },
  { title: "Oven full", name: "oven-full", icon: "503", tells: "A 503, after a while of waiting for the oven.",
    does: [["oven_full", null]] },
  { title: "Flapping", name: "flapping", icon: "↯", tells: "500s for 10 s, all well for 10 s, and again.",
    does: [["status", { code: 500, message: "chaos monkey", report_url: true }]], plan: { repeat: { on: "10s", off: "10s" } } },
];

let kinds = [];

async function loadCatalogue() {
  try {
    showCatalogue(await call("GET", "/control/catalogue"));
    showRefusal($("break-error"), null);
  } catch (error) {
    if (error.status !== 401) showRefusal($("break-error"), error);
  }
}

function showCatalogue(catalogue) {
  kinds = catalogue.kinds ?? [];
  setText($("catalogue-count"), `${kinds.length} kinds`);
  $("presets").replaceChildren(...PRESETS.map(presetItem).filter(Boolean));
  $("kinds").replaceChildren(...kinds.map(kindItem));
}

/** The `inject` of a preset with the kinds that this factory has, or null. */
function injectOf(preset) {
  for (const [kind, value] of preset.does) {
    const known = kinds.find((one) => one.kind === kind);
    if (known) return value === null ? known.example : { [kind]: value };
  }
  return null;
}

function presetItem(preset) {
  const inject = injectOf(preset);
  if (!inject) return null;
  const plan = () => planned(preset.name, inject, preset.plan);
  const button = h("button", { type: "button", class: "preset", onclick: () => breakIt(button, plan()) },
    h("span", { class: "icon", "aria-hidden": "true" }, preset.icon),
    h("span", { class: "words" }, h("strong", {}, preset.title), h("span", {}, preset.tells)));
  return h("li", {}, button, curlButton(`breaks it: ${preset.title}`, () => curl("POST", "/control/faults", plan())));
}

function kindItem({ kind, sentence, example }) {
  const plan = () => planned(kind.replaceAll("_", "-"), example);
  return h("li", {},
    h("div", {}, h("h3", {}, kind), h("p", {}, sentence)),
    h("span", { class: "actions" },
      h("button", { type: "button", "aria-label": `Set up ${kind}`, onclick: () => openEditor(plan(), { sentence }) }, "Set up"),
      curlButton(`breaks it: ${kind}`, () => curl("POST", "/control/faults", plan()))));
}

/** A plan with the share and the end that are chosen above, and what it has `beside` them. */
function planned(name, inject, beside = {}) {
  const plan = { name: freeName(name) };
  const [ends, amount] = $("ends").value.split(":");
  plan.ends = amount ? { [ends]: ends === "after" ? amount : Number(amount) } : ends;
  if ($("share").value !== "100%") plan.requests = $("share").value;
  Object.assign(plan, beside, { inject });
  return ends === "on_report" ? told(plan) : plan;
}

/** `name`, or with the first number that no fault has. */
function freeName(name) {
  const taken = new Set(faultNames());
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}

async function breakIt(button, plan) {
  await act(button, $("break-error"), async () => {
    await call("POST", "/control/faults", { body: plan });
    await refresh();
  });
}

$("options").addEventListener("submit", (event) => event.preventDefault());
$("write-own").addEventListener("click", () => {
  const example = kinds[0]?.example ?? { status: { code: 500 } };
  openEditor(planned("my-fault", example), { sentence: "Any kind of the catalogue, in the words of a scenario file." });
});
