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
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !locked) refreshAll();
});
start();
