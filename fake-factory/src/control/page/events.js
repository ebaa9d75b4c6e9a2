// The event stream, read by fetch, since an EventSource cannot send a token. When it breaks it is taken up again after the last event.

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];
/** The API sends a comment every 15 s; silence of twice that and a little is a dead connection. */
const SILENCE_MS = 35_000;
/** No event is nearly as long. */
const BUFFER_MAX = 1024 * 1024;

const stream = { last: null, failures: 0, abort: null, timer: null, startedAt: null };

const FAULT_WORDS = { added: "was added", started: "started", end_triggered: "is ending", ended: "is over", removed: "was removed" };
/** An addition and the start that follows at once are one thing to a reader, and so are a trigger and the end. */
const TURNS = { added: "begins", started: "begins", end_triggered: "ends", ended: "ends" };
const BY_WORDS = { report: "it was reported", mended: "it was mended", schedule: "its time was up", requests: "it touched all of its requests" };

const LISTENERS = {
  order: heardOrder,
  pizza: (pizza) => {
    heardPizza(pizza);
    refreshLedgerSoon();
  },
  fault: ({ name, what, by, at }) => {
    note(`${name} ${FAULT_WORDS[what] ?? what}${by ? `: ${BY_WORDS[by] ?? by}` : ""}`, at, `${name} ${TURNS[what]}`);
    if (what === "started" || what === "ended") markChart(at, what);
    refreshSoon();
  },
  report: ({ vendor, fault, at }) => {
    note(fault ? `${fault} was reported` : vendor ? `the chaos of ${vendor} was reported` : "a report resolved nothing", at);
    refreshSoon();
  },
  reset: () => {
    emptyFeed();
    emptyChart();
    refreshSoon();
  },
  missed: ({ missed }) => note(`${plural(missed, "event")} came too fast for this page`, new Date().toISOString()),
};

/** One call for all that happens within a moment. */
function soon(work, wait) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, wait);
  };
}
const refreshSoon = soon(() => refreshAll(), 150);
const refreshLedgerSoon = soon(() => {
  if (!locked && !document.hidden) refreshLedger().catch(ignoreLoss);
}, LEDGER_MS);

function reconnect() {
  clearTimeout(stream.timer);
  stream.abort?.abort();
  listen();
}

async function listen() {
  const abort = new AbortController();
  stream.abort = abort;
  say("wait", "Connecting");
  try {
    await forgetOtherRun();
    await readEvents(abort);
  } catch {
    // Whatever it was, the answer is to try again.
  }
  if (stream.abort !== abort || locked) return;
  const wait = WAITS_MS[Math.min(stream.failures, WAITS_MS.length - 1)] * (0.8 + Math.random() * 0.4);
  stream.failures += 1;
  say("bad", `✕ No live events, again in ${Math.max(1, Math.round(wait / 1000))} s`);
  stream.timer = setTimeout(listen, wait);
}

/** A factory that was started again counts its events anew: those of the old one are gone from here. */
async function forgetOtherRun() {
  const { started_at } = await call("GET", "/control/state");
  if (stream.startedAt !== null && stream.startedAt !== started_at) {
    stream.last = null;
    emptyFeed();
    emptyChart();
  }
  stream.startedAt = started_at;
}

async function readEvents(abort) {
  const used = token();
  const headers = { Accept: "text/event-stream", ...authorization(), ...(stream.last === null ? {} : { "Last-Event-ID": stream.last }) };
  const response = await fetch("/control/events", { headers, signal: abort.signal, cache: "no-store" });
  if (response.status === 401) askForToken(used);
  if (!response.ok) throw await refusalOf(response);
  stream.failures = 0;
  say("good", "● Live");
  if (kinds.length === 0) loadCatalogue();
  refreshAll();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const silence = setTimeout(() => abort.abort(), SILENCE_MS);
    const { value, done } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    buffer += value;
    if (buffer.length > BUFFER_MAX) throw new Error("an event without an end");
    const blocks = buffer.split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    blocks.forEach(heard);
  }
}

/** One event: its `id`, `event` and `data` lines. A comment has none of them. */
function heard(block) {
  const event = { id: null, event: "message", data: [] };
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "data") event.data.push(value);
    else if (field) event[field] = value;
  }
  if (event.data.length === 0) return;
  if (event.id !== null) stream.last = event.id;
  const listener = Object.hasOwn(LISTENERS, event.event) ? LISTENERS[event.event] : null;
  if (listener) listener(JSON.parse(event.data.join("\n")));
}

function say(tone, text) {
  $("stream").dataset.tone = tone;
  setText($("stream"), text);
}
