// Starts the page, and keeps it going while somebody looks at it.

async function start() {
  await loadCatalogue();
  if (locked) return;
  await refreshAll();
  reconnect();
}

async function loadCatalogue() {
  try {
    showCatalogue(await call("GET", "/control/catalogue"));
    showRefusal($("break-error"), null);
  } catch (error) {
    if (error.status !== 401) showRefusal($("break-error"), error);
  }
}

function tick() {
  if (document.hidden || locked) return;
  tickFaults(elapsedNow());
  if (factory.orders) showFacts();
  drawChart();
}

makeChart();
setInterval(tick, 1000);
setInterval(() => {
  if (document.hidden || locked) return;
  if (kinds.length === 0) loadCatalogue();
  refresh();
}, POLL_MS);
// What a vendor does to itself, such as asking for chaos, is no event.
setInterval(() => {
  if (!document.hidden && !locked) refreshVendors().catch(ignoreLoss);
}, VENDORS_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !locked) refreshAll();
});
start();
