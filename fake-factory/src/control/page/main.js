// Starts the page, and keeps it going while somebody looks at it.

async function start() {
  await loadCatalogue();
  if (!locked) reconnect();
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
  if (!document.hidden && !locked) refresh();
}, POLL_MS);
// What a vendor does to itself, such as asking for chaos, is no event.
setInterval(() => {
  if (!document.hidden && !locked) refreshVendors().catch(ignoreLoss);
}, VENDORS_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !locked) refreshAll();
});
start();
