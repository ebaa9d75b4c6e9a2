// The faults: those to come, those at work and those that are over, with how often each was asked and injected.

/** At most so many that are over are shown. */
const PAST_SHOWN = 20;

const PHASES = {
  active: ["●", "Active", "bad"],
  resting: ["◐", "Between two bouts", "warn"],
  lingering: ["◔", "Lingering", "warn"],
  pending: ["○", "Pending", "wait"],
  ended: ["✓", "Over", "good"],
};
const RANK = ["active", "resting", "lingering", "pending", "ended"];

/** By name: the card of a fault, its changing parts and what was last heard of it. */
const cards = new Map();

const faultNames = () => [...cards.keys()];
const phaseOf = (fault) => (fault.phase === "active" && !fault.touching ? "resting" : fault.phase);

/** Shows `faults`; what is gone from the list is gone here. */
function showFaults(faults, elapsed) {
  const names = new Set(faults.map((fault) => fault.name));
  for (const name of [...cards.keys()]) if (!names.has(name)) cards.delete(name);
  for (const fault of faults) {
    if (!cards.has(fault.name)) cards.set(fault.name, faultCard(fault.name));
    updateCard(cards.get(fault.name), fault, elapsed);
  }
  const rank = (fault) => RANK.indexOf(phaseOf(fault));
  const now = faults.filter((fault) => fault.phase !== "ended").sort((a, b) => rank(a) - rank(b));
  const past = faults.filter((fault) => fault.phase === "ended").sort((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0));
  arrange($("faults"), now.map((fault) => cards.get(fault.name).item));
  arrange($("past-faults"), past.slice(0, PAST_SHOWN).map((fault) => cards.get(fault.name).item));
  $("faults-empty").hidden = now.length > 0;
  $("past").hidden = past.length === 0;
  $("past-more").hidden = past.length <= PAST_SHOWN;
  setText($("past-more"), `and ${past.length - PAST_SHOWN} more`);
  setText($("faults-count"), now.length > 0 ? `${now.length} now` : "");
}

function faultCard(name) {
  const part = (tag, className) => h(tag, { class: className });
  const card = {
    name, slot: part("div", "slot"), phase: part("span", "phase"), kind: part("span", "kind"), when: part("p", "when"),
    counts: part("p", "counts"), touched: part("span", "touched"),
    report: h("p", { class: "report", hidden: true }), plan: part("pre", "line"),
  };
  card.share = h("span", { class: "share", role: "meter", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0,
    "aria-label": `Percentage of the requests that ${name} touched` }, card.touched);
  card.title = h("h3", { tabindex: "-1" }, name);
  card.mend = h("button", { type: "button", class: "strong", "aria-label": `Mend ${name}`, onclick: () => mend(card) }, "Mend");
  card.again = h("button", { type: "button", "aria-label": `Break again with ${name}`, onclick: () => again(card) }, "Again");
  card.change = h("button", { type: "button", "aria-label": `Change ${name}`, onclick: () => change(card) }, "Change");
  card.remove = h("button", { type: "button", "aria-label": `Remove ${name} from the list`, onclick: () => remove(card) }, "Remove");
  card.curl = curlButton(`mends ${name}, or breaks it again once it is over`, () => lineOf(card));
  card.item = h("li", { class: "fault" },
    h("div", { class: "fault-head" }, card.phase, card.title, card.kind,
      h("span", { class: "actions" }, card.mend, card.again, card.change, card.remove, card.curl)),
    h("div", { class: "fault-body" }, card.when, h("div", { class: "tally" }, card.counts, card.share)),
    card.report, card.slot, h("details", {}, h("summary", {}, "Plan"), card.plan));
  return card;
}

function updateCard(card, fault, elapsed) {
  card.fault = fault;
  const [symbol, word, tone] = PHASES[phaseOf(fault)] ?? ["·", fault.phase, "wait"];
  setText(card.phase, `${symbol} ${word}`);
  card.item.dataset.tone = tone;
  setText(card.kind, fault.kind);
  setText(card.counts, fault.asked === 0 ? "no request yet" : `${number.format(fault.injected)} of ${plural(fault.asked, "request")} touched`);
  const percentage = fault.asked === 0 ? 0 : Math.round((100 * fault.injected) / fault.asked);
  card.share.setAttribute("aria-valuenow", percentage);
  card.touched.style.width = `${percentage}%`;
  setText(card.plan, JSON.stringify(withoutNulls(fault.plan), null, 2));
  const over = fault.phase === "ended";
  const pending = fault.phase === "pending";
  card.mend.hidden = over;
  card.mend.classList.toggle("strong", !pending);
  setText(card.mend, pending ? "Call off" : "Mend");
  card.mend.setAttribute("aria-label", `${pending ? "Call off" : "Mend"} ${fault.name}`);
  card.again.hidden = !over;
  card.remove.hidden = !over;
  updateWhen(card, elapsed);
  showReport(card.report, fault.report_url, card.slot);
}

/** Says when it ends or ended; called each second, for the times that run. */
function updateWhen(card, elapsed) {
  const { fault } = card;
  const parts = [];
  if (fault.phase === "pending") parts.push(fault.starts_at == null ? "has not started" : `starts in ${span(fault.starts_at - elapsed)}`);
  else if (fault.phase === "ended") parts.push(fault.ended_at == null ? "over" : `over for ${span(elapsed - fault.ended_at)}`);
  else if (fault.starts_at != null) parts.push(`for ${span(elapsed - fault.starts_at)}`);
  if (fault.phase !== "ended") parts.push(endOf(fault, elapsed));
  setText(card.when, parts.join(", "));
}

function endOf(fault, elapsed) {
  const { ends } = fault;
  if (fault.phase === "lingering") return "its end was triggered";
  if (ends === "on_report") return "until its report URL is called";
  if (ends === "mended") return "until somebody mends it";
  if (ends === "never" || ends == null) return "without an end of its own";
  const [[word, amount]] = Object.entries(ends);
  if (word === "after_requests") return `until it touched ${plural(Number(amount), "request")}`;
  const lasts = secondsOf(amount);
  if (word === "after" && lasts !== null && fault.starts_at != null) {
    return fault.phase === "pending" ? `for ${span(lasts)}` : `${span(fault.starts_at + lasts - elapsed)} to go`;
  }
  return `until ${word} ${amount}`;
}

const tickFaults = (elapsed) => cards.forEach((card) => updateWhen(card, elapsed));

/** The plan as somebody would have written it: what was left out is left out again. */
function withoutNulls(value) {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, withoutNulls(inner)]));
}

/** Its plan for another run of it: an offset from a start long ago would count from now. */
function planAnew(fault) {
  const { starts, ...plan } = withoutNulls(fault.plan);
  return fault.phase === "pending" && starts !== undefined ? ordered({ ...plan, starts }) : ordered(plan);
}

const lineOf = ({ name, fault }) =>
  fault.phase === "ended" ? curl("PUT", faultPath(name), planAnew(fault)) : curl("POST", `${faultPath(name)}/stop`);

async function mend(card) {
  const done = await act(card.mend, card.slot, () => call("POST", `${faultPath(card.name)}/stop`));
  await refresh();
  if (done) card.title.focus({ preventScroll: true });
}

async function again(card) {
  await act(card.again, card.slot, () => call("PUT", faultPath(card.name), { body: planAnew(card.fault) }));
  await refresh();
  card.title.focus({ preventScroll: true });
}

function change(card) {
  const sentence = kinds.find((one) => one.kind === card.fault.kind)?.sentence ?? "";
  openEditor(planAnew(card.fault), { sentence, name: card.name });
}

async function remove(card) {
  if (!(await act(card.remove, card.slot, () => call("DELETE", faultPath(card.name))))) return;
  await refresh();
  $("faults-title").focus({ preventScroll: true });
}

$("clear-past").addEventListener("click", async () => {
  const over = [...cards.values()].filter((card) => card.fault.phase === "ended");
  await act($("clear-past"), $("faults-error"), async () => {
    for (const card of over) await call("DELETE", faultPath(card.name));
  });
  await refresh();
  $("faults-title").focus({ preventScroll: true });
});

/** Shows a report URL as a link that is called from here; its answer goes to the toast. */
function showReport(place, url, slot) {
  place.hidden = !url;
  if (!url || place.dataset.url === url) return;
  place.dataset.url = url;
  const link = h("a", { href: safeLink(url), target: "_blank", rel: "noopener noreferrer" }, url);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    callReport(link, url, slot);
  });
  place.replaceChildren("Report it: ", link, " ",
    h("button", { type: "button", class: "curl", "aria-label": "Copy the curl line that reports it", onclick: () => copy(`curl ${quoted(url)}`) }, "curl"));
}

/** Only the web is linked to: a URL from the network may be anything. */
const safeLink = (url) => (/^https?:\/\//i.test(url) ? url : false);

/** Calls a report URL; where the browser does not let this page read the answer, a tab of its own shows it. */
async function callReport(link, url, slot) {
  await act(link, slot, async () => {
    const response = await factoryCall(url).catch(() => null);
    if (response === null) {
      if (!safeLink(url)) throw new Error("This report URL is no web address");
      window.open(url, "_blank", "noopener,noreferrer");
      toast("Opened in a tab of its own", url);
      return;
    }
    const { message } = await response.json().catch(() => ({}));
    toast(message ?? `The factory answered ${response.status}`);
    if (!response.ok) throw new Error(message ?? `The factory answered ${response.status}`);
  });
  await refresh();
  const place = link.closest(".report");
  if (place?.hidden) place.closest("li").querySelector("h3").focus({ preventScroll: true });
}

/** Calls the factory itself, which listens elsewhere and allows any page. */
const factoryCall = (url, options = {}) => fetch(url, { signal: AbortSignal.timeout(40_000), credentials: "omit", ...options });
