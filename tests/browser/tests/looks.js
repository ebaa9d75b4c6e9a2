// How it looks: narrow and wide, light and dark, to a screen reader.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { lowContrast } from "../contrast.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Brings about everything that the page can show at once. */
async function fill({ factory, visit, page }) {
  await visit.verdict("Ready");
  await factory.order("good");
  await page.getByLabel("until").selectOption({ label: "its report URL is called" });
  await visit.preset("Answer 500").click();
  await visit.verdict("Broken by status-500");
  await factory.order("an-order-with-an-id-that-is-longer-than-any-line-of-a-narrow-screen-would-be");
  await page.getByLabel("until").selectOption({ label: "I mend it" });
  await visit.preset("Bad JWT").click();
  await visit.button("Mend bad-jwt").click();
  await visit.sees(visit.fault("bad-jwt"), "Over");
  await visit.sees(visit.fault("status-500"), "Report it");
  await page.getByText("Every way it can break").click();
}

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What axe finds on the page as it is now. */
async function violations(page) {
  // By way of the debugger: the page's own policy lets no script in.
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`);
}

async function look({ page }, scheme) {
  await page.evaluate(await import("node:fs").then(({ readFileSync }) => readFileSync(AXE, "utf8")));
  assert.deepEqual(await violations(page), [], `the page, ${scheme}`);
  assert.deepEqual(await page.evaluate(lowContrast), [], `contrast of the page, ${scheme}`);
  await page.getByRole("button", { name: "Write your own" }).click();
  assert.deepEqual(await violations(page), [], `the editor, ${scheme}`);
  assert.deepEqual(await page.evaluate(lowContrast), [], `contrast of the editor, ${scheme}`);
  await page.keyboard.press("Escape");
}

const inScheme = (colorScheme) => ({
  name: `axe finds nothing and every text has contrast, ${colorScheme}`,
  page: { colorScheme, reducedMotion: "reduce" },
  async run(world) {
    await fill(world);
    await look(world, colorScheme);
  },
});

const atWidth = (width) => ({
  name: `nothing is wider than a screen of ${width} px`,
  page: { viewport: { width, height: 800 } },
  async run(world) {
    const { page } = world;
    await fill(world);
    assert.equal(await overflow(page), 0, "the page");
    for (const name of ["Write your own", "Reset the factory"]) {
      await page.getByRole("button", { name, exact: true }).click();
      const box = await page.getByRole("dialog").boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, `the dialog of “${name}” is ${box.width} px wide`);
      const inner = await page.getByRole("dialog").evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
      assert.equal(inner, 0, `the dialog of “${name}”`);
      await page.keyboard.press("Escape");
    }
  },
});

export const tests = [inScheme("light"), inScheme("dark"), ...[360, 768, 1280, 1920].map(atWidth)];
