// The last two minutes of orders as a chart: served upwards, failed downwards, so that no colour is needed to tell them apart.

const SLOTS = 60;
const SLOT_MS = 2000;
/** Starts and ends of faults that are drawn at once. */
const MARKS = 16;
/** Orders that are kept for the percentiles. */
const SAMPLES = 5000;
const SVG = "http://www.w3.org/2000/svg";

/** `serverAhead`: by how many milliseconds the factory's clock is ahead of this one. */
const chart = { slots: new Map(), samples: [], marks: [], serverAhead: 0, bars: [], lines: [] };

const slotOf = (time) => Math.floor(time / SLOT_MS);

function countOrder(order, outcome) {
  const time = Date.parse(order.at);
  if (Number.isNaN(time)) return;
  const slot = slotOf(time);
  if (!chart.slots.has(slot)) chart.slots.set(slot, { good: 0, touched: 0, failed: 0 });
  chart.slots.get(slot)[outcome] += 1;
  chart.samples.push({ slot, millis: order.millis });
  if (chart.samples.length > SAMPLES) chart.samples.splice(0, SAMPLES / 2);
}

/** Remembers that a fault started or ended, for a line across the chart. */
function markChart(at, what) {
  chart.marks.push({ time: Date.parse(at), what });
  if (chart.marks.length > MARKS) chart.marks.shift();
}

function emptyChart() {
  chart.slots.clear();
  chart.marks = [];
  chart.samples = [];
  drawChart();
}

function makeChart() {
  const make = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const svg = make("svg", { viewBox: `0 0 ${SLOTS * 10} 100`, preserveAspectRatio: "none", role: "img" });
  for (let at = 0; at < SLOTS; at += 1) {
    const bar = {};
    for (const outcome of ["good", "touched", "failed"]) {
      bar[outcome] = make("rect", { x: at * 10 + 1, width: 8, y: 70, height: 0, class: outcome });
      svg.append(bar[outcome]);
    }
    chart.bars.push(bar);
  }
  for (let at = 0; at < MARKS; at += 1) {
    chart.lines.push(make("line", { y1: 0, y2: 100, x1: 0, x2: 0, visibility: "hidden" }));
  }
  svg.append(...chart.lines);
  chart.line = make("line", { x1: 0, x2: SLOTS * 10, y1: 70, y2: 70, class: "axis" });
  svg.append(chart.line);
  chart.svg = svg;
  chart.top = h("span", { class: "scale" });
  $("chart").append(svg, chart.top, h("span", { class: "ends" }, h("span", {}, "2 min ago"), h("span", {}, "now")));
}

function drawChart() {
  const last = slotOf(Date.now() + chart.serverAhead);
  const first = last - SLOTS + 1;
  for (const slot of chart.slots.keys()) if (slot < first) chart.slots.delete(slot);
  chart.samples = chart.samples.filter((sample) => sample.slot >= first);
  const counts = Array.from({ length: SLOTS }, (_, at) => chart.slots.get(first + at) ?? { good: 0, touched: 0, failed: 0 });
  const up = Math.max(...counts.map((count) => count.good + count.touched));
  const down = Math.max(...counts.map((count) => count.failed));
  const unit = 100 / Math.max(up + down, 4);
  // The axis lies where both halves have the room they need.
  const axis = down === 0 ? 98 : Math.min(98, Math.max(2, up * unit + (100 - (up + down) * unit) / 2));
  chart.line.setAttribute("y1", axis);
  chart.line.setAttribute("y2", axis);
  counts.forEach((count, at) => {
    const place = (outcome, y, height) => {
      chart.bars[at][outcome].setAttribute("y", y);
      chart.bars[at][outcome].setAttribute("height", height);
    };
    place("good", axis - count.good * unit, count.good * unit);
    place("touched", axis - (count.good + count.touched) * unit, count.touched * unit);
    place("failed", axis, count.failed * unit);
  });
  drawMarks(first);
  describeChart(counts, Math.max(up, down));
}

function drawMarks(first) {
  chart.lines.forEach((line, at) => {
    const mark = chart.marks[at];
    const x = mark ? (mark.time / SLOT_MS - first) * 10 : -1;
    line.setAttribute("visibility", x > 0 ? "visible" : "hidden");
    line.setAttribute("class", `mark ${mark?.what ?? ""}`);
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
  });
}

function describeChart(counts, most) {
  const sum = (outcome) => counts.reduce((total, count) => total + count[outcome], 0);
  const [good, touched, failed] = [sum("good"), sum("touched"), sum("failed")];
  const total = good + touched + failed;
  setText(chart.top, most > 0 ? `${number.format(most / (SLOT_MS / 1000))}/s` : "");
  const text = total === 0 ? "No orders in the last two minutes" : `Last two minutes: ${plural(total, "order")}, ${number.format(failed)} failed, ${number.format(touched)} touched`;
  chart.svg.setAttribute("aria-label", text);
  $("summary").replaceChildren(...(total === 0 ? [text] : [
    h("span", {}, plural(total, "order")),
    h("span", { class: "good" }, `✓ ${number.format(good)} served`),
    h("span", { class: "touched" }, `~ ${number.format(touched)} touched`),
    h("span", { class: "failed" }, `✕ ${number.format(failed)} failed`),
    h("span", {}, `p50 ${milliseconds(percentile(0.5))}`),
    h("span", {}, `p99 ${milliseconds(percentile(0.99))}`),
  ]));
}

function percentile(share) {
  const sorted = chart.samples.map((sample) => sample.millis).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
