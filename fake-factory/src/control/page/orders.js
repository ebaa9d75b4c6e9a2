// Orders as they come in, with what faults and reports did in between. The newest is on top; only so many are kept.

const ROWS = 200;
/** Pizzas that are remembered, to tell that an order whose reply failed was made all the same. */
const PIZZAS = 1000;

const OUTCOMES = {
  good: ["✓", "served"],
  touched: ["~", "served, but touched"],
  failed: ["✕", "failed"],
  note: ["•", ""],
};

const feed = { all: [], troubled: [], made: new Map(), paused: false, missed: 0, drawing: false };

function outcomeOf(order) {
  if (order.status === null || order.status >= 400) return "failed";
  return order.faults?.length > 0 ? "touched" : "good";
}

const orderKey = (vendor, id) => `${vendor ?? ""}\u0000${id}`;

function heardOrder(order) {
  const outcome = outcomeOf(order);
  keep({ outcome, at: order.at, order, key: order.order_id == null ? null : orderKey(order.vendor, order.order_id) });
  countOrder(order, outcome);
}

function heardPizza(pizza) {
  if (pizza.order_id == null) return;
  const key = orderKey(pizza.vendor, pizza.order_id);
  feed.made.delete(key);
  feed.made.set(key, pizza.count);
  if (feed.made.size > PIZZAS) feed.made.delete(feed.made.keys().next().value);
  for (const entry of feed.all) if (entry.key === key && entry.row) showMade(entry);
}

/** A line between the orders: what broke, what mended. One that goes on from the line before, by its `topic`, takes its place. */
function note(text, at, topic = null) {
  const before = feed.all[0];
  if (topic !== null && before?.topic === topic) {
    for (const list of [feed.all, feed.troubled]) if (list[0] === before) list.shift();
  }
  keep({ outcome: "note", text, at, topic });
}

function keep(entry) {
  for (const list of entry.outcome === "good" ? [feed.all] : [feed.all, feed.troubled]) {
    list.unshift(entry);
    if (list.length > ROWS) list.pop();
  }
  if (feed.paused) feed.missed += 1;
  drawSoon();
}

function drawSoon() {
  if (feed.drawing) return;
  feed.drawing = true;
  // Together with all that arrives until the next frame.
  requestAnimationFrame(drawOrders);
}

function drawOrders() {
  feed.drawing = false;
  setText($("pause"), feed.paused ? `Go on (${number.format(feed.missed)} new)` : "Pause");
  if (feed.paused) return;
  const shown = $("only-touched").checked ? feed.troubled : feed.all;
  $("orders-empty").hidden = shown.length > 0;
  const list = $("orders");
  const wanted = new Set(shown);
  for (const row of [...list.children]) if (!wanted.has(row.entry)) row.remove();
  let before = list.firstElementChild;
  for (const entry of shown) {
    entry.row ??= orderRow(entry);
    if (entry.row === before) before = before.nextElementSibling;
    else list.insertBefore(entry.row, before);
  }
}

function orderRow(entry) {
  const [symbol, word] = OUTCOMES[entry.outcome];
  const time = h("time", { datetime: entry.at }, clockTime(entry.at));
  const mark = h("span", { class: "mark", "aria-hidden": "true" }, symbol);
  const row = h("li", { "data-outcome": entry.outcome }, time, mark);
  row.entry = entry;
  if (entry.outcome === "note") {
    row.append(h("span", { class: "note" }, entry.text));
    return row;
  }
  const { order } = entry;
  const status = order.status === null ? "no answer" : String(order.status);
  entry.made = h("span", { class: "made" });
  row.append(
    h("span", { class: "status" }, h("span", { class: "unseen" }, `${word}: `), status),
    h("span", { class: "what" }, h("span", {}, order.order_id ?? "an order"), h("span", { class: "vendor" }, ` ${order.vendor ?? "nobody"}`), entry.made),
    h("span", { class: "millis" }, milliseconds(order.millis)),
    ...(order.faults?.length > 0 ? [h("span", { class: "by" }, `by ${order.faults.join(", ")}`)] : []));
  showMade(entry);
  return row;
}

/** Says of a pizza what its status does not: that it was made all the same, or more than once. */
function showMade(entry) {
  const count = feed.made.get(entry.key) ?? 0;
  const failed = entry.outcome === "failed";
  setText(entry.made, count > 1 ? `made ${count}×` : failed && count === 1 ? "made all the same" : "");
}

function emptyFeed() {
  feed.all = [];
  feed.troubled = [];
  feed.made.clear();
  feed.missed = 0;
  drawSoon();
}

$("only-touched").addEventListener("change", drawSoon);
$("pause").addEventListener("click", () => {
  feed.paused = !feed.paused;
  feed.missed = 0;
  $("pause").setAttribute("aria-pressed", String(feed.paused));
  drawSoon();
});
