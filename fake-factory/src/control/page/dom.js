// Small tools: elements, times, shells, the clipboard. Whatever came from the network becomes text, never markup.

const $ = (id) => document.getElementById(id);

/** Makes an element. A key that begins with `on` is a listener; `false`, `null` and `undefined` leave an attribute out. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

/** Sets a text only where it changes: what did not change is not read out again, and a selection in it stays. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Puts `wanted` into `parent` in this order, moving only what stands elsewhere, and keeps the focus where it was. */
function arrange(parent, wanted) {
  const focused = document.activeElement;
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

const number = new Intl.NumberFormat("en");
const clockTime = (iso) => {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? "" : time.toLocaleTimeString("en-GB");
};

/** `75` seconds are `1 min 15 s`. */
function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ].filter(([amount]) => amount > 0);
  return parts.length === 0 ? "0 s" : parts.slice(0, 2).map(([amount, unit]) => `${amount} ${unit}`).join(" ");
}

function milliseconds(value) {
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
}
const plural = (count, one, many = `${one}s`) => `${number.format(count)} ${count === 1 ? one : many}`;

/** Seconds of a duration as plans have it, such as `1m 30s`; null where it is none. */
function secondsOf(text) {
  if (typeof text !== "string") return null;
  const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };
  let total = 0;
  const rest = text.replace(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g, (_, amount, unit) => {
    total += Number(amount) * units[unit];
    return "";
  });
  return rest.trim() === "" ? total : null;
}

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

let toastTimer;
function toast(text, code) {
  $("toast").replaceChildren(h("strong", {}, text), ...(code ? [h("code", {}, code)] : []));
  $("toast").classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $("toast").classList.remove("shown"), 6000);
}

/** Copies; where the browser forbids it, shows the text to copy by hand. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied", text);
  } catch {
    $("copy-text").value = text;
    $("copy").showModal();
    $("copy-text").select();
  }
}

/** A button that copies the curl line that `line` gives at that moment. */
function curlButton(what, line) {
  const label = `Copy the curl line that ${what}`;
  return h("button", { type: "button", class: "curl", "aria-label": label, title: label, onclick: () => copy(line()) }, "curl");
}

/** Tells a screen reader what changed, once. */
function announce(text) {
  setText($("announcer"), text);
}

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
