// The page without a mouse.

import assert from "node:assert/strict";

/** More stops than the page has. */
const STOPS_MAX = 200;

/** Presses Tab until the element with this accessible name has the focus. */
async function tabTo(page, name) {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement.cloneNode(true);
      for (const ornament of element.querySelectorAll("[aria-hidden=true]")) ornament.remove();
      return (element.getAttribute("aria-label") ?? element.textContent).trim();
    });
    if (focused.startsWith(name)) return;
  }
  throw new Error(`Tab does not lead to “${name}”`);
}

const focusIsSeen = (page) =>
  page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });

export const tests = [
  {
    name: "it is broken and mended by keys alone",
    async run({ factory, visit, page }) {
      await visit.verdict("Ready");
      await tabTo(page, "Answer 500");
      assert.ok(await focusIsSeen(page), "the focus is not seen");
      await page.keyboard.press("Enter");
      await visit.verdict("Broken by status-500");
      assert.equal(await factory.order("broken"), 500);
      await tabTo(page, "Mend status-500");
      assert.ok(await focusIsSeen(page), "the focus is not seen");
      await page.keyboard.press("Space");
      await visit.verdict("Ready");
      assert.equal(await factory.order("mended"), 200);
      const heading = await page.waitForFunction(() => document.activeElement.tagName === "H3" && document.activeElement.textContent);
      assert.equal(await heading.jsonValue(), "status-500", "the focus stays with the fault");
    },
  },
  {
    name: "Escape closes a dialog, and the focus goes back to what opened it",
    async run({ visit, page }) {
      await visit.verdict("Ready");
      await tabTo(page, "Write your own");
      await page.keyboard.press("Enter");
      await page.locator("#editor").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("#editor").waitFor({ state: "hidden" });
      assert.equal(await page.evaluate(() => document.activeElement.id), "write-own");
    },
  },
  {
    name: "the first stop skips to the controls",
    async run({ visit, page }) {
      await visit.verdict("Ready");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    },
  },
  {
    name: "Tab leads through the whole page and out of it",
    async run({ visit, page }) {
      await visit.verdict("Ready");
      await page.evaluate(() => {
        window.stops = [];
        document.addEventListener("focusin", (event) => window.stops.push(event.target.id));
      });
      for (let stop = 0; stop < STOPS_MAX; stop += 1) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => window.stops.includes("reset"))) break;
      }
      const stops = await page.evaluate(() => window.stops);
      const inOrder = ["mend-all", "share", "ends", "pause", "scenario-text", "reset"];
      assert.deepEqual(stops.filter((id) => inOrder.includes(id)), inOrder);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      assert.notEqual(await page.evaluate(() => document.activeElement.id), "reset", "the focus is trapped");
    },
  },
];
