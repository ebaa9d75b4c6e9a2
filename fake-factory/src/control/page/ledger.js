// An excerpt of the ledger: what was made for whom, and how often.

const LEDGER_ROWS = 20;

function ledgerPath() {
  const query = new URLSearchParams();
  if ($("ledger-vendor").value.trim() !== "") query.set("vendor", $("ledger-vendor").value.trim());
  if ($("ledger-order").value.trim() !== "") query.set("order", $("ledger-order").value.trim());
  query.set("limit", LEDGER_ROWS);
  return `/control/ledger?${query}`;
}

async function refreshLedger() {
  showLedger(await call("GET", ledgerPath()));
}

function showLedger(ledger) {
  $("ledger-rows").replaceChildren(...ledger.orders.map((order) => h("tr", { "data-twice": order.count > 1 },
    h("td", { title: JSON.stringify(order.payload) }, order.order_id ?? "without an id"),
    h("td", {}, order.vendor),
    h("td", {}, order.count > 1 ? `⚠ ${order.count}×` : "once"),
    h("td", {}, clockTime(order.last_at)))));
  $("ledger-empty").hidden = ledger.orders.length > 0;
  setText($("ledger-empty"), ledger.orders_total > 0 ? "No order matches." : "No pizza was made yet.");
  const shown = Math.min(ledger.orders.length, LEDGER_ROWS);
  setText($("ledger-count"), ledger.matching > shown ? `the latest ${shown} of ${number.format(ledger.matching)}` : plural(ledger.matching, "order"));
}

$("ledger-form").addEventListener("submit", (event) => {
  event.preventDefault();
  act(event.submitter ?? $("ledger-form"), $("ledger-error"), refreshLedger);
});
$("ledger-curl").addEventListener("click", () => copy(curl("GET", ledgerPath())));
