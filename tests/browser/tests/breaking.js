// Break it, watch orders fail, call the report URL, watch them recover.

import assert from "node:assert/strict";

export const tests = [
  {
    name: "a fault is broken by a click, reported by a click, and orders recover",
    async run({ factory, visit, page }) {
      await visit.verdict("Ready");
      assert.equal(await factory.order("before"), 200);
      await visit.sees(visit.order("before"), "200");

      await page.getByLabel("until").selectOption({ label: "its report URL is called" });
      await visit.preset("Answer 500").click();
      await visit.verdict("Broken by status-500");
      assert.equal(await factory.order("during"), 500);
      await visit.sees(visit.order("during"), "500");
      await visit.sees(visit.order("during"), "by status-500");
      const fault = visit.fault("status-500");
      await visit.sees(fault, "Active");
      await visit.sees(fault, "1 of 1 request touched");

      await fault.getByRole("link").click();
      await visit.sees(page.locator("#toast"), "Problem resolved. Pizza is back on the menu!");
      await visit.verdict("Ready");
      await visit.sees(fault, "Over");
      assert.equal(await factory.order("after"), 200);
      await visit.sees(visit.order("after"), "200");
      await visit.sees(page.locator("#orders li"), "status-500 is over");
    },
  },
  {
    name: "a fault is mended by a click, and broken again by another",
    async run({ factory, visit }) {
      await visit.preset("Answer 500").click();
      await visit.verdict("Broken by status-500");
      await visit.button("Mend status-500").click();
      await visit.verdict("Ready");
      assert.equal(await factory.order("mended"), 200);
      await visit.button("Break again with status-500").click();
      await visit.verdict("Broken by status-500");
      assert.equal(await factory.order("again"), 500);
      await visit.button("Mend status-500").click();
      await visit.button("Remove status-500 from the list").click();
      await visit.fault("status-500").waitFor({ state: "detached" });
      assert.equal(await factory.order("removed"), 200);
    },
  },
  {
    name: "a fault that is still to come is called off",
    async run({ factory, visit }) {
      await factory.ask("POST", "/control/faults", { name: "tonight", starts: "1h", ends: { after: "10m" }, inject: { status: { code: 500 } } });
      await visit.sees(visit.fault("tonight"), "Pending");
      await visit.sees(visit.fault("tonight"), "for 10 min");
      await visit.button("Call off tonight").click();
      await visit.sees(visit.fault("tonight"), "Over");
    },
  },
  {
    name: "all faults are mended by one click",
    async run({ factory, visit }) {
      await visit.preset("Answer 500").click();
      await visit.preset("Bad JWT").click();
      await visit.verdict("Broken by status-500, bad-jwt");
      await visit.button("Mend everything").click();
      await visit.verdict("Ready");
      assert.equal(await factory.order("mended"), 200);
    },
  },
  {
    name: "the page answers while the factory refuses connections",
    async run({ factory, visit }) {
      await visit.preset("Refuse").click();
      await visit.verdict("Broken by outage");
      assert.equal(await factory.order("refused"), null);
      await visit.button("Mend outage").click();
      await visit.verdict("Ready");
      assert.equal(await factory.order("back"), 200);
      await visit.sees(visit.order("back"), "200");
    },
  },
  {
    name: "a pizza that was made but not told of is marked",
    async run({ factory, visit }) {
      await visit.preset("Made, not told").click();
      await visit.verdict("Broken by made-but-not-told");
      assert.equal(await factory.order("lost"), null);
      await visit.sees(visit.order("lost"), "no answer");
      await visit.sees(visit.order("lost"), "made all the same");
    },
  },
  {
    name: "every preset is taken by the factory",
    async run({ visit, page, factory }) {
      await visit.verdict("Ready");
      const presets = page.locator("#presets .preset");
      const count = await presets.count();
      assert.ok(count >= 8, `only ${count} presets`);
      for (let at = 0; at < count; at += 1) {
        await presets.nth(at).click();
        await visit.sees(page.locator("#faults-count"), `${at + 1} now`);
      }
      assert.equal((await factory.ask("GET", "/control/faults")).faults.length, count);
    },
  },
  {
    name: "every kind of the catalogue is taken as its example stands",
    async run({ visit, page, factory }) {
      await page.getByText("Every way it can break").click();
      const { kinds } = await factory.ask("GET", "/control/catalogue");
      for (const [at, { kind, sentence }] of kinds.entries()) {
        await visit.sees(page.locator("#kinds"), sentence);
        await visit.button(`Set up ${kind}`).click();
        await page.locator("#editor-submit").click();
        await page.locator("#editor").waitFor({ state: "hidden" });
        await visit.sees(page.locator("#faults-count"), `${at + 1} now`);
      }
    },
  },
];
