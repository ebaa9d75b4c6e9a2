// The editor of a plan: a few fields for what is most often changed, and the plan itself as JSON. Each follows the other; what is sent
// is the JSON.

const editor = { method: "POST", name: null };

/** Opens it for a new fault, or with `name` to change that one. */
function openEditor(plan, { sentence = "", name = null } = {}) {
  editor.name = name;
  editor.method = name === null ? "POST" : "PUT";
  setText($("editor-title"), name === null ? "Break it" : `Change ${name}`);
  setText($("editor-submit"), name === null ? "Break it" : "Change it, from the start");
  setText($("editor-sentence"), sentence);
  $("editor-name").disabled = name !== null;
  showRefusal($("editor-error"), null);
  writePlan(plan);
  fieldsFromPlan();
  $("editor").showModal();
  $(name === null ? "editor-name" : "editor-share").focus();
}

const writePlan = (plan) => {
  $("editor-plan").value = JSON.stringify(plan, null, 2);
};

/** The plan in the text; throws what is wrong with the JSON. */
function readPlan() {
  let plan;
  try {
    plan = JSON.parse($("editor-plan").value);
  } catch (error) {
    throw new Refusal(0, { message: `The plan is not JSON: ${error.message}` });
  }
  if (plan === null || typeof plan !== "object" || Array.isArray(plan)) {
    throw new Refusal(0, { message: "The plan is not a JSON object" });
  }
  return plan;
}

function fieldsFromPlan() {
  let plan;
  try {
    plan = readPlan();
  } catch {
    // Somebody is in the middle of a word.
    return;
  }
  $("editor-name").value = plan.name ?? "";
  $("editor-share").value = plan.requests ?? "";
  $("editor-starts").value = plan.starts ?? "";
  const ends = plan.ends ?? "never";
  const amount = typeof ends === "object" && ends !== null ? Object.entries(ends)[0] : undefined;
  const choice = amount ? amount[0] : ends;
  const known = [...$("editor-ends").options].some((option) => option.value === choice);
  $("editor-ends").value = known ? choice : "other";
  if (amount && known) $("editor-amount").value = amount[1];
  showAmount();
  showLine();
}

function showAmount() {
  const ends = $("editor-ends").value;
  $("editor-amount-label").hidden = ends !== "after" && ends !== "after_requests";
  setText($("editor-amount-name"), ends === "after" ? "How long" : "How many");
}

function planFromFields() {
  let plan;
  try {
    plan = readPlan();
  } catch (error) {
    showRefusal($("editor-error"), error);
    return;
  }
  const put = (key, value) => {
    if (value === "") delete plan[key];
    else plan[key] = value;
  };
  put("name", $("editor-name").value.trim());
  put("requests", shareOf($("editor-share").value));
  put("starts", $("editor-starts").value.trim());
  const ends = $("editor-ends").value;
  if (ends === "after") plan.ends = { after: $("editor-amount").value.trim() || "1m" };
  else if (ends === "after_requests") plan.ends = { after_requests: Number($("editor-amount").value) || 100 };
  else if (ends !== "other") plan.ends = ends;
  writePlan(ordered(ends === "on_report" ? told(plan) : plan));
  showAmount();
  showLine();
}

/** A bare number is a percentage to whoever types it. */
const shareOf = (text) => (/^\s*\d+(\.\d+)?\s*$/.test(text) ? `${text.trim()}%` : text.trim());

/** The words of a plan in the order in which scenario files have them. */
function ordered(plan) {
  const { inject, ...rest } = plan;
  const first = {};
  for (const key of ["name", "starts", "ends"]) if (key in rest) first[key] = rest[key];
  return { ...first, ...rest, inject };
}

/** Kinds whose replies can carry the report URL. */
const TELLING = ["status", "latency", "bad_jwt"];

/** The same plan, with the report URL in its replies where its kind can say it: else nobody could call it. */
function told(plan) {
  const kind = Object.keys(plan.inject ?? {})[0];
  if (!TELLING.includes(kind) || typeof plan.inject[kind] !== "object") return plan;
  return { ...plan, inject: { ...plan.inject, [kind]: { ...plan.inject[kind], report_url: true } } };
}

const editorPath = () => (editor.name === null ? "/control/faults" : faultPath(editor.name));

function showLine() {
  try {
    setText($("editor-line"), curl(editor.method, editorPath(), readPlan()));
  } catch {
    setText($("editor-line"), "");
  }
}

/** Selects in the plan what `field`, such as `inject.status.code`, names. */
function selectField(field) {
  const area = $("editor-plan");
  let at = 0;
  for (const word of field.split(/[.[\]]+/).filter(Boolean)) {
    const found = area.value.indexOf(`"${word}"`, at);
    if (found < 0) return;
    at = found;
  }
  if (at === 0) return;
  const end = area.value.indexOf("\n", at);
  area.focus();
  area.setSelectionRange(at, end < 0 ? area.value.length : end);
}

for (const field of ["editor-name", "editor-share", "editor-starts", "editor-ends", "editor-amount"]) {
  $(field).addEventListener(field === "editor-ends" ? "change" : "input", () => {
    if (field === "editor-ends") $("editor-amount").value = $("editor-ends").value === "after" ? "1m" : "100";
    planFromFields();
  });
}
$("editor-plan").addEventListener("input", fieldsFromPlan);
$("editor-curl").addEventListener("click", () => {
  showLine();
  if ($("editor-line").textContent !== "") copy($("editor-line").textContent);
});

$("editor-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  let refused = null;
  const done = await act($("editor-submit"), $("editor-error"), async () => {
    try {
      await call(editor.method, editorPath(), { body: readPlan() });
    } catch (error) {
      refused = error;
      throw error;
    }
  });
  if (done) {
    $("editor").close();
    refresh();
  } else if (refused?.field) {
    selectField(refused.field);
  }
});
