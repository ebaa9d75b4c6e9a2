// Runs the tests one after the other, each with a factory and a page of its own, and prints how many passed.

import { launch, Visit } from "./visit.js";
import { Factory } from "./factory.js";
import * as breaking from "./tests/breaking.js";
import * as connection from "./tests/connection.js";
import * as keyboard from "./tests/keyboard.js";
import * as looks from "./tests/looks.js";
import * as reporting from "./tests/reporting.js";
import * as steering from "./tests/steering.js";

/** A test that takes longer hangs. */
const PATIENCE_MS = 60_000;

const [binary, ...words] = process.argv.slice(2);
const tests = [breaking, reporting, keyboard, steering, connection, looks]
  .flatMap((module) => module.tests)
  .filter(({ name }) => name.includes(words.join(" ")));

const browser = await launch();
let failed = 0;
for (const test of tests) {
  const problem = await outcome(test);
  console.log(`${problem === null ? "ok    " : "FAILED"} ${test.name}`);
  if (problem === null) continue;
  failed += 1;
  console.log(`${problem}\n`.replace(/^/gm, "       "));
}
await browser.close();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && tests.length > 0 ? 0 : 1);

/** What went wrong with a test; null if nothing did. What the page does wrong in any test is wrong. */
async function outcome({ run, flags = [], page: options = {}, mayComplain = false }) {
  let factory;
  let visit;
  let timer;
  try {
    factory = await Factory.start(binary, typeof flags === "function" ? flags() : flags);
    visit = await Visit.begin(browser, factory, options);
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`not done after ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    await Promise.race([run({ factory, visit, page: visit.page }), late]);
    visit.checkManners(mayComplain);
    return null;
  } catch (error) {
    return [error.stack ?? String(error), ...(visit?.complaints ?? [])].join("\n");
  } finally {
    clearTimeout(timer);
    await visit?.end().catch(() => {});
    await factory?.stop();
  }
}
