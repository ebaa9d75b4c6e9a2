// Loading a scenario and starting over.

/** As much text as a scenario file may have. */
const SCENARIO_BYTES = 1024 * 1024;

const scenarioPath = () => {
  const factoryName = $("scenario-factory").value.trim();
  return `/control/scenario${factoryName === "" ? "" : `?factory=${encodeURIComponent(factoryName)}`}`;
};

async function takeFile(file) {
  if (!file) return;
  await act($("scenario-file"), $("scenario-error"), async () => {
    if (file.size > SCENARIO_BYTES) throw new Error(`${file.name} is larger than a scenario can be`);
    $("scenario-text").value = await file.text();
  });
}

/** Puts the cursor where a finding is. */
function goToLine({ line, column }) {
  const area = $("scenario-text");
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start + Math.max(0, (column ?? 1) - 1), start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 3);
}

$("scenario-file").addEventListener("change", (event) => takeFile(event.target.files[0]));
$("scenario-text").addEventListener("dragover", (event) => event.preventDefault());
$("scenario-text").addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});

$("scenario-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = $("scenario-form").querySelector("[type=submit]");
  let loaded = null;
  await act(button, $("scenario-error"), async () => {
    if ($("scenario-text").value.trim() === "") throw new Error("There is no text to load: choose a file or paste one");
    loaded = await call("PUT", scenarioPath(), { body: $("scenario-text").value, type: "application/yaml" });
  }, goToLine);
  if (!loaded) return;
  toast(`Loaded ${loaded.factory}: ${plural(loaded.faults.length, "fault")}`);
  refreshAll();
});

$("scenario-curl").addEventListener("click", () => {
  const words = ["curl -X PUT", quoted(location.origin + scenarioPath())];
  if (token()) words.push("-H", `"Authorization: Bearer $${TOKEN_VARIABLE}"`);
  copy([...words, "-H 'Content-Type: application/yaml' --data-binary @scenario.yaml"].join(" "));
});

$("reset").addEventListener("click", () => {
  const faults = faultNames().length;
  setText($("confirm-text"), `${plural(faults, "fault")} and ${plural(factory.orders?.pizzas ?? 0, "pizza")} in the ledger will be gone. There is no way back.`);
  $("confirm").returnValue = "";
  $("confirm").showModal();
});

$("confirm").addEventListener("close", async () => {
  if ($("confirm").returnValue !== "yes") return;
  await act($("reset"), $("reset-error"), () => call("POST", "/control/reset"));
  refreshAll();
});

$("reset-curl").addEventListener("click", () => copy(curl("POST", "/control/reset")));
