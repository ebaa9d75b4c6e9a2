// The connection to the control API: its token, its loss, its return.

import assert from "node:assert/strict";
import { VENDOR } from "../factory.js";
import { Wire } from "../wire.js";

const TOKEN = "a-token-of-the-tests-0123456789";

export const tests = [
  {
    name: "a token is asked for, refused when wrong, and kept for the tab",
    flags: ["--control-token", TOKEN],
    mayComplain: true,
    async run({ factory, visit, page }) {
      const prompt = page.getByRole("dialog");
      await prompt.getByLabel("Control token").fill("another-token-than-the-right-one");
      await visit.button("Unlock").click();
      await visit.sees(prompt, "The factory did not take this token");
      await page.keyboard.press("Escape");
      await visit.sees(page.locator("#trouble"), "Locked");
      await visit.button("Enter the token").click();
      await prompt.getByLabel("Control token").fill(TOKEN);
      await page.keyboard.press("Enter");
      await visit.verdict("Ready");
      await page.reload();
      await visit.verdict("Ready");
      await visit.preset("Answer 500").click();
      await visit.verdict("Broken by status-500");
      assert.equal(await factory.order("unlocked"), 500);
      await visit.sees(visit.order("unlocked"), "500");
      await visit.button("Copy the curl line that mends everything").click();
      const line = await page.evaluate(() => navigator.clipboard.readText());
      assert.ok(!line.includes(TOKEN), "the token itself is no part of a line");
      assert.match(line, /Bearer \$FAKE_FACTORY_CONTROL_TOKEN/);
    },
  },
  {
    name: "a connection that drops is told, and taken up again",
    mayComplain: true,
    async run({ factory, visit, page }) {
      await factory.order("first-life");
      await visit.sees(visit.order("first-life"), "200");
      await factory.stop();
      await visit.sees(page.locator("#trouble"), "The control API is out of reach");
      await visit.sees(page.locator("#stream"), "No live events");
      await factory.restart();
      await page.locator("#trouble").waitFor({ state: "hidden" });
      await visit.sees(page.locator("#stream"), "Live");
      await visit.order("first-life").waitFor({ state: "detached" });
      await factory.order("second-life");
      await visit.sees(visit.order("second-life"), "200");
    },
  },
  {
    name: "events that were missed come when the stream is taken up again, each once",
    mayComplain: true,
    async run({ factory, visit, page }) {
      const wire = await Wire.to(factory.control);
      visit.known.push(wire.url);
      await page.goto(wire.url);
      await factory.order("seen");
      await visit.sees(visit.order("seen"), "200");
      await wire.cut();
      await visit.sees(page.locator("#stream"), "No live events");
      for (const id of ["missed-1", "missed-2"]) await factory.order(id);
      await wire.mend();
      await visit.sees(visit.order("missed-2"), VENDOR.id);
      for (const id of ["seen", "missed-1", "missed-2"]) assert.equal(await visit.order(id).count(), 1);
      await wire.cut();
    },
  },
];
